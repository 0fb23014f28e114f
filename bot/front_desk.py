"""One message's way: mask → session → conversation → store → reply.

Two doors lead here. Where the answer goes back in the same request (web chat, terminal) `respond`
does it all. Where the platform is told "received" first, the inbox does it in steps: `receive`,
later `decide`, and it stores the turns with what is to be sent.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import structlog

from bot import feedback, offers, privacy_replies, replies
from bot.conversation import Conversation, Decision, Message
from bot.decided import Decided, Received, settle, unstored
from bot.messages import Status, Turn, readable
from bot.own_turns import OwnTurns
from bot.privacy import mask, pseudonym
from bot.remembered import session_after
from bot.store import StoreError, TurnRecord
from bot.store.records import as_stored
from bot.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.faq import Faq
    from bot.messages import Incoming, Reply
    from bot.store import Store

_STORED_TEXT = 4000  # characters of a message that are kept
_READ_TEXT = 8000  # characters of a message that are looked at
_VIETNAM = timezone(timedelta(hours=7))

log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def _day_in_vietnam(now: datetime) -> date:
    """Laws begin and end at midnight there, wherever the machine stands."""
    return now.astimezone(_VIETNAM).date()


def _shortened(text: str) -> str:
    """Cut what is too long to be a question, between two words: half a number is not masked."""
    if len(text) <= _READ_TEXT:
        return text
    return "".join(text[:_READ_TEXT].rsplit(None, 1)[:1])


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
        offered=decision.offered,
        verdict=decision.verdict,
        reading=as_stored(decision.explanation) if decision.explanation else None,
        latency_ms=(time.perf_counter() - started) * 1000,
    )


def _unasked(decision: Decision) -> Decision:
    return replace(decision, reply=feedback.unasked(decision.reply))


def _with_offer(decision: Decision) -> Decision:
    normalised = decision.question.normalised if decision.question else ""
    return replace(decision, reply=offers.offered(decision.reply, normalised))


class FrontDesk:
    """Answers messages and keeps turns; what the web chat talks to (`messages.Desk`)."""

    def __init__(
        self,
        faq: Faq,
        store: Store,
        *,
        secret: bytes,
        now: Callable[[], datetime] = _now,
        takes_feedback: bool = True,
        open_data_floor: int | None = None,
    ) -> None:
        """Without `takes_feedback` no channel asks for opinions, and none is kept.

        `open_data_floor` is told in the privacy notice; None: no figures are public.
        """
        self.takes_feedback = takes_feedback
        self._store = store
        self._own_turns = OwnTurns(store)
        self._open_data_floor = open_data_floor
        self._secret = secret
        self.now = now
        self.serve(faq)

    def serve(self, faq: Faq) -> None:
        """Answer from this FAQ from now on; messages that are being answered keep the old one."""
        self.faq = faq
        self._conversation = Conversation(
            faq.catalog, faq.matcher, open_data_floor=self._open_data_floor
        )
        self._understanding = Understanding(faq.matcher)

    def close(self) -> None:
        """Let go of what runs beside."""
        self._understanding.close()

    def pseudonym(self, channel: str, name: str) -> str:
        """Name a person, or a message, of a channel as the store does."""
        return pseudonym(self._secret, channel, name)

    def receive(self, incoming: Incoming) -> Received:
        """Take everything personal out of a message. Total."""
        masked = mask(_shortened(readable(incoming.text)))
        choice = incoming.choice
        return Received(
            incoming.channel,
            self.pseudonym(incoming.channel, incoming.user),
            Message(
                incoming.content,
                masked.text,
                choice if choice is None else mask(readable(choice)).text,
                holds_personal_data=bool(masked.found),
            ),
        )

    async def decide(
        self, received: Received, last: TurnRecord | None, *, reachable: bool = False
    ) -> Decided:
        """Decide what is said to a message after a person's last turn. Stores nothing.

        Whoever is `reachable` later is offered to be told once there is an answer.
        """
        started = time.perf_counter()
        conversation, now, message = self._conversation, self.now(), received.message
        session = session_after(last, now, takes_feedback=self.takes_feedback)
        asked = conversation.asked(message, session)
        reading = None if asked is None else await self._understanding.read(asked)
        decision = conversation.respond(message, session, _day_in_vietnam(now), reading)
        if decision.erases:
            return Decided((), (decision.reply,), erases=True)
        decision, subscribes = await self._own_turns.wished(
            decision, received.user_key, conversation.topics, reachable=reachable
        )
        decision = await self._own_turns.rated(
            decision, received.user_key, taken=self.takes_feedback
        )
        begun = TurnRecord(
            at=now,
            channel=received.channel,
            user_key=received.user_key,
            content=message.content,
            text=message.text,
        )
        decisions = (decision, *decision.following)
        if reachable:
            decisions = tuple(map(_with_offer, decisions))
        if not self.takes_feedback:
            decisions = tuple(map(_unasked, decisions))
        return Decided(
            tuple(_recorded(begun, one, started) for one in decisions),
            tuple(one.reply for one in decisions),
            subscribes=subscribes,
            unsubscribes=reachable and decision.reply.status is Status.UNSUBSCRIBED,
            opinion=decision.opinion,
        )

    async def find(self, words: str) -> list[Turn]:
        """Find answers to show somebody who has not asked yet. Stores nothing, logs nothing."""
        conversation = self._conversation
        reading = await self._understanding.read(mask(_shortened(readable(words))).text)
        return [
            unstored(reply) for reply in conversation.found(reading, _day_in_vietnam(self.now()))
        ]

    async def respond(self, incoming: Incoming) -> Turn:
        """Answer one message. The turn is stored before this returns; never raises."""
        try:
            return await self._respond(self.receive(incoming))
        except StoreError as error:
            log.error("turn failed", channel=incoming.channel, why=str(error))  # noqa: TRY400  # the sentence says it all, and a full disk needs no more
            return unstored(replies.failed())
        except Exception as error:  # the citizen must get a sentence, whatever broke
            log.exception("turn failed", channel=incoming.channel, error=type(error).__name__)
            return unstored(replies.failed())

    async def _respond(self, received: Received) -> Turn:
        last = await self._store.last_turn(received.user_key)
        decided = await self.decide(received, last)
        if decided.erases:
            return unstored(await self._erase_on_request(received, decided.replies[0]))
        at, user_key = self.now(), received.user_key
        numbers = await self._store.write(lambda c: settle(c, decided, user_key, at))
        decided.told(numbers)
        return decided.stored(numbers)

    async def _erase_on_request(self, received: Received, confirmation: Reply) -> Reply:
        """Erase and confirm; a citizen who asked for it must not take a failure for success."""
        try:
            erased = await self._store.erase(received.user_key)
        except StoreError as error:
            log.error("erasing failed", channel=received.channel, why=str(error))  # noqa: TRY400  # as above
            return privacy_replies.erasing_failed()
        log.info("erased", channel=received.channel, turns=erased)
        return confirmation

    async def erase(self, *, channel: str, user: str) -> None:
        """Forget everything that is kept about a citizen on this channel.

        Raises `StoreError` when nothing could be erased: a platform that passed on the wish must
        then not be told that it was done.
        """
        erased = await self._store.erase(self.pseudonym(channel, user))
        log.info("erased", channel=channel, turns=erased)

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        """Keep feedback on an own turn; False if there is no such turn, or it could not be kept.

        Raises `FeedbackOffError` where none is taken.
        """
        try:
            return await self.keep_opinion(
                turn, channel=channel, user=user, useful=useful, reason=reason
            )
        except feedback.FeedbackOffError:
            raise
        except StoreError as error:
            log.error("feedback failed", channel=channel, why=str(error))  # noqa: TRY400  # as above
            return False
        except Exception as error:  # feedback is never worth an error page
            log.exception("feedback failed", channel=channel, error=type(error).__name__)
            return False

    async def keep_opinion(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None
    ) -> bool:
        """Keep feedback on an own turn; False if there is no such turn of theirs.

        Raises `FeedbackOffError` where none is taken, `StoreError` when it cannot be kept now.
        """
        if not self.takes_feedback:
            raise feedback.FeedbackOffError
        user_key = self.pseudonym(channel, user)
        return await self._store.rate(
            turn, user_key=user_key, useful=useful, reason=reason, at=self.now()
        )
