"""What `hoidap review …` prints; what a terminal would take for an order is made visible."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.console.queue_words import STATES
from bot.insight.periods import vietnam
from bot.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.review.cluster import Cluster, Row

out = Console(highlight=False)

_COLUMNS = ("id", "title", "people", "turns", "last_at", "state", "entry")


def as_row(row: Row) -> dict[str, Any]:
    """A cluster of the list, as JSON and CSV have it."""
    return {
        "id": row.id,
        "title": row.title,
        "people": row.people,
        "turns": row.turns,
        "last_at": row.last_at.isoformat(timespec="seconds"),
        "state": row.state.value,
        "entry": row.likely.entry if row.likely else None,
    }


def show_csv(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows so that a spreadsheet opens them and computes none."""
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    writer.writerows([spreadsheet_safe(row[name]) for name in _COLUMNS] for row in rows)


def _plain(text: object) -> Text:
    """What citizens wrote, with every character that a terminal obeys made visible."""
    return Text("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text)))


def show_rows(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as a table."""
    table = Table("Số", "Câu hỏi", "Người", "Lượt", box=None)
    table.add_column("Lần cuối", no_wrap=True)
    table.add_column("Mục gần nhất", overflow="fold")  # to be used as it is: nothing is cut
    for row in rows:
        told = {
            **row,
            "last_at": vietnam(datetime.fromisoformat(row["last_at"])),
            "entry": row["entry"] or "",
        }
        columns = ("id", "title", "people", "turns", "last_at", "entry")
        table.add_row(*(_plain(told[name]) for name in columns))
    out.print(table)


def show_cluster(cluster: Cluster) -> None:
    """Print what its page shows."""
    row = cluster.row
    out.print(_plain(row.title), style="bold")
    out.print(f"Nhóm {row.id}: {row.people} người, {row.turns} lượt, {STATES[row.state]}")
    for sentence in cluster.why:
        out.print(_plain(f"  • {sentence}"))
    for sample in cluster.samples:
        out.print(_plain(f"  {sample.people:>4} người  {sample.text}"))
    for likely in cluster.likely:
        score = f"{likely.score:.2f}".replace(".", ",")
        out.print(_plain(f"  {score:>9}  {likely.entry}"), soft_wrap=True)


def show_draft(made: dict[str, Any]) -> None:
    """Print the beginning of an entry: {title, phrasings}."""
    out.print(_plain("  - id: # chữ thường không dấu, gạch dưới"))
    out.print(_plain(f"    title: {json.dumps(made['title'], ensure_ascii=False)}"))
    out.print(_plain("    phrasings:"))
    for phrasing in made["phrasings"]:
        out.print(_plain(f"      - {json.dumps(phrasing, ensure_ascii=False)}"), soft_wrap=True)
