"""Text columns as the content of XML and HTML elements."""

import pyarrow as pa
import pyarrow.compute as pc

from formats.spelling import has_any, has_controls

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n"]
_NO_XML = ("\ufffe", "\uffff")
"""The two characters besides the controls that XML cannot hold."""

_LOOKS_SPELT = "_x[0-9A-Fa-f]{4}_"


def marked_up(text: pa.Array) -> pa.Array:
    """A text column with the signs of markup as entities.

    >>> marked_up(pa.array(["a <b> & c", None])).to_pylist()
    ['a &lt;b&gt; &amp; c', None]
    """
    if has_any(text, b"&<>"):
        for raw, spelt in _ENTITIES:
            text = pc.replace_substring(text, raw, spelt)
    return text


def in_workbook(text: pa.Array) -> pa.Array:
    """A text column as Excel spells it: what XML cannot hold as `_xHHHH_`, and text that looks so, made safe
    (ECMA-376, part 1, 22.9.2.19).

    >>> in_workbook(pa.array(["a\\x0bb", "line\\r\\nline", "_x0041_", "a_x"])).to_pylist()
    ['a_x000B_b', 'line_x000D_\\nline', '_x005F_x0041_', 'a_x']
    """
    text = marked_up(text)
    if has_any(text, b"_"):
        # Each of them, as one "_" can end a spelling and begin the next.
        safe = pc.replace_substring(text, "_x", "_x005F_x")
        text = pc.if_else(pc.match_substring_regex(text, _LOOKS_SPELT), safe, text)
    spelt = _CONTROLS if has_controls(text) else []
    for raw in [*spelt, *(_NO_XML if has_any(text, b"\xef") else ())]:
        text = pc.replace_substring(text, raw, f"_x{ord(raw):04X}_")
    return text


def word_in_workbook(word: str) -> str:
    """One text as `in_workbook` spells it, for the content of an element that something else marks up.

    >>> word_in_workbook("a & b\\x01")
    'a & b_x0001_'
    """
    spelt = str(in_workbook(pa.array([word], pa.string()))[0].as_py())
    for raw, entity in reversed(_ENTITIES):
        spelt = spelt.replace(entity, raw)
    return spelt
