"""Dialogues with the conversation: what somebody says, and what must come back.

The session is kept as the front desk keeps it: what the last reply offered, and the question
that it asked back about. Masking is the real
one; store and channels take no part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.channels.plain import to_text
from bot.conversation import Conversation, Decision, Message, Session
from bot.messages import Content, Reply, Status
from bot.privacy import mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.faq import Faq

TODAY = date(2026, 11, 22)
_ANSWER = 7  # the number of every answer's turn


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on the offered button whose title contains this."""

    title: str


@dataclass(frozen=True, slots=True)
class Press:
    """A tap on a button of long ago, by the id it holds."""

    id: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo, with or without words under it."""

    caption: str = ""


Say = str | Tap | Press | Photo


@dataclass(slots=True)
class Talk:
    """One citizen's conversation; `faq` and `today` may change while it goes on."""

    faq: Faq
    today: date = TODAY
    session: Session = field(default_factory=Session)
    decision: Decision | None = None

    def say(self, said: Say) -> Reply:
        """Say one thing and return the reply."""
        conversation = Conversation(self.faq.catalog, self.faq.matcher)
        self.decision = conversation.respond(self._message(said), self.session, self.today)
        reply = self.decision.reply
        asked_back = reply.status is Status.CLARIFIED
        rated = self.decision.opinion
        self.session = Session(
            self.decision.offered,
            self.decision.question if asked_back else None,
            rated.turn if rated else _ANSWER if reply.asks_feedback else None,
        )
        return reply

    def _message(self, said: Say) -> Message:
        match said:
            case Tap(title=title):
                choices = self.session.offered
                tapped = next(choice for choice in choices if title in choice.title)
                return Message(Content.CHOICE, "", tapped.id, holds_personal_data=False)
            case Press(id=choice):
                return Message(Content.CHOICE, "", choice, holds_personal_data=False)
            case Photo(caption=text):
                content = Content.OTHER
            case str(text):
                content = Content.TEXT
        masked = mask(text)
        return Message(content, masked.text, None, holds_personal_data=bool(masked.found))


def verify_dialog(talk: Talk, lines: Sequence[tuple[Say, Status, str]]) -> None:
    """Say each line in turn; the reply must have that status and contain those words."""
    for said, status, words in lines:
        reply = talk.say(said)
        assert (reply.status, words in to_text(reply)) == (status, True), (said, to_text(reply))
