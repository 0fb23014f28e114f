"""A trial in a process beside: the bot answers on while a change is fitted.

Fitting holds Python for many seconds. What is fitted is kept in the data folder by the digest of
the FAQ, so that a change that was tried is live at once when it is published.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.children import settle
from bot.proposals.effects import Tried, tried
from bot.proposals.proposal import ProposalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from bot.proposals.effects import Job


async def run(job: Job, progress: Callable[[int, str], None]) -> Tried:
    """Try it in a process of its own; cancelling ends that process.

    Raises:
        ProposalError: when the process did not live to tell.
    """
    # Here, not in the child: one that is ended leaves its folder behind.
    with tempfile.TemporaryDirectory(prefix="hoidap-trial-") as home:
        return await _run(job, home, progress)


async def _run(job: Job, home: str, progress: Callable[[int, str], None]) -> Tried:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, job, home), daemon=True)
    starting = asyncio.ensure_future(asyncio.to_thread(process.start))
    try:
        await asyncio.shield(starting)
        theirs.close()
        while True:
            kind, *told = await asyncio.to_thread(_next, ours)
            if kind == "progress":
                progress(told[0], told[1])
            elif kind == "done":
                result: Tried = told[0]
                return result
            else:
                raise ProposalError(
                    f"Không thử được thay đổi ({told[0]}) – thử lại; nếu còn lặp lại, xem bộ nhớ và đĩa còn trống."
                )
    finally:
        await starting  # cancelled or not: what is starting can only be ended once it runs
        theirs.close()
        process.terminate()
        await asyncio.to_thread(process.join)
        ours.close()


def _next(pipe: Connection) -> tuple[Any, ...]:
    try:
        told: tuple[Any, ...] = pipe.recv()
    except (EOFError, OSError):
        return "ended", "tiến trình thử đã dừng"
    return told


def _child(pipe: Connection, job: Job, home: str) -> None:
    def tell(percent: int, what: str) -> None:
        pipe.send(("progress", percent, what))

    settle()
    try:
        pipe.send(("done", tried(job, Path(home), tell)))
    except ProposalError as error:
        pipe.send(("failed", str(error)))
    except Exception as error:  # noqa: BLE001  # told to the official, by kind: its text may hold questions
        pipe.send(("failed", type(error).__name__))
