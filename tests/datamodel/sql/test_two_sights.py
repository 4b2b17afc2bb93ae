"""One data, seen twice: an SQL table row by row against plain Python over the Data Model's own rows."""

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from tabular.month import Month
from tests.datamodel.sql.centre import NOVEMBER, OCTOBER, ROME, Record, in_sql, rows

_STATES = {
    "HANGUP": "H", "CLOSED_WITH_TRANSFER": "TT", "ANSWERED_CLOSED_BY_CALLER": "RC", "ANSWERED_CLOSED_BY_CALLED": "RA",
    "ANSWERED_WITH_BLIND_TRANSFER": "RTB", "ANSWERED_WITH_CONSULTATION_TRANSFER": "RTC", "ERROR": "E",
}  # fmt: skip
_CONTEXTS = {"ACTIVE": "AT", "OUT_OF_CALENDAR": "FO", "OUT_OF_SERVICE": "OS"}
_CHANNELS = {"CALL": 0, "GENERIC_1": 1, "GENERIC_2": 2, "GENERIC_3": 3, "VIDEO": 1001, "MAIL": 1002,
             "LIVEHELP": 1003, "CHAT": 1004}  # fmt: skip
_TIMES = {
    ("datainizio", "orainizio"): "startTime", ("datadistribuzione", "oradistribuzione"): "distributionTime",
    ("datarispostaag1", "orarispostaag1"): "answerByUserTime", ("datadisconnessione", "oradisconnessione"): "endTime",
    ("data_coda", "ora_coda"): "queueTime", ("data_wnr_ag1", "ora_wnr_ag1"): "wnrOnUserTime",
}  # fmt: skip
_SAME = {
    "pin": "user", "interno": "exten", "canale": "SIPChannel", "cli": "cli", "dnis": "dnis",
    "attesaag1": "waitDurationOnUser", "durataag1": "durationOnUser", "durataattesa": "waitDuration",
    "duratacomplessiva": "totalDuration", "servizio": "service", "popuptype": "popup_type",
    "popupresult": "popup_result", "popupinfo": "popup_info", "uniqueid": "id", "sipcallid": "SIPCallId",
    "cliente": "customer", "prior_serv": "servicePriority", "step": "step", "mc_session": "multiChannel_session",
    "mc_text": "multiChannel_text", "mc_description": "multiChannel_description", "ivr_label": "IVRLabel",
    "interview_service": "interviewService", "calldata": "data", "durata_wnr_ag1": "wnrDurationOnUser",
    "durata_coda": "queueDuration", "callresult_result": "callResult_resultLevel1",
    "callresult_result_level_2": "callResult_resultLevel2", "callresult_note1": "callResult_note1",
    "callresult_note2": "callResult_note2", "durata_hold": "holdDuration", "calltag_note1": "callTag_note1",
    "calltag_note2": "callTag_note2", "channel_destination": "channelDestination", "sentiment": "sentiment",
    "contact_id": "contact_id", "contact_username": "contact_username", "contact_value": "contact_value",
    "contact_type": "contact_type", "contact_lookup_type": "contact_lookupType", "abandoned_call_id": "abandonedCall",
    "callback_call_id": "callbackCall", **{f"generico{n}": f"generic_generic{n}" for n in range(1, 6)},
}  # fmt: skip


def local(moment: object) -> datetime | None:
    """What the centre's clocks show."""
    if moment is None:
        return None
    assert isinstance(moment, datetime)
    return moment.replace(tzinfo=UTC).astimezone(ROME).replace(tzinfo=None)


def day_and_clock(moment: object) -> tuple[date | None, str | None]:
    shown = local(moment)
    return (None, None) if shown is None else (shown.date(), f"{shown:%H,%M%S}")


@pytest.mark.parametrize("month", [OCTOBER, NOVEMBER])
@pytest.mark.parametrize(
    ("name", "of"),
    [("ast_calls", ("inboundCalls", "inboundVideoCalls", "inboundChats")), ("ast_calls_outbound", ("outboundCalls",))],
)
def test_steps(name: str, of: tuple[str, ...], month: Month) -> None:
    steps = [row for table in of for row in rows(table, month)]
    seen = {(row["uniqueid"], row["step"]): row for row in in_sql(name, month)}
    assert len(seen) == len(steps) == len(in_sql(name, month)) > 80
    crossed: dict[object, list[object]] = defaultdict(list)
    for step in sorted(steps, key=lambda one: (str(one["id"]), -int(str(one["step"])))):
        way = crossed[step["id"]]
        if step["service"] is not None and way[-1:] != [step["service"]]:
            way.append(step["service"])
    for step in steps:
        told = expected(name, step)
        told["grpservizio"] = ",".join(map(str, crossed[step["id"]])) or None
        shown = seen[step["id"], step["step"]]
        assert {column: shown[column] for column in told} == told
        if name == "ast_calls_outbound":
            assert (shown["campagna"] is None) == (step["generic_generic5"] is None and shown["lista"] is None)


def expected(name: str, step: Record) -> dict[str, object]:
    told = {column: step[field] for column, field in _SAME.items() if field in step}
    for (day, clock), field in _TIMES.items():
        told[day], told[clock] = day_and_clock(step[field])
    status = str(step["status"])
    state = "T" if status.startswith("CLOSED_BY_SYSTEM") else _STATES[status]
    is_inbound = name == "ast_calls"
    channel = _CHANNELS[str(step["multiChannel_type"])] if "multiChannel_type" in step else 0
    return told | {
        "statochiamata": state, "contesto": _CONTEXTS[str(step["context"])], "sito": "TVOX", "mc_id": channel,
        "idlastcall": f"{step['id']}@TVOX", "tipochiamata": "I" if is_inbound else "O", "idchiamata": None,
        "trasferita": step["transferedTo_value"] if is_inbound else step["transferedTo"],
        "update_time": local(step["lastUpdateTime"]), "accodamento": None, "smartrec": None,
    }  # fmt: skip


def test_contacts() -> None:
    contacts = {row["uuid"]: row for row in rows("addressBookContacts")}
    seen = in_sql("t4you_global_addressbook", None)
    assert len(seen) == len(contacts) > 300
    mails = {"WORK": "INTERNET_WORK", "HOME": "INTERNET_HOME", None: None}
    for row in seen:
        contact = contacts[row["uuid"]]
        kind = contact["contactType"]
        told: dict[str, object] = {
            "owner": "", "fullname": contact["fullName"], "surname": contact["surname"], "name": contact["name"],
            "data_source": "INTERNAL" if kind == "USER" else "EXTERNAL", "other_name": contact["otherName"],
            "kind": "org" if kind == "ORGANIZATION" else "individual", "vip": int(bool(contact["vip"])),
            "company": contact["organization_fullName"], "company_uuid": contact["organization_uuid"],
            "customer_code": contact["customerCode"], "nps": contact["nps"], "nota_agente": contact["note"],
            "note": None, "resource": None, "presence": int(kind == "USER"), "accept_census": 1,
        }  # fmt: skip
        for number in range(1, 11):
            told[f"tel_value_{number}"] = contact[f"tel_{number}_value"]
            told[f"tel_type_{number}"] = contact[f"tel_{number}_type"]
            told[f"mail_value_{number}"] = contact[f"mail_{number}_value"]
            told[f"mail_type_{number}"] = mails[contact[f"mail_{number}_type"]]
            told[f"custom_{number}"] = contact[f"custom_{number}"]
        for number in range(1, 4):
            told[f"web_value_{number}"] = contact[f"web_{number}_value"]
            told[f"web_type_{number}"] = contact[f"web_{number}_type"]
        for name in ("department", "street", "city", "district", "cap", "country", "category", "site", "role"):
            told[name] = contact[name]
        assert {name: row[name] for name in told} == told
