"""The program's own secret: pseudonyms and the encryption of what is kept follow from it."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from bot.errors import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings

_SHORTEST_SECRET = 16


class StartError(Fault):
    """The bot cannot start: what, where, how to mend it (Vietnamese)."""


def pseudonym_key(settings: Settings) -> bytes:
    """The key of pseudonyms: from the environment, or made once and kept in the data folder."""
    if settings.secret_key is not None:
        secret = settings.secret_key.get_secret_value().encode()
        if len(secret) < _SHORTEST_SECRET:
            raise StartError("HOIDAP_SECRET_KEY quá ngắn – đặt ít nhất 16 ký tự ngẫu nhiên")
        return secret
    path = settings.data_dir / "secret.key"
    try:
        secret = _kept_key(path)
    except OSError as error:
        raise StartError(
            f"không đọc ghi được {path} ({error.strerror}) – cấp quyền tệp và thư mục đó cho tài khoản "
            "chạy hoidap, giải phóng đĩa nếu đầy, hoặc đặt HOIDAP_DATA_DIR"
        ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise StartError(
            f"{path} bị hỏng – phục hồi tệp này từ bản sao lưu; không có thì xóa tệp rồi chạy lại, "
            "khi đó bot không nhận ra người hỏi cũ và phải đăng nhập lại Zalo OA"
        )
    return secret


def _kept_key(path: Path) -> bytes:
    """Read the key, or make it: on the disk before anything is written with its help."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError:  # half a key, on a full disk, would keep the next start from making one
        path.unlink(missing_ok=True)
        raise
    return path.read_bytes().strip()
