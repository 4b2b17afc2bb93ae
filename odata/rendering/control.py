"""How an answer is written: its version, how much control information it has, how exact its numbers are."""

from dataclasses import dataclass

from odata.accepting import Amount, MediaType, Version


@dataclass(frozen=True, slots=True)
class Control:
    """`exact` writes 64-bit integers and decimals as strings; `without_nulls` leaves out members that are null."""

    version: Version = "4.0"
    amount: Amount = Amount.MINIMAL
    exact: bool = False
    without_nulls: bool = False

    @classmethod
    def of(cls, media: MediaType, version: Version, without_nulls: bool = False) -> "Control":
        """What a negotiated media type says of it."""
        return cls(version, media.amount, media.exact, without_nulls)

    def name(self, information: str, of: str = "") -> str:
        """The name of a piece of control information, of the object that it stands in or of one of its members.

        >>> Control().name("count", "steps"), Control("4.01").name("context")
        ('steps@odata.count', '@context')
        """
        return f"{of}@{'odata.' if self.version == '4.0' else ''}{information}"
