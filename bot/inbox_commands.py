"""The commands `hoidap inbox …`: what waits, what could not be answered or sent, and what to do.

Of a citizen nothing is shown but the masked text of a message that could not be answered.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.channels.names import NAMES
from bot.command_options import ConfigOption, JsonOption, print_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bot.config import Settings

out = Console(highlight=False)

_BOTH = "Cho đúng một trong hai: mã tin, hoặc --all."
_NONE = "Không có tin hỏng nào như vậy."

LetterArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="MÃ_TIN",
        help="Mã trong hoidap inbox list, ví dụ nhan-12 hay gui-34.",
        show_default=False,
    ),
]


def inbox_app(settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """Make the sub-application; `settings` reads the settings when a command runs."""
    app = typer.Typer(help="Tin đang chờ và tin hỏng của các kênh nhắn tin.", no_args_is_help=True)

    @app.command("list")
    def list_(
        limit: Annotated[
            int, typer.Option(help="Nhiều nhất bao nhiêu tin hỏng mỗi chiều.", min=1, max=10_000)
        ] = 20,
        *,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Xem bao nhiêu tin đang chờ, chờ từ bao giờ, và những tin hỏng cùng lý do."""
        from bot import letters

        found = letters.look(settings(config), limit=limit)
        if as_json:
            print_json(found)
        else:
            _show(found)

    @app.command()
    def retry(
        letter: LetterArgument = None,
        *,
        everything: Annotated[bool, typer.Option("--all", help="Mọi tin hỏng.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Thử lại tin hỏng: bot đang chạy sẽ trả lời hoặc gửi lại trong vài giây."""
        from bot import letters

        table, number = _chosen(letter, everything=everything)
        changed = letters.retry(settings(config), table, number)
        _tell(changed, "Sẽ thử lại {count} tin. Nếu bot chưa chạy, tin chờ tới lần chạy sau.")

    @app.command()
    def drop(
        letter: LetterArgument = None,
        *,
        everything: Annotated[bool, typer.Option("--all", help="Mọi tin hỏng.")] = False,
        config: ConfigOption = None,
    ) -> None:
        """Bỏ tin hỏng: xóa khỏi kho, không trả lời và không gửi nữa."""
        from bot import letters

        table, number = _chosen(letter, everything=everything)
        changed = letters.drop(settings(config), table, number)
        _tell(changed, "Đã bỏ {count} tin.")

    return app


def _chosen(letter: str | None, *, everything: bool) -> tuple[str, int | None]:
    """Read which dead letters are meant: the table ("" for both) and the number, if one."""
    if (letter is None) is not everything:
        raise typer.BadParameter(_BOTH)
    if letter is None:
        return "", None
    table, _, number = letter.partition("-")
    if table not in {"nhan", "gui"} or not number.isdecimal() or len(number) > 18:
        raise typer.BadParameter(f"không có mã tin “{letter[:40]}”; xem hoidap inbox list")
    return table, int(number)


def _tell(count: int, sentence: str) -> None:
    if not count:
        out.print(_NONE)
        raise typer.Exit(1)
    out.print(sentence.format(count=count))


def _show(found: dict[str, Any]) -> None:
    table = Table.grid(padding=(0, 2))
    to_send = ", ".join(f"{_name(name)} {count}" for name, count in found["to_send"].items())
    table.add_row(
        "[bold]Chờ trả lời[/bold]", _waiting(str(found["to_answer"]), found["to_answer_since"])
    )
    table.add_row("[bold]Chờ gửi[/bold]", _waiting(to_send or "0", found["to_send_since"]))
    dead = found["dead"]
    table.add_row("[bold]Trả lời hỏng[/bold]", str(dead["to_answer"]))
    table.add_row("[bold]Gửi hỏng[/bold]", str(sum(dead["to_send"].values())))
    out.print(table)
    if not found["letters"]:
        return
    letters = Table("Mã tin", "Kênh", "Lúc", "Số lần thử", "Lý do", "Tin (đã che)", box=None)
    for letter in found["letters"]:
        letters.add_row(
            letter["letter"],
            _name(letter["channel"]),
            _moment(letter["at"]),
            str(letter["attempts"]),
            escape(letter["error"]),
            escape(_one_line(letter.get("text", ""))),
        )
    out.print()
    out.print(letters)
    out.print("\nThử lại: hoidap inbox retry MÃ_TIN (hoặc --all). Bỏ: hoidap inbox drop MÃ_TIN.")


def _waiting(count: str, since: str | None) -> str:
    return f"{count} (lâu nhất từ {_moment(since)})" if since else count


def _moment(written: str) -> str:
    return f"{datetime.fromisoformat(written).astimezone():%H:%M:%S %d/%m/%Y}"


def _name(channel: str) -> str:
    return NAMES[channel][0] if channel in NAMES else channel


def _one_line(text: str) -> str:
    """Show words only: a citizen's control characters are not for an operator's terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
