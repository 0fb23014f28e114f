"""Tables that are opened in spreadsheets: no cell that somebody wrote becomes a formula."""

from __future__ import annotations


def spreadsheet_safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula is shown as text; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip()[:1] in {"=", "+", "-", "@"}:
        return f"'{value}"
    return value
