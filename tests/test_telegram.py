"""The Telegram channel in private chats, against a strict fake of the Bot API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.feedback import LABELS
from bot.messages import Content
from tests.fakes.telegram_server import FakeTelegram
from tests.telegram_desk import NASTY, answering

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.receptions import Answering


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Answering]:
    async with answering(fake, tmp_path) as bot:
        await fake.until(lambda: bool(fake.called("getUpdates")))
        yield bot


@pytest.mark.usefixtures("bot")
async def test_commands_and_questions_are_answered(fake: FakeTelegram) -> None:
    """/start and the menu offer the topics as buttons; link previews are off."""
    an = fake.user(7)
    for said, answer, buttons in [
        ("/start", "Chào bạn.", ["Bảo hiểm y tế"]),
        ("/help", "Cứ hỏi như nói chuyện.", []),
        ("/chu_de", "Các chủ đề:", ["Bảo hiểm y tế"]),
        ("mất bao lâu", "Bạn nói: mất bao lâu", []),
    ]:
        an.say(said)
        message = await an.next()
        assert (message.text, message.buttons, message.preview) == (answer, buttons, False)
        assert message.reply_to is None


async def test_a_link_with_an_entry_opens_that_entry(fake: FakeTelegram, bot: Answering) -> None:
    """t.me/<bot>?start=f_lai is a tap on the entry "lai"."""
    fake.user(7).say("/start f_lai")
    assert (await fake.user(7).next()).text == "Cấp lại mất 7 ngày."
    (incoming,) = bot.ledger.heard
    assert (incoming.user, incoming.content, incoming.choice) == ("7", Content.CHOICE, "e:lai")


@pytest.mark.usefixtures("bot")
async def test_a_clarification_is_answered_by_a_tap(fake: FakeTelegram) -> None:
    """The tap is acknowledged, and the tapped button alone stays to be seen."""
    an = fake.user(7)
    an.say("căn cước")
    question = await an.next()
    assert question.text.endswith("Chạm vào một dòng hoặc gõ số:\n1. Cấp mới\n2. Cấp lại")
    query = an.tap("Cấp lại")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."
    await fake.until(lambda: an.messages[0].buttons == ["✅ 2. Cấp lại"])
    assert fake.queries[query] == ""
    again = an.tap("✅ 2. Cấp lại")
    await fake.until(lambda: fake.queries[again] == "Bạn đã chọn mục này rồi.")


async def test_buttons_work_after_a_restart(fake: FakeTelegram, tmp_path: Path) -> None:
    """Nothing about them is kept in memory: another process answers the tap and shows it."""
    an = fake.user(7)
    async with answering(fake, tmp_path):
        an.say("căn cước")
        await an.next()
    an.tap("Cấp lại")
    async with answering(fake, tmp_path):
        assert (await an.next()).text == "Cấp lại mất 7 ngày."
        await fake.until(lambda: an.messages[0].buttons == ["✅ 2. Cấp lại"])


@pytest.mark.usefixtures("bot")
async def test_a_typed_number_is_passed_on(fake: FakeTelegram) -> None:
    """What a number means is for the desk to know."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    an.say("2")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."


async def test_thumbs_rate_the_turn_and_say_thanks(fake: FakeTelegram, bot: Answering) -> None:
    """The reception learns turn, person and opinion; the tapped thumb stays, a 👎 asks why."""
    an = fake.user(7)
    an.say("2")
    await an.next()
    query = an.tap("👎")
    await fake.until(lambda: an.messages[0].buttons[:1] == ["✅ 👎 Chưa đúng"])
    assert an.messages[0].buttons[1:] == [*LABELS.values()]
    await fake.until(lambda: fake.queries[query] == "Cảm ơn bạn. Bạn cho biết vì sao nhé?")
    assert bot.ledger.ratings == [(1, "7", False)]
    reason = an.tap("Đã cũ")
    await fake.until(lambda: fake.queries[reason] == "Cảm ơn bạn đã góp ý.")
    await fake.until(lambda: an.messages[0].buttons == ["✅ 👎 Chưa đúng", "✅ Đã cũ"])
    assert len(bot.ledger.heard) == 1


async def test_every_tap_is_acknowledged_whatever_happens(
    fake: FakeTelegram, bot: Answering
) -> None:
    """A turn nobody knows, a store that fails, data from long ago: the button never spins."""
    an = fake.user(7)
    an.say("2")
    message = await an.next()
    unknown = an.press(message, "fb:100:1")
    await fake.until(lambda: bool(fake.queries[unknown]))
    assert (fake.queries[unknown] or "").startswith("Câu trả lời này không còn được lưu")
    stale = an.press(message, "e:đã-xoá")
    assert (await an.next()).text == "Bạn nói: e:đã-xoá"
    await fake.until(lambda: fake.queries[stale] == "")
    bot.ledger.broken = True
    failed = an.press(message, "fb:1:1")
    await fake.until(lambda: fake.queries[failed] is not None)
    assert fake.queries[failed] == "Mình chưa ghi được góp ý. Bạn bấm lại sau nhé."


@pytest.mark.usefixtures("bot")
async def test_a_tap_too_old_to_acknowledge_is_still_answered(fake: FakeTelegram) -> None:
    """Telegram refuses the acknowledgement; the choice is shown and the citizen is answered."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    del fake.queries[an.tap("Cấp lại")]
    assert (await an.next()).text == "Cấp lại mất 7 ngày."
    await fake.until(lambda: an.messages[0].buttons == ["✅ 2. Cấp lại"])


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once", "hang_once"])
async def test_a_sign_that_fails_keeps_no_answer_away(
    fake: FakeTelegram, method: str, trouble: str
) -> None:
    """429, 500, a broken connection or no answer at all: the citizen's answer comes."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    getattr(fake, trouble)(method)
    an.tap("Cấp lại")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."


@pytest.mark.usefixtures("bot")
async def test_the_same_tap_twice_changes_nothing_twice(fake: FakeTelegram) -> None:
    """The second edit is refused as "not modified"; both taps are acknowledged and answered."""
    an = fake.user(7)
    an.say("căn cước")
    question = await an.next()
    queries = [an.press(question, "e:lai") for _ in range(2)]
    assert [(await an.next()).text for _ in range(2)] == ["Cấp lại mất 7 ngày."] * 2
    await fake.until(lambda: [fake.queries[query] for query in queries] == ["", ""])
    assert an.messages[0].buttons == ["✅ 2. Cấp lại"]


@pytest.mark.usefixtures("bot")
async def test_a_long_answer_comes_in_several_messages(fake: FakeTelegram) -> None:
    """In order, cut between paragraphs, marks whole, nothing lost."""
    an = fake.user(7)
    an.say("dài")
    parts = [await an.next() for _ in range(3)]
    assert [part.text[:8].strip() for part in parts] == ["Đoạn 0 đ", "Đoạn 5 đ", "Đoạn 10"]
    assert [part.marked("bold") for part in parts] == [["đậm"] * 5, ["đậm"] * 5, ["đậm"] * 2]


async def test_markup_in_questions_and_answers_is_only_text(
    fake: FakeTelegram, bot: Answering
) -> None:
    """The desk hears it untouched, and what the bot says back is never a tag or an http link."""
    an = fake.user(7)
    an.say("mẹo")
    message = await an.next()
    assert message.text.count("<b>Họ & tên</b>") == 4
    assert message.links == []
    an.say(NASTY)
    assert (await an.next()).text == "Bạn nói: <b>Họ & tên</b> x y a </i>"
    assert bot.ledger.texts[-1] == NASTY


@pytest.mark.usefixtures("bot")
async def test_what_is_not_text_and_what_is_edited_is_answered(fake: FakeTelegram) -> None:
    """A photo, its caption, a place, an edited question: never silence."""
    an = fake.user(7)
    an.send_photo()
    assert (await an.next()).text == "Mình chỉ đọc được chữ."
    an.send_photo(caption="lỗi gì đây")
    assert (await an.next()).text == "Mình chỉ đọc được chữ. lỗi gì đây"
    an.send(location={"latitude": 21.0, "longitude": 105.8})
    assert (await an.next()).text == "Mình chỉ đọc được chữ."
    an.edit(an.say("hỏi"), text="hỏi lại")
    assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: hỏi", "Bạn nói: hỏi lại"]


async def test_each_person_is_answered_in_the_order_of_their_messages(
    fake: FakeTelegram, bot: Answering
) -> None:
    """Updates are stored one after the other, as Telegram gave them."""
    an, binh = fake.user(7), fake.user(8)
    for number in range(3):
        an.say(f"an {number}")
        binh.say(f"bình {number}")
    for person, name in ((an, "an"), (binh, "bình")):
        said = [(await person.next()).text for _ in range(3)]
        assert said == [f"Bạn nói: {name} {number}" for number in range(3)]
    assert bot.ledger.texts == ["an 0", "bình 0", "an 1", "bình 1", "an 2", "bình 2"]


async def test_a_crowd_is_answered_once_each(fake: FakeTelegram, bot: Answering) -> None:
    """120 people at once, more than one batch."""
    people = [fake.user(1000 + n) for n in range(40)]
    for person in people:
        for number in range(3):
            person.say(f"alo {number}")
    for person in people:
        await person.next()
    await fake.until(lambda: not fake.updates)
    assert len(bot.ledger.heard) == 120
    assert bot.channel.counts["accepted"] == 120


async def test_who_blocked_the_bot_is_dropped_and_others_are_served(
    fake: FakeTelegram, bot: Answering
) -> None:
    """One attempt for the one, an answer for the other, and the change itself is only noted."""
    fake.user(7).say("alo")
    fake.user(7).block()
    fake.user(8).say("alo")
    assert (await fake.user(8).next()).text == "Bạn nói: alo"
    assert "đã chặn bot" in bot.undelivered[0]
    assert (len(bot.undelivered), bot.channel.counts["blocked"]) == (1, 1)
    assert len(fake.called("sendMessage")) == 2
