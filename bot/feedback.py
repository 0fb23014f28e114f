"""What citizens say of an answer: 👍, 👎 and why it did not help. A closed list.

An opinion is a choice that names its turn, so an old button stands for the right answer. Where a
channel has no button for it, a sign says it of the last answer. Whether opinions are taken at all
is decided by the front desk alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.messages import Choice, Reply, Status


class Why(StrEnum):
    """What is wrong with an answer, as its reader sees it."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    NOT_MY_CASE = "not_my_case"


LABELS: dict[Why, str] = {
    Why.WRONG: "Sai",
    Why.OUTDATED: "Đã cũ",
    Why.UNCLEAR: "Khó hiểu",
    Why.NOT_MY_CASE: "Không phải trường hợp của tôi",
}
BY_SIGN = "Câu trả lời này có ích không? Gõ + nếu có ích, - nếu chưa đúng."
OFF = "Bot đang không nhận đánh giá."
RATABLE = frozenset({Status.ANSWERED, Status.CHOSEN})
"""The outcomes whose reply asks for an opinion."""

_OPINION = re.compile(
    rf"fb:(?P<turn>[0-9]{{1,18}}):(?:(?P<useful>[01])|0:(?P<why>{'|'.join(Why)}))", re.ASCII
)
_DRESS = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")  # colours of an emoji
_GOOD, _BAD = (
    frozenset({"+", "👍"}),
    frozenset({"-", "–", "—", "−", "👎"}),
)  # phones write longer dashes
_ASK_WHY = (
    "Cảm ơn bạn đã góp ý. Bạn cho biết vì sao câu trả lời chưa đúng nhé? "
    "Nếu không, bạn cứ gõ câu hỏi tiếp theo."
)
_THANKS = "Cảm ơn bạn đã góp ý."
_NOTED = (
    "Cảm ơn bạn, mình đã ghi: “{reason}”. Người phụ trách sẽ xem lại câu trả lời. "
    "Bạn có thể hỏi lại bằng cách khác."
)
_NOT_THEIRS = "Câu trả lời này không còn được lưu nên mình chưa ghi được góp ý."


class FeedbackOffError(Exception):
    """Opinions are not taken here."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody thinks of the answer of a turn; a reason belongs to a dislike only."""

    turn: int
    useful: bool
    why: Why | None = None

    @property
    def choice(self) -> str:
        """The choice that says it: at most 64 bytes."""
        return f"fb:{self.turn}:{int(self.useful)}" + (f":{self.why}" if self.why else "")


def opinion(choice: str | None) -> Opinion | None:
    """Read a choice that is an opinion; None if it is any other."""
    found = _OPINION.fullmatch(choice or "")
    if found is None:
        return None
    why = Why(found["why"]) if found["why"] else None
    return Opinion(int(found["turn"]), useful=found["useful"] == "1", why=why)


def sign(text: str) -> bool | None:
    """Tell whether a whole message is a sign for "it helped" or "it did not"; None for others."""
    said = _DRESS.sub("", text).strip()
    return said in _GOOD if said in _GOOD | _BAD else None


def reason_label(reason: str | None) -> str | None:
    """Say a stored reason in words; a reason of another version as it is, none if there is none."""
    if reason is None:
        return None
    return LABELS[Why(reason)] if reason in set(Why) else reason


def heard(said: Opinion) -> Reply:
    """Thank for an opinion; a dislike is asked why."""
    if said.why:
        return Reply(Status.RATED, _NOTED.format(reason=LABELS[said.why]))
    if said.useful:
        return Reply(Status.RATED, _THANKS)
    reasons = (Choice(replace(said, why=why).choice, label) for why, label in LABELS.items())
    return Reply(Status.ASKED_WHY, _ASK_WHY, choices=tuple(reasons))


def not_theirs() -> Reply:
    """Say that the answer is not kept (any more): nothing can be noted of it."""
    return Reply(Status.STALE_CHOICE, _NOT_THEIRS)


def off() -> Reply:
    """Say that opinions are not taken."""
    return Reply(Status.STALE_CHOICE, OFF)


def unasked(reply: Reply) -> Reply:
    """The same reply, without asking for an opinion."""
    return replace(reply, asks_feedback=False) if reply.asks_feedback else reply
