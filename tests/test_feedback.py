"""An opinion on an answer is kept with why it did not help, and nobody else's is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User

from bot.channels.telegram.incoming import to_rating
from bot.feedback import LABELS, Why, reason_label
from bot.web import door
from tests.fakes.platform import Platform
from tests.test_inbox import NOON, PASSWORD, Post, at_work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with at_work(tmp_path / "hoidap.db", Platform()) as post:
        await post.say(PASSWORD)
        await post.quiet()
        yield post


async def rate(post: Post, *, useful: bool, reason: str | None = None, user: str = "lan") -> bool:
    return await post.inbox.rate(
        1, channel=post.platform.name, user=user, useful=useful, reason=reason
    )


async def test_a_reason_stays_with_its_dislike(post: Post) -> None:
    """The newest opinion counts; a 👍 afterwards takes the reason with it."""
    assert await rate(post, useful=False)
    assert await rate(post, useful=False, reason="outdated")
    assert post.rows("SELECT useful, reason FROM feedback") == [(0, "outdated")]
    assert await rate(post, useful=True, reason="outdated")
    assert post.rows("SELECT useful, reason FROM feedback") == [(1, None)]


async def test_nobody_else_gives_the_reason(post: Post) -> None:
    """A stranger's opinion on a turn is not kept."""
    assert not await rate(post, useful=False, reason="wrong", user="nam")
    assert post.rows("SELECT * FROM feedback") == []


def test_every_reason_has_its_words() -> None:
    """What another version stored is shown as it is."""
    assert set(LABELS) == set(Why)
    assert [reason_label(one) for one in ("unclear", "gone", None)] == ["Khó hiểu", "gone", None]


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("fb:12:0", (12, False, None)),
        ("fb:12:1", (12, True, None)),
        ("fb:12:0:wrong", (12, False, "wrong")),
        ("fb:12:1:wrong", None),
        ("fb:12:0:other", None),
    ],
)
def test_a_tap_on_telegram_tells_why(data: str, read: tuple[int, bool, str | None] | None) -> None:
    """Only a 👎 has a reason, and only one of the list."""
    lan = User(7, "Lan", is_bot=False)
    message = Message(1, NOON, Chat(7, "private"))
    rating = to_rating(
        Update(1, callback_query=CallbackQuery("1", lan, "1", message=message, data=data))
    )
    found = rating and (rating.turn, rating.useful, rating.reason)
    assert found == read


@pytest.mark.parametrize(("useful", "reason"), [(True, "wrong"), (False, "other"), (False, 7)])
def test_the_json_door_refuses_other_reasons(*, useful: bool, reason: object) -> None:
    """The refusal names what may be sent."""
    with pytest.raises(door.Refusal) as refused:
        door.rating({"session": "s" * 16, "turn": 1, "useful": useful, "reason": reason})
    assert "not_my_case" in refused.value.detail


def test_the_json_door_takes_a_reason() -> None:
    """A 👎 with one, and without."""
    one = {"session": "s" * 16, "turn": 1, "useful": False}
    assert door.rating({**one, "reason": "unclear"}).reason is Why.UNCLEAR
    assert door.rating(one).reason is None
