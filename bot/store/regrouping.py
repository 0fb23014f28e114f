"""Questions moved between clusters, and decisions taken back: each undo restores what was before.

Decisions are taken back the newest first, on every cluster that they touched: only then what was
before is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select, update

from bot.store.counters import recount
from bot.store.office_schema import proposals
from bot.store.review_desk import MERGED, cluster, decision, history, noted
from bot.store.review_schema import clusters, decisions, questions

_WAITS = {"accepted", "drafted"}
_UNDER_WAY = {"draft", "waiting", "approved", "publishing"}

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection


def regroup(
    connection: Connection,
    number: int,
    version: int,
    *,
    account: str,
    action: str,
    at: datetime,
    chosen: Collection[int] | None,
    other: int | None,
) -> int | None:
    """Move questions, or all (None), to another cluster, or to a new one (None); its number.

    Both get a new version. None, and nothing done, if the cluster has another version, the other
    one is gone, or the cluster holds none of the questions.
    """
    row = cluster(connection, number)
    if row is None or row.version != version:
        return None
    if other is not None and (other == number or cluster(connection, other) is None):
        return None
    own = connection.execute(select(questions.c.id).where(questions.c.cluster_id == number))
    ids = [question for question in own.scalars() if chosen is None or question in chosen]
    if not ids:
        return None
    target = _begin(connection, row) if other is None else other
    _move(connection, ids, target)
    _settle(connection, number, row.state)
    _settle(connection, target)
    before = {"state": row.state, "questions": ids, "other": target}
    noted(connection, number, account, action, at, before=before, after={"other": target})
    return target


def can_undo(connection: Connection, number: int) -> bool:
    """Tell whether a decision stands, is its clusters' newest, and what it moved is still there."""
    made = decision(connection, number)
    if made is None or made.undone_at:
        return False
    other = made.before.get("other")
    touched = [made.cluster_id] if other is None else [made.cluster_id, other]
    newest = select(func.max(decisions.c.id)).where(
        decisions.c.cluster_id.in_(touched), decisions.c.undone_at.is_(None)
    )
    if connection.execute(newest).scalar() != number:
        return False
    state = select(clusters.c.state).where(clusters.c.id == made.cluster_id)
    if "questions" in made.before:
        return connection.execute(state).first() is not None and bool(_moved(connection, made))
    return connection.execute(state).scalar() not in {None, MERGED}


def undo(connection: Connection, number: int, account: str, at: datetime) -> bool:
    """Take a decision back; False, and nothing done, if that cannot be (see `can_undo`)."""
    made = decision(connection, number)
    if made is None or not can_undo(connection, number):
        return False
    if "questions" in made.before:
        _move(connection, _moved(connection, made), made.cluster_id)
        _settle(connection, made.cluster_id, made.before["state"])
        _follow(connection, made.cluster_id, at)
        _settle(connection, made.before["other"])
    else:
        before = dict(made.before)
        closed_at = before.get("closed_at")
        before["closed_at"] = closed_at and datetime.fromisoformat(closed_at)
        _renew(connection, made.cluster_id, before)
    undone = update(decisions).where(decisions.c.id == number)
    connection.execute(undone.values(undone_at=at, undone_by=account))
    return True


def newest_touching(connection: Connection, number: int) -> Row[Any] | None:
    """Find the newest decision on a cluster, or one that moved questions into it."""
    return next(iter(history(connection, number, limit=1)), None)


def _moved(connection: Connection, made: Row[Any]) -> list[int]:
    """The questions that a decision moved; those that were erased since are gone."""
    query = select(questions.c.id).where(
        questions.c.id.in_(made.before["questions"]),
        questions.c.cluster_id == made.before["other"],
    )
    return list(connection.execute(query).scalars())


def _begin(connection: Connection, like: Row[Any]) -> int:
    values = {
        column.name: getattr(like, column.name) for column in clusters.c if column.name != "id"
    }
    values |= {"version": 0, "state": "open", "entry": None, "proposal_id": None}
    values |= {"claimed_by": None, "claimed_at": None, "closed_at": None}
    statement = insert(clusters).values(values).returning(clusters.c.id)
    return int(connection.execute(statement).scalar_one())


def _move(connection: Connection, ids: Sequence[int], target: int) -> None:
    moved = update(questions).where(questions.c.id.in_(ids))
    connection.execute(moved.values(cluster_id=target))


def _settle(connection: Connection, number: int, state: str | None = None) -> None:
    """Count a cluster afresh and give it a version; without questions it is hidden."""
    emptied = recount(connection, number)
    values: dict[str, Any] = {} if state is None else {"state": state}
    if emptied:  # nothing that was asked stays in it: whoever asked may be erased meanwhile
        values = {"state": MERGED, "title": "", "likely": []}
    _renew(connection, number, values)


def _follow(connection: Connection, number: int, at: datetime) -> None:
    """Catch up with what became of its proposal while a cluster was gone."""
    row = cluster(connection, number)
    if row is None or row.state not in _WAITS or row.proposal_id is None:
        return
    query = select(proposals.c.state).where(proposals.c.id == row.proposal_id)
    became = connection.execute(query).scalar()
    if became == "published" and row.entry:
        _renew(connection, number, {"state": "closed", "closed_at": at})
    elif became not in _UNDER_WAY:
        _renew(connection, number, {"state": "open", "entry": None, "proposal_id": None})


def _renew(connection: Connection, number: int, values: dict[str, Any]) -> None:
    own = update(clusters).where(clusters.c.id == number)
    connection.execute(own.values(values | {"version": clusters.c.version + 1}))
