"""Choices about an own, stored turn: to be told of its answer, an opinion on it.

The conversation takes them at their word. Here they are looked up, for a button may be old or made
up; whoever cannot have what they chose is told so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import feedback, offers, replies
from bot.store import subscriptions
from bot.store.store import owns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.conversation import Decision
    from bot.messages import Reply
    from bot.store import Store
    from intents.entry import Topic


class OwnTurns:
    """Looks up what a person's choice is about."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def wished(
        self, decision: Decision, user_key: str, topics: Sequence[Topic], *, reachable: bool
    ) -> tuple[Decision, int | None]:
        """Find the turn that a wish to be told is about; say it if that cannot be."""
        wanted = offers.wanted(decision.choice)
        if wanted is None:
            return decision, None

        def query(connection: Connection) -> tuple[list[tuple[int, str]], int]:
            return (
                subscriptions.asked(connection, user_key, offers.OFFERED_AFTER),
                subscriptions.count_open(connection, user_key),
            )

        asked, waiting = await self._store.read(query) if reachable else ([], 0)
        turn = next((n for n, text in asked if offers.question_id(text) == wanted), None)
        if turn is None:
            return replace(decision, reply=replies.stale_choice(topics), choice=None), None
        if waiting >= offers.MOST_OPEN:
            return replace(decision, reply=offers.too_many()), None
        return decision, turn

    async def rated(self, decision: Decision, user_key: str, *, taken: bool) -> Decision:
        """Let an opinion stand if it is on an own turn, and if opinions are `taken` at all."""
        opinion = decision.opinion
        if opinion is None:
            return decision
        if not taken:
            return _unheard(decision, feedback.off())
        if await self._store.read(lambda c: owns(c, opinion.turn, user_key)):
            return decision
        return _unheard(decision, feedback.not_theirs())


def _unheard(decision: Decision, reply: Reply) -> Decision:
    return replace(decision, reply=reply, choice=None, opinion=None)
