"""One request to OData's face, whether it came by itself or in a batch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from fastapi import Request

from api.address import public_address
from api.freshness import HELD, Wish, wish_of
from api.identity import KEY_PARAMETER, Caller, key_of
from api.services import Services
from odata.accepting import Version, version_of
from odata.model import Model, model_of
from odata.options import Options, decoded, read_options, system_option
from odata.preferences import Preferences, preferences_of
from tabular.errors import RepeatedParameter, TablesError
from tabular.release import RELEASE

ROOT = "/odata"

CUSTOM = ("fresh", "partial", "tz", "wait")
"""Options of the service's own; others are passed over, as clients and what stands between may add theirs."""

_LONGEST_NOTE = 200


@dataclass(frozen=True)
class Ask:
    """What is asked: `path` begins behind the service's root, `query` behind the question mark, both still encoded.

    `key` is the key as it was sent: it becomes part of no answer.
    """

    request: Request
    caller: Caller
    services: Services
    path: str
    query: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, request: Request, caller: Caller, services: Services) -> "Ask":
        """What an HTTP request asks."""
        raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        behind = raw.decode("latin-1").partition("?")[0].partition(ROOT)[2]
        query = request.scope["query_string"].decode("latin-1")
        return cls(request, caller, services, behind.removeprefix("/"), query, key_of(request))

    @cached_property
    def model(self) -> Model:
        """The model of what the key sees."""
        return model_of(self.caller.catalogue)

    @cached_property
    def root(self) -> str:
        """The service's public address, without a slash at its end."""
        return public_address(self.request, self.services.settings) + ROOT

    @cached_property
    def version(self) -> Version:
        """The version to answer in. Raises VersionRefused."""
        headers = self.request.headers
        most = headers.get("OData-MaxVersion") or headers.get("MaxVersion")
        return version_of(most, headers.get("OData-Version"))

    @cached_property
    def preferences(self) -> Preferences:
        """What the client would like."""
        return preferences_of(self.request.headers.getlist("Prefer"))

    @cached_property
    def options(self) -> Options:
        """The query options. Raises OptionWrong, OptionUnsupported, UnknownParameter, RepeatedParameter."""
        return read_options([(name, value) for name, value in decoded(self.query) if name != KEY_PARAMETER])

    @cached_property
    def custom(self) -> dict[str, str]:
        """The service's own options, each given once. Raises RepeatedParameter."""
        found: dict[str, str] = {}
        for name, value in self.options.custom:
            if name in CUSTOM:
                if name in found:
                    raise RepeatedParameter(name)
                found[name] = value
        return found

    @cached_property
    def wish(self) -> Wish:
        """How fresh the rows have to be, and how long to hold the request; it never takes 202. Raises BadValue."""
        wish = wish_of(self.custom, {})
        preferred = self.preferences.wait
        seconds = wish.seconds if preferred is None or "wait" in self.custom else min(float(preferred), HELD)
        return Wish(wish.fresh, wish.partial, seconds)

    def address(self, token: str) -> str:
        """The public address of the same question with a skip token; the key is never part of it."""
        kept = [*self._kept(), f"$skiptoken={token}"]
        return f"{self.root}/{_safe(self.path.removesuffix('/$query'))}?{'&'.join(kept)}"

    @property
    def question(self) -> str:
        """What all pages of an answer have in common, as text."""
        # A view that somebody keeps meanwhile ends nobody's pages; those of a view end with what it was.
        seen = f"{RELEASE} {self.caller.catalogue.tables.fingerprint}"
        return f"{seen} {self.path.removesuffix('/$query')}?{'&'.join(sorted(self._kept()))}"

    @property
    def folded(self) -> tuple[str, ...]:
        """The names of OData's options in the request, as far as they can be read."""
        names = (pair.partition("=")[0].replace("%24", "$") for pair in self.query.split("&"))
        return tuple(dict.fromkeys(name for name in names if _is_system(name)))

    @property
    def client(self) -> str:
        """Who asks, by its own words."""
        return self.noted(self.request.headers.get("User-Agent", ""))

    def noted(self, text: str) -> str:
        """A text of the request as it may be remembered: not all of a long one, and without the key."""
        return text.replace(self.key, "…")[:_LONGEST_NOTE]

    def _kept(self) -> Iterator[str]:
        """The options of the query as they were sent, but for the token and whatever is the key."""
        for pair in self.query.split("&"):
            for name, value in decoded(pair):
                is_token = name.lower().removeprefix("$") == "skiptoken"
                if not is_token and name != KEY_PARAMETER and self.key not in (name, value):
                    yield _safe(pair)


def _safe(text: str) -> str:
    """Part of an address, already encoded, without letters that an address may not have."""
    return quote(text, safe="%/?:@!$&'()*+,;=-._~")


def _is_system(name: str) -> bool:
    try:
        return system_option(name) is not None
    except TablesError:
        return False
