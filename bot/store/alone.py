"""A lock that one program at a time holds, among all that share a database file.

The system lets go of it when its holder ends, however it ends.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, BinaryIO

if sys.platform != "win32":
    import fcntl

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
    if sys.platform == "win32":  # programs there must be kept apart by their operator
        return
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() > give_up:
                raise TakenError from None
        else:
            return
        await asyncio.sleep(_LOOK_AGAIN)
