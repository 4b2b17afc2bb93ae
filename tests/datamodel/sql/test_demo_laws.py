"""The SQL tables of the demo centre agree with its interactions and with each other: each law over all rows."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from datamodel.catalogue import documented
from datamodel.demo import DemoCentre
from datamodel.sql.tables import SQL_TABLES
from tabular.month import Month
from tabular.table import Type
from tests.datamodel.sql.centre import AT, NOVEMBER, OCTOBER, Record, in_sql, rows
from tests.datamodel.sql.test_two_sights import local

BOTH = (OCTOBER, NOVEMBER)
CALLS, MADE = "inboundCalls", "outboundCalls"


def steps(name: str, month: Month) -> dict[str, list[Record]]:
    """The steps of each telephone call of a month, the oldest first."""
    found: dict[str, list[Record]] = defaultdict(list)
    for row in rows(name, month):
        if row.get("multiChannel_type", "CALL") == "CALL":
            found[str(row["id"])].append(row)
    return {call: sorted(listed, key=lambda row: -int(str(row["step"]))) for call, listed in found.items()}


def after(moment: object, **more: float) -> datetime:
    assert isinstance(moment, datetime)
    return moment + timedelta(**more)


@pytest.mark.parametrize("table", SQL_TABLES, ids=lambda table: table.name)
def test_rows_are_there_and_fit_their_columns(table: object) -> None:
    declared = next(one for one in SQL_TABLES if one is table)
    for month in BOTH if declared.monthly else (None,):
        found = in_sql(declared.name, month)
        assert found, month
        keys = Counter(tuple(row[name] for name in declared.key) for row in found)
        assert max(keys.values()) == 1
        for column in declared.columns:
            values = {row[column.name] for row in found} - {None}
            if column.internal:
                assert not values, column.name
            if column.values:
                assert {str(value) for value in values} <= set(column.values), column.name
            if column.name in declared.key:
                assert all(row[column.name] is not None for row in found), column.name
            if "char(" in column.sql_type:
                longest = int(column.sql_type.partition("(")[2].partition(")")[0])
                assert all(len(str(value)) <= longest for value in values), column.name
            if column.type is Type.INTEGER:
                assert all(abs(int(str(value))) < 2**31 for value in values), column.name


@pytest.mark.parametrize("month", BOTH)
def test_call_details_are_the_legs_of_calls(month: Month) -> None:
    legs: dict[str, list[Record]] = defaultdict(list)
    for row in in_sql("ast_cdr", month):
        legs[str(row["uniqueid"])].append(row)
    calls = steps(CALLS, month) | steps(MADE, month)
    assert legs.keys() == calls.keys()
    for call, listed in calls.items():
        of_call = sorted(legs[call], key=lambda row: int(str(row["id_node"])))
        assert [row["id_node"] for row in of_call] == [*range(len(listed) - 1), 99]
        for leg, step in zip(of_call, listed, strict=True):
            assert leg["datainizio"] == local(step["startTime"])
            assert leg["datarisposta"] == local(step["answerByUserTime"])
            assert (leg["clid"], leg["dnis"]) == (step["cli"], step["dnis"])
            assert leg["durata"] == step["totalDuration"]
            made = call in steps_made(month)
            assert leg["user_clid" if made else "user_dnis"] == step["user"]
            assert leg["tipo"] in (("1",) if made else ("2", "3"))
            assert (leg["stato"] == "ANSWER") == (step["answerByUserTime"] is not None)
        for leg, following in zip(of_call, listed[1:], strict=False):
            assert leg["user_transfer"] == following["user"]


def steps_made(month: Month) -> set[str]:
    return {str(row["id"]) for row in rows(MADE, month)}


@pytest.mark.parametrize("month", BOTH)
def test_menu_steps_precede_the_queue(month: Month) -> None:
    calls = steps(CALLS, month)
    seen: dict[str, list[Record]] = defaultdict(list)
    for row in in_sql("ast_ivr_records_bis", month):
        seen[str(row["idcall"])].append(row)
    entered = {call for call, listed in calls.items() if listed[0]["service"] == "CENTRALINO"}
    menus = {call: [row for row in listed if row["qi_service"] is None] for call, listed in seen.items()}
    assert {call for call, listed in menus.items() if listed} == entered
    for call in entered:
        oldest, *later = calls[call]
        way = sorted(menus[call], key=lambda row: (str(row["passaggio"]), int(str(row["nodo"]))))
        assert sum(int(str(row["durata"])) for row in way) == oldest["waitDuration"]
        assert way[0]["passaggio"] == local(oldest["startTime"])
        ended = max(after(row["passaggio"], seconds=int(str(row["durata"]))) for row in way)
        assert ended == local(oldest["endTime"])
        queues = [local(step["queueTime"]) for step in later if step["queueTime"] is not None]
        assert all(ended <= queue for queue in queues if queue is not None)
        if oldest["status"] == "CLOSED_BY_SYSTEM_NO_SELECTION":
            assert all(row["timeout"] == 1 and row["digit"] is None for row in way)
    surveyed = {call for call, listed in seen.items() if any(row["qi_service"] for row in listed)}
    assert surveyed == {call for call, listed in calls.items() if listed[-1]["interviewService"] is not None}
    for call in surveyed:
        for row in (one for one in seen[call] if one["qi_service"]):
            assert row["qi_service"] == calls[call][-1]["interviewService"]
            assert row["passaggio"] == local(calls[call][-1]["endTime"])
            assert str(row["qi_evalutation_min"]) <= str(row["digit"]) <= str(row["qi_evalutation_max"])


@pytest.mark.parametrize("month", BOTH)
def test_a_recording_belongs_to_a_step(month: Month) -> None:
    recorded = {
        str(step["smartrec"]): step for name in (CALLS, MADE) for step in rows(name, month) if step.get("smartrec")
    }
    files = {str(row["filewave"]): row for row in in_sql("smartrec", month)}
    assert files.keys() == recorded.keys()
    assert len(files) > 20
    for file, row in files.items():
        step = recorded[file]
        assert (row["callhandle"], row["codiceagente"], row["interno"]) == (step["id"], step["user"], step["exten"])
        assert (row["clid"], row["dnis"], row["servizio"]) == (step["cli"], step["dnis"], step["service"])
        started = local(step["startTime"])
        assert started is not None
        assert (row["data"], row["ora"]) == (started.date(), f"{started:%H,%M%S}")
        assert row["durata"] == step["durationOnUser"]
        assert (row["tipo"] == "O") == (step["id"] in steps_made(month))


@pytest.mark.parametrize("month", BOTH)
@pytest.mark.parametrize(
    ("name", "link", "ending"),
    [
        ("ast_calls_abandoned", "abandonedCall", "HANGUP"),
        ("ast_calls_callback", "callbackCall", "CLOSED_BY_SYSTEM_CALLBACK"),
    ],
)
def test_who_was_missed_and_what_came_of_it(name: str, link: str, ending: str, month: Month) -> None:
    calls, made = steps(CALLS, month), steps(MADE, month)
    missed = {str(call[-1][link]): call[-1] for call in calls.values() if call[-1][link] is not None}
    attempts: dict[str, list[list[Record]]] = defaultdict(list)
    for call in made.values():
        if call[0][link] is not None:
            attempts[str(call[0][link])].append(call)
    records = {str(row["id"]): row for row in in_sql(name, month)}
    assert records.keys() == missed.keys()
    assert attempts.keys() <= records.keys()
    reasons: Counter[object] = Counter()
    for record, row in records.items():
        step, tried = missed[record], sorted(attempts[record], key=lambda call: str(call[0]["startTime"]))
        assert (row["firstCallId"], step["status"]) == (step["id"], ending)
        assert row["service"] == step["service"]
        assert row["contact_last_number"] == step["contact_value"]
        assert row["contact_id"] == step["contact_id"]
        assert row["owner_retry"] == len(tried)
        assert row["start_time"] == local(calls[str(step["id"])][0]["startTime"])
        assert row["last_recall_time"] == (local(tried[-1][0]["startTime"]) if tried else None)
        assert row["last_recall_owner"] == (tried[-1][0]["user"] if tried else None)
        answered = next((call for call in tried if call[0]["answerByUserTime"] is not None), None)
        assert (row["closed_result"] == "SUCCESS") == (answered is not None)
        if answered is not None:
            assert row["closeCallId"] == answered[0]["id"]
            assert row["close_time"] == local(answered[0]["endTime"])
            assert row["owner"] == answered[0]["user"]
        if row["closed_result"] == "CONTACT_RECALL":
            again = calls[str(row["closeCallId"])]
            assert again[0]["cli"] == step["cli"]
            assert any(one["answerByUserTime"] is not None for one in again)
            assert str(again[0]["startTime"]) > str(step["endTime"])
        if row["closed_result"] == "RETRY_EXCEEDED":
            assert len(tried) == 3
        assert (row["status"] == "CLOSED") == (row["closed_result"] is not None) == (row["close_time"] is not None)
        if row["close_time"] is not None:
            assert row["close_time"] >= max(filter(None, (row["start_time"], row["last_recall_time"])))
            assert row["close_time"] <= row["update_time"] <= local(AT)
        reasons[row["closed_result"]] += 1
    assert reasons["SUCCESS"] or name == "ast_calls_callback", "few ask to be called back"


@pytest.mark.parametrize("month", BOTH)
def test_campaign_calls_are_outbound_calls(month: Month) -> None:
    made = steps(MADE, month)
    first = {call: listed[0] for call, listed in made.items()}
    calls = {call: made[call] for call, one in first.items() if not (one["abandonedCall"] or one["callbackCall"])}
    oldest = {call: len(listed) - 1 for call, listed in made.items()}
    shown = {
        row["uniqueid"]: row
        for row in in_sql("ast_calls_outbound", month)
        if row["step"] == oldest[str(row["uniqueid"])]
    }
    by_place: dict[object, list[Record]] = defaultdict(list)
    for row in in_sql("ast_pd_history", month):
        by_place[row["phone_number"], row["campagna"], row["lista"]].append(row)
    assert sum(map(len, by_place.values())) == len(calls)
    expected: dict[object, list[list[Record]]] = defaultdict(list)
    for call, listed in calls.items():
        own = shown[call]
        assert own["campagna"] is not None
        assert own["id_spool_record"] is not None
        expected[listed[0]["dnis"], own["campagna"], own["lista"]].append(listed)
    assert {place: len(listed) for place, listed in expected.items()} == {p: len(of) for p, of in by_place.items()}
    for place, of_place in expected.items():
        attempts = sorted(by_place[place], key=lambda row: str(row["insert_time"]))
        in_order = sorted(of_place, key=lambda one: str(one[0]["endTime"]))
        for number, (row, attempt) in enumerate(zip(attempts, in_order, strict=True), 1):
            assert row["tentativi"] == number
            assert (row["call_result"] == "ANSWER") == (attempt[0]["answerByUserTime"] is not None)
            assert row["insert_time"] >= local(attempt[0]["endTime"])
            assert row["canale"] == attempt[0]["SIPChannel"]
            assert row["id"] == shown[attempt[0]["id"]]["id_spool_record"]
            assert row["item_number"] == shown[attempt[0]["id"]]["item_number_spool_record"]
            parts = ("NOANSWER", "BUSY", "CANCEL", "TVOX_CLOSED", "CONGESTION")
            answers = sum(one["call_result"] == "ANSWER" for one in attempts[:number])
            assert sum(int(str(row[f"tentativi_{part}"])) for part in parts) == number - answers


def test_tickets_hang_together() -> None:
    users = {row["id"]: row for row in in_sql("users", None)}
    groups = {row["id"]: row for row in in_sql("groups", None)}
    tickets = {row["id"]: row for row in in_sql("tickets", None)}
    members = {(row["user_id"], row["group_id"]) for row in in_sql("groups_users", None)}
    articles: dict[object, list[Record]] = defaultdict(list)
    for row in in_sql("ticket_articles", None):
        articles[row["ticket_id"]].append(row)
    work = in_sql("ticket_time_accountings", None)
    assert all(user in users and group in groups for user, group in members)
    assert articles.keys() == tickets.keys()
    assert {Month.of(row["created_at"]) for row in tickets.values()} == set(BOTH)
    for number, ticket in tickets.items():
        assert users[ticket["customer_id"]]["created_at"] < ticket["created_at"]
        assert ticket["group_id"] in groups
        assert ticket["owner_id"] is None or (ticket["owner_id"], ticket["group_id"]) in members
        mine = sorted(articles[number], key=lambda row: int(str(row["id"])))
        assert len(mine) == ticket["article_count"]
        assert [row["created_at"] for row in mine] == sorted(row["created_at"] for row in mine)
        assert mine[0]["created_at"] == ticket["created_at"]
        assert (mine[0]["type_id"], mine[0]["sender_id"]) == (
            ticket["create_article_type_id"], ticket["create_article_sender_id"]
        )  # fmt: skip
        assert mine[-1]["created_at"] == ticket["last_contact_at"] <= local(AT)
        assert all(row["created_by_id"] in users for row in mine)
        assert sum(float(str(row["time_unit"])) for row in work if row["ticket_id"] == number) == pytest.approx(
            float(str(ticket["time_unit"]))
        )
        closed = ticket["state_id"] in (5, 6)
        assert closed == (ticket["close_at"] is not None)
        assert (ticket["state_id"] == 1) == (ticket["first_response_at"] is None)
        if closed:
            assert ticket["created_at"] < ticket["first_response_at"] < ticket["close_at"]
    known = {row["id"] for listed in articles.values() for row in listed}
    assert all(row["ticket_article_id"] in known for row in work)
    for row in in_sql("links", None):
        assert row["link_object_source_value"] in tickets
        assert row["link_object_target_value"] in tickets
        assert {row["link_object_source_id"], row["link_object_target_id"]} <= {
            one["id"] for one in in_sql("link_objects", None)
        }


def test_contacts_on_channels_are_contacts() -> None:
    contacts = {row["uuid"]: row for row in in_sql("t4you_global_addressbook", None)}
    for row in in_sql("t4you_multichannel_addressbook", None):
        contact = contacts[row["contact_uuid"]]
        assert row["backend_config_name"] == contact["backend_config_name"]
        kind = "mail" if int(str(row["channel_id"])) > 1000 else "tel"
        assert row["channel_data"] in {contact[f"{kind}_value_{number}"] for number in range(1, 11)}


def test_customers_are_contacts_with_mail() -> None:
    mails = {row[f"mail_value_{n}"] for row in in_sql("t4you_global_addressbook", None) for n in range(1, 11)}
    assert {row["email"] for row in in_sql("users", None)} - {"sistema@example.it"} <= mails


def test_the_same_seed_makes_the_same_rows() -> None:
    one, other = (DemoCentre(400, now=AT, months=1) for _ in range(2))
    third = DemoCentre(400, seed=2, now=AT, months=1)
    for declared in SQL_TABLES:
        table = documented().table(declared.name)
        for month in one.months(table):
            made, again, differs = (list(centre.fetch(table, month)) for centre in (one, other, third))
            assert made == again, declared.name
            assert declared.name in ("groups", "groups_users", "link_objects", "links") or made != differs, (
                declared.name
            )


def test_tickets_keep_their_numbers_as_time_goes_on() -> None:
    table = documented().table("tickets")
    before = DemoCentre(400, now=AT, months=1)
    later = DemoCentre(400, now=AT + timedelta(days=20), months=2)
    old, new = (
        {row["id"]: row for batch in centre.fetch(table, None) for row in batch.to_pylist()}
        for centre in (before, later)
    )
    assert old.keys() < new.keys()
    for number, row in old.items():
        assert {name: row[name] for name in ("created_at", "customer_id", "title")} == {
            name: new[number][name] for name in ("created_at", "customer_id", "title")
        }
    assert before.changed(table, None, AT - timedelta(days=1))
    assert not before.changed(documented().table("groups"), None, AT - timedelta(days=400))


@pytest.mark.parametrize("calls", [0, 1, 40])
def test_a_tiny_centre_has_them_too(calls: int) -> None:
    centre = DemoCentre(calls, now=AT, months=1)
    for declared in SQL_TABLES:
        table = documented().table(declared.name)
        for month in centre.months(table):
            for batch in centre.fetch(table, month):
                batch.validate(full=True)
