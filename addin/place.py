"""Where the service is, as the texts and files that are installed elsewhere have to know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The public address (no slash at its end), the parameter that carries a key, and the centre's time zone.

    No key is ever part of it: clients ask their user for one, and keep it themselves.
    """

    address: str
    key_parameter: str
    zone: str
