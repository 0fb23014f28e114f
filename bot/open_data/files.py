"""The open data as machines read it: CSV that no spreadsheet runs, and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from bot.open_data.months import COLUMNS
from bot.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.open_data.publication import Public

LICENCE = "Dùng lại tự do cho mọi mục đích, không phải xin phép; đề nghị ghi nguồn."
_UNANSWERED = ("title", "since", "people")


def figures_csv(public: Public) -> str:
    """The figures of all months."""
    return _csv(COLUMNS, ([row[name] for name in COLUMNS] for row in public.rows))


def figures_json(public: Public, *, publisher: str, floor: int) -> str:
    """The same with who publishes it, the licence and the floor of today."""
    rows = [{name: row[name] for name in COLUMNS} for row in public.rows]
    return _json(public, publisher, floor, {"figures": rows})


def unanswered_csv(public: Public) -> str:
    """What is asked but not answered yet."""
    rows = ([each.title, each.since, each.people] for each in public.unanswered)
    return _csv(_UNANSWERED, rows)


def unanswered_json(public: Public, *, publisher: str, floor: int) -> str:
    """The same with who publishes it, the licence and the floor."""
    rows = [
        dict(zip(_UNANSWERED, (each.title, each.since, each.people), strict=True))
        for each in public.unanswered
    ]
    return _json(public, publisher, floor, {"unanswered": rows})


def _json(public: Public, publisher: str, floor: int, data: dict[str, Any]) -> str:
    told = {
        "publisher": publisher,
        "licence": LICENCE,
        "least_people": floor,
        "read_at": public.at.isoformat(timespec="seconds"),
    }
    return json.dumps(told | data, ensure_ascii=False, indent=1) + "\n"


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(
        ["" if cell is None else spreadsheet_safe(cell) for cell in row] for row in rows
    )
    return "\ufeff" + out.getvalue()  # spreadsheets need the mark
