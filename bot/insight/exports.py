"""The tables of a period as CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from bot.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows of one shape, with a line of their names; text that is a formula stays text."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(
        {name: spreadsheet_safe(value) for name, value in row.items()} for row in rows
    )
    return out.getvalue()
