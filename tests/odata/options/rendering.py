"""Trees of options as text again, and trees without places, to set one against the other."""

from dataclasses import fields, is_dataclass
from typing import TypeVar

from odata.options import Expanded, Form, Options, Selected
from odata.options import transformations as t
from odata.options.sought import Combined, Sought, Term
from tabular.filter import tree as f

Tree = TypeVar("Tree")


def bare(tree: Tree) -> Tree:
    """A tree with every span at nought."""
    if isinstance(tree, f.Span):
        return f.Span(0, 0)  # type: ignore[return-value]
    if isinstance(tree, tuple):
        return tuple(bare(one) for one in tree)  # type: ignore[return-value]
    if is_dataclass(tree) and not isinstance(tree, type):
        return type(tree)(**{field.name: bare(getattr(tree, field.name)) for field in fields(tree)})
    return tree


def rendered(node: f.Node) -> str:
    """An expression; whatever has operators is in parentheses."""
    match node:
        case f.Literal(f.Spelling.TEXT, text):
            return "'" + text.replace("'", "''") + "'"
        case f.Literal(text=text):
            return text
        case f.Array(items):
            return f"[{','.join(map(rendered, items))}]"
        case f.Object(members):
            return "{" + ",".join(f'"{name}":{rendered(value)}' for name, value in members) + "}"
        case f.Logic(operator, operands):
            return "(" + f" {operator} ".join(map(rendered, operands)) + ")"
        case f.Binary(operator, left, right):
            return f"({rendered(left)} {operator} {rendered(right)})"
        case f.Unary("not", operand):
            return f"(not {rendered(operand)})"
        case f.Unary(_, operand):
            return f"(-({rendered(operand)}))"
        case f.Path(segments):
            return "/".join(map(_segment, segments))


def _segment(segment: f.Segment) -> str:
    match segment:
        case f.Name(text):
            return text
        case f.Call(name, f.Arguments(values, named, pairs)):
            parts = [rendered(one) for one in values] + [f"{key}={rendered(value)}" for key, value in named]
            return f"{name}({','.join([*parts, *(f'{rendered(one)}:{rendered(two)}' for one, two in pairs)])})"
        case f.Quantified(is_all, variable, condition):
            return f"{'all' if is_all else 'any'}({f'{variable}:{rendered(condition)}' if condition else ''})"
        case f.Count(condition):
            return "$count" + (f"($filter={rendered(condition)})" if condition else "")
        case f.Filtered(condition):
            return f"$filter({rendered(condition)})"
        case f.Aggregate():
            return f"aggregate({_aggregate(segment)})"
        case f.Key():
            raise NotImplementedError("keys of their own are not drawn")


def _aggregate(aggregate: f.Aggregate) -> str:
    text = rendered(aggregate.value) + (f" with {aggregate.method}" if aggregate.method else "")
    for step in aggregate.steps:
        text += f" from {','.join(map(rendered, step.by))}" + (f" with {step.method}" if step.method else "")
    return text


def sought(search: Sought) -> str:
    """A search; whatever has parts is in parentheses."""
    match search:
        case Term(text, "'"):
            return "'" + text.replace("'", "''") + "'"
        case Term(text, quote):
            return f"{quote}{text}{quote}"
        case Combined(operator, parts):
            return "(" + f" {operator.upper()} ".join(map(sought, parts)) + ")"
    return f"NOT {sought(search.sought)}"


def pairs(options: Options) -> list[tuple[str, str]]:
    """Options as the names and values of a query."""
    found = [(f"${name}", _value(name, getattr(options, name))) for name in _given(options)]
    return [*found, *((f"@{name}", rendered(value)) for name, value in options.aliases), *options.custom]


def _given(options: Options) -> list[str]:
    names = [field.name for field in fields(options) if field.name not in ("aliases", "custom")]
    return [name for name in names if getattr(options, name) not in (None, ())]


def _in_parentheses(options: Options) -> str:
    found = ";".join(f"{name}={value}" for name, value in pairs(options))
    return f"({found})" if found else ""


def _value(name: str, value: object) -> str:
    match name, value:
        case "filter", _:
            return rendered(value)  # type: ignore[arg-type]
        case "search", _:
            return sought(value)  # type: ignore[arg-type]
        case "apply", tuple():
            return applied(value)
        case "count", _:
            return str(value).lower()
        case _, tuple():
            return ",".join(map(_item, value))
    return str(value)


def _item(item: object) -> str:
    match item:
        case f.Ordering(expression, descending):
            return rendered(expression) + (" desc" if descending else "")
        case t.Computed(expression, name):
            return f"{rendered(expression)} as {name}"
        case Selected(path, parameters, options):
            names = f"({','.join(one.text for one in parameters)})" if parameters else ""
            return "/".join(one.text for one in path) + names + _in_parentheses(options)
        case Expanded(path, form, options):
            forms = () if form is Form.ENTITIES else (form.value,)
            return "/".join([*(one.text for one in path), *forms]) + _in_parentheses(options)
        case t.Measure(aggregate, name):
            return _aggregate(aggregate) + (f" as {name}" if name else "")
        case t.Rollup(levels, hierarchy):
            return f"rollup({','.join(map(rendered, levels)) or hierarchy})"
        case t.RecursiveRollup(hierarchy, among):
            return f"rolluprecursive({','.join([_hierarchy(hierarchy), *_then(among)])})"
        case f.Path():
            return rendered(item)
    raise NotImplementedError(repr(item))


def _hierarchy(hierarchy: t.Hierarchy) -> str:
    return f"{rendered(hierarchy.nodes)},{hierarchy.qualifier},{rendered(hierarchy.node)}"


def _then(transformations: tuple[t.Transformation, ...]) -> list[str]:
    return [applied(transformations)] if transformations else []


def applied(transformations: tuple[t.Transformation, ...]) -> str:
    """A sequence of transformations."""
    return "/".join(map(_transformation, transformations))


def _transformation(one: t.Transformation) -> str:
    match one:
        case t.Aggregated(items) | t.Computing(items) | t.Sorting(items):
            name = {t.Aggregated: "aggregate", t.Computing: "compute", t.Sorting: "orderby"}[type(one)]
            return f"{name}({','.join(map(_item, items))})"
        case t.Grouped(by, then):
            groups = ",".join(map(_item, by))
            return f"groupby({','.join([f'({groups})', *_then(then)])})"
        case t.Filtering(condition):
            return f"filter({rendered(condition)})"
        case t.Searching(search):
            return f"search({sought(search)})"
        case t.Cutting(name, count):
            return f"{name}({count})"
        case t.Extreme(name, amount, of):
            return f"{name}({rendered(amount)},{rendered(of)})"
        case t.Identity():
            return "identity"
        case t.Concatenated(branches):
            return f"concat({','.join(map(applied, branches))})"
        case t.Joined(path, name, then, is_outer):
            parts = [f"{rendered(path)} as {name}", *_then(then)]
            return f"{'outerjoin' if is_outer else 'join'}({','.join(parts)})"
        case t.Nested(path, named):
            parts = [f"{applied(branch)} as {name}" for branch, name in named]
            return f"addnested({','.join([rendered(path), *parts])})" if path else f"nest({','.join(parts)})"
        case t.Kin(name, hierarchy, of, distance, keeps_start):
            ends = [str(distance)] * (distance is not None) + ["keep start"] * keeps_start
            return f"{name}({','.join([_hierarchy(hierarchy), applied(of), *ends])})"
        case t.Traversed(hierarchy, parents_first, of, orders):
            parts = ["preorder" if parents_first else "postorder", *_then(of), *map(_item, orders)]
            return f"traverse({','.join([_hierarchy(hierarchy), *parts])})"
        case t.Custom(call):
            return _segment(call)
