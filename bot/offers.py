"""What the bot offers besides answers: to tell a citizen once their question has an answer.

A choice names its question by a hash, so that an old button, or one of two questions in a message,
stands for the right one. Who is told, and when, is in `notify`.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from bot.messages import Choice, Reply, Status

STOP = Choice("notify:stop", "🔕 Thôi báo")
MOST_OPEN = 20
"""Questions that one person may wait for."""
KEPT_DAYS = 90

OFFERED_AFTER = frozenset({Status.UNKNOWN_WEAK, Status.NONE_FITS, Status.EXPIRED})

_PREFIX = "notify:"
_TITLE = "🔔 Báo cho tôi khi có câu trả lời"
_SUBSCRIBED = (
    "**Mình sẽ báo cho bạn ở đây khi câu này có câu trả lời.** Mình giữ yêu cầu này kèm câu hỏi đã "
    f"che của bạn, báo một lần rồi thôi; sau {KEPT_DAYS} ngày chưa có thì mình bỏ yêu cầu.\n\n"
    "Không muốn được báo nữa, bạn gõ “thôi báo” hoặc /thoibao."
)
_STOPPED = "Mình sẽ không báo nữa, cho mọi câu bạn đã nhờ. Khi cần, bạn cứ hỏi lại nhé."
_TOO_MANY = (
    f"Bạn đã nhờ mình báo {MOST_OPEN} câu nên mình chưa nhận thêm được. "
    "Gõ “thôi báo” để bỏ hết, rồi hỏi lại câu bạn cần."
)
_NEWS = "**Câu bạn hỏi nay đã có câu trả lời.**"


def question_id(normalised: str) -> str:
    """Name a question in a choice."""
    return sha256(normalised.encode("utf-8", "replace")).hexdigest()[:16]


def offered(reply: Reply, normalised: str) -> Reply:
    """Offer to be told, where the bot did not know."""
    if reply.status not in OFFERED_AFTER or not normalised:
        return reply
    choice = Choice(f"{_PREFIX}{question_id(normalised)}", _TITLE)
    title = reply.choices_title and "Bạn có thể chọn:"
    return replace(reply, choices=(choice, *reply.choices), choices_title=title)


def wanted(choice: str | None) -> str | None:
    """Give the `question_id` of the question that a choice asks to be told of."""
    if choice is None or choice == STOP.id or not choice.startswith(_PREFIX):
        return None
    return choice.removeprefix(_PREFIX)


def subscribed() -> Reply:
    """The confirmation: what is kept, for how long, and how to stop it."""
    return Reply(Status.SUBSCRIBED, _SUBSCRIBED, choices=(STOP,))


def stopped(more: tuple[Choice, ...] = ()) -> Reply:
    return Reply(Status.UNSUBSCRIBED, _STOPPED, choices=more)


def too_many() -> Reply:
    return Reply(Status.STALE_CHOICE, _TOO_MANY, choices=(STOP,))


def news(answer: Reply) -> Reply:
    """Tell a reviewed answer to somebody who waits for it.

    It belongs to no turn: so it offers nothing that a number could choose, and asks no opinion.
    """
    return replace(
        answer,
        text=f"{_NEWS}\n\n{answer.text}",
        choices=(),
        choices_title=None,
        asks_feedback=False,
    )
