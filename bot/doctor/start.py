"""What would keep the bot from starting on this machine: its key and its port."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.doctor.findings import bad, ok
from bot.doctor.place import there
from bot.secret_key import StartError, pseudonym_key
from bot.service import bind

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.findings import Finding


def key(settings: Settings) -> Finding:
    """Look at the program's key; none is made here."""
    check, path = "machine.key", settings.data_dir / "secret.key"
    if settings.secret_key is None and not path.exists():
        folder = there(settings.data_dir)
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return ok(check, "Chưa có khóa bí mật: bot tự tạo ở lần chạy đầu.")
        what = f"Chưa có {path}, và tài khoản này không tạo được tệp trong {folder}."
        return bad(check, what, "Cấp quyền ghi thư mục đó, hoặc sửa data_dir.")
    try:
        pseudonym_key(settings)
    except StartError as error:
        return _told(check, error)
    where = path if settings.secret_key is None else "HOIDAP_SECRET_KEY"
    return ok(check, f"Có khóa bí mật ở {where}.")


def port(settings: Settings, *, running: bool) -> Finding:
    """Take the port for a moment, unless our bot has it."""
    check, place = "machine.port", f"{settings.host}:{settings.port}"
    if running:
        return ok(check, f"Bot đang chạy ở {place}.")
    try:
        bind(settings).close()
    except StartError as error:
        return _told(check, error)
    return ok(check, f"Bot chưa chạy; {place} còn trống.")


def _told(check: str, error: StartError) -> Finding:
    what, _, mend = str(error).partition(" – ")
    return bad(check, f"Bot không chạy được: {what}.", f"{mend[:1].upper()}{mend[1:]}.")
