"""What reviewers get to see: the turns that the intake flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from bot.review.intake import Intake
from bot.store.review_schema import flagged
from bot.store.schema import turns

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store import Store


async def asked_in_vain(store: Store, now: datetime) -> list[tuple[str, str]]:
    """Run the intake; the questions of all flagged turns, each with its reason, by turn."""
    await Intake(store).run(now)
    query = (
        select(turns.c.normalised, flagged.c.reason)
        .join(flagged, flagged.c.turn_id == turns.c.id)
        .order_by(turns.c.id)
    )

    def read(connection: Connection) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in connection.execute(query)]

    return await store.read(read)
