"""Columns of the service's tables as a model shows them: types, formats, folders, and which there are."""

from collections.abc import Iterable

from addin.powerbi.model.tmdl import Object
from tabular.table import Column, Grain, Table, Type

_TYPES = {
    Type.TEXT: "string",
    Type.JSON: "string",
    Type.INTEGER: "int64",
    Type.NUMBER: "double",
    Type.BOOLEAN: "boolean",
    Type.TIME: "dateTime",
    Type.DATE: "dateTime",
}
_FORMATS = {Type.INTEGER: "0", Type.TIME: "General Date", Type.DATE: "Short Date"}

_TECHNICAL = ("SIP", "popup_", "multiChannel_session", "multiChannel_text", "multiChannel_description", "smartrec")
_REMARKS = ("data", "callResult_note", "callTag_", "generic_", "IVRLabel", "censusResult")
_OF_THE_INTERACTION = ("cli", "dnis", "contact_", "customer")
_OF_A_CONTACT = (
    "uuid",
    "fullName",
    "contactType",
    "organization_fullName",
    "department",
    "city",
    "district",
    "cap",
    "country",
    "customerCode",
    "category",
    "vip",
    "nps",
    "role",
)
_KEYS = {"contact_id", "uuid"}
_COUNTS = {"steps", "answers", "transfers"}
"""The whole numbers, beside durations, whose sum means something: others are codes and places."""


def shown(table: Table) -> Table:
    """The table with the columns that a model to begin with has: neither technical ones nor remarks, which make a model
    large, and of a step nothing that its interaction says already."""
    if table.grain is Grain.STEP:
        out = _TECHNICAL + _REMARKS + _OF_THE_INTERACTION
        return table.with_columns(tuple(one for one in table.columns if not one.name.startswith(out)))
    if table.grain is Grain.RECORD:
        return table.with_columns(tuple(one for one in table.columns if one.name in _OF_A_CONTACT))
    return table


def column_objects(table: Table) -> Iterable[Object]:
    """The columns as a model declares them; times are the centre's, without an offset."""
    for one in table.columns:
        is_sum = one.unit == "s" or one.name in _COUNTS
        yield Object(
            "column",
            one.name,
            description=_described(one),
            properties=(
                ("dataType", _TYPES[one.type]),
                ("isHidden", one.name in _KEYS or (table.grain is Grain.STEP and one.name == "id")),
                ("formatString", "#,0" if is_sum else _FORMATS.get(one.type)),
                ("displayFolder", _folder(one)),
                ("summarizeBy", "sum" if is_sum else "none"),
                ("sourceColumn", one.name),
            ),
        )


def _described(column: Column) -> str:
    text = " ".join((column.description or column.label).split())
    if column.type is Type.TIME:
        # The query asks for the centre's time, so that days are its own.
        return text.replace(", UTC", ", in the centre's time zone")
    return text


def _folder(column: Column) -> str | None:
    if column.unit == "s":
        return "Durations (s)"
    if column.type is Type.TIME:
        return "Times"
    return "Contact" if column.name.startswith("contact_") else None
