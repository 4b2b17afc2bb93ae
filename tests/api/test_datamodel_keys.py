"""What a key may not see, the Data Model does not show it, nor can it be found by, sorted by or guessed."""

from api.services import Services
from tabular.restriction import Restriction
from tabular.table import Mask, MaskKind
from tests.api.conftest import CALL
from tests.serving import Served


def month(criterion: str = "") -> str:
    """The search of the month that holds a call."""
    return f"search: {{ year: 2020, month: 5, {criterion} }}"


def test_what_is_hidden_does_not_exist(served_call: Served, filled: Services) -> None:
    hidden = Restriction(tables=("inboundCalls", "inboundCallSummaries"), hidden=("cli", "contact"))
    key = filled.keys.create("hidden", restriction=hidden)

    def sentence(query: str) -> str:
        return str(served_call.post(query, key=key).json()["errors"][0]["message"])

    for criterion in ("cli: { operator: NULL }", "contact: { id: { operator: NULL } }"):
        assert "not" in sentence(f"{{ inboundCallsCount({month(criterion)}) }}")
    assert "CLI" in sentence(f"{{ inboundCalls({month('sorting: { key: CLI }')}) {{ id }} }}")
    assert "'cli'" in sentence(f"{{ inboundCalls({month()}) {{ cli }} }}")
    assert "outboundCalls" in sentence(f"{{ outboundCalls({month()}) {{ id }} }}")
    names = served_call.post('{ __type(name: "InboundInteraction") { fields { name } } }', key=key).json()
    fields = {field["name"] for field in names["data"]["__type"]["fields"]}
    assert "user" in fields
    assert not fields & {"cli", "contact"}


def test_what_is_hidden_in_one_table_only_is_an_error_there(served_call: Served, filled: Services) -> None:
    key = filled.keys.create(
        "hidden in one", restriction=Restriction(hidden=("inboundCalls:user", "inboundCalls:contact"))
    )
    search = month("user: { operator: NOT_NULL }")
    for query in (
        f"{{ inboundCalls({month()}) {{ user }} }}",
        f"{{ inboundCalls({month()}) {{ contact {{ __typename }} }} }}",
        f"{{ inboundCallsCount({search}) }}",
    ):
        told = served_call.post(query, key=key).json()
        assert told["data"] is None
        assert told["errors"][0]["extensions"]["code"] == "TT102"
    assert served_call.post(f"{{ inboundChatsCount({search}) }}", key=key).json() == {"data": {"inboundChatsCount": 0}}


def test_masks_hold_and_cannot_be_probed(served_call: Served, filled: Services) -> None:
    masked = (("cli", Mask(MaskKind.LAST, 2)), ("user", Mask(MaskKind.HASH)), ("status", Mask(MaskKind.HASH)))
    key = filled.keys.create(
        "masked", restriction=Restriction(masked=(*masked, ("lastUpdateTime", Mask(MaskKind.NULL))))
    )
    query = f'{{ inboundCall(id: "{CALL}") {{ cli user status lastUpdateTime }} }}'
    shown = served_call.post(query, key=key).json()["data"]["inboundCall"][0]
    assert shown["cli"] == "***********45"
    assert len(shown["user"]) == 16
    hashed = shown["user"]
    assert (shown["status"], shown["lastUpdateTime"]) == (None, None)
    kinds = '{ __type(name: "InboundInteraction") { fields { name type { kind } } } }'
    told = served_call.post(kinds, key=key).json()["data"]["__type"]["fields"]
    assert {"name": "lastUpdateTime", "type": {"kind": "SCALAR"}} in told

    def count(criterion: str) -> object:
        query = f"{{ inboundCallsCount(search: {{ year: 2020, month: 5, {criterion} }}) }}"
        return served_call.post(query, key=key).json()["data"]["inboundCallsCount"]

    assert count('cli: { operator: START_WITH, value: "+39" }') == 0
    assert count('cli: { operator: END_WITH, value: "45" }') == 1
    assert count('user: { operator: EQUAL, value: "anna.rossi" }') == 0
    assert count(f'user: {{ operator: EQUAL, value: "{hashed}" }}') == 1
    assert count("status: [HANGUP]") == 0
    assert count('lastUpdateTime: { operator: GREATER_THAN, value: "2000-01-01" }') == 0


def test_a_masked_id_is_found_by_its_mask_alone(served_call: Served, filled: Services) -> None:
    key = filled.keys.create("masked id", restriction=Restriction(masked=(("id", Mask(MaskKind.HASH)),)))
    shown = served_call.post(f"{{ inboundCalls({month()}) {{ id }} }}", key=key).json()["data"]["inboundCalls"][0][0][
        "id"
    ]
    assert shown != CALL

    def found(value: str) -> object:
        return served_call.post(f'{{ inboundCall(id: "{value}") {{ step }} }}', key=key).json()["data"]["inboundCall"]

    assert found(CALL) is None
    assert found(shown) == [{"step": 0}, {"step": 1}]
