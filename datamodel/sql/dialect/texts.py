"""Texts: the functions of texts; parts are found with or without regard to case as MariaDB finds them."""

from datamodel.sql.dialect.comparing import comparable, key
from datamodel.sql.dialect.conversions import as_text, converted, merged, number, text_of, truth_of
from datamodel.sql.dialect.functions import Call, Family
from datamodel.sql.dialect.numbers import integer_of
from datamodel.sql.dialect.values import Kind, Value, text, whole
from tabular.errors import StatementUnsupported

_TEXTS = Family("Texts")
function = _TEXTS.function
_TEXTS.syntax("TRIM SUBSTRING SUBSTR POSITION")


def _texts(call: Call) -> list[str]:
    return [text_of(arg) for arg in call.args]


def _folded(value: Value) -> str:
    """A text in which parts are looked for: without regard to case and accents, blanks at the end included."""
    return text_of(value) if value.binary else f"mdb_ci({text_of(value)})"


@function("CONCAT", 1, None)
def _concat(call: Call) -> Value:
    return text("(" + " || ".join(_texts(call)) + ")")


@function("CONCAT_WS", 2, None)
def _concat_ws(call: Call) -> Value:
    return text(f"concat_ws({', '.join(_texts(call))})")


@function("LEFT", 2)
def _left(call: Call) -> Value:
    return text(f"mdb_cut({text_of(call.args[0])}, {integer_of(call.args[1])})")


@function("RIGHT", 2)
def _right(call: Call) -> Value:
    return text(f"mdb_cut_end({text_of(call.args[0])}, {integer_of(call.args[1])})")


@function("MID", 3)
def _mid(call: Call) -> Value:
    return part(call.args[0], call.args[1], call.args[2])


def part(value: Value, begin: Value, length: Value | None) -> Value:
    """A part of a text (SUBSTRING)."""
    many = "2147483647" if length is None else integer_of(length)
    return text(f"mdb_part({text_of(value)}, {integer_of(begin)}, {many})")


@function("LPAD", 2, 3)
def _lpad(call: Call) -> Value:
    return _padded(call, at_left=True)


@function("RPAD", 2, 3)
def _rpad(call: Call) -> Value:
    return _padded(call, at_left=False)


def _padded(call: Call, at_left: bool) -> Value:
    pad = text_of(call.args[2]) if len(call.args) == 3 else "' '"
    return text(f"mdb_padded({text_of(call.args[0])}, {integer_of(call.args[1])}, {pad}, {at_left})")


@function("LTRIM", 1)
def _ltrim(call: Call) -> Value:
    return text(f"ltrim({text_of(call.args[0])}, ' ')")


@function("RTRIM", 1)
def _rtrim(call: Call) -> Value:
    return text(f"rtrim({text_of(call.args[0])}, ' ')")


def trimmed(value: Value, position: str, what: Value | None) -> Value:
    """A text without what stands at its ends (TRIM)."""
    sql = text_of(value)
    if what is None:
        return text(f"{ {'LEADING': 'ltrim', 'TRAILING': 'rtrim'}.get(position, 'trim') }({sql}, ' ')")
    ends = f"{position != 'TRAILING'}, {position != 'LEADING'}"
    return text(f"mdb_stripped({sql}, {text_of(what)}, {ends})")


@function("REPLACE", 3)
def _replace(call: Call) -> Value:
    return text(f"replace({', '.join(_texts(call))})")


@function("LOCATE", 2, 3)
def _locate(call: Call) -> Value:
    return place(call.args[1], call.args[0], call.args[2] if len(call.args) == 3 else None)


@function("INSTR", 2)
def _instr(call: Call) -> Value:
    return place(call.args[0], call.args[1], None)


def place(value: Value, of: Value, begin: Value | None) -> Value:
    """The place of a part in a text, from 1; 0 where it is not there."""
    at = "1" if begin is None else integer_of(begin)
    return whole(f"mdb_place({_folded(value)}, {_folded(of)}, {at})")


@function("UPPER UCASE", 1)
def _upper(call: Call) -> Value:
    return text(f"mdb_capitals({text_of(call.args[0])})")


@function("LOWER LCASE", 1)
def _lower(call: Call) -> Value:
    return text(f"mdb_small({text_of(call.args[0])})")


@function("CHAR_LENGTH CHARACTER_LENGTH", 1)
def _char_length(call: Call) -> Value:
    return whole(f"length({text_of(call.args[0])})")


@function("LENGTH OCTET_LENGTH", 1)
def _length(call: Call) -> Value:
    return whole(f"strlen({text_of(call.args[0])})")


@function("BIT_LENGTH", 1)
def _bit_length(call: Call) -> Value:
    return whole(f"(strlen({text_of(call.args[0])}) * 8)")


@function("REVERSE", 1)
def _reverse(call: Call) -> Value:
    # By letters: the engine's own keeps together what belongs to one letter.
    return text(f"array_to_string(list_reverse(string_split({text_of(call.args[0])}, '')), '')")


@function("REPEAT", 2)
def _repeat(call: Call) -> Value:
    return text(f"mdb_repeated({text_of(call.args[0])}, {integer_of(call.args[1])})")


@function("SPACE", 1)
def _space(call: Call) -> Value:
    return text(f"mdb_repeated(' ', {integer_of(call.args[0])})")


@function("ASCII", 1)
def _ascii(call: Call) -> Value:
    said = text_of(call.args[0])
    return whole(f"CASE WHEN {said} = '' THEN 0 ELSE CAST('0x' || left(hex({said}), 2) AS BIGINT) END")


@function("ORD", 1)
def _ord(call: Call) -> Value:
    said = text_of(call.args[0])
    return whole(f"CASE WHEN {said} = '' THEN 0 ELSE CAST('0x' || hex(substring({said}, 1, 1)) AS BIGINT) END")


@function("STRCMP", 2)
def _strcmp(call: Call) -> Value:
    one, other = (key(as_text(arg)) for arg in call.args)
    return whole(f"CASE WHEN {one} < {other} THEN -1 WHEN {one} > {other} THEN 1 WHEN {one} = {other} THEN 0 END")


@function("FIELD", 2, None)
def _field(call: Call) -> Value:
    kinds = {arg.kind for arg in call.args} - {Kind.NULL}
    if len({kind is Kind.TEXT for kind in kinds}) > 1:
        raise StatementUnsupported("FIELD of texts beside numbers", advice="Write all as texts, or all as numbers.")
    whens = []
    for at, other in enumerate(call.args[1:], 1):
        one, against = comparable(call.args[0], other)
        whens.append(f"WHEN {one} = {against} THEN {at}")
    return whole(f"CASE {' '.join(whens)} ELSE 0 END")


@function("ELT", 2, None)
def _elt(call: Call) -> Value:
    whens = (f"WHEN {at} THEN {text_of(arg)}" for at, arg in enumerate(call.args[1:], 1))
    return text(f"CASE {integer_of(call.args[0])} {' '.join(whens)} END")


@function("FIND_IN_SET", 2)
def _find_in_set(call: Call) -> Value:
    return whole(f"mdb_find_in_set({_folded(call.args[0])}, {_folded(call.args[1])})")


@function("SUBSTRING_INDEX", 3)
def _substring_index(call: Call) -> Value:
    delimiter = call.binding.constant(call.nodes[1], "the delimiter of SUBSTRING_INDEX")
    if any(delimiter.endswith(delimiter[:size]) for size in range(1, len(delimiter))):
        raise StatementUnsupported(f'"{delimiter}" as a delimiter', advice="Take one that cannot overlap itself.")
    value, by, count = call.args
    return text(f"mdb_index({text_of(value)}, {by.sql}, {integer_of(count)})")


@function("INSERT", 4)
def _insert(call: Call) -> Value:
    value, begin, length, new = call.args
    return text(f"mdb_inserted({text_of(value)}, {integer_of(begin)}, {integer_of(length)}, {text_of(new)})")


@function("MD5", 1)
def _md5(call: Call) -> Value:
    return text(f"md5({text_of(call.args[0])})")


@function("SHA1 SHA", 1)
def _sha1(call: Call) -> Value:
    return text(f"sha1({text_of(call.args[0])})")


# Choices between values

_CHOICES = Family("Choices")
choice = _CHOICES.function
_CHOICES.syntax("IF CASE")


def chosen(condition: Value, one: Value, other: Value) -> Value:
    """One of two values (IF)."""
    kind = merged([one, other])
    sql = f"CASE WHEN {truth_of(condition)} THEN {converted(one, kind)} ELSE {converted(other, kind)} END"
    return kind.plain(f"({sql})")


@choice("IFNULL NVL", 2)
def _ifnull(call: Call) -> Value:
    return _first(call)


@choice("COALESCE", 1, None)
def _coalesce(call: Call) -> Value:
    return _first(call)


def _first(call: Call) -> Value:
    kind = merged(list(call.args))
    return kind.plain(f"coalesce({', '.join(converted(arg, kind) for arg in call.args)})")


@choice("NULLIF", 2)
def _nullif(call: Call) -> Value:
    one, other = comparable(*call.args)
    value = call.args[0]
    kind = Kind.INTEGER if value.kind is Kind.BOOLEAN else value.kind
    sql = number(value).sql if kind is Kind.INTEGER else value.sql
    made = value.plain(f"(CASE WHEN {one} = {other} THEN NULL ELSE {sql} END)")
    return whole(made.sql, value.unsigned) if kind is Kind.INTEGER else made


@choice("ISNULL", 1)
def _isnull(call: Call) -> Value:
    return Value(f"({call.args[0].sql} IS NULL)", Kind.BOOLEAN)


@choice("GREATEST", 2, None)
def _greatest(call: Call) -> Value:
    return _extreme(call, ">")


@choice("LEAST", 2, None)
def _least(call: Call) -> Value:
    return _extreme(call, "<")


def _extreme(call: Call, sign: str) -> Value:
    kinds = {arg.kind for arg in call.args} - {Kind.NULL}
    if Kind.TEXT in kinds and len(kinds) > 1:
        raise StatementUnsupported(f"{call.name} of texts beside others", advice="Write all of them as one type.")
    kind = merged(list(call.args))
    values = [kind.plain(converted(arg, kind)) for arg in call.args]
    # Of those that are equal the first is taken.
    found = values[0]
    for value in values[1:]:
        one, other = comparable(value, found)
        found = kind.plain(
            f"(CASE WHEN {found.sql} IS NULL OR {value.sql} IS NULL THEN NULL"
            f" WHEN {one} {sign} {other} THEN {value.sql} ELSE {found.sql} END)"
        )
    return found
