"""One message's way: mask → session → conversation → store → reply.

The only place that catches everything: whatever goes wrong inside, the citizen gets a sentence.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import structlog

from bot import privacy_replies, replies
from bot.conversation import Conversation, Decision, Message, Question, Session
from bot.messages import Turn, readable
from bot.privacy import mask, pseudonym
from bot.store import StoreError, TurnRecord
from bot.store.records import as_stored
from bot.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.faq import Faq
    from bot.messages import Incoming, Reply
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


def _recorded(turn: TurnRecord, decision: Decision, started: float) -> TurnRecord:
    """The turn with what was decided on one question."""
    question = decision.question
    return replace(
        turn,
        text=(question.text if question else turn.text)[:_STORED_TEXT],
        normalised=question.normalised if question else "",
        status=decision.reply.status,
        entry=decision.reply.entry,
        choice=decision.choice,
        offered=decision.reply.choices,
        verdict=decision.verdict,
        reading=as_stored(decision.explanation) if decision.explanation else None,
        latency_ms=(time.perf_counter() - started) * 1000,
    )


class FrontDesk:
    """Answers messages and keeps turns; what every channel talks to (`messages.Desk`)."""

    def __init__(
        self, faq: Faq, store: Store, *, secret: bytes, now: Callable[[], datetime] = _now
    ) -> None:
        self._store = store
        self._secret = secret
        self._now = now
        self.serve(faq)

    def serve(self, faq: Faq) -> None:
        """Answer from this FAQ from now on; messages that are being answered keep the old one."""
        self._conversation = Conversation(faq.catalog, faq.matcher)
        self._understanding = Understanding(faq.matcher)

    def close(self) -> None:
        """Let go of what runs beside."""
        self._understanding.close()

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
        message = Message(
            incoming.content,
            masked.text,
            incoming.choice,
            holds_personal_data=bool(masked.found),
        )
        conversation, session, now = self._conversation, _session(last), self._now()
        asked = conversation.asked(message, session)
        reading = None if asked is None else await self._understanding.read(asked)
        decision = conversation.respond(message, session, _day_in_vietnam(now), reading)
        if decision.erases:
            return Turn(_NO_TURN, await self._erase_on_request(incoming, decision))
        begun = TurnRecord(
            at=now,
            channel=incoming.channel,
            user_key=user_key,
            content=incoming.content,
            text=masked.text,
        )
        first, *following = [
            await self._keep(one, _recorded(begun, one, started))
            for one in (decision, *decision.following)
        ]
        return replace(first, following=tuple(following))

    async def _keep(self, decision: Decision, turn: TurnRecord) -> Turn:
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

    async def _erase_on_request(self, incoming: Incoming, decision: Decision) -> Reply:
        """Erase and confirm; a citizen who asked for it must not take a failure for success."""
        try:
            await self.erase(channel=incoming.channel, user=incoming.user)
        except StoreError as error:
            log.exception("erasing failed", channel=incoming.channel, error=type(error).__name__)
            return privacy_replies.erasing_failed()
        return decision.reply

    async def erase(self, *, channel: str, user: str) -> None:
        """Forget everything that is kept about a citizen on this channel.

        Raises `StoreError` when nothing could be erased: a platform that passed on the wish must
        then not be told that it was done.
        """
        erased = await self._store.erase(pseudonym(self._secret, channel, user))
        log.info("erased", channel=channel, turns=erased)

    async def rate(self, turn: int, *, channel: str, user: str, useful: bool) -> bool:
        """Keep feedback on an own turn; False if there is no such turn, or it could not be kept."""
        try:
            user_key = pseudonym(self._secret, channel, user)
            return await self._store.rate(turn, user_key=user_key, useful=useful, at=self._now())
        except Exception as error:  # feedback is never worth an error page
            log.exception("feedback failed", channel=channel, error=type(error).__name__)
            return False
