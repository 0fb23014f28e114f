"""The memory of a conversation: the citizen's last turn, so that a restart loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot import feedback, replies
from bot.conversation import Question, Session

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store import TurnRecord

_WHY_PATIENCE = timedelta(minutes=30)  # a number that comes later is no reason for a 👎


def session_after(last: TurnRecord | None, now: datetime, *, takes_feedback: bool) -> Session:
    """What of a person's last turn counts for their next message."""
    if last is None:
        return Session()
    offered = last.offered
    if not takes_feedback or now - last.at > _WHY_PATIENCE:
        offered = tuple(choice for choice in offered if not feedback.opinion(choice.id))
    question = None
    if replies.NONE_FITS in offered:
        question = Question(last.text, last.normalised)
    return Session(offered, question, _answer_of(last) if takes_feedback else None)


def _answer_of(last: TurnRecord) -> int | None:
    """The turn that an opinion said by a sign is on."""
    if last.status in feedback.RATABLE:
        return last.number
    said = feedback.opinion(last.choice)
    return said.turn if said else None
