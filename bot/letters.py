"""Messages that wait and dead letters, as the operator's commands see and change them.

Of a citizen nothing is given but the masked text of a message that could not be answered.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.store import Store
from bot.store import inbox as received
from bot.store import outbox as sending

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from bot.config import Settings
    from bot.store.inbox import Kept
    from bot.store.outbox import Unsent

_SHOWN = 200  # characters of a message


def look(settings: Settings, *, limit: int) -> dict[str, Any]:
    """Tell what waits and since when, and the newest `limit` dead letters of each direction."""
    found: dict[str, Any] = _run(settings, partial(_look, limit=limit), writes=False)
    return found


def retry(settings: Settings, table: str, number: int | None) -> int:
    """Have dead letters tried again; how many. `table` is "nhan", "gui" or "" for both."""
    return int(_run(settings, partial(_retry, table=table, number=number), writes=True))


def drop(settings: Settings, table: str, number: int | None) -> int:
    """Erase dead letters; how many."""
    return int(_run(settings, partial(_drop, table=table, number=number), writes=True))


def _run(settings: Settings, work: Callable[[Connection], Any], *, writes: bool) -> Any:  # noqa: ANN401
    async def run() -> Any:  # noqa: ANN401
        store = await Store.open(settings.database)
        try:
            return await (store.erasing(work) if writes else store.read(work, long=True))
        finally:
            await store.close()

    return asyncio.run(run())


def _retry(connection: Connection, *, table: str, number: int | None) -> int:
    count = received.retry(connection, number) if table in {"", "nhan"} else 0
    if table in {"", "gui"}:
        count += sending.retry(connection, number, datetime.now(UTC))
    return count


def _drop(connection: Connection, *, table: str, number: int | None) -> int:
    count = received.drop(connection, number) if table in {"", "nhan"} else 0
    return count + (sending.drop(connection, number) if table in {"", "gui"} else 0)


def _look(connection: Connection, *, limit: int) -> dict[str, Any]:
    waiting_out, dead_out = sending.waiting(connection), sending.count_dead(connection)
    since_in, since_out = received.oldest_wait(connection), sending.oldest_wait(connection)
    unanswered = [
        _letter("nhan", kept, kept.received_at) | {"text": kept.message.text[:_SHOWN]}
        for kept in received.dead(connection, limit)
    ]
    unsent = [_letter("gui", unsent, unsent.since) for unsent in sending.dead(connection, limit)]
    return {
        "to_answer": received.waiting(connection),
        "to_answer_since": since_in and since_in.isoformat(),
        "to_send": waiting_out,
        "to_send_since": since_out and since_out.isoformat(),
        "dead": {"to_answer": received.count_dead(connection), "to_send": dead_out},
        "letters": unanswered + unsent,
    }


def _letter(table: str, kept: Kept | Unsent, at: datetime) -> dict[str, Any]:
    """What both tables say of a message that was given up."""
    return {
        "letter": f"{table}-{kept.id}",
        "channel": kept.message.channel,
        "at": at.isoformat(),
        "attempts": kept.attempts,
        "error": kept.error or "",
    }
