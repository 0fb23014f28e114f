"""The Telegram channel in groups: answers whoever calls it, and keeps members apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.telegram_server import FakeTelegram
from tests.telegram_desk import answering

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.telegram_people import Chat
    from tests.receptions import Answering

AN, BINH = 7, 8


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Answering]:
    async with answering(fake, tmp_path) as bot:
        await fake.until(lambda: bool(fake.called("getUpdates")))
        yield bot


@pytest.fixture
def group(fake: FakeTelegram) -> Chat:
    return fake.chat(-1_000_000_000_005)


async def test_members_talk_among_themselves_undisturbed(
    fake: FakeTelegram, bot: Answering, group: Chat
) -> None:
    """What is not said to the bot is neither stored nor answered."""
    group.say("hỏi trong nhóm", by=AN)
    group.say("/chu_de", by=AN)
    group.send_photo(by=BINH)
    await fake.until(lambda: not fake.updates)
    assert (bot.ledger.heard, group.messages) == ([], [])
    assert bot.channel.counts["ignored"] == 3


async def test_a_mention_is_answered_and_the_answer_quotes_it(
    fake: FakeTelegram, bot: Answering, group: Chat
) -> None:
    """So that everybody sees whom it answers; all parts of it."""
    asked = group.say(f"@{fake.username} dài", by=AN)
    parts = [await group.next() for _ in range(3)]
    assert [part.reply_to for part in parts] == [asked] * 3
    (incoming,) = bot.ledger.heard
    assert (incoming.user, incoming.text) == (f"{group.id}:{AN}", "dài")


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_the_bot_and_a_command_with_its_name_are_answered(
    fake: FakeTelegram, group: Chat
) -> None:
    """The other two ways to speak to it."""
    group.say(f"/chu_de@{fake.username}", by=AN)
    menu = await group.next()
    assert menu.buttons == ["Bảo hiểm y tế"]
    asked = group.answer(menu, "mất bao lâu", by=BINH)
    message = await group.next()
    assert (message.text, message.reply_to) == ("Bạn nói: mất bao lâu", asked)


async def test_another_members_tap_works_for_them_and_the_buttons_stay(
    fake: FakeTelegram, bot: Answering, group: Chat
) -> None:
    """Only who tapped sees what was chosen; the answer is a turn of theirs."""
    group.say(f"@{fake.username} căn cước", by=AN)
    question = await group.next()
    for member in (BINH, AN):
        query = group.tap("Cấp lại", by=member)
        message = await group.next()
        assert (message.text, message.reply_to) == ("Cấp lại mất 7 ngày.", question.id)
        await fake.until(lambda query=query: bool(fake.queries[query]))  # type: ignore[misc]
        assert fake.queries[query] == "Bạn đã chọn: 2. Cấp lại"
    assert group.messages[0].buttons == ["1. Cấp mới", "2. Cấp lại"]
    users = [incoming.user for incoming in bot.ledger.heard]
    assert users == [f"{group.id}:{member}" for member in (AN, BINH, AN)]


async def test_only_who_asked_rates_and_nobody_else_sees_it(
    fake: FakeTelegram, bot: Answering, group: Chat
) -> None:
    """Another member is told so; the thumbs stay for the one who asked."""
    group.say(f"@{fake.username} 2", by=AN)
    await group.next()
    others = group.tap("👍", by=BINH)
    await fake.until(lambda: bool(fake.queries[others]))
    assert fake.queries[others] == "Mình chỉ ghi góp ý của người đã hỏi câu này."
    own = group.tap("👎", by=AN)
    await fake.until(lambda: fake.queries[own] == "Cảm ơn bạn đã góp ý.")
    assert group.messages[0].buttons == ["👍 Có ích", "👎 Chưa đúng"]
    assert bot.ledger.ratings[-1] == (1, f"{group.id}:{AN}", False)


@pytest.mark.usefixtures("bot")
async def test_in_a_forum_the_answer_goes_to_the_topic_that_asked(
    fake: FakeTelegram, group: Chat
) -> None:
    """And to the group itself once the topic is gone."""
    group.threads.add(3)
    topic = {"message_thread_id": 3, "is_topic_message": True}
    group.say(f"@{fake.username} một", by=AN, **topic)
    assert (await group.next()).thread == 3
    group.threads.clear()
    asked = group.say(f"@{fake.username} hai", by=AN, **topic)
    message = await group.next()
    assert (message.thread, message.reply_to) == (None, asked)


@pytest.mark.usefixtures("bot")
async def test_a_question_that_was_deleted_is_answered_without_a_quote(
    fake: FakeTelegram, group: Chat
) -> None:
    """Better an answer that quotes nothing than none."""
    asked = group.say(f"@{fake.username} một", by=AN)
    group.said.discard(asked)
    message = await group.next()
    assert (message.text, message.reply_to) == ("Bạn nói: một", None)


@pytest.mark.usefixtures("bot")
async def test_an_answer_follows_a_group_that_became_a_supergroup(fake: FakeTelegram) -> None:
    """Telegram names the new id when the old one is used."""
    old = fake.chat(-5)
    old.say(f"@{fake.username} một", by=AN)
    new = old.move(-1_000_000_000_006)
    assert (await new.next()).text == "Bạn nói: một"
    assert old.messages == []


async def test_a_group_that_removed_the_bot_hears_nothing_more(
    fake: FakeTelegram, bot: Answering, group: Chat
) -> None:
    """It is noted; what was asked before cannot be delivered."""
    group.say(f"@{fake.username} một", by=AN)
    group.block()
    await fake.until(lambda: not fake.updates)
    fake.user(AN).say("alo")
    await fake.user(AN).next()
    assert group.messages == []
    assert "đã chặn bot" in bot.undelivered[0]
    assert (len(bot.undelivered), bot.channel.counts["blocked"]) == (1, 1)


async def test_posts_of_channels_are_never_asked_for_nor_answered(
    fake: FakeTelegram, bot: Answering
) -> None:
    """Also when Telegram sends one."""
    fake.allowed |= {"channel_post"}
    channel = {"id": -1_000_000_000_009, "type": "channel", "title": "Tin phường"}
    fake.put(channel_post=fake.chat(-9).message() | {"chat": channel, "text": "@hoidap_thu_bot"})
    await fake.until(lambda: not fake.updates)
    assert bot.ledger.heard == []
