"""The services of the demo company: what it calls them, when they are open and how their conversations go."""

from dataclasses import dataclass
from enum import IntEnum

Hours = tuple[tuple[float, float], ...]
"""Opening times of one day, as hours of local time: `((9, 13), (14.5, 18))`."""

WHOLE_DAY: Hours = ((0, 24),)


class Channel(IntEnum):
    """A table of interactions; the number takes part in the seed and in the identifiers."""

    CALLS = 0
    OUTBOUND = 1
    VIDEO = 2
    CHATS = 3


INSIDE, OUTSIDE = "INTERNI", "ESTERNO"
"""Transfers to a number: a colleague's within the company, or one on the public network.

Colleagues are simulated as a service, but a step with one of them counts for the service it came from.
"""


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    `share` is the part of the channel's interactions that ask for it, `rhythm` names how they spread over the week.
    `talk` and `work` are the mean seconds of conversation and of after-call work, `patience` the mean seconds a
    caller waits. `hands_over` is the part of the answered interactions that goes on, to one of `towards`.
    """

    code: str
    skillset: str
    site: str
    number: str
    share: float
    rhythm: str
    weekday: Hours
    saturday: Hours = ()
    sunday: Hours = ()
    talk: int = 200
    work: int = 40
    patience: int = 190
    greeting: int = 0
    priority: int = 0
    hands_over: float = 0.0
    towards: tuple[tuple[str, float], ...] = ()
    media: str = "CALL"


@dataclass(frozen=True, slots=True)
class Team:
    """Users who share the work of some services; `watches` are the shifts of a team that never closes."""

    name: str
    channel: Channel
    services: tuple[Service, ...] = ()
    watches: int = 1


_OFFICE: Hours = ((9, 13), (14, 17))

ENTRANCE = Service("CENTRALINO", "", "MILANO", "800555010", 0, "office", WHOLE_DAY, WHOLE_DAY, WHOLE_DAY)
"""The voice menu that most calls enter by; it has no users."""

SURVEY = "SONDAGGIO_QUALITA"

_RECEPTION = Service(
    "RECEPTION", "ACCOGLIENZA", "MILANO", "0255501001", 0.14, "office", ((8.5, 18),),
    talk=75, work=10, greeting=3, priority=5, hands_over=0.46,
    towards=(("COMMERCIALE", 0.28), ("AMMINISTRAZIONE", 0.22), ("ASSISTENZA_L1", 0.15), (INSIDE, 0.25), (OUTSIDE, 0.1)),
)  # fmt: skip
_SALES = Service(
    "COMMERCIALE", "VENDITE", "MILANO", "0255501020", 0.14, "office", ((9, 18.5),), ((9, 13),),
    talk=245, work=45, greeting=4, priority=4, hands_over=0.09,
    towards=(("AMMINISTRAZIONE", 0.4), (INSIDE, 0.5), (OUTSIDE, 0.1)),
)  # fmt: skip
_ORDERS = Service(
    "ORDINI", "ORDINI", "PADOVA", "0495550130", 0.16, "office", ((8.5, 17.5),), ((9, 13),),
    talk=200, work=40, greeting=4, priority=3, hands_over=0.09,
    towards=(("AMMINISTRAZIONE", 0.3), ("ASSISTENZA_L1", 0.4), (INSIDE, 0.3)),
)  # fmt: skip
_PARTS = Service(
    "RICAMBI", "RICAMBI", "PADOVA", "0495550140", 0.08, "office", ((8.5, 12.5), (14, 17.5)),
    talk=190, work=35, greeting=4, priority=2, hands_over=0.06,
    towards=(("ASSISTENZA_L1", 0.6), (OUTSIDE, 0.4)),
)  # fmt: skip
_BILLING = Service(
    "AMMINISTRAZIONE", "FATTURE", "MILANO", "0255501050", 0.13, "office", _OFFICE,
    talk=210, work=50, greeting=5, priority=2, hands_over=0.08,
    towards=((INSIDE, 0.8), (OUTSIDE, 0.2)),
)  # fmt: skip
_SUPPORT = Service(
    "ASSISTENZA_L1", "TECNICO_1", "TORINO", "0115550160", 0.22, "long", ((8, 20),), ((8, 14),),
    talk=240, work=45, greeting=5, priority=3, hands_over=0.14,
    towards=(("ASSISTENZA_L2", 0.8), (INSIDE, 0.1), (OUTSIDE, 0.1)),
)  # fmt: skip
_EXPERTS = Service(
    "ASSISTENZA_L2", "TECNICO_2", "TORINO", "0115550170", 0.03, "office", ((9, 18),),
    talk=350, work=80, priority=6, hands_over=0.05,
    towards=((INSIDE, 0.4), (OUTSIDE, 0.6)),
)  # fmt: skip
_EMERGENCY = Service(
    "PRONTO_INTERVENTO_24H", "REPERIBILE", "BARI", "0805550190", 0.10, "always", WHOLE_DAY, WHOLE_DAY, WHOLE_DAY,
    talk=230, work=40, greeting=3, priority=9, hands_over=0.08,
    towards=((OUTSIDE, 1.0),),
)  # fmt: skip
_COLLEAGUES = Service(
    "INTERNI", "", "MILANO", "", 0, "office", ((8.5, 18.5),), ((9, 13),), talk=140, work=15, patience=60,
)  # fmt: skip
_RENEWALS = Service(
    "CAMPAGNA_RINNOVI", "TELEFONATE", "PADOVA", "0495550210", 0.6, "campaign", ((9, 13), (14, 18.5)), ((9, 13),),
    talk=165, work=35, hands_over=0.07, towards=(("VERIFICA_CONTRATTI", 1.0),),
)  # fmt: skip
_NEWS = Service(
    "CAMPAGNA_NOVITA", "TELEFONATE", "PADOVA", "0495550220", 0.4, "campaign", ((9, 13), (14, 18.5)),
    talk=130, work=30, hands_over=0.04, towards=(("VERIFICA_CONTRATTI", 1.0),),
)  # fmt: skip
_CHECKS = Service(
    "VERIFICA_CONTRATTI", "CONTRATTI", "MILANO", "0255501230", 0, "campaign", ((9, 19),), ((9, 14),),
    talk=210, work=60, priority=2,
)  # fmt: skip
_VIDEO_SALES = Service(
    "VIDEO_CONSULENZA", "VIDEO", "MILANO", "", 0.55, "office", ((9, 18),),
    talk=540, work=90, patience=150, hands_over=0.06, towards=(("VIDEO_ASSISTENZA", 1.0),), media="VIDEO",
)  # fmt: skip
_VIDEO_SUPPORT = Service(
    "VIDEO_ASSISTENZA", "VIDEO", "TORINO", "", 0.45, "long", ((8.5, 19),),
    talk=480, work=80, patience=150, media="VIDEO",
)  # fmt: skip
_CHAT_SALES = Service(
    "LIVEHELP_COMMERCIALE", "CHAT", "MILANO", "", 0.4, "long", ((9, 19),), ((9, 13),),
    talk=380, work=30, patience=120, hands_over=0.08, towards=(("CHAT_ASSISTENZA", 1.0),), media="LIVEHELP",
)  # fmt: skip
_CHAT_SUPPORT = Service(
    "CHAT_ASSISTENZA", "CHAT", "TORINO", "", 0.6, "long", ((8, 20),), ((8, 14),),
    talk=440, work=40, patience=120, media="CHAT",
)  # fmt: skip

TEAMS = (
    Team("reception", Channel.CALLS, (_RECEPTION,)),
    Team("sales desk", Channel.CALLS, (_SALES, _ORDERS, _PARTS)),
    Team("billing", Channel.CALLS, (_BILLING,)),
    Team("first-level support", Channel.CALLS, (_SUPPORT,)),
    Team("second-level support", Channel.CALLS, (_EXPERTS,)),
    Team("emergency line", Channel.CALLS, (_EMERGENCY,), watches=3),
    Team("specialists", Channel.CALLS, (_COLLEAGUES,)),
    Team("outbound", Channel.OUTBOUND, (_RENEWALS, _NEWS)),
    Team("contract checks", Channel.OUTBOUND, (_CHECKS,)),
    Team("video sales", Channel.VIDEO, (_VIDEO_SALES,)),
    Team("video support", Channel.VIDEO, (_VIDEO_SUPPORT,)),
    Team("chat sales", Channel.CHATS, (_CHAT_SALES,)),
    Team("chat support", Channel.CHATS, (_CHAT_SUPPORT,)),
)
"""Every team; interactions are handed over to later teams only, so that one pass over the teams serves a month."""

SERVICES = (ENTRANCE, *(service for team in TEAMS for service in team.services))
"""Every service; its place here is its number in the demo centre's records."""

VOLUME = {Channel.CALLS: 1.0, Channel.OUTBOUND: 0.2, Channel.VIDEO: 0.03, Channel.CHATS: 0.08}
"""Interactions of a channel for each inbound call; calls back to those who were not answered come on top."""

NUMBERS = {service.code: place for place, service in enumerate(SERVICES)}
"""The number of each service by its code."""
