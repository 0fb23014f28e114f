"""The open data as machines read it: CSV that no spreadsheet runs, and JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.open_data.months import COLUMNS
from bot.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.open_data.publication import Public

LICENCE = "Dùng lại tự do cho mọi mục đích, không phải xin phép; đề nghị ghi nguồn."


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one shape, and what they are called together."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]


def figures(public: Public) -> Table:
    """The figures of all months."""
    rows = [[row[name] for name in COLUMNS] for row in public.rows]
    return Table("figures", COLUMNS, rows)


def unanswered(public: Public) -> Table:
    """What is asked but not answered yet."""
    rows = [(each.title, each.since, each.people) for each in public.unanswered]
    return Table("unanswered", ("title", "since", "people"), rows)


def as_json(table: Table, told: Mapping[str, Any]) -> str:
    """Write a table with its licence, and what else is told of it."""
    rows = [dict(zip(table.head, row, strict=True)) for row in table.rows]
    whole = {**told, "licence": LICENCE, table.name: rows}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_csv(table: Table) -> str:
    """Write a table with a line of names; what is not told is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows(
        ["" if cell is None else spreadsheet_safe(cell) for cell in row] for row in table.rows
    )
    return "\ufeff" + out.getvalue()  # spreadsheets need the mark
