"""Messages to be sent: reads and writes on a connection.

What was sent is deleted. What could not be sent is dead and stays for the operator, except the
confirmation that everything was erased: it belongs to no message, and goes whatever happens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.store.prepared import Prepared
from bot.store.schema import contacts, outbox

WAITING, DEAD = "waiting", "dead"

_ADD = Prepared(
    insert(outbox),
    "inbox_id turn_id channel user_key address payload state attempts since next_at".split(),
)
_OLDEST = Prepared(
    select(outbox, contacts.c.last_at.label("heard"))
    .outerjoin(contacts, contacts.c.user_key == outbox.c.user_key)
    .where(outbox.c.user_key == bindparam("person"), outbox.c.state == WAITING)
    .order_by(outbox.c.id)
    .limit(2)
)
_SENT = Prepared(delete(outbox).where(outbox.c.id == bindparam("number")))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to be sent; `address` is encrypted."""

    inbox_id: int | None
    turn_id: int | None
    channel: str
    user_key: str
    address: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that waits to be sent, or is dead; `heard` is when its citizen last wrote."""

    id: int
    message: Outgoing
    attempts: int
    since: datetime
    next_at: datetime
    error: str | None
    heard: datetime | None


def add(connection: Connection, messages: Sequence[Outgoing], at: datetime) -> None:
    """Keep the messages of a reply, in their order."""
    for message in messages:
        values = {
            "inbox_id": message.inbox_id,
            "turn_id": message.turn_id,
            "channel": message.channel,
            "user_key": message.user_key,
            "address": message.address,
            "payload": message.payload,
            "state": WAITING,
            "attempts": 0,
            "since": at,
            "next_at": at,
        }
        _ADD.count(connection, values)


def oldest(connection: Connection, user_key: str) -> tuple[Unsent, bool] | None:
    """Find the first message that waits to be sent to this person; tells whether it is the only one."""
    rows = _OLDEST.rows(connection, {"person": user_key})
    return (_unsent(rows[0]), len(rows) == 1) if rows else None


def sent(connection: Connection, number: int) -> None:
    _SENT.count(connection, {"number": number})


def delay(connection: Connection, number: int, error: str, until: datetime) -> None:
    """Note that a message was not taken, and when to try again."""
    later = {"attempts": outbox.c.attempts + 1, "error": error[:200], "next_at": until}
    connection.execute(update(outbox).where(outbox.c.id == number).values(later))


def bury(connection: Connection, unsent: Unsent, error: str) -> int:
    """Give up a message and the rest of its reply; how many messages."""
    reply = and_(
        outbox.c.user_key == unsent.message.user_key,
        outbox.c.inbox_id == unsent.message.inbox_id,
        outbox.c.state == WAITING,
    )
    if unsent.message.inbox_id is None:
        sent(connection, unsent.id)
        return 1
    tried = case((outbox.c.id == unsent.id, outbox.c.attempts + 1), else_=outbox.c.attempts)
    dead = {"state": DEAD, "error": error[:200], "attempts": tried}
    return connection.execute(update(outbox).where(reply).values(dead)).rowcount


def forget(connection: Connection, user_key: str) -> None:
    connection.execute(delete(outbox).where(outbox.c.user_key == user_key))


def waiting_people(connection: Connection) -> Sequence[tuple[str, str]]:
    """List channel and key of whoever something waits for, the longest-waiting first."""
    query = (
        select(outbox.c.channel, outbox.c.user_key)
        .where(outbox.c.state == WAITING)
        .group_by(outbox.c.channel, outbox.c.user_key)
        .order_by(func.min(outbox.c.id))
    )
    return [(row.channel, row.user_key) for row in connection.execute(query)]


def waiting(connection: Connection) -> dict[str, int]:
    """Count the messages that wait, by channel."""
    return _count(connection, WAITING)


def count_dead(connection: Connection) -> dict[str, int]:
    return _count(connection, DEAD)


def oldest_wait(connection: Connection) -> datetime | None:
    """Tell since when the longest-waiting message waits."""
    query = select(func.min(outbox.c.since)).where(outbox.c.state == WAITING)
    return connection.execute(query).scalar_one_or_none()


def dead(connection: Connection, limit: int) -> list[Unsent]:
    """List messages that were given up, the newest first."""
    query = select(outbox).where(outbox.c.state == DEAD).order_by(outbox.c.id.desc()).limit(limit)
    return [_unsent({**row, "heard": None}) for row in connection.execute(query).mappings()]


def retry(connection: Connection, number: int | None, at: datetime) -> int:
    """Send a dead message, or all of them, once more; how many."""
    again = {"state": WAITING, "attempts": 0, "error": None, "since": at, "next_at": at}
    return connection.execute(update(outbox).where(_dead(number)).values(again)).rowcount


def drop(connection: Connection, number: int | None) -> int:
    """Let go of a dead message, or of all; how many."""
    return connection.execute(delete(outbox).where(_dead(number))).rowcount


def _dead(number: int | None) -> ColumnElement[bool]:
    is_dead = outbox.c.state == DEAD
    return is_dead if number is None else and_(is_dead, outbox.c.id == number)


def _count(connection: Connection, state: str) -> dict[str, int]:
    query = (
        select(outbox.c.channel, func.count().label("messages"))
        .where(outbox.c.state == state)
        .group_by(outbox.c.channel)
    )
    return {row.channel: row.messages for row in connection.execute(query)}


def _unsent(row: dict[str, Any]) -> Unsent:
    del row["state"]
    own = {
        name: row.pop(name) for name in ("id", "attempts", "since", "next_at", "error", "heard")
    }
    return Unsent(message=Outgoing(**row), **own)
