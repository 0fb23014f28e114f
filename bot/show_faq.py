"""What the commands for editors print: findings of a check, dates to come, a new entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from intents.problems import Severity
from intents.upcoming import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from bot.new_entry import Begun
    from intents.lint.check import Checked
    from intents.problems import Problem
    from intents.upcoming import Event

MOST_WARNINGS = 10
"""So many warnings `faq check --strict` lets pass."""

_MANY = 10  # findings; from here on they are also counted by rule


def problems(console: Console, found: Sequence[Problem]) -> None:
    for problem in found:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        place = f"{problem.file}:{problem.line}:{problem.column}:"
        console.print(
            f"[bold]{escape(place)}[/bold] [{colour}]{problem.severity.value}[/{colour}]: "
            f"{escape(problem.what)} – {escape(problem.mend)}",
            soft_wrap=True,
        )
    if len(found) >= _MANY:
        console.print()
        for rule, count in Counter(problem.rule for problem in found).most_common():
            colour = "red" if rule.severity is Severity.ERROR else "yellow"
            console.print(f"{count:5}  [{colour}]{rule.value}[/{colour}]")
        console.print()


def problem_as_json(problem: Problem) -> dict[str, Any]:
    return asdict(problem) | {
        "severity": problem.severity.name.lower(),
        "rule": problem.rule.name.lower(),
    }


def check_summary(console: Console, folder: Path, checked: Checked) -> None:
    where, catalog = escape(str(folder)), checked.catalog
    if catalog is None or not checked.usable:
        console.print(f"[red]{where}: {checked.errors} lỗi, FAQ chưa dùng được.[/red]")
        return
    verdict = "[green]{}: không có lỗi.[/green]"
    if checked.errors:
        verdict = f"[red]{{}}: {checked.errors} lỗi phải sửa trước khi công bố.[/red]"
    phrasings = sum(len(entry.phrasings) for entry in catalog.entries.values())
    console.print(
        f"{verdict.format(where)} {len(catalog.entries)} mục, {phrasings} cách hỏi, "
        f"{len(catalog.topics)} chủ đề, {checked.warnings} điều cần xem lại."
    )


def too_many_warnings(count: int) -> str:
    return f"--strict: còn {count} điều cần xem lại, chỉ cho phép {MOST_WARNINGS}."


def calendar(console: Console, events: Sequence[Event], months: int) -> None:
    """The dates to come, one row each."""
    if not events:
        console.print(f"Trong {months} tháng tới không có ngày nào cần nhớ.")
        return
    table = Table(box=None, header_style="bold")
    table.add_column("ngày")
    table.add_column("việc")
    table.add_column("mục hoặc giá trị", overflow="fold")
    table.add_column("nội dung", overflow="fold", ratio=1)
    for event in events:
        table.add_row(
            f"{event.day:%d/%m/%Y}", event.kind.value, escape(event.name), escape(_told(event))
        )
    console.print(table)


def _told(event: Event) -> str:
    users = f"; dùng ở {', '.join(event.used_by)}" if event.used_by else "; chưa mục nào dùng"
    match event.kind:
        case EventKind.VALUE_CHANGES:
            change = f"từ {event.before} thành" if event.before else "bắt đầu là"
            return f"{event.title}: {change} {event.after}{users}"
        case EventKind.VALUE_ENDS:
            return f"{event.title}: hết mức {event.before}, chưa có mức sau{users}"
        case _:
            return event.title


def event_as_json(event: Event) -> dict[str, Any]:
    return asdict(event) | {"day": event.day.isoformat(), "kind": event.kind.name.lower()}


def begun(console: Console, entry: str, new: Begun) -> None:
    """Where a new entry stands, and what to do next."""
    made = "Đã tạo tệp và thêm" if new.created else "Đã thêm"
    console.print(f"{made} mục “{escape(entry)}” vào {escape(str(new.path))}:{new.line}.")
    console.print("Điền các chỗ “CẦN ĐIỀN”, rồi chạy: hoidap faq check")
