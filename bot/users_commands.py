"""The commands `hoidap users …`: who may work in the console."""

from __future__ import annotations

import asyncio
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.command_options import ConfigOption, JsonOption, print_json, who
from bot.office import ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.accounts import Accounts
    from bot.config import Settings

out = Console(highlight=False)

NameArgument = Annotated[
    str, typer.Argument(metavar="TÊN", help="Tên tài khoản, ví dụ lan.nguyen.")
]
PasswordOption = Annotated[
    bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ một dòng của đầu vào chuẩn.")
]
GenerateOption = Annotated[bool, typer.Option("--generate", help="Máy đặt mật khẩu và in ra.")]


def users_app(settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """Make the sub-application; `settings` reads the settings when a command runs."""
    app = typer.Typer(help="Tài khoản của trang quản trị.", no_args_is_help=True)

    @app.command("list")
    def list_(
        *,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Liệt kê tài khoản."""

        async def work(accounts: Accounts) -> None:
            await _show(accounts, as_json=as_json)

        _run(settings(config), work)

    @app.command()
    def add(
        name: NameArgument,
        role: Annotated[
            Role, typer.Option(help="Vai trò: viewer, reviewer, editor, admin.")
        ] = Role.REVIEWER,
        *,
        password_stdin: PasswordOption = False,
        generate: GenerateOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Thêm một tài khoản."""

        async def work(accounts: Accounts) -> None:
            given = _password(from_input=password_stdin, generate=generate)
            password = await accounts.add(name, role, given, by=who())
            out.print(f"Đã thêm [bold]{escape(name)}[/] ({ROLES[role]}).")
            if given is None:
                out.print(f"Mật khẩu, chỉ hiện một lần: [bold]{password}[/]")

        _run(settings(config), work)

    @app.command()
    def password(
        name: NameArgument,
        *,
        password_stdin: PasswordOption = False,
        generate: GenerateOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Đặt lại mật khẩu; mọi nơi đang đăng nhập bị thoát."""

        async def work(accounts: Accounts) -> None:
            await accounts.get(name)
            given = _password(from_input=password_stdin, generate=generate)
            new = await accounts.set_password(name, given, by=who())
            out.print(f"Đã đặt lại mật khẩu của [bold]{escape(name)}[/].")
            if given is None:
                out.print(f"Mật khẩu, chỉ hiện một lần: [bold]{new}[/]")

        _run(settings(config), work)

    _add_changes(app, settings)
    return app


def _add_changes(app: typer.Typer, settings: Callable[[Path | None], Settings]) -> None:
    """The commands that need nothing but a name."""

    @app.command()
    def role(
        name: NameArgument,
        role: Annotated[Role, typer.Argument(help="viewer, reviewer, editor, admin")],
        config: ConfigOption = None,
    ) -> None:
        """Đổi vai trò."""
        _do(
            settings(config),
            lambda accounts: accounts.set_role(name, role, by=who()),
            f"{name} nay là {ROLES[role]}.",
        )

    @app.command()
    def deactivate(name: NameArgument, config: ConfigOption = None) -> None:
        """Khóa một tài khoản; mọi nơi đang đăng nhập bị thoát."""
        _do(
            settings(config),
            lambda accounts: accounts.set_active(name, active=False, by=who()),
            f"Đã khóa {name}.",
        )

    @app.command()
    def activate(name: NameArgument, config: ConfigOption = None) -> None:
        """Mở lại một tài khoản đã khóa."""
        _do(
            settings(config),
            lambda accounts: accounts.set_active(name, active=True, by=who()),
            f"Đã mở lại {name}.",
        )

    @app.command("second-factor-off")
    def second_factor_off(name: NameArgument, config: ConfigOption = None) -> None:
        """Tắt bảo mật hai lớp cho người mất điện thoại."""
        _do(
            settings(config),
            lambda accounts: accounts.end_second_factor(name, by=who()),
            f"Đã tắt bảo mật hai lớp của {name}.",
        )


def _do(settings: Settings, work: Callable[[Accounts], Awaitable[None]], told: str) -> None:
    async def doing(accounts: Accounts) -> None:
        await work(accounts)
        out.print(escape(told))

    _run(settings, doing)


def _run(settings: Settings, work: Callable[[Accounts], Awaitable[None]]) -> None:
    from datetime import UTC, datetime

    from bot.accounts import Accounts
    from bot.secret_key import pseudonym_key
    from bot.store import Store
    from bot.trail import Trail

    def now() -> datetime:
        return datetime.now(UTC)

    async def all_of_it() -> None:
        key = pseudonym_key(settings)
        store = await Store.open(settings.database)
        accounts = Accounts(store, key, Trail(store, now), now=now)
        try:
            await work(accounts)
        finally:
            accounts.close()
            await store.close()

    asyncio.run(all_of_it())


def _password(*, from_input: bool, generate: bool) -> str | None:
    """The password that was given; None if one is to be made up."""
    if generate:
        return None
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "Không có bàn phím để hỏi mật khẩu: thêm --password-stdin hoặc --generate."
        )
    while True:
        first = getpass.getpass("Mật khẩu (ít nhất 12 ký tự, bỏ trống thì máy đặt giúp): ")
        if not first:
            return None
        if first == getpass.getpass("Nhập lại: "):
            return first
        out.print("Hai lần nhập khác nhau, bạn nhập lại.")


async def _show(accounts: Accounts, *, as_json: bool) -> None:
    everybody = await accounts.everybody()
    if as_json:
        listed = [
            {
                "name": account.name,
                "role": account.role,
                "active": account.active,
                "second_factor": account.totp is not None,
                "created_at": account.created_at.isoformat(),
            }
            for account in everybody
        ]
        print_json(listed)
        return
    if not everybody:
        out.print("Chưa có tài khoản nào. Thêm quản trị viên: hoidap users add TÊN --role admin")
        return
    table = Table("Tên", "Vai trò", "Hai lớp", "Trạng thái", box=None)
    for account in everybody:
        table.add_row(
            escape(account.name),
            ROLES[Role(account.role)],
            "bật" if account.totp else "tắt",
            "đang dùng" if account.active else "đã khóa",
        )
    out.print(table)
