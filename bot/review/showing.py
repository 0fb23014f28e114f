"""Stored clusters and decisions in the shapes that the pages show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.review.cluster import Decision, Likely, Row, State
from bot.store import review_desk as table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

_LOOKING = timedelta(minutes=30)
_WEEK = timedelta(days=7)


def trends(connection: Connection, numbers: Sequence[int], now: datetime) -> dict[int, float]:
    """People of these seven days per those of the seven before; one more in both, for few."""
    new = table.people_since(connection, numbers, now - _WEEK, now + _WEEK)
    old = table.people_since(connection, numbers, now - 2 * _WEEK, now - _WEEK)
    return {number: (new.get(number, 0) + 1) / (old.get(number, 0) + 1) for number in numbers}


def row(stored: dict[str, Any], trend: float, now: datetime) -> Row:
    """A stored cluster as the list shows it; who looks at it is told for half an hour."""
    looking = stored["claimed_at"] is not None and now - stored["claimed_at"] < _LOOKING
    first = next(iter(stored["likely"]), None)
    return Row(
        id=stored["id"],
        version=stored["version"],
        state=State(stored["state"]),
        title=stored["title"],
        people=stored["people"],
        turns=stored["turns"],
        trend=trend,
        last_at=stored["last_at"],
        channels=stored["channels"],
        likely=Likely(first["entry"], first["score"]) if first else None,
        viewer=stored["claimed_by"] if looking else None,
        is_new=now - stored["first_at"] < _WEEK,
    )


def decision(made: Any, *, can_undo: bool = False) -> Decision:  # noqa: ANN401  # a row of the table
    """A stored decision; the detail is the entry, or the other cluster."""
    after = made.after
    return Decision(
        id=made.id,
        cluster=made.cluster_id,
        at=made.at,
        account=made.account,
        action=made.action,
        detail=str(after.get("entry") or after.get("other") or ""),
        undone_by=made.undone_by,
        proposal=after.get("proposal_id"),
        can_undo=can_undo,
    )
