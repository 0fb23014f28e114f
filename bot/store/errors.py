"""What can go wrong with the store, told to an operator: what, and how to mend it.

The SQL and its values never get into a message: they hold what citizens wrote.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import Fault


class StoreError(Fault):
    """The store cannot do its work; `mend` tells an operator what to do about it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.what} {self.mend}"


_BUSY = (
    "đang bị chương trình khác khóa.",
    "Hãy đóng chương trình đang mở tệp (công cụ xem SQLite, sao lưu, bản hoidap khác) rồi thử lại.",
)
_DAMAGED = (
    "không phải cơ sở dữ liệu SQLite hoặc đã hỏng.",
    "Hãy dời tệp này (cùng tệp -wal, -shm) sang chỗ khác để giữ lại, rồi phục hồi bản sao lưu.",
)
_READ_ONLY = (
    "chỉ cho đọc, không ghi được.",
    "Hãy cấp quyền ghi tệp và thư mục chứa nó cho tài khoản chạy hoidap (chown, chmod u+w).",
)
_CANNOT_OPEN = (
    "không mở được.",
    "Hãy kiểm tra đường dẫn (phải là tệp), và quyền ghi thư mục của tài khoản chạy hoidap.",
)
_DISK_FULL = (
    "không ghi được vì hết chỗ trên đĩa.",
    "Hãy giải phóng dung lượng đĩa rồi thử lại.",
)
_DISK_FAILS = (
    "không đọc ghi được vì đĩa báo lỗi.",
    "Hãy kiểm tra đĩa và hệ thống tệp, rồi phục hồi bản sao lưu nếu cần.",
)
_GONE = (
    "đã bị xóa, dời hoặc thay bằng tệp khác trong khi hoidap đang chạy, nên không ghi được.",
    "Hãy dừng hoidap, trả tệp về chỗ cũ (hoặc phục hồi bản sao lưu), rồi chạy lại.",
)
_UNEXPECTED = (
    "gặp lỗi bất ngờ ({kind}).",
    "Hãy khởi động lại hoidap; nếu còn lặp lại, chạy hoidap doctor và báo cho người phát triển.",
)

# SQLite's primary result codes: https://sqlite.org/rescode.html
_CAUSES = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CANNOT_OPEN,
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_IOERR: _DISK_FAILS,
}


@contextmanager
def as_store_error(place: str) -> Iterator[None]:
    """Turn what SQLAlchemy or SQLite raises into a StoreError that names the place."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise store_error(place, error) from error


def store_error(place: str, error: SQLAlchemyError | sqlite3.Error) -> StoreError:
    """Say what an error means and how to mend it; the error itself is the cause."""
    what, mend = _explain(error)
    explained = StoreError(f"Kho dữ liệu {place} {what}", mend)
    explained.__cause__ = error
    return explained


def gone(place: str) -> StoreError:
    """Say that the file is no longer where it was."""
    what, mend = _GONE
    return StoreError(f"Kho dữ liệu {place} {what}", mend)


def _explain(error: SQLAlchemyError | sqlite3.Error) -> tuple[str, str]:
    origin = error.orig if isinstance(error, DBAPIError) else error
    # Only errors of the SQLite library itself carry a code; its low byte is the primary one.
    code: int = getattr(origin, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no room for the index of the log
        return _DISK_FULL
    if code & 0xFF in _CAUSES:
        return _CAUSES[code & 0xFF]
    what, mend = _UNEXPECTED
    kind = type(origin).__name__
    if isinstance(origin, sqlite3.Error):  # it names tables and columns, never their values
        kind = f"{kind}: {origin}"
    return what.format(kind=kind), mend
