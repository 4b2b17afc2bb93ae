"""A reader of TMDL, written from its documents and not from what writes it: objects by indentation."""

import re
import textwrap
from dataclasses import dataclass, field

KINDS = {
    "table", "column", "measure", "partition", "hierarchy", "level", "relationship", "expression", "refreshPolicy",
    "extendedProperty",
}  # fmt: skip
"""The kinds of objects that these tests know; whatever else stands at the beginning of a line is a property."""

NAMED = KINDS - {"refreshPolicy"}
_NAME = r"'(?:[^']|'')+'|[^\s.=:']+"
_HEAD = re.compile(rf"(?P<kind>[A-Za-z]+)(?:\s+(?P<name>{_NAME}))?\s*(?P<assigned>=\s*(?P<default>.*))?")
_PROPERTY = re.compile(r"(?P<name>[A-Za-z]+)(?P<sign>\s*[:=])?\s?(?P<value>.*)")


class NotTmdl(ValueError):
    """The text breaks a rule of the language."""


@dataclass
class Node:
    """An object as it was read; `expression` is its default property."""

    kind: str
    name: str | None
    expression: str | None = None
    description: str = ""
    properties: dict[str, str | bool] = field(default_factory=dict)
    expressions: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def all(self, kind: str) -> dict[str, "Node"]:
        """The children of a kind by their names. No two may have one, whatever their capitals."""
        found = [one for one in self.children if one.kind == kind]
        if len({(one.name or "").casefold() for one in found}) < len(found):
            raise NotTmdl(f"Two of {self.name} have one name: {[one.name for one in found]}")
        return {one.name or "": one for one in found}


def read_script(text: str) -> Node:
    """The command of a script and the objects under it. Raises NotTmdl."""
    lines = text.split("\n")
    if lines[0] != "createOrReplace":
        raise NotTmdl("A script begins with its command.")
    root = Node(lines[0], None)
    reader = _Reader(lines, 1)
    reader.children(root, 1)
    if reader.at < len(lines):
        raise NotTmdl(f"Line {reader.at + 1} belongs to nothing: {lines[reader.at]!r}")
    return root


def references(text: str) -> tuple[str, ...]:
    """The names in a reference, such as 'Short abandon'.seconds."""
    return tuple(_unquoted(one) for one in re.findall(_NAME, text))


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip("\t"))


class _Reader:
    def __init__(self, lines: list[str], at: int) -> None:
        self.lines, self.at = lines, at

    def _skip_blank(self) -> None:
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1

    def children(self, parent: Node, depth: int) -> None:
        while True:
            self._skip_blank()
            if self.at == len(self.lines) or _depth(self.lines[self.at]) < depth:
                return
            line = self.lines[self.at]
            if _depth(line) > depth or line.strip() != line.lstrip("\t"):
                raise NotTmdl(f"Line {self.at + 1} is too far in: {line!r}")
            if line.strip().startswith("///"):
                self._described(parent, depth)
            elif line.split()[0] in KINDS:
                self._object(parent, depth, "")
            else:
                self._property(parent, depth)

    def _described(self, parent: Node, depth: int) -> None:
        said = []
        while self.lines[self.at].startswith("\t" * depth + "///"):
            said.append(self.lines[self.at].strip()[3:].strip())
            self.at += 1
        # No blank line may stand between a description and its object.
        if self.lines[self.at].strip().split(" ")[0] not in KINDS or _depth(self.lines[self.at]) != depth:
            raise NotTmdl(f"Line {self.at + 1} is not what the lines above describe.")
        self._object(parent, depth, "\n".join(said))

    def _object(self, parent: Node, depth: int, description: str) -> None:
        head = _HEAD.fullmatch(self.lines[self.at].strip())
        if head is None or (head["name"] is None) == (head["kind"] in NAMED):
            raise NotTmdl(f"Line {self.at + 1} is no object: {self.lines[self.at]!r}")
        node = Node(head["kind"], None if head["name"] is None else _unquoted(head["name"]), description=description)
        parent.children.append(node)
        self.at += 1
        if head["assigned"]:
            node.expression = head["default"] or self._expression(depth + 2)
        self.children(node, depth + 1)

    def _property(self, node: Node, depth: int) -> None:
        found = _PROPERTY.fullmatch(self.lines[self.at].strip())
        if found is None:
            raise NotTmdl(f"Line {self.at + 1} is no property: {self.lines[self.at]!r}")
        self.at += 1
        name, sign, value = found["name"], (found["sign"] or "").strip(), found["value"]
        if name in node.properties or name in node.expressions:
            raise NotTmdl(f"{name} is said twice of {node.name}")
        if sign == "=":
            node.expressions[name] = value or self._expression(depth + 1)
        elif sign == ":":
            quoted = value.startswith('"') and value.endswith('"')
            node.properties[name] = value[1:-1].replace('""', '"') if quoted else value
        else:
            node.properties[name] = True

    def _expression(self, least: int) -> str:
        """The lines that are at least so far in: further than any property could be."""
        taken: list[str] = []
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or _depth(self.lines[self.at]) >= least):
            taken.append(self.lines[self.at])
            self.at += 1
        text = textwrap.dedent("\n".join(taken)).strip("\n")
        if not text.strip():
            raise NotTmdl(f"Line {self.at} promises an expression.")
        return text
