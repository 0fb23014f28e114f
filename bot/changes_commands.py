"""The commands `hoidap faq diff|publish|rollback`: proposals without the console.

A bot that runs sees the files change, and serves them within moments.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.command_options import AsOption, ConfigOption, JsonOption, print_json, who

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from bot.config import Settings
    from bot.faq import Faq
    from bot.proposals import Proposals

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_STATES = {
    "draft": "bản nháp",
    "waiting": "chờ duyệt",
    "approved": "đã duyệt",
    "publishing": "đang công bố",
    "published": "đã công bố",
    "withdrawn": "đã rút lại",
    "rolled_back": "đã hoàn tác",
}

NumberArgument = Annotated[int, typer.Argument(metavar="SỐ", help="Số của thay đổi.", min=1)]


@dataclass(frozen=True, slots=True)
class _Official:
    name: str


def add_changes_commands(app: typer.Typer, settings: Callable[[Path | None], Settings]) -> None:
    """Add the commands to `hoidap faq`; `settings` reads the settings when a command runs."""

    @app.command("diff")
    def diff(
        number: Annotated[
            int | None,
            typer.Argument(metavar="SỐ", help="Bỏ trống để xem danh sách.", show_default=False),
        ] = None,
        *,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Xem các thay đổi chờ công bố, hoặc một thay đổi sẽ sửa những dòng nào."""
        if number is None:
            rows = asyncio.run(_list(settings(config)))
            print_json(rows) if as_json else _table(rows)
            return
        told = asyncio.run(_diff(settings(config), number))
        if as_json:
            print_json(told)
            return
        for text in told["diff"].values():
            _coloured(text)

    @app.command("publish")
    def publish(
        number: NumberArgument,
        *,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Thử một thay đổi rồi công bố: bot đang chạy dùng ngay; có lỗi mới thì không công bố."""
        with err.status("Đang thử và công bố…"):
            told = asyncio.run(_publish(settings(config), number, _Official(who(name))))
        print_json(told) if as_json else out.print(
            f"Đã công bố thay đổi {number}: {', '.join(told['files'])}."
        )

    @app.command("rollback")
    def rollback(
        number: NumberArgument,
        *,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Hoàn tác một thay đổi đã công bố; phần người khác sửa sau đó được giữ lại."""
        told = asyncio.run(_roll_back(settings(config), number, _Official(who(name))))
        print_json(told) if as_json else out.print(
            f"Đã hoàn tác thay đổi {number}: {', '.join(told['files'])}."
        )


@asynccontextmanager
async def _proposals(settings: Settings) -> AsyncIterator[Proposals]:
    from bot.review.opening import opened

    def no_faq() -> Faq:
        raise AssertionError("publishing asks no question of the FAQ")

    async with opened(settings, no_faq) as desk:
        await desk.proposals.recover()
        yield desk.proposals


async def _list(settings: Settings) -> list[dict[str, Any]]:
    async with _proposals(settings) as proposals:
        keys = ("id", "state", "title", "author", "changed_at")
        return [{key: str(row[key]) for key in keys} for row in await proposals.list()]


async def _diff(settings: Settings, number: int) -> dict[str, Any]:
    from bot.proposals.files import diff

    async with _proposals(settings) as proposals:
        old, new = proposals.files.read(), await proposals.preview(number)
        shown = {name: diff(old.get(name), text, name) for name, text in new.items()}
        proposal = await proposals.get(number)
        return {
            "id": number,
            "state": proposal.state.value,
            "diff": shown,
            "trial": proposal.trial,
        }


async def _publish(settings: Settings, number: int, who: _Official) -> dict[str, Any]:
    from bot.proposals.files import digests

    async with _proposals(settings) as proposals:
        proposal = await proposals.get(number)
        if proposal.trial is None or digests(proposals.files.read()) != proposal.base:
            await proposals.trial(number)
        return asdict(await proposals.publish(number, who))


async def _roll_back(settings: Settings, number: int, who: _Official) -> dict[str, Any]:
    async with _proposals(settings) as proposals:
        return asdict(await proposals.roll_back(number, who))


def _table(rows: list[dict[str, Any]]) -> None:
    from bot.insight.periods import vietnam

    if not rows:
        out.print("Chưa có thay đổi nào.")
        return
    table = Table("Số", "Trạng thái", "Tên", "Người sửa", "Lúc", box=None)
    for row in rows:
        texts = (
            row["id"],
            _STATES[row["state"]],
            row["title"],
            row["author"],
            vietnam(datetime.fromisoformat(row["changed_at"])),
        )
        table.add_row(*map(Text, texts))
    out.print(table)


def _coloured(diff: str) -> None:
    for line in diff.split("\n"):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        out.print(Text(line, style=colour), soft_wrap=True)
