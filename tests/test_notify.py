"""Whoever asks to be told of an answer is told once, and never after they said stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from bot.channels.errors import UndeliverableError
from bot.editing import AddPhrasings, to_json
from bot.messages import Content
from bot.notify import Notifier
from bot.offers import KEPT_DAYS, MOST_OPEN
from bot.proposals import Published
from bot.review.intake import Intake
from bot.store import proposals
from bot.store.review_schema import clusters
from bot.wishes import wish
from tests.fakes.platform import Platform
from tests.sample_faq import sample_faq, with_bands
from tests.test_inbox import Post, at_work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.faq import Faq

PASSWORD = "quên mật khẩu vneid thì làm sao"
ENTRY, OTP = "vneid_quen_mat_khau", "vneid_khong_nhan_otp"

NEWS = "Câu bạn hỏi nay đã có câu trả lời."
OFFER = "Báo cho tôi khi có câu trả lời"
KEPT = "Mình sẽ báo cho bạn ở đây"
WINDOW = timedelta(days=7)


def unsure() -> Faq:
    """A FAQ that knows nothing for sure."""
    return with_bands(answer=1.5, clarify=1.4)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with at_work(tmp_path / "hoidap.db", Platform()) as post:
        post.desk.serve(unsure())
        yield post


def notifier(post: Post) -> Notifier:
    return Notifier(post.store, post.desk, post.outbox, [post.platform])


async def ask(post: Post, *lines: str, user: str = "lan") -> str:
    """Say lines, one after the other; the last thing that was said back."""
    for line in lines:
        await post.say(line, user)
        await post.quiet()
    return post.platform.sent[f"chat-{user}"][-1]


async def closed(post: Post, entry: str = ENTRY) -> None:
    """Let the FAQ answer, and the review close everything with this entry."""
    await Intake(post.store).run(datetime.now(UTC))
    post.desk.serve(sample_faq())
    values = {"state": "closed", "entry": entry}
    await post.store.write(lambda c: c.execute(update(clusters).values(values)).rowcount)


def waiting(post: Post) -> int:
    ((count,),) = post.rows("SELECT count(*) FROM subscriptions WHERE told_at IS NULL")
    return int(count)


async def test_whoever_waits_is_told_once(post: Post) -> None:
    """By a number, the confirmation says how to stop; published twice is told once."""
    assert OFFER in await ask(post, PASSWORD)
    confirmation = await ask(post, "1")
    assert KEPT in confirmation
    assert "thôi báo" in confirmation
    await closed(post)
    told = notifier(post)
    published = Published(1, "an", (ENTRY,), (1,), ())
    await told.published(published)
    await post.quiet()
    assert NEWS in post.platform.sent["chat-lan"][-1]
    assert "Bạn tự đặt lại mật khẩu" in post.platform.sent["chat-lan"][-1]
    seen = len(post.platform.sent["chat-lan"])
    await told.published(published)
    assert await notifier(post).tell() == 0
    await post.quiet()
    assert len(post.platform.sent["chat-lan"]) == seen
    assert post.rows("SELECT entry FROM subscriptions") == [(ENTRY,)]


async def test_asking_twice_keeps_one_wish(post: Post) -> None:
    """A second tap on the same button confirms again and keeps nothing more."""
    await ask(post, PASSWORD)
    ((offered,),) = post.rows("SELECT json_extract(offered, '$[0].id') FROM turns")
    for _ in range(2):
        await post.say("", content=Content.CHOICE, choice=offered)
        await post.quiet()
        assert KEPT in post.platform.sent["chat-lan"][-1]
    assert waiting(post) == 1


async def test_who_says_stop_is_not_told(post: Post) -> None:
    """In words, with or without accents, and by the command."""
    for said in ("thôi báo", "thoi bao nua", "/thoibao"):
        await ask(post, PASSWORD, "1")
        assert waiting(post) == 1
        assert "Mình sẽ không báo nữa" in await ask(post, said)
        assert waiting(post) == 0
    await closed(post)
    assert await notifier(post).tell() == 0


async def test_who_is_erased_is_not_told(post: Post) -> None:
    """The wish goes with everything else."""
    await ask(post, PASSWORD, "1", "/xoadulieu", "có")
    assert post.rows("SELECT * FROM subscriptions") == []


async def test_nobody_is_told_of_an_answer_to_something_else(post: Post) -> None:
    """A cluster may be closed with an entry that does not fit this question of it."""
    await ask(post, PASSWORD, "1")
    await closed(post, OTP)
    assert await notifier(post).tell() == 0
    assert waiting(post) == 1


async def decided(post: Post, *entries: str, state: str = "published") -> None:
    """Let the review close everything by a proposal of people that edits these entries."""
    await closed(post, OTP)
    post.desk.serve(unsure())
    row = {
        "state": state,
        "title": "Thêm cách hỏi",
        "author": "an",
        "created_at": post.clock.now(),
        "changed_at": post.clock.now(),
        "edits": [to_json(AddPhrasings(entry, ("mất mã",))) for entry in entries],
        "base": {},
        "clusters": [1],
        "note": "",
    }
    number = await post.store.write(lambda c: proposals.add(c, row))
    values = {"proposal_id": number}
    await post.store.write(lambda c: c.execute(update(clusters).values(values)).rowcount)


async def test_what_people_decided_is_told_though_the_matcher_doubts(post: Post) -> None:
    """They accepted this very entry for the cluster: their word counts more than a ranking."""
    await ask(post, PASSWORD, "1")
    await decided(post, OTP)
    assert await notifier(post).tell() == 1
    await post.quiet()
    assert "Thường do sim bị khóa" in post.platform.sent["chat-lan"][-1]


async def test_a_sure_answer_by_another_entry_is_not_overruled(post: Post) -> None:
    """A cluster may hold a question that means something else."""
    await ask(post, PASSWORD, "1")
    await decided(post, OTP)
    post.desk.serve(sample_faq())
    assert await notifier(post).tell() == 0


@pytest.mark.parametrize(
    ("entries", "state"), [((OTP, ENTRY), "published"), ((ENTRY,), "published"), ((OTP,), "draft")]
)
async def test_only_this_very_entry_counts_as_decided(
    post: Post, entries: tuple[str, ...], state: str
) -> None:
    """Not one of several, not another, not one that is only proposed."""
    await ask(post, PASSWORD, "1")
    await decided(post, *entries, state=state)
    assert await notifier(post).tell() == 0


async def test_nobody_is_told_a_year_later(post: Post) -> None:
    """Neither after a long stop of the program, whose first look comes before its forgetting."""
    await ask(post, PASSWORD, "1")
    await closed(post)
    post.clock.ahead = timedelta(days=KEPT_DAYS, minutes=1)
    assert await notifier(post).tell() == 0
    post.clock.ahead = timedelta(days=KEPT_DAYS, minutes=-1)
    assert await notifier(post).tell() == 1


async def test_a_shut_window_keeps_the_news(post: Post) -> None:
    """Where the platform takes nothing any more, they are told once they write again."""
    post.platform.window = WINDOW
    await ask(post, PASSWORD, "1")
    await closed(post)
    post.clock.ahead = WINDOW
    assert await notifier(post).tell() == 0
    await ask(post, "cảm ơn bạn")
    assert await notifier(post).tell() == 1
    await post.quiet()
    assert NEWS in post.platform.sent["chat-lan"][-1]


async def test_who_blocked_the_bot_is_tried_once(post: Post) -> None:
    """News that cannot be delivered is no dead letter: nobody waits for it."""
    await ask(post, PASSWORD, "1")
    await closed(post)
    post.platform.fault = lambda _address, _text: UndeliverableError("đã chặn bot")
    told = notifier(post)
    assert (await told.tell(), await told.tell()) == (1, 0)
    await post.quiet()
    assert post.counts("dead") == (0, 0)


async def test_one_person_waits_for_so_many_answers(post: Post) -> None:
    """The next one is refused, and the others are kept."""
    for number in range(MOST_OPEN + 1):
        said = await ask(post, f"{PASSWORD} {'lần ' * number}", "1")
    assert "chưa nhận thêm được" in said
    assert waiting(post) == MOST_OPEN


async def test_an_old_wish_is_forgotten(post: Post) -> None:
    """After 90 days nobody expects the answer any more."""
    await ask(post, PASSWORD, "1")
    post.clock.ahead = timedelta(days=91)
    told = notifier(post)
    told.start()
    await post.until(lambda: waiting(post) == 0)
    await told.stop()


async def test_an_offer_that_was_made_up_leads_nowhere(post: Post) -> None:
    """A choice that names no own question keeps nothing."""
    await post.say("", content=Content.CHOICE, choice="notify:0123456789abcdef")
    await post.quiet()
    assert "không còn nữa" in post.platform.sent["chat-lan"][-1]
    assert waiting(post) == 0


@pytest.mark.parametrize(
    "question", ["báo mất căn cước ở đâu", "thôi báo hiểm y tế", "dừng đóng bảo hiểm"]
)
def test_a_question_is_no_wish_to_be_left_alone(question: str) -> None:
    """Only the whole message counts."""
    assert wish(question) is None
