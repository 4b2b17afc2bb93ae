"""What a sheet token and a sign-in with Google do not open: TT215 to TT222, and TT510 to TT512."""

from dataclasses import dataclass

from tabular.errors.tree import NotAllowed, Ours, shown


@dataclass(eq=False)
class SheetTokenRefused(NotAllowed):
    reason: str = "is not known"
    code = "TT215"
    status = 401

    @property
    def message(self) -> str:
        return f"The sign-in of this sheet {self.reason}."

    @property
    def hint(self) -> str:
        return "Sign in again from the sheet's TVox menu."


@dataclass(eq=False)
class SheetTokenReads(NotAllowed):
    code = "TT216"
    status = 403

    @property
    def message(self) -> str:
        return "A sheet's sign-in reads tables; this address is for the key itself."

    @property
    def hint(self) -> str:
        return "Send the key in place of the sheet token."


@dataclass(eq=False)
class UnknownSheetToken(NotAllowed):
    """The same for a token of another key, so that nothing is learnt by trying."""

    id: str
    code = "TT217"
    status = 404

    @property
    def message(self) -> str:
        return f'There is no sheet token "{shown(self.id)}" of this key.'

    @property
    def hint(self) -> str:
        return "GET /sheets/tokens lists the sheet tokens of a key, main.py sheets list those of all."


@dataclass(eq=False)
class SheetTokensFull(NotAllowed):
    most: int
    code = "TT218"
    status = 409

    @property
    def message(self) -> str:
        return f"This key has {self.most:,} sheets that are signed in."

    @property
    def hint(self) -> str:
        return "Revoke those that nobody uses: main.py sheets list shows them, main.py sheets revoke ID ends one."


@dataclass(eq=False)
class IdentityRefused(NotAllowed):
    """`reason` goes on the sentence, `advice` says what helps; neither repeats the token."""

    reason: str
    advice: str
    code = "TT219"
    status = 403

    @property
    def message(self) -> str:
        return f"The sign-in with Google {self.reason}."

    @property
    def hint(self) -> str:
        return self.advice


@dataclass(eq=False)
class IdentityUsed(NotAllowed):
    """In so many `minutes` Google's token ends: until about then it hands out the same one."""

    minutes: int
    code = "TT220"
    status = 409

    @property
    def message(self) -> str:
        return "This sign-in with Google has been used already, and each opens one sheet once."

    @property
    def hint(self) -> str:
        return (
            "Look whether this sheet is signed in already; if not, paste a key, "
            f"or sign in again in {self.minutes} minutes: until then Google gives the same one."
        )


@dataclass(eq=False)
class SignInNotSetUp(NotAllowed):
    missing: tuple[str, ...]
    code = "TT221"
    status = 403

    @property
    def message(self) -> str:
        return f"Sign-in with Google is not set up here: {' and '.join(self.missing)} must be set."

    @property
    def hint(self) -> str:
        return "Paste a key instead, or ask your administrator to set it up."


@dataclass(eq=False)
class SignInTooOften(NotAllowed):
    per_minute: int
    seconds: int
    code = "TT222"
    status = 429

    @property
    def message(self) -> str:
        return f"From one address, {self.per_minute} sign-ins a minute may be tried."

    @property
    def hint(self) -> str:
        return f"Try again in {self.seconds} seconds."


@dataclass(eq=False)
class IdentityUnchecked(Ours):
    """Whether the sign-in is right is not known."""

    reason: str
    seconds: int
    code = "TT510"
    status = 503

    @property
    def message(self) -> str:
        return f"The sign-in cannot be checked: Google's certificates cannot be had ({shown(self.reason)})."

    @property
    def hint(self) -> str:
        return f"Try again in {self.seconds} seconds, or paste a key instead."


@dataclass(eq=False)
class SignInKeyGone(Ours):
    """The sign-in was right, and there is no key that it could be given."""

    reason: str
    code = "TT511"
    status = 500

    @property
    def message(self) -> str:
        return f"The key that sign-in with Google gives {self.reason}."

    @property
    def hint(self) -> str:
        return "The administrator names another one as TVOX_GOOGLE_KEY; main.py keys list shows the keys."


@dataclass(eq=False)
class GoogleMisnamed(Ours):
    reason: str
    code = "TT512"
    status = 500

    @property
    def message(self) -> str:
        return f"The settings for Google cannot be used: {self.reason}."

    @property
    def hint(self) -> str:
        return "Look at TVOX_GOOGLE_PROXY."
