"""Questions that would cost too much, or are meant to break something, end at once and in one sentence."""

import pytest

from tests.serving import Served

CALLS, SUMMARIES = "inboundCalls", "inboundCallSummaries"
REFUSED = {
    "an $expand in an $expand in …": (SUMMARIES, "$expand=" + "stepRows($expand=interaction($expand=" * 200, "TT160"),
    "2,000 expands": (SUMMARIES, "$expand=" + ",".join(["stepRows"] * 2_000), "TT160"),
    "1,200 filters": (CALLS, "$apply=" + "/".join(["filter(step eq 0)"] * 1_200), "TT160"),
    "groups of groups of …": (CALLS, "$apply=" + "groupby((user)," * 300 + "identity" + ")" * 300, "TT160"),
    "concats that double": (CALLS, "$apply=" + "/".join(["concat(identity,identity)"] * 30), "TT160"),
    "concats in concats": (CALLS, "$apply=" + "concat(" * 300 + "identity" + ",identity)" * 300, "TT160"),
    "4,000 words": (CALLS, "$search=" + " OR ".join(["a"] * 4_000), "TT160"),
    "9,000 parentheses": (CALLS, "$search=" + "(" * 9_000 + "a" + ")" * 9_000, "TT160"),
    "900 computed columns": (CALLS, "$compute=" + ",".join(f"step add {i} as c{i}" for i in range(900)), "TT160"),
    "7,000 columns": (CALLS, "$select=" + ",".join(["id"] * 7_000), "TT160"),
    "7,000 orders": (CALLS, "$orderby=" + ",".join(["id"] * 7_000), "TT160"),
    "aliases that double": (
        CALLS,
        "$filter=@a0&" + "&".join(f"@a{i}=@a{i + 1} and @a{i + 1}" for i in range(40)) + "&@a40=step eq 1",
        "TT160",
    ),
    "any in any in …": (
        SUMMARIES,
        "$filter=" + "stepRows/any(a:a/interaction/stepRows/any(b:" * 100 + "true" + "))" * 100,
        "TT160",
    ),
    "a pattern of a million": (CALLS, "$filter=matchesPattern(user,'(a{1000}){1000}')", "TT160"),
    "a number of 400 digits": (CALLS, "$top=" + "9" * 400, "TT160"),
    "a token of nobody": (CALLS, "$skiptoken=" + "A" * 9_000, "TT168"),
    "3,000 segments": (f"{CALLS}/" * 3_000, "", "TT162"),
    "a key of 50,000 letters": (f"{CALLS}('{'a' * 50_000}')", "", "TT162"),
    "there and back 200 times": (f"{SUMMARIES}('x')" + "/stepRows(id='x',step=0)/interaction" * 200, "", "TT162"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_ends_with_one_sentence(odata: Served, name: str) -> None:
    path, query, code = REFUSED[name]
    answer = odata.get(f"/odata/{path}", params=query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert "\n" not in answer.json()["error"]["message"]
    assert len(answer.content) < 1_000
