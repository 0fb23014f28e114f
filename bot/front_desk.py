"""One message's way: mask → session → conversation → store → reply.

The only place that catches everything: whatever goes wrong inside, the citizen gets a sentence.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import structlog

from bot import replies
from bot.conversation import Conversation, Message, Question, Session
from bot.messages import Turn, readable
from bot.privacy import mask, pseudonym
from bot.store import TurnRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.faq import Faq
    from bot.messages import Incoming
    from bot.store import Store

_STORED_TEXT = 4000  # characters of a message that are kept
_NO_TURN = 0
_VIETNAM = timezone(timedelta(hours=7))

log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def _session(last: TurnRecord | None) -> Session:
    """The conversation's memory is the citizen's last turn, so a restart loses nothing."""
    if last is None:
        return Session()
    asked_back = replies.NONE_FITS in last.offered
    return Session(last.offered, Question(last.text, last.normalised) if asked_back else None)


def _day_in_vietnam(now: datetime) -> date:
    """Laws begin and end at midnight there, wherever the machine stands."""
    return now.astimezone(_VIETNAM).date()


class FrontDesk:
    """Answers messages and keeps turns; what every channel talks to (`messages.Desk`)."""

    def __init__(
        self, faq: Faq, store: Store, *, secret: bytes, now: Callable[[], datetime] = _now
    ) -> None:
        self._conversation = Conversation(faq.catalog, faq.matcher)
        self._store = store
        self._secret = secret
        self._now = now

    async def respond(self, incoming: Incoming) -> Turn:
        """Answer one message. The turn is stored before this returns; never raises."""
        started = time.perf_counter()
        try:
            return await self._respond(incoming, started)
        except Exception as error:  # the citizen must get a sentence, whatever broke
            log.exception("turn failed", channel=incoming.channel, error=type(error).__name__)
            return Turn(_NO_TURN, replies.failed())

    async def _respond(self, incoming: Incoming, started: float) -> Turn:
        user_key = pseudonym(self._secret, incoming.channel, incoming.user)
        masked = mask(readable(incoming.text))
        last = await self._store.last_turn(user_key)
        now = self._now()
        decision = self._conversation.respond(
            Message(
                incoming.content,
                masked.text,
                incoming.choice,
                holds_personal_data=bool(masked.found),
            ),
            _session(last),
            _day_in_vietnam(now),
        )
        turn = TurnRecord(
            at=now,
            channel=incoming.channel,
            user_key=user_key,
            content=incoming.content,
            text=(decision.question.text if decision.question else masked.text)[:_STORED_TEXT],
            normalised=decision.question.normalised if decision.question else "",
            status=decision.reply.status,
            entry=decision.reply.entry,
            choice=decision.choice,
            offered=decision.reply.choices,
            verdict=decision.verdict,
            latency_ms=(time.perf_counter() - started) * 1000,
        )
        number = await self._store.add_turn(turn)
        log.info(
            "turn",
            turn=number,
            channel=turn.channel,
            status=turn.status.value,
            entry=turn.entry,
            ms=round(turn.latency_ms, 1),
        )
        return Turn(number, decision.reply)

    async def rate(self, turn: int, *, channel: str, user: str, useful: bool) -> bool:
        """Keep feedback on an own turn; False if there is no such turn, or it could not be kept."""
        try:
            user_key = pseudonym(self._secret, channel, user)
            return await self._store.rate(turn, user_key=user_key, useful=useful, at=self._now())
        except Exception as error:  # feedback is never worth an error page
            log.exception("feedback failed", channel=channel, error=type(error).__name__)
            return False
