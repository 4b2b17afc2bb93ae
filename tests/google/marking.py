"""Requests of a batch about developer metadata and protected ranges."""

from typing import Any

from tests.google.book import Book, Meta, Protection, Refused
from tests.google.finding import rect_of, sheet_of

Reply = dict[str, Any]


def add_protection(book: Book, given: Any, email: str) -> Reply:
    asked = given["protectedRange"]
    whole = not any(name in asked["range"] for name in ("startRowIndex", "startColumnIndex", "endRowIndex"))
    sheet, rect = rect_of(book, asked["range"])
    editors = tuple(asked.get("editors", {}).get("users", ()))
    number = max((one.id for each in book.sheets for one in each.protections), default=0) + 1
    sheet.protections.append(
        Protection(number, None if whole else rect, (*editors, email), asked.get("warningOnly", False))
    )
    return {"addProtectedRange": {"protectedRange": asked | {"protectedRangeId": number}}}


def delete_protection(book: Book, given: Any, email: str) -> None:
    for sheet in book.sheets:
        for one in sheet.protections:
            if one.id == given["protectedRangeId"]:
                if email not in one.editors:
                    sheet.check_editable(one.rect, email)
                sheet.protections.remove(one)
                return
    raise Refused(f"No protected range with id: {given['protectedRangeId']}")


def create_meta(book: Book, given: Any, _email: str) -> Reply:
    asked = given["developerMetadata"]
    where = asked["location"]
    sheet = None if where.get("spreadsheet") else sheet_of(book, where.get("sheetId", 0)).id
    if "visibility" not in asked:
        raise Refused("DeveloperMetadata visibility must be specified.")
    if not asked.get("metadataKey"):
        raise Refused("DeveloperMetadata key must be specified.")
    number = asked.get("metadataId", max((one.id for one in book.metadata), default=1000) + 1)
    if any(one.id == number for one in book.metadata):
        raise Refused(f"DeveloperMetadata with id {number} already exists.")
    made = Meta(number, asked["metadataKey"], asked.get("metadataValue", ""), sheet, asked["visibility"])
    if sum(len(one.key) + len(one.value) for one in (*book.metadata, made) if one.sheet == sheet) > 30_000:
        raise Refused("The developer metadata of a sheet or spreadsheet may have 30000 characters.")
    book.metadata.append(made)
    return {"createDeveloperMetadata": {"developerMetadata": made.shown()}}


def _looked_up(book: Book, given: Any) -> list[Meta]:
    """What a DataFilter or several find: developerMetadataLookup by id, key, value and sheet."""
    filters = given.get("dataFilters") or [given["dataFilter"]]
    found: list[Meta] = []
    for one in filters:
        asked = one["developerMetadataLookup"]
        where = asked.get("metadataLocation", {})
        found += [
            meta
            for meta in book.metadata
            if asked.get("metadataId", meta.id) == meta.id
            and asked.get("metadataKey", meta.key) == meta.key
            and asked.get("metadataValue", meta.value) == meta.value
            and where.get("sheetId", meta.sheet) == meta.sheet
            and meta not in found
        ]
    return found


def update_meta(book: Book, given: Any, _email: str) -> Reply:
    asked, names = given["developerMetadata"], given.get("fields", "")
    found = _looked_up(book, given)
    for meta in found:
        meta.key = asked.get("metadataKey", meta.key) if "metadataKey" in names or names == "*" else meta.key
        meta.value = asked.get("metadataValue", "") if "metadataValue" in names or names == "*" else meta.value
    return {"updateDeveloperMetadata": {"developerMetadata": [meta.shown() for meta in found]}}


def delete_meta(book: Book, given: Any, _email: str) -> Reply:
    gone = _looked_up(book, given)
    book.metadata = [meta for meta in book.metadata if meta not in gone]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": [meta.shown() for meta in gone]}}
