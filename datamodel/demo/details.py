"""The columns that tell of an interaction what users, customers and other programs added to it."""

from enum import IntEnum, auto

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from datamodel.demo.dice import pick, throw
from datamodel.demo.phrases import (
    CENSUS,
    IVR_LABELS,
    LANGUAGES,
    LISTS,
    MENU_DATA,
    MESSENGERS,
    NOTES,
    PAGES,
    PREFIXES,
    QUESTIONS,
    RESULT_SPANS,
    RESULTS,
    SOURCES,
    TAGS,
    UNREACHED,
)
from datamodel.demo.services import ENTRANCE, NUMBERS, SERVICES, SURVEY, Channel
from datamodel.demo.slices import Slice
from datamodel.demo.states import Contact, Media
from datamodel.demo.text import digits, joined, named, only, placed, uuids, words

_ENTRANCE, _SALES = NUMBERS[ENTRANCE.code], NUMBERS["COMMERCIALE"]
_MEDIA = pa.array([media.name for media in Media])
_TONGUES = pa.array(LANGUAGES)
_SPANS = np.array([*RESULT_SPANS, UNREACHED])
_POPUPS = words("WEB", "EXE")
_PROGRAMS = {"ASSISTENZA_L2", "AMMINISTRAZIONE"}
_POPUP_OF = np.array([2 if service.code in _PROGRAMS else 1 for service in SERVICES])
_POPUP_RESULTS = words("OK", "ANNULLATO")
_VIDEO = words("Videochiamata dal sito")
_SURVEYS, _VIPS = words(SURVEY), words("VIP")
_SERVICE_CODES = pa.array([service.code for service in SERVICES])
_SENTIMENTS = np.array([1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 3])


class _Throw(IntEnum):
    SESSION = 96
    TEXT = auto()
    PAGE = auto()
    TONGUE = auto()
    SURVEY = auto()
    RECORDED = auto()
    POPUP = auto()
    POPUP_RESULT = auto()
    RESULT = auto()
    SECOND = auto()
    NOTE = auto()
    NOTED = auto()
    TAG = auto()
    TAGGED = auto()
    SENTIMENT = auto()
    FELT = auto()
    CENSUS = auto()
    REFERENCE = auto()
    REFERRED = auto()


def channel(part: Slice) -> dict[str, pa.Array]:
    """The channel of an interaction, the session on it, and what the voice menu noted."""
    dice = np.ascontiguousarray(part.calls["dice"])
    media = part.calls["media"].astype(np.int64)
    menu = part.column("service") == _ENTRANCE
    asked, tongue = part.of_call("service"), pick(dice, _Throw.TONGUE, len(LANGUAGES))
    columns = {
        "multiChannel_type": part.spread(named(_MEDIA, media)),
        "IVRLabel": named(IVR_LABELS, np.where(menu, asked + 1, 0)),
        "data": named(MENU_DATA, np.where(menu, 1 + asked * len(LANGUAGES) + tongue[part.at], 0)),
        "generic_generic2": part.spread(named(_TONGUES, tongue)),
    }
    elsewhere = media != Media.CALL
    if elsewhere.any():
        session = uuids(dice * np.uint64(0x9FB21C651E98DF25), ~dice)
        message, video = media == Media.GENERIC_1, media == Media.VIDEO
        text = named(QUESTIONS, (1 + pick(dice, _Throw.TEXT, len(QUESTIONS) - 1)) * (elsewhere & ~video))
        page = named(PAGES, (1 + pick(dice, _Throw.PAGE, len(PAGES) - 1)) * (elsewhere & ~video & ~message))
        messenger = named(MESSENGERS, (1 + pick(dice, _Throw.PAGE, len(MESSENGERS) - 1)) * message)
        columns["multiChannel_session"] = part.spread(only(session, elsewhere))
        columns["multiChannel_text"] = part.spread(text)
        told = pc.coalesce(page, messenger, named(_VIDEO, video.astype(np.int8)))
        columns["multiChannel_description"] = part.spread(told)
    return columns


def popup(part: Slice) -> dict[str, pa.Array]:
    """What opened on the user's screen: who calls, under which code, for which service."""
    service = part.column("service")
    shown = np.flatnonzero(part.answered & part.chance(_Throw.POPUP, 0.8))
    line = part.calls["line"][part.at[shown]]
    number, customer = (named(text, line).fill_null("") for text in (part.lines.value, part.lines.customer))
    kind, result = np.zeros(len(service), np.int64), np.zeros(len(service), np.int64)
    kind[shown] = _POPUP_OF[service[shown]]
    drawn = throw(part.dice[shown], _Throw.POPUP_RESULT)
    result[shown] = np.where(kind[shown] == 2, np.where(drawn < 60_000, 1, 2), 0)
    info = joined("|", number, customer, named(_SERVICE_CODES, service[shown]))
    return {
        "popup_type": named(_POPUPS, kind),
        "popup_result": named(_POPUP_RESULTS, result),
        "popup_info": placed(info, kind > 0),
    }


def answers(part: Slice) -> dict[str, pa.Array]:
    """What came of an answered step: exit codes, recording, survey, sentiment, the number of an order or ticket."""
    service, answered = part.column("service"), part.answered
    result, recorded = results_of(part), is_recorded(part)
    file = recordings(part, np.flatnonzero(recorded))
    surveyed = is_surveyed(part)
    felt = answered & part.chance(_Throw.FELT, 0.45)
    referred = answered & part.chance(_Throw.REFERRED, 0.35)
    places = np.flatnonzero(referred)
    reference = digits(throw(part.dice[places], _Throw.REFERENCE) * 13, 6)
    return {
        "callResult_resultLevel1": named(RESULTS[0], result),
        "callResult_resultLevel2": named(RESULTS[1], result),
        "smartrec": placed(file, recorded),
        "interviewService": named(_SURVEYS, surveyed.astype(np.int8)),
        "sentiment": pa.array(_SENTIMENTS[pick(part.dice, _Throw.SENTIMENT, 16)] * felt),
        "generic_generic1": placed(joined("", named(PREFIXES, service[places] + 1), reference), referred),
    }


def results_of(part: Slice) -> NDArray[np.int64]:
    """The exit codes of each step, as places in RESULTS."""
    service, answered = part.column("service"), part.answered
    coded = answered & part.chance(_Throw.RESULT, 0.9)
    span = service
    if part.of.channel is Channel.OUTBOUND:
        span = np.where(answered, service, len(SERVICES))
        coded |= ~answered & (part.column("user") >= 0)
    first, count = _SPANS[span].T
    result: NDArray[np.int64] = coded * (1 + first + (throw(part.dice, _Throw.SECOND) * count >> 16))
    return result


def is_recorded(part: Slice) -> NDArray[np.bool_]:
    """Which steps were recorded."""
    recorded: NDArray[np.bool_] = part.answered & part.phone & part.chance(_Throw.RECORDED, 0.35)
    return recorded


def recordings(part: Slice, where: NDArray[np.int64]) -> pa.Array:
    """The names of the recordings of the steps at these places."""
    file = joined("", f"{part.of.month.year}/{part.of.month.month:02d}/", named(part.ids, part.at[where]), "_")
    return joined("", file, digits(part.column("step")[where], 2), ".wav")


def is_surveyed(part: Slice) -> NDArray[np.bool_]:
    """After which steps callers were asked how content they are."""
    surveyed: NDArray[np.bool_] = part.answered & part.phone & (part.column("step") == 0)
    return surveyed & part.chance(_Throw.SURVEY, 0.12)


def lists_of(part: Slice) -> NDArray[np.int64]:
    """The list of the campaign from which each step was called: 0 where it was for another reason."""
    listed: NDArray[np.int64] = (1 + pick(part.dice, _Throw.PAGE, len(LISTS) - 1)) * (part.of_call("missed") == 0)
    return listed


def notes(part: Slice) -> dict[str, pa.Array]:
    """What users wrote, and whether they recorded a stranger in the address book."""
    chosen = throw(part.dice, _Throw.NOTED)
    note, tag = 1 + pick(part.dice, _Throw.NOTE, len(NOTES) - 1), 1 + pick(part.dice, _Throw.TAG, len(TAGS) - 1)
    tagged = throw(part.dice, _Throw.TAGGED)
    line = part.calls["line"]
    stranger = (part.lines.type[line] == Contact.UNKNOWN)[part.at]
    asked = part.answered & stranger & part.chance(_Throw.CENSUS, 0.5)
    census = 1 + pick(part.dice, _Throw.SENTIMENT, len(CENSUS) - 1)
    vip = part.lines.vip[line].astype(np.int64)
    source = (1 + pick(part.dice, _Throw.PAGE, len(SOURCES) - 1)) * (part.answered & (part.column("service") == _SALES))
    listed = lists_of(part)
    return {
        "callResult_note1": named(NOTES, note * (part.answered & (chosen < 4600))),
        "callResult_note2": named(NOTES, (note % (len(NOTES) - 1) + 1) * (part.answered & (chosen < 500))),
        "callTag_note1": named(TAGS, tag * (part.answered & (tagged < 3900))),
        "callTag_note2": named(TAGS, (tag % (len(TAGS) - 1) + 1) * (part.answered & (tagged < 400))),
        "censusResult": named(CENSUS, census * asked),
        "generic_generic4": part.spread(named(_VIPS, vip)),
        "generic_generic5": named(LISTS, listed) if part.of.channel is Channel.OUTBOUND else named(SOURCES, source),
    }
