"""Laws of options: what is written out reads back the same, and any text ends in a tree or in a sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odata.options import Expanded, Form, Options, Selected, read_options
from odata.options import transformations as t
from odata.options.names import SYSTEM
from odata.options.sought import Combined, Sought, Term, Without
from tabular.errors import TablesError
from tabular.filter import tree as f
from tests.odata.options.rendering import bare, pairs

pytestmark = pytest.mark.law

AT = f.Span(0, 0)
WORDS = st.sampled_from(["cli", "status", "steps", "x", "anyone", "topcount", "search", "as_of", "rollups"])
NUMBERS = st.integers(0, 10**9)
NAMES = WORDS.map(lambda text: f.Name(text, AT))
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: f.Path(tuple(names), AT))
LITERALS = st.one_of(
    NUMBERS.map(lambda number: f.Literal(f.Spelling.INTEGER, str(number), AT)),
    st.text("ab' ,;()/\"é", max_size=5).map(lambda text: f.Literal(f.Spelling.TEXT, text, AT)),
    st.sampled_from(["true", "false"]).map(lambda text: f.Literal(f.Spelling.BOOLEAN, text, AT)),
)


def _larger(nodes: st.SearchStrategy[f.Node]) -> st.SearchStrategy[f.Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(f.Logic, st.sampled_from(["and", "or"]), several, st.just(AT)),
        st.builds(f.Binary, st.sampled_from(["eq", "gt", "add", "div"]), nodes, nodes, st.just(AT), st.just(AT)),
        st.builds(f.Unary, st.sampled_from(["not", "-"]), nodes, st.just(AT)),
        several.map(lambda items: f.Path((f.Call("concat", f.Arguments(items), AT),), AT)),
        nodes.map(lambda node: f.Path((f.Name("tel", AT), f.Quantified(False, "t", node, AT)), AT)),
        nodes.map(lambda node: f.Path((f.Name("$these", AT), f.Aggregate(node, "sum", (), AT)), AT)),
        several.map(lambda items: f.Array(items, AT)),
    )


NODES: st.SearchStrategy[f.Node] = st.recursive(st.one_of(PATHS, LITERALS), _larger, max_leaves=4)
ORDERS = st.lists(st.builds(f.Ordering, NODES, st.booleans(), st.just(AT)), min_size=1, max_size=2).map(tuple)
COMPUTED = st.lists(st.builds(t.Computed, NODES, WORDS, st.just(AT)), min_size=1, max_size=2).map(tuple)
TERMS = st.one_of(
    st.from_regex(r"[a-z0-9.é][a-z0-9.',-]{0,5}", fullmatch=True).map(lambda text: Term(text, "", AT)),
    st.text("ab ();'", min_size=1, max_size=5).map(lambda text: Term(text, '"', AT)),
)


def _searched(inner: st.SearchStrategy[Sought]) -> st.SearchStrategy[Sought]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Without, inner, st.just(AT)),
        st.builds(Combined, st.sampled_from(["and", "or"]), parts, st.just(AT)),
    )


SEARCHES = st.one_of(
    st.recursive(TERMS, _searched, max_leaves=4),
    st.text("ab ();'\"", max_size=5).map(lambda text: Term(text, "'", AT)),
)
STEPS = st.builds(f.Step, st.lists(PATHS, min_size=1, max_size=2).map(tuple), st.just("average"), st.just(AT))
AGGREGATES = st.builds(
    f.Aggregate, NODES, st.sampled_from(["sum", "Custom.median"]), st.lists(STEPS, max_size=1).map(tuple), st.just(AT)
)
MEASURES = st.lists(st.builds(t.Measure, AGGREGATES, WORDS, st.just(AT)), min_size=1, max_size=2).map(tuple)
HIERARCHIES = st.builds(
    t.Hierarchy, st.just(f.Path((f.Name("$root", AT), f.Name("Queues", AT)), AT)), WORDS, PATHS, st.just(AT)
)
ROLLUPS = st.one_of(
    st.lists(PATHS, min_size=2, max_size=3).map(lambda levels: t.Rollup(tuple(levels), "", AT)),
    WORDS.map(lambda name: t.Rollup((), name, AT)),
)
EXTREMES = st.sampled_from(["topcount", "bottomsum", "toppercent"])
SIMPLE: st.SearchStrategy[t.Transformation] = st.one_of(
    st.builds(t.Aggregated, MEASURES, st.just(AT)),
    st.builds(t.Filtering, NODES, st.just(AT)),
    st.builds(t.Searching, SEARCHES, st.just(AT)),
    st.builds(t.Computing, COMPUTED, st.just(AT)),
    st.builds(t.Sorting, ORDERS, st.just(AT)),
    st.builds(t.Cutting, st.sampled_from(["top", "skip"]), NUMBERS, st.just(AT)),
    st.builds(t.Extreme, EXTREMES, NODES, NODES, st.just(AT)),
    st.just(t.Identity(AT)),
)


def _composed(one: st.SearchStrategy[t.Transformation]) -> st.SearchStrategy[t.Transformation]:
    several = st.lists(one, min_size=1, max_size=2).map(tuple)
    recursive = st.builds(t.RecursiveRollup, HIERARCHIES, several, st.just(AT))
    by = st.lists(st.one_of(PATHS, ROLLUPS, recursive), min_size=1, max_size=2).map(tuple)
    distance = st.none() | st.integers(1, 9)
    return st.one_of(
        st.builds(t.Grouped, by, st.one_of(st.just(()), several), st.just(AT)),
        st.builds(t.Concatenated, st.tuples(several, several), st.just(AT)),
        st.builds(t.Joined, PATHS, WORDS, st.one_of(st.just(()), several), st.booleans(), st.just(AT)),
        st.builds(t.Nested, st.none() | PATHS, st.tuples(st.tuples(several, WORDS)), st.just(AT)),
        st.builds(t.Kin, st.just("ancestors"), HIERARCHIES, several, distance, st.booleans(), st.just(AT)),
    )


APPLIED = st.lists(st.recursive(SIMPLE, _composed, max_leaves=3), min_size=1, max_size=2).map(tuple)


def _options(inner: st.SearchStrategy[Options]) -> st.SearchStrategy[Options]:
    path = st.lists(NAMES, min_size=1, max_size=2).map(tuple)
    entities = st.builds(Expanded, path, st.just(Form.ENTITIES), inner, st.just(AT))
    counts = st.builds(Expanded, path, st.just(Form.COUNT), st.builds(Options, filter=NODES), st.just(AT))
    chosen = st.builds(Selected, path, st.none(), st.builds(Options, search=SEARCHES, top=NUMBERS), st.just(AT))
    return st.builds(
        Options,
        filter=st.none() | NODES,
        orderby=st.just(()) | ORDERS,
        count=st.none() | st.booleans(),
        search=st.none() | SEARCHES,
        select=st.lists(chosen, max_size=2).map(tuple),
        expand=st.lists(entities | counts, max_size=2).map(tuple),
        compute=st.just(()) | COMPUTED,
        apply=st.just(()) | APPLIED,
        aliases=st.lists(st.tuples(WORDS, NODES), max_size=1).map(tuple),
    )


OPTIONS = _options(_options(st.builds(Options, skip=NUMBERS)))


@given(OPTIONS)
def test_options_written_out_read_back_the_same(options: Options) -> None:
    assert bare(read_options(pairs(options))) == options


@given(APPLIED)
def test_transformations_written_out_read_back_the_same(applied: tuple[t.Transformation, ...]) -> None:
    options = Options(apply=applied)
    assert bare(read_options(pairs(options))) == options


PIECES = st.sampled_from(
    [*SYSTEM, *"()/,;=$@'\"*.: ", "$filter=", "$search=", "a eq 1", "cli", "Model.f", " as ", " with sum", "AND", "1"]
)


@given(st.sampled_from(SYSTEM), st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_any_text_ends_in_options_or_in_a_sentence(name: str, text: str) -> None:
    with suppress(TablesError):
        options = read_options([(f"${name}", text)])
        assert getattr(options, name) not in (None, ())
        assert read_options([(name.upper(), text)]) == options
