"""Choices that come after their question was flagged as abandoned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.messages import Status
from bot.store.review_schema import clusters, flagged, questions
from bot.store.schema import turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping

ABANDONED = "abandoned"


def late_choices(connection: Connection, chosen: Mapping[int, str]) -> list[int]:
    """Find the abandoned turns from whose offer these turns chose: numbers to people.

    One look by the index of flagged people; more only for those who abandoned something.
    """
    abandoned = _abandoned(connection, set(chosen.values()))
    late = {turn for turn, person in chosen.items() if person in abandoned}
    if not late:
        return []
    query = select(turns).where(turns.c.id.in_(late)).order_by(turns.c.id)
    found: list[int] = []
    for row in connection.execute(query).mappings():
        before = [one for one in abandoned[row["user_key"]] if one["id"] < row["id"]]
        fitting = (one["id"] for one in before if one["id"] not in found and _fits(one, row))
        found += [turn for turn in [next(fitting, None)] if turn is not None]
    return found


def _abandoned(connection: Connection, people: set[str]) -> dict[str, list[RowMapping]]:
    """What each of these people abandoned, the newest first.

    Only of open clusters: what somebody decided on is not taken from under their hands.
    """
    query = (
        select(turns.c.id, turns.c.user_key, turns.c.offered, turns.c.normalised)
        .join(flagged, flagged.c.turn_id == turns.c.id)
        .join(questions, questions.c.id == flagged.c.question_id)
        .join(clusters, clusters.c.id == questions.c.cluster_id)
        .where(
            flagged.c.user_key.in_(people),
            flagged.c.reason == ABANDONED,
            clusters.c.state == "open",
        )
        .order_by(turns.c.id.desc())
    )
    found: dict[str, list[RowMapping]] = {}
    for row in connection.execute(query).mappings() if people else ():
        found.setdefault(row["user_key"], []).append(row)
    return found


def _fits(asked: RowMapping, chosen: RowMapping) -> bool:
    """Tell whether a choice was offered then; "none of these" is the same whatever was asked."""
    if chosen["status"] == Status.NONE_FITS.value:
        return bool(chosen["normalised"] == asked["normalised"])
    return any(choice["id"] == chosen["choice"] for choice in asked["offered"])
