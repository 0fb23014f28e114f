"""What the front desk works on and gives: a masked message, what is decided on it, how that is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from bot.messages import Turn
from bot.store.store import add_turns, rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.conversation import Message
    from bot.feedback import Opinion
    from bot.messages import Reply
    from bot.store import TurnRecord

_NO_TURN = 0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """A message with nothing personal left in it; `user_key` is who sent it, by their pseudonym."""

    channel: str
    user_key: str
    message: Message


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be stored and said: a turn for each question of a message, in its order.

    `erases`: the citizen said yes, so everything about them goes, and nothing of this is stored.
    `subscribes` is the own turn whose answer they want to be told of; `unsubscribes`: of none.
    `opinion` is on an own turn.
    """

    turns: tuple[TurnRecord, ...]
    replies: tuple[Reply, ...]
    erases: bool = False
    subscribes: int | None = None
    unsubscribes: bool = False
    opinion: Opinion | None = None

    def stored(self, numbers: Sequence[int]) -> Turn:
        """Give the reply as it was stored, under these numbers."""
        first, *following = (
            Turn(number, reply) for number, reply in zip(numbers, self.replies, strict=True)
        )
        return replace(first, following=tuple(following))

    def told(self, numbers: Sequence[int]) -> None:
        """Log what happened; never what was said."""
        for number, turn in zip(numbers, self.turns, strict=True):
            log.info(
                "turn",
                turn=number,
                channel=turn.channel,
                status=turn.status.value,
                entry=turn.entry,
                ms=round(turn.latency_ms, 1),
            )


def unstored(reply: Reply) -> Turn:
    """Give a reply that belongs to no stored turn."""
    return Turn(_NO_TURN, reply)


def settle(connection: Connection, decided: Decided, user_key: str, at: datetime) -> list[int]:
    """Write the turns of a message, and the opinion in it; the turns' numbers."""
    numbers = add_turns(connection, decided.turns)
    if said := decided.opinion:
        rate(
            connection,
            said.turn,
            user_key=user_key,
            useful=said.useful,
            reason=said.why,
            at=at,
        )
    return numbers
