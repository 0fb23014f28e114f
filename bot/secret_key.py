"""The program's own secret: pseudonyms and the encryption of what is kept follow from it."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

from bot.errors import Fault

if TYPE_CHECKING:
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
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32))
        secret = path.read_bytes().strip()
    except OSError as error:
        raise StartError(
            f"không ghi được {path} ({error.strerror}) – cho phép ghi vào thư mục đó, hoặc đặt HOIDAP_DATA_DIR"
        ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise StartError(f"{path} bị hỏng – xóa tệp này rồi chạy lại")
    return secret
