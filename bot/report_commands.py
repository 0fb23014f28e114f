"""The command `hoidap report`: the figures of a month, for people or for machines."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.command_options import ConfigOption, JsonOption, print_json
from bot.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bot.config import Settings
    from bot.insight.figures import Figures
    from bot.insight.insight import Insight
    from bot.insight.periods import Period
    from intents.catalog import Catalog

out = Console(highlight=False)


def report_command(settings: Callable[[Path | None], Settings]) -> Callable[..., None]:
    """Make the command; `settings` reads the settings when it runs."""

    def report(
        month: Annotated[
            str,
            typer.Option(metavar="YYYY-MM", help="Tháng nào. Mặc định: tháng này."),
        ] = "",
        *,
        as_json: JsonOption = False,
        as_csv: Annotated[
            bool, typer.Option("--csv", help="In số liệu từng ngày ra CSV để mở bằng bảng tính.")
        ] = False,
        config: ConfigOption = None,
    ) -> None:
        """Xem báo cáo tháng: bao nhiêu người hỏi, trả lời được bao nhiêu, cần làm gì tiếp."""
        from bot.insight import exports, figures

        if as_json and as_csv:
            raise typer.BadParameter("Chỉ chọn một trong hai: --json hoặc --csv.")
        periods = _periods(month)
        now, before, lists = asyncio.run(_collect(settings(config), *periods))
        plain = figures.as_json(now, before) | lists
        if as_json:
            print_json(plain)
        elif as_csv:
            sys.stdout.write(exports.as_csv(plain["by_day"]))
        else:
            _show(now, before, lists)

    return report


def _periods(written: str) -> tuple[Period, Period]:
    from bot.insight.periods import PeriodError, month, month_of, so_far, today

    day = today(datetime.now(UTC))
    try:
        return so_far(month(written) if written else month_of(day), day)
    except PeriodError as error:
        raise Fault(str(error)) from None


async def _collect(
    settings: Settings, period: Period, past: Period
) -> tuple[Figures, Figures, dict[str, list[str]]]:
    from bot.insight.insight import Insight
    from bot.insight.report import sentences, to_do
    from bot.store import Store
    from intents.catalog import load

    catalog: Catalog = load(settings.faq_dir)
    store = await Store.open(settings.database)
    try:
        insight: Insight = Insight(store, lambda: catalog, lambda: datetime.now(UTC))
        now, before = await insight.of(period), await insight.of(past)
        clusters: list[dict[str, Any]] = await insight.clusters()
    finally:
        await store.close()
    work = to_do(now, insight.expiring(), clusters)
    return (
        now,
        before,
        {
            "sentences": sentences(now, before, takes_feedback=settings.feedback),
            "to_do": work,
        },
    )


def _show(now: Figures, before: Figures, lists: dict[str, list[str]]) -> None:
    out.print(f"[bold]Báo cáo {now.period}[/bold] (so với {before.period})\n")
    for sentence in lists["sentences"]:
        out.print(_line(sentence))
    if now.by_channel:
        parts = ("Trả lời ngay", "Hỏi lại", "Chỉ nơi khác", "Chưa trả lời được")
        table = Table("Kênh", "Người", "Câu hỏi", *parts, box=None)
        for name, total in now.by_channel.items():
            shares = (total.answered, total.clarified, total.signposted, total.unknown)
            table.add_row(_line(name), *map(str, (total.people, total.questions, *shares)))
        out.print()
        out.print(table)
    if now.top_entries:
        entries = Table("Mục được xem nhiều", "Lượt xem", "👍", "Đánh giá", box=None)
        for _, title, shown, useful, rated in now.top_entries[:10]:
            entries.add_row(_line(title), str(shown), str(useful), str(rated))
        out.print()
        out.print(entries)
    if lists["to_do"]:
        out.print("\n[bold]Việc cần làm[/bold]")
        for item in lists["to_do"]:
            out.print(f"- {_line(item)}")


def _line(text: str) -> str:
    """One line that a terminal only shows."""
    return escape("".join(char if char.isprintable() else " " for char in text))
