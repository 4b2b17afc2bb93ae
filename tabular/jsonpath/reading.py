"""A path's text read by the front end of its dialect."""

from functools import lru_cache

from tabular.errors import PathTooLong, PathUnsupported, PathWrong
from tabular.jsonpath import ng, rewriting, rfc
from tabular.jsonpath.ir import Dialect, Path, Segment
from tabular.jsonpath.limits import check_path

_FRONT_ENDS = {Dialect.RFC9535: rfc.parse, Dialect.NG: ng.parse, Dialect.PLUS: rewriting.parse}


@lru_cache(512)
def path_of(text: str, dialect: Dialect) -> Path:
    """The path of a text, in the dialect that was said and in no other.

    Raises PathWrong (which names another dialect that understands the text), PathUnsupported and PathTooLong.
    """
    try:
        return check_path(_FRONT_ENDS[dialect](text))
    except PathWrong as wrong:
        raise PathWrong(wrong.dialect, wrong.offset, wrong.problem, _understood_by(text, dialect)) from None


def segments_of(text: str, dialect: Dialect) -> tuple[Segment, ...]:
    """The segments of a text. Raises the same."""
    return path_of(text, dialect).segments


def _understood_by(text: str, not_by: Dialect) -> str | None:
    # Whoever asked in the dialect of IMPORTJSONAPI cannot say another one.
    others = () if not_by is Dialect.PLUS else (Dialect.RFC9535, Dialect.NG)
    for dialect in others:
        if dialect is not not_by:
            try:
                _FRONT_ENDS[dialect](text)
            except (PathWrong, PathUnsupported, PathTooLong):
                continue
            return dialect.value
    return None
