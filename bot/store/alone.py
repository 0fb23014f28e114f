"""A lock that one program at a time holds, among all that share a database file.

The system lets go of it when its holder ends, however it ends.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, BinaryIO

try:
    import fcntl
except ImportError:  # Windows: programs there must be kept apart by their operator
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_LOOK_AGAIN = 0.05  # seconds


class TakenError(Exception):
    """Another program holds the lock."""


@asynccontextmanager
async def alone(path: Path, *, patience: float) -> AsyncIterator[None]:
    """Hold the lock of a file; raises `TakenError` if it is not to be had within the seconds."""
    with path.open("ab") as file:
        await _lock(file, patience)
        yield  # closing the file lets go


async def _lock(file: BinaryIO, patience: float) -> None:
    if fcntl is None:
        return None
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() > give_up:
                raise TakenError from None
        await asyncio.sleep(_LOOK_AGAIN)
