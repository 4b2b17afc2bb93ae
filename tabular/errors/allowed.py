"""What a key does not open: TT2xx."""

from dataclasses import dataclass

from tabular.errors.tree import NotAllowed, did_you_mean, shown


@dataclass(eq=False)
class KeyMissing(NotAllowed):
    code = "TT201"
    status = 401

    @property
    def message(self) -> str:
        return "This address needs a key."

    @property
    def hint(self) -> str:
        return "Send it as the header X-Telenia-APIKey, or as ?api_key= in the address."


@dataclass(eq=False)
class KeyRefused(NotAllowed):
    reason: str = "is not known"
    code = "TT202"
    status = 401

    @property
    def message(self) -> str:
        return f"The key {self.reason}."

    @property
    def hint(self) -> str:
        return "Ask your administrator for one: main.py keys create --name NAME."


@dataclass(eq=False)
class KeysDiffer(NotAllowed):
    places: tuple[str, ...]
    code = "TT203"
    status = 400

    @property
    def message(self) -> str:
        return f"The request carries different keys in {' and '.join(self.places)}."

    @property
    def hint(self) -> str:
        return "Send one key, in one place."


@dataclass(eq=False)
class TooManyRequests(NotAllowed):
    per_minute: int
    seconds: int
    code = "TT204"
    status = 429

    @property
    def message(self) -> str:
        return f"This key may ask {self.per_minute} times a minute."

    @property
    def hint(self) -> str:
        return f"Ask again in {self.seconds} seconds."


@dataclass(eq=False)
class UnknownKey(NotAllowed):
    name: str
    known: tuple[str, ...]
    code = "TT205"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no key named "{shown(self.name)}".'

    @property
    def hint(self) -> str:
        return did_you_mean(self.name, self.known) or "main.py keys list shows the keys."
