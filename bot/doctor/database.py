"""The database, read only: can it be opened, is its schema the newest, what is stuck in it."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, func, select

from bot.channels.names import NAMES
from bot.channels.zalo_oa.pair import SECRET, UNFINISHED, Pair, Unfinished, mark
from bot.cipher import Cipher, UnreadableError
from bot.doctor.findings import Kept, ago, bad, ok, warn
from bot.secret_key import StartError, pseudonym_key
from bot.store import StoreError, inbox, outbox, secrets
from bot.store.errors import as_store_error
from bot.store.migrations import is_newest
from bot.store.schema import contacts
from bot.store.sqlite import path_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.config import Settings
    from bot.doctor.findings import Finding

_LONG_WAIT = 300.0  # seconds
_LETTERS = (
    "Xem lý do: hoidap inbox list. Gửi lại: hoidap inbox retry --all. Bỏ: hoidap inbox drop --all."
)


def examine(settings: Settings, now: datetime) -> tuple[Kept, list[Finding]]:
    """Look into the database without changing it; gives what other examinations need of it."""
    check = "database.opens"
    try:
        path = path_of(settings.database)
    except StoreError as error:
        return Kept(), [bad(check, error.what, error.mend)]
    if not path.exists():
        return Kept(), [_new(path)]
    if not path.is_file():
        mend = "Sửa data_dir hoặc database_url, hoặc dời thư mục đó đi."
        return Kept(), [bad(check, f"{path} không phải là tệp.", mend)]
    try:
        with as_store_error(str(path)):
            return _look(path, settings, now)
    except StoreError as error:
        return Kept(), [bad(check, error.what, error.mend)]


def _look(path: Path, settings: Settings, now: datetime) -> tuple[Kept, list[Finding]]:
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True),
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            newest = is_newest(connection)
            findings = [_opened(path), _migrated(newest=newest)]
            if not newest:
                return Kept(), findings
            findings += [*_key(connection, settings), _dead(connection), *_stuck(connection, now)]
            return _kept(connection, settings), findings
    finally:
        engine.dispose()


def _new(path: Path) -> Finding:
    folder = path.absolute().parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if os.access(folder, os.W_OK | os.X_OK):
        return ok("database.opens", f"Chưa có {path}: bot tự tạo ở lần chạy đầu.")
    what = f"Chưa có {path}, và tài khoản này không được ghi vào {folder}."
    return bad("database.opens", what, "Cấp quyền ghi thư mục đó (chown, chmod u+w).")


def _opened(path: Path) -> Finding:
    if os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK):
        size = path.stat().st_size / (1024 * 1024)
        return ok("database.opens", f"{path} mở được, {size:.1f} MB.")
    what = f"{path} chỉ cho đọc: bot không lưu được câu hỏi nào."
    return bad("database.opens", what, "Cấp quyền ghi tệp và thư mục chứa nó (chown, chmod u+w).")


def _migrated(*, newest: bool) -> Finding:
    if newest:
        return ok("database.schema", "Lược đồ là bản mới nhất.")
    what = "Lược đồ cũ hơn chương trình: bot tự nâng cấp ở lần chạy tới."
    return warn("database.schema", what, "Sao lưu thư mục dữ liệu trước khi chạy bản mới.")


def _key(connection: Connection, settings: Settings) -> list[Finding]:
    """Try the key on the newest address that it should have encrypted."""
    newest = select(contacts.c.address).order_by(contacts.c.last_at.desc()).limit(1)
    hidden = connection.execute(newest).scalar()
    if hidden is None:
        return []
    try:
        _cipher(settings).show(hidden)
    except StartError:
        return []  # told by `start`
    except UnreadableError:
        what = "Kho dữ liệu được ghi bằng khóa bí mật khác: tin đang chờ không gửi được."
        mend = (
            "Đặt lại HOIDAP_SECRET_KEY (hoặc secret.key trong data_dir) như cũ. Không còn khóa cũ "
            "thì người hỏi cũ được coi là người mới."
        )
        return [bad("database.key", what, mend)]
    return [ok("database.key", "Khóa bí mật đọc được kho dữ liệu.")]


def _dead(connection: Connection) -> Finding:
    unanswered, unsent = inbox.count_dead(connection), outbox.count_dead(connection)
    if not unanswered and not unsent:
        return ok("database.dead", "Không có tin hỏng.")
    parts = [f"{unanswered} tin chưa trả lời được"] if unanswered else []
    parts += [f"{count} tin {_title(name)} chưa gửi được" for name, count in unsent.items()]
    return warn("database.dead", f"Tin hỏng: {', '.join(parts)}.", _LETTERS)


def _stuck(connection: Connection, now: datetime) -> list[Finding]:
    """Messages that wait longer than any short trouble of a platform."""
    moments = [m for m in (inbox.oldest_wait(connection), outbox.oldest_wait(connection)) if m]
    if not moments or (now - min(moments)).total_seconds() < _LONG_WAIT:
        return []
    count = inbox.waiting(connection) + sum(outbox.waiting(connection).values())
    what = f"{count} tin đang chờ, lâu nhất từ {ago(min(moments), now)}."
    mend = (
        "Kiểm tra bot có đang chạy và các kênh dưới đây; tin được giữ, gửi lại khi hết trục trặc."
    )
    return [warn("database.waiting", what, mend)]


def _kept(connection: Connection, settings: Settings) -> Kept:
    query = select(contacts.c.channel, func.max(contacts.c.last_at).label("last_at"))
    heard = {
        row.channel: row.last_at for row in connection.execute(query.group_by(contacts.c.channel))
    }
    hidden, noted = (secrets.find(connection, name) for name in (SECRET, UNFINISHED))
    if hidden is None:
        return Kept(heard)
    try:
        cipher = _cipher(settings)
        tokens = Pair.from_json(cipher.show(hidden))
        begun = Unfinished.from_json(cipher.show(noted)) if noted else None
    except (UnreadableError, StartError):
        tokens = begun = None
    ours = begun and tokens and begun.token == mark(tokens.refresh)
    since = begun.at if begun and ours else None
    return Kept(heard, tokens, tokens_unreadable=tokens is None, renewing_since=since)


def _cipher(settings: Settings) -> Cipher:
    """Make the cipher of a key that is there; none is made here."""
    if settings.secret_key is None and not (settings.data_dir / "secret.key").is_file():
        raise UnreadableError
    return Cipher(pseudonym_key(settings))


def _title(channel: str) -> str:
    return NAMES[channel][0] if channel in NAMES else channel
