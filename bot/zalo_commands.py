"""The commands `hoidap zalo …`: getting and renewing the OA's tokens, checking a signature.

`zalo_app` makes the sub-application out of a function that reads the settings.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.channels.errors import ChannelError
from bot.command_options import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.zalo_login import Setup

out = Console(highlight=False)

_NOT_SET = "Thiếu {what}: hãy đặt {where} trước khi chạy lệnh này."
_NEEDED = (
    ("app_id", "mã ứng dụng Zalo", "zalo_oa_app_id trong config.yaml"),
    ("app_secret", "khóa bí mật của ứng dụng", "biến môi trường HOIDAP_ZALO_OA_APP_SECRET"),
)
_NOT_HTTPS = "Địa chỉ chuyển về phải bắt đầu bằng https://"
_UNREADABLE = "Không đọc được tệp {path}: {why}."


def zalo_app(setup: Callable[[Path | None], Setup]) -> typer.Typer:
    """Make the sub-application; `setup` reads the settings when a command runs.

    Everything expected that goes wrong is a `ChannelError` with a sentence for the operator.
    """
    app = typer.Typer(help="Zalo Official Account: lấy mã truy cập, kiểm tra chữ ký webhook.")

    @app.callback()
    def zalo() -> None:
        """Zalo Official Account: lấy mã truy cập, kiểm tra chữ ký webhook."""

    @app.command()
    def login(
        redirect: Annotated[
            str,
            typer.Option(
                "--redirect",
                help="“Official Account Callback Url” đã khai ở trang ứng dụng Zalo.",
                prompt="Official Account Callback Url của ứng dụng",
            ),
        ],
        config: ConfigOption = None,
    ) -> None:
        """Nhờ quản trị viên của OA cấp quyền, rồi giữ mã truy cập (mã hóa) trong kho."""
        _login(setup(config), redirect.strip())

    @app.command()
    def refresh(
        *,
        now: Annotated[bool, typer.Option("--now", help="Đổi ngay, dù mã còn hạn.")] = False,
        for_bot: Annotated[str | None, typer.Option("--for-bot", hidden=True)] = None,
        config: ConfigOption = None,
    ) -> None:
        """Đổi mã truy cập khi gần hết hạn. Bot đang chạy tự làm việc này; chạy tay hay cron đều được."""
        _refresh(setup(config), for_bot, now=now)

    @app.command("verify-signature")
    def verify_signature(
        body_file: Annotated[Path, typer.Argument(help="Tệp giữ nguyên nội dung Zalo gửi tới.")],
        header: Annotated[str, typer.Argument(help="Giá trị của đầu mục X-ZEvent-Signature.")],
        timestamp: Annotated[
            str | None,
            typer.Option(help="Giá trị của X-ZEvent-Timestamp, nếu có.", show_default=False),
        ] = None,
        config: ConfigOption = None,
    ) -> None:
        """Kiểm tra chữ ký của một yêu cầu webhook bằng HOIDAP_ZALO_OA_WEBHOOK_SECRET."""
        try:
            raw = body_file.read_bytes()
        except OSError as error:
            raise ChannelError(_UNREADABLE.format(path=body_file, why=error.strerror)) from None
        from bot import zalo_login

        fits, why = zalo_login.judge(setup(config), raw, header, timestamp)
        out.print(why, markup=False, soft_wrap=True, style="green" if fits else "red")
        if not fits:
            raise typer.Exit(1)

    return app


def _check_settings(setup: Setup) -> None:
    for field, what, where in _NEEDED:
        if not getattr(setup, field):
            raise ChannelError(_NOT_SET.format(what=what, where=where))


def _refresh(setup: Setup, for_bot: str | None, *, now: bool) -> None:
    from bot import zalo_refresh

    _check_settings(setup)
    told = asyncio.run(zalo_refresh.refresh(setup, for_bot or "", now=now))
    if for_bot is None:
        out.print(
            told.sentence, markup=False, soft_wrap=True, style="red" if told.ending else None
        )
    else:
        with suppress(OSError):  # the bot was killed meanwhile
            os.write(1, json.dumps({"why": told.why, "seconds": told.seconds}).encode())
    raise typer.Exit(told.ending)


def _login(setup: Setup, redirect: str) -> None:
    from bot import zalo_login
    from bot.channels.zalo_oa.oauth import new_challenge

    _check_settings(setup)
    if not redirect.startswith("https://"):
        raise ChannelError(_NOT_HTTPS)
    replaces = asyncio.run(zalo_login.try_vault(setup))
    challenge = new_challenge()
    if replaces:
        _say("Đã có mã truy cập trong kho; mã mới sẽ thay mã cũ.")
    _say("1. Đăng nhập Zalo bằng tài khoản quản trị viên của OA, rồi mở liên kết này:")
    _say(f"\n{zalo_login.permission_url(setup, redirect, challenge)}\n")
    _say("2. Chọn OA và bấm đồng ý. Trình duyệt chuyển về địa chỉ của bạn (trang có thể báo lỗi,")
    _say("   không sao). Mã trong địa chỉ đó chỉ dùng được một lần, trong 10 phút.")
    _say("3. Chép trọn địa chỉ ở thanh địa chỉ và dán vào đây.")
    pasted = typer.prompt("Địa chỉ (hoặc mã)", prompt_suffix=": ")
    code = zalo_login.read_pasted(pasted, challenge, setup.oa_id)
    pair = asyncio.run(zalo_login.log_in(setup, code, challenge.verifier))
    end = datetime.fromtimestamp(pair.renew_at, UTC).astimezone()
    _say("Xong. Mã truy cập đã được giữ trong kho; bot đang chạy sẽ tự dùng mã này.")
    _say(f"Lần tự đổi mã tới: {end:%H:%M ngày %d/%m/%Y}.")


def _say(line: str) -> None:
    out.print(line, markup=False, soft_wrap=True)
