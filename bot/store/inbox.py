"""Messages that were received: reads and writes on a connection.

A message waits, then it is done or dead. Done rows keep nothing but the message's pseudonym, as
the memory of what was delivered before; dead ones keep their masked text for the operator.
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
    delete,
    func,
    or_,
    select,
    update,
)

from bot.messages import Content
from bot.store.prepared import Prepared
from bot.store.records import storable
from bot.store.schema import contacts, inbox
from bot.store.upsert import InsertUnlessKnown, Put

WAITING, DONE, DEAD = "waiting", "done", "dead"

_EMPTY = {"text": None, "choice": None, "address": None}
_insert = InsertUnlessKnown(
    inbox, [column.name for column in inbox.c if column.name not in {"id", "error"}]
)
_put_contact = Put(contacts)
_OLDEST = Prepared(
    select(inbox)
    .where(inbox.c.user_key == bindparam("person"), inbox.c.state == WAITING)
    .order_by(inbox.c.id)
    .limit(2)
)
_THAT_WAITS = and_(inbox.c.id == bindparam("number"), inbox.c.state == WAITING)
_FINISH = Prepared(update(inbox).where(_THAT_WAITS).values(state=DONE, error=None, **_EMPTY))
_FAIL = (
    update(inbox)
    .where(_THAT_WAITS)
    .values(state=bindparam("then"), error=bindparam("why"), attempts=inbox.c.attempts + 1)
)
_MOST_PURGED = 5000  # rows in one transaction, so that nobody waits long for it


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it is kept: nothing personal in it, `address` encrypted."""

    channel: str
    message_id: str  # a pseudonym
    user_key: str
    content: Content
    text: str
    holds_personal_data: bool
    choice: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that waits for its answer, or is dead."""

    id: int
    message: Received
    received_at: datetime
    attempts: int
    error: str | None


def add(connection: Connection, message: Received, at: datetime) -> int | None:
    """Keep a message and where its sender is reached; None if it is known already."""
    values = {
        "channel": message.channel,
        "message_id": message.message_id,
        "user_key": message.user_key,
        "content": message.content.value,
        "text": storable(message.text),
        "holds_personal_data": message.holds_personal_data,
        "choice": None if message.choice is None else storable(message.choice),
        "address": message.address,
        "received_at": at,
        "state": WAITING,
        "attempts": 0,
    }
    number = _insert(connection, values)
    if number is not None:
        contact = {name: values[name] for name in ("user_key", "channel", "address")}
        _put_contact(connection, {**contact, "last_at": at})
    return number


def oldest(connection: Connection, user_key: str) -> tuple[Kept, bool] | None:
    """Find the first of this person's messages that waits; tells whether it is the only one."""
    rows = _OLDEST.rows(connection, {"person": user_key})
    return (_kept(rows[0]), len(rows) == 1) if rows else None


def finish(connection: Connection, number: int) -> bool:
    """Note that a message is answered; False if it does not wait any more."""
    return _FINISH.count(connection, {"number": number}) == 1


def fail(connection: Connection, number: int, error: str) -> bool:
    """Count an attempt that failed; False if the message does not wait any more."""
    values = {"number": number, "then": WAITING, "why": error[:200]}
    return connection.execute(_FAIL, values).rowcount == 1


def bury(connection: Connection, number: int, error: str) -> bool:
    """Give a message up, and keep it for the operator; False if it does not wait any more."""
    values = {"number": number, "then": DEAD, "why": error[:200]}
    return connection.execute(_FAIL, values).rowcount == 1


def forget(connection: Connection, user_key: str, *, up_to: int | None = None) -> None:
    """Forget a person; that something was delivered before stays known, not from whom."""
    theirs = inbox.c.user_key == user_key
    if up_to is not None:
        theirs = and_(theirs, or_(inbox.c.id <= up_to, inbox.c.state != WAITING))
    nobody = {**_EMPTY, "user_key": "", "state": DONE, "error": None, "holds_personal_data": False}
    connection.execute(update(inbox).where(theirs).values(nobody))
    connection.execute(delete(contacts).where(contacts.c.user_key == user_key))


def waiting_people(connection: Connection) -> Sequence[str]:
    """List who waits for an answer, the longest-waiting first."""
    query = (
        select(inbox.c.user_key)
        .where(inbox.c.state == WAITING)
        .group_by(inbox.c.user_key)
        .order_by(func.min(inbox.c.id))
    )
    return connection.execute(query).scalars().all()


def waiting(connection: Connection) -> int:
    """Count the messages that wait."""
    query = select(func.count()).select_from(inbox).where(inbox.c.state == WAITING)
    return int(connection.execute(query).scalar_one())


def oldest_wait(connection: Connection) -> datetime | None:
    """Tell since when the longest-waiting message waits."""
    query = select(func.min(inbox.c.received_at)).where(inbox.c.state == WAITING)
    return connection.execute(query).scalar_one_or_none()


def dead(connection: Connection, limit: int) -> list[Kept]:
    """List messages that were given up, the newest first."""
    query = select(inbox).where(inbox.c.state == DEAD).order_by(inbox.c.id.desc()).limit(limit)
    return [_kept({**row}) for row in connection.execute(query).mappings()]


def count_dead(connection: Connection) -> int:
    query = select(func.count()).select_from(inbox).where(inbox.c.state == DEAD)
    return int(connection.execute(query).scalar_one())


def retry(connection: Connection, number: int | None) -> int:
    """Let a dead message, or all of them, be answered once more; how many."""
    again = {"state": WAITING, "attempts": 0, "error": None}
    return connection.execute(update(inbox).where(_dead(number)).values(again)).rowcount


def drop(connection: Connection, number: int | None) -> int:
    """Let go of a dead message, or of all; how many."""
    gone = {"state": DONE, **_EMPTY}
    return connection.execute(update(inbox).where(_dead(number)).values(gone)).rowcount


def purge(connection: Connection, before: datetime) -> int:
    """Forget what was done before a moment, some at a time; how many."""
    old = (
        select(inbox.c.id)
        .where(inbox.c.state == DONE, inbox.c.received_at < before)
        .limit(_MOST_PURGED)
    )
    return connection.execute(delete(inbox).where(inbox.c.id.in_(old))).rowcount


def _dead(number: int | None) -> ColumnElement[bool]:
    is_dead = inbox.c.state == DEAD
    return is_dead if number is None else and_(is_dead, inbox.c.id == number)


def _kept(row: dict[str, Any]) -> Kept:
    own = {name: row.pop(name) for name in ("id", "received_at", "attempts", "error")}
    row["content"] = Content(row["content"])
    row["text"] = row["text"] or ""
    row["address"] = row["address"] or ""
    del row["state"]
    return Kept(message=Received(**row), **own)
