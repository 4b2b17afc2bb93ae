"""The script for Google Sheets: one text to paste, made of the sources in `script/`, and its manifest."""

from addin.sheets.texts import code_text, manifest_text

__all__ = ["code_text", "manifest_text"]
