"""The Data Model's enumerations as the numbers of the demo centre's records; the names are the Data Model's."""

from enum import IntEnum


class Status(IntEnum):
    """How a step ends."""

    HANGUP = 0
    CLOSED_BY_SYSTEM = 1
    CLOSED_BY_SYSTEM_NO_SELECTION = 2
    CLOSED_BY_SYSTEM_MAX_QUEUED_CALL_OVER = 3
    CLOSED_BY_SYSTEM_MAX_CALL_OVER = 4
    CLOSED_BY_SYSTEM_CALLBACK = 5
    CLOSED_WITH_TRANSFER = 6
    ANSWERED_CLOSED_BY_CALLER = 7
    ANSWERED_CLOSED_BY_CALLED = 8
    ANSWERED_WITH_BLIND_TRANSFER = 9
    ANSWERED_WITH_CONSULTATION_TRANSFER = 10
    ERROR = 11


class Context(IntEnum):
    """The state of a service when an interaction came to it."""

    ACTIVE = 0
    OUT_OF_SERVICE = 1
    OUT_OF_CALENDAR = 2


class Media(IntEnum):
    """The channel of an interaction."""

    CALL = 0
    GENERIC_1 = 1
    VIDEO = 2
    LIVEHELP = 3
    CHAT = 4


class Lookup(IntEnum):
    """What looking a contact up in the address book gave."""

    SUCCESS = 0
    MULTIPLE = 1
    NONE = 2


class Contact(IntEnum):
    """What the contact of an interaction is."""

    USER = 0
    EXTERNAL_ITEM = 1
    EXTERNAL_ORGANIZATION = 2
    UNKNOWN = 3
    ANONYMOUS = 4
