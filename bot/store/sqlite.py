"""Opening an SQLite file: its folder, its settings, its transactions, its migrations.

All that is SQLite's own is here; the queries in `store` are not.
"""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from pydantic_core import to_json
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, false, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.errors import StoreError, as_store_error
from bot.store.migrations import upgrade
from bot.store.schema import turns

WRITES = "hoidap_writes"  # execution option: this transaction will write
_SWITCH_AGAIN_SECONDS = 0.02
_READERS = 2  # queries that take long, at a time
_WIPE_MILLISECONDS = 300  # for readers to end


def open_sqlite(url: str, *, busy_seconds: float) -> Engine:
    """Open the file, making it and its folder if need be, with the newest schema. Takes a while.

    For short statements the engine is no coroutine driver's: that goes through a thread and the
    event loop for every statement, and a busy loop would hold up each transaction many times.
    """
    parsed, path = _parse(url), path_of(url)
    _make_folder(path.parent)
    engine = create_engine(
        parsed.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        hide_parameters=True,  # values are what citizens wrote: not for messages and logs
        json_serializer=_to_json,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        with as_store_error(str(path)):
            _make_private(path)
            _switch_to_wal(path, busy_seconds)
            _prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_readers(url: str, *, busy_seconds: float) -> AsyncEngine:
    """Open the same file once more, through aiosqlite, for queries that take long.

    They run in threads of the driver's own and keep the event loop free. The file must be there.
    """
    engine = create_async_engine(
        _parse(url),
        connect_args={"timeout": busy_seconds},
        pool_size=_READERS,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def does_not_wait(connection: Connection) -> Connection:
    """Have a connection say at once that another program holds the file."""
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    connection.rollback()
    return connection


def is_busy(error: DBAPIError | sqlite3.Error) -> bool:
    """Tell whether another program holds the file."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code: int = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_BUSY


def identity(path: str) -> tuple[int, int] | None:
    """Tell the file at a path from any other that may come in its place; None if there is none."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def wipe(engine: Engine) -> bool:
    """Empty the write-ahead log, where erased text stands until then; False: try again later."""
    try:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_WIPE_MILLISECONDS}")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
            return not busy
        finally:
            connection.close()
    except (SQLAlchemyError, sqlite3.Error):
        return False


def path_of(url: str) -> Path:
    """Give the file of a database's address. Raises `StoreError` if it is the address of none."""
    return Path(_parse(url).database or "")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if (
        parsed is None
        or parsed.drivername != "sqlite+aiosqlite"
        or parsed.database in {None, "", ":memory:"}
    ):
        raise StoreError(
            "Địa chỉ kho dữ liệu không dùng được.",
            "Hãy ghi dạng sqlite+aiosqlite:///đường/dẫn/tới/hoidap.db.",
        )
    return parsed


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Không tạo được thư mục {folder} cho kho dữ liệu ({error.strerror}).",
            "Hãy tạo sẵn thư mục và cấp quyền ghi cho tài khoản chạy hoidap, hoặc chọn chỗ khác.",
        ) from error


def _make_private(path: Path) -> None:
    """Make the file for its owner alone: its folder may be one that others read.

    SQLite gives its log the rights of the file. What cannot be made, SQLite tells best.
    """
    with suppress(OSError):
        path.touch(mode=0o600, exist_ok=False)


def _switch_to_wal(path: Path, busy_seconds: float) -> None:
    """Make the file and let readers and the writer not wait for each other, for good.

    SQLite does not wait for a lock at this switch, whatever its timeout: two programs that make a
    new file at the same moment would be told that it is locked.
    """
    connection = sqlite3.connect(path, timeout=busy_seconds)
    try:
        give_up = time.monotonic() + busy_seconds
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(_SWITCH_AGAIN_SECONDS)
            else:
                return
    finally:
        connection.close()


def _prepare(engine: Engine) -> None:
    with engine.connect() as connection:
        # BEGIN IMMEDIATE: two programs that open the file at once migrate it once.
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            upgrade(connection)
            # A file that cannot be written is found out now, not with the first question.
            connection.execute(delete(turns).where(false()))


def _set_up(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    del entry
    connection.isolation_level = None  # the driver begins nothing by itself: see `_begin`
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")  # what is committed survives a power failure
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not just unlinked
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that first reads and then writes could fail at once, whatever the
    # timeout, if another program wrote in between: so a writer says so at its beginning.
    writes = connection.get_execution_options().get(WRITES)
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    cursor.close()


def _to_json(value: object) -> str:
    """Write JSON as the standard library does, in a tenth of the time: every turn holds much."""
    return to_json(value).decode()
