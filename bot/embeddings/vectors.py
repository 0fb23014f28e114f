"""Vectors on disk: one SQLite file that may vanish, be cut short or hold rubbish at any time.

It is a cache, so nothing here raises for the disk's sake: what cannot be read is missing, a
damaged file is thrown away and begun anew, and without a disk nothing is kept.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_Result = TypeVar("_Result")

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
  key BLOB PRIMARY KEY,
  vector BLOB NOT NULL,     -- float16, little-endian
  checksum INTEGER NOT NULL,
  used INTEGER NOT NULL     -- the day it was last asked for
)"""
_NUMBERS = np.dtype("<f2")
_AT_ONCE = 500  # keys in one query
_PATIENCE = 2.0  # seconds to wait for another process that writes
# What SQLite says when the file is not ours any more: damaged, no database, other tables or types.
_DAMAGED = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_CONSTRAINT,
}

log = structlog.get_logger(__name__)


class _OtherFormatError(Exception):
    """A newer or older program wrote the file."""


class VectorFile:
    """Vectors by key. Any number of threads and processes may use one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float16]]:
        """The vectors of those keys that are kept and whole; notes that they were used today."""
        nothing: tuple[dict[bytes, NDArray[np.float16]], list[bytes]] = ({}, [])
        found, stale = self._do(lambda database: _recall(database, keys), otherwise=nothing)
        if stale:  # on its own: what was found counts even where nothing can be written
            self._do(lambda database: _touch(database, stale), otherwise=None)
        return found

    def keep(self, vectors: Mapping[bytes, NDArray[np.float16]]) -> None:
        """Keep vectors. They are on disk when this returns, whatever happens to the program."""
        self._do(lambda database: _keep(database, vectors), otherwise=None)

    def prune(self, most: int) -> None:
        """Drop the longest unused until `most` are left. What was used today always stays."""
        self._do(lambda database: _prune(database, most), otherwise=None)

    def _do(self, work: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        for last_try in (False, True):
            try:
                with closing(self._open()) as database, database:
                    return work(database)
            # SQLite's complaint may quote rubbish that Python then fails to read.
            except (sqlite3.Error, UnicodeDecodeError, OSError, _OtherFormatError) as error:
                # An extended code holds the plain one in its lowest byte.
                code = getattr(error, "sqlite_errorcode", -1) & 0xFF
                damaged = code in _DAMAGED or isinstance(
                    error, (UnicodeDecodeError, _OtherFormatError)
                )
                log.warning(
                    "vectors unreadable, embedding again" if damaged else "vectors not kept",
                    path=str(self._path),
                    error=getattr(error, "sqlite_errorname", type(error).__name__),
                )
                if last_try or not damaged or not self._discard():
                    break
        return otherwise

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=_PATIENCE)
        try:
            database.text_factory = bytes  # rubbish need not be UTF-8
            _prepare(database)
        except BaseException:
            database.close()
            raise
        return database

    def _discard(self) -> bool:
        try:
            # The journal first: SQLite would play a stale one into the new file.
            for suffix in ("-journal", "-wal", "-shm", ""):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            log.warning("vectors not replaced", path=str(self._path), error=error.strerror)
            return False
        return True


def _prepare(database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found not in {0, _FORMAT}:
        raise _OtherFormatError
    if found == 0:
        database.execute(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_FORMAT}")


def _recall(
    database: sqlite3.Connection, keys: Sequence[bytes]
) -> tuple[dict[bytes, NDArray[np.float16]], list[bytes]]:
    """What is kept and whole, and the keys among it that were last used on another day."""
    found: dict[bytes, NDArray[np.float16]] = {}
    stale: list[bytes] = []
    today = _today()
    for some in _slices(keys):
        marks = ",".join("?" * len(some))
        rows = database.execute(
            f"SELECT key, vector, checksum, used FROM vectors WHERE key IN ({marks})",  # noqa: S608  # marks only
            some,
        )
        for key, vector, checksum, used in rows:
            if isinstance(vector, bytes) and _checksum(key, vector) == checksum:
                found[key] = np.frombuffer(vector, _NUMBERS)
                if used != today:
                    stale.append(key)
    return found, stale


def _touch(database: sqlite3.Connection, keys: list[bytes]) -> None:
    database.executemany(
        "UPDATE vectors SET used = ? WHERE key = ?", ((_today(), key) for key in keys)
    )


def _keep(database: sqlite3.Connection, vectors: Mapping[bytes, NDArray[np.float16]]) -> None:
    raw = {key: vector.astype(_NUMBERS).tobytes() for key, vector in vectors.items()}
    database.executemany(
        "INSERT OR REPLACE INTO vectors (key, vector, checksum, used) VALUES (?, ?, ?, ?)",
        ((key, vector, _checksum(key, vector), _today()) for key, vector in raw.items()),
    )


def _prune(database: sqlite3.Connection, most: int) -> None:
    (kept,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    if kept > most:
        database.execute(
            "DELETE FROM vectors WHERE rowid IN"
            " (SELECT rowid FROM vectors WHERE used < ? ORDER BY used LIMIT ?)",
            (_today(), kept - most),
        )


def _checksum(key: bytes, vector: bytes) -> int:
    """SQLite notices a broken tree, but not a wrong byte within a value."""
    return zlib.crc32(vector, zlib.crc32(key))


def _today() -> int:
    return datetime.now(UTC).toordinal()


def _slices(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
