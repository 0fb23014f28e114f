"""The Telegram channel against a strict fake of the Bot API and a desk that follows a script."""

from __future__ import annotations

import asyncio
import logging
import traceback
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.channels.errors import ChannelError
from bot.channels.telegram import TelegramChannel
from bot.messages import Choice, Content, Incoming, Link, Reply, Section, Status, Turn
from tests.fakes.telegram_server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*retry_after.*:telegram.warnings.PTBDeprecationWarning"
)

TOPICS = (Choice("t:bhyt", "Bảo hiểm y tế"),)
NASTY = "<b>Họ & tên</b> *x* _y_ [a](http://b.vn) </i>"


def plain(text: str, status: Status = Status.ANSWERED) -> Reply:
    return Reply(status, text)


CLARIFY = Reply(
    Status.CLARIFIED,
    "Bạn muốn hỏi về:",
    choices_title="Chạm vào một dòng hoặc gõ số:",
    choices=(Choice("e:moi", "Cấp mới"), Choice("e:lai", "Cấp lại")),
)
SCRIPT = {
    "/start": plain("Chào bạn.", Status.SMALL_TALK),
    "/help": plain("Cứ hỏi như nói chuyện."),
    "/chu_de": plain("Các chủ đề:", Status.MENU),
    "căn cước": CLARIFY,
    "e:lai": Reply(Status.CHOSEN, "Cấp lại mất 7 ngày.", entry="lai", asks_feedback=True),
    "2": Reply(Status.CHOSEN, "Cấp lại mất 7 ngày.", entry="lai", asks_feedback=True),
    "dài": plain("\n\n".join(f"Đoạn {n} **đậm** & " + "chữ " * 200 for n in range(12))),
    "mẹo": Reply(
        Status.ANSWERED,
        NASTY,
        sections=(Section("steps", "", NASTY, (NASTY,)),),
        sources=(Link(NASTY, None),),
    ),
}


@dataclass(slots=True)
class ScriptedDesk:
    """Answers by the script, otherwise says what it heard; can be held back or broken."""

    heard: list[Incoming] = field(default_factory=list)
    ratings: list[tuple[int, str, bool]] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)  # by text
    broken: bool = False

    async def respond(self, incoming: Incoming) -> Turn:
        self.heard.append(incoming)
        said = incoming.choice or incoming.text
        if said in self.held:
            await self.held[said].wait()
        if self.broken:
            raise RuntimeError(f"cannot answer {said}")
        if incoming.content is Content.OTHER:
            return Turn(1, plain(f"Mình chỉ đọc được chữ. {said}", Status.NOT_TEXT))
        return Turn(len(self.heard), SCRIPT.get(said) or plain(f"Bạn nói: {said}"))

    async def rate(self, turn: int, *, channel: str, user: str, useful: bool) -> bool:
        assert channel == "telegram"
        if self.broken:
            raise RuntimeError("cannot rate")
        self.ratings.append((turn, user, useful))
        return turn < 100


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


def channel_of(desk: ScriptedDesk, fake: FakeTelegram, *, watch: float = 0) -> TelegramChannel:
    return TelegramChannel(
        desk, token=fake.token, base_url=fake.url, topics=lambda: TOPICS, watch=watch
    )


@asynccontextmanager
async def serving(desk: ScriptedDesk, fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    channel = channel_of(desk, fake)
    await channel.start()
    try:
        yield channel
    finally:
        await channel.stop()


@pytest.fixture
async def channel(desk: ScriptedDesk, fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    async with serving(desk, fake) as channel:
        yield channel


async def confirmed(fake: FakeTelegram) -> None:
    await fake.until(lambda: not fake.updates)


async def test_start_names_the_bot_and_lists_its_commands(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """The username is known for the banner, the command menu is Vietnamese."""
    assert channel.username == "hoidap_thu_bot"
    assert [(c["command"], c["description"]) for c in fake.commands] == [
        ("start", "Bắt đầu"),
        ("help", "Cách hỏi"),
        ("chu_de", "Xem các chủ đề"),
    ]


async def test_a_webhook_left_behind_does_not_keep_the_bot_silent(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """It is removed at the start, and what was waiting is answered."""
    fake.webhook = "https://example.org/old"
    fake.user(7).say("alo")
    async with serving(desk, fake):
        assert (await fake.user(7).next()).text == "Bạn nói: alo"


async def test_a_command_menu_that_fails_does_not_stop_the_start(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """The bot answers without it."""
    fake.break_once("setMyCommands")
    async with serving(desk, fake):
        fake.user(7).say("alo")
        assert (await fake.user(7).next()).text == "Bạn nói: alo"


@pytest.mark.usefixtures("channel")
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


@pytest.mark.usefixtures("channel")
async def test_a_link_with_an_entry_opens_that_entry(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """t.me/<bot>?start=f_lai is a tap on the entry "lai"."""
    fake.user(7).say("/start f_lai")
    assert (await fake.user(7).next()).text == "Cấp lại mất 7 ngày."
    assert desk.heard == [Incoming("telegram", "7", Content.CHOICE, choice="e:lai")]


@pytest.mark.usefixtures("channel")
async def test_a_clarification_is_answered_by_a_tap(fake: FakeTelegram) -> None:
    """The tap is acknowledged, and the tapped button alone stays to be seen."""
    an = fake.user(7)
    an.say("căn cước")
    question = await an.next()
    assert question.text.endswith("Chạm vào một dòng hoặc gõ số:\n1. Cấp mới\n2. Cấp lại")
    query = an.tap("Cấp lại")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."
    assert fake.queries[query] == ""
    assert an.messages[0].buttons == ["✅ 2. Cấp lại"]
    again = an.tap("✅ 2. Cấp lại")
    await fake.until(lambda: fake.queries[again] == "Bạn đã chọn mục này rồi.")


@pytest.mark.usefixtures("channel")
async def test_a_typed_number_is_passed_on(fake: FakeTelegram) -> None:
    """What a number means is for the desk to know."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    an.say("2")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."


@pytest.mark.usefixtures("channel")
async def test_thumbs_rate_the_turn_and_say_thanks(fake: FakeTelegram, desk: ScriptedDesk) -> None:
    """The desk learns the turn, the person and the opinion; the tapped thumb stays."""
    an = fake.user(7)
    an.say("2")
    await an.next()
    query = an.tap("👎")
    await fake.until(lambda: an.messages[0].buttons == ["✅ 👎 Chưa đúng"])
    assert fake.queries[query] == "Cảm ơn bạn đã góp ý."
    assert desk.ratings == [(1, "7", False)]
    assert len(desk.heard) == 1


@pytest.mark.usefixtures("channel")
async def test_every_tap_is_acknowledged_whatever_happens(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """A turn nobody knows, a desk that fails, data from long ago: the button never spins."""
    an = fake.user(7)
    an.say("2")
    message = await an.next()
    unknown = an.press(message, "fb:100:1")
    await fake.until(lambda: bool(fake.queries[unknown]))
    assert (fake.queries[unknown] or "").startswith("Câu trả lời này không còn được lưu")
    stale = an.press(message, "e:đã-xoá")
    assert (await an.next()).text == "Bạn nói: e:đã-xoá"
    assert fake.queries[stale] == ""
    desk.broken = True
    failed = an.press(message, "fb:1:1")
    await fake.until(lambda: fake.queries[failed] is not None)
    assert fake.queries[failed] == "Mình chưa ghi được góp ý. Bạn bấm lại sau nhé."


@pytest.mark.usefixtures("channel")
async def test_a_tap_too_old_to_acknowledge_is_still_answered(fake: FakeTelegram) -> None:
    """Telegram refuses the acknowledgement; the citizen gets the answer."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    del fake.queries[an.tap("Cấp lại")]
    assert (await an.next()).text == "Cấp lại mất 7 ngày."


@pytest.mark.usefixtures("channel")
async def test_a_long_answer_comes_in_several_messages(fake: FakeTelegram) -> None:
    """In order, cut between paragraphs, marks whole, nothing lost."""
    an = fake.user(7)
    an.say("dài")
    parts = [await an.next() for _ in range(3)]
    assert [part.text[:8].strip() for part in parts] == ["Đoạn 0 đ", "Đoạn 5 đ", "Đoạn 10"]
    assert [part.marked("bold") for part in parts] == [["đậm"] * 5, ["đậm"] * 5, ["đậm"] * 2]


@pytest.mark.usefixtures("channel")
async def test_markup_in_questions_and_answers_is_only_text(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """The desk hears it untouched, and what the bot says back is never a tag or an http link."""
    an = fake.user(7)
    an.say("mẹo")
    message = await an.next()
    assert message.text.count("<b>Họ & tên</b>") == 4
    assert message.links == []
    an.say(NASTY)
    assert (await an.next()).text == "Bạn nói: <b>Họ & tên</b> x y a </i>"
    assert desk.heard[-1].text == NASTY


@pytest.mark.usefixtures("channel")
async def test_what_is_not_text_and_what_is_edited_is_answered(fake: FakeTelegram) -> None:
    """A photo, its caption, a sticker, an edited question: never silence."""
    an = fake.user(7)
    an.send_photo()
    assert (await an.next()).text == "Mình chỉ đọc được chữ."
    an.send_photo(caption="lỗi gì đây")
    assert (await an.next()).text == "Mình chỉ đọc được chữ. lỗi gì đây"
    an.send(location={"latitude": 21.0, "longitude": 105.8})
    assert (await an.next()).text == "Mình chỉ đọc được chữ."
    an.edit(an.say("hỏi"), text="hỏi lại")
    assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: hỏi", "Bạn nói: hỏi lại"]


@pytest.mark.usefixtures("channel")
async def test_groups_get_no_answer(fake: FakeTelegram, desk: ScriptedDesk) -> None:
    """An update from a group is confirmed and forgotten."""
    fake.user(-5).say("hỏi trong nhóm")
    await confirmed(fake)
    assert (desk.heard, fake.user(-5).messages) == ([], [])


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once"])
async def test_a_send_that_fails_once_is_tried_again(fake: FakeTelegram, trouble: str) -> None:
    """429, 500 or a broken connection: the answer comes, and comes once."""
    getattr(fake, trouble)("sendMessage")
    fake.user(7).say("alo")
    assert (await fake.user(7).next()).text == "Bạn nói: alo"
    await confirmed(fake)
    assert len(fake.user(7).messages) == 1


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once"])
async def test_fetching_goes_on_after_trouble(fake: FakeTelegram, trouble: str) -> None:
    """A failed getUpdates loses nothing."""
    getattr(fake, trouble)("getUpdates")
    fake.user(7).say("một")
    fake.user(7).say("hai")
    an = fake.user(7)
    assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: một", "Bạn nói: hai"]


@pytest.mark.usefixtures("channel")
async def test_markup_telegram_cannot_read_goes_out_as_plain_text(fake: FakeTelegram) -> None:
    """Better an answer without bold than none."""
    fake.refuse_once("sendMessage", "Bad Request: can't parse entities: Unsupported start tag")
    fake.user(7).say("mẹo")
    message = await fake.user(7).next()
    assert (message.text.count("<b>Họ & tên</b>"), message.entities) == (4, ())


@pytest.mark.usefixtures("channel")
async def test_who_blocked_the_bot_is_dropped(fake: FakeTelegram) -> None:
    """One attempt, then the update is done with; others are served."""
    fake.user(7).blocked = True
    fake.user(7).say("alo")
    await fake.until(lambda: bool(fake.called("sendMessage")))
    fake.user(8).say("alo")
    await fake.user(8).next()
    await confirmed(fake)
    assert len(fake.called("sendMessage")) == 2


@pytest.mark.usefixtures("channel")
async def test_a_broken_desk_ends_in_a_polite_sentence(
    fake: FakeTelegram, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """The citizen is not left in silence, and the log does not quote the question."""
    desk.broken = True
    fake.user(7).say("số của tôi là 012345678901")
    message = await fake.user(7).next()
    assert message.text.startswith("Xin lỗi, mình đang gặp trục trặc.")
    await confirmed(fake)
    assert "RuntimeError" in caplog.text
    assert "012345678901" not in caplog.text


@pytest.mark.usefixtures("channel")
async def test_people_do_not_wait_for_each_other_but_each_is_answered_in_order(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """While one question takes long, its author's next waits and other people are served."""
    desk.held["chậm"] = asyncio.Event()
    an, binh = fake.user(7), fake.user(8)
    an.say("chậm")
    an.say("nhanh")
    binh.say("một")
    binh.say("hai")
    assert [(await binh.next()).text for _ in range(2)] == ["Bạn nói: một", "Bạn nói: hai"]
    assert an.messages == []
    desk.held["chậm"].set()
    assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: chậm", "Bạn nói: nhanh"]


async def test_a_crowd_leaves_nothing_behind(
    fake: FakeTelegram, desk: ScriptedDesk, channel: TelegramChannel
) -> None:
    """120 people at once, more than one batch: all answered once, no lock is kept."""
    people = [fake.user(1000 + n) for n in range(120)]
    for person in people:
        person.say("alo")
    for person in people:
        await person.next()
    await confirmed(fake)
    assert len(desk.heard) == 120
    assert channel._order.chats == 0
    assert not channel._window.busy


@pytest.mark.usefixtures("channel")
async def test_typing_is_shown_while_an_answer_takes_long(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """A quick answer costs no extra request; a slow one is announced."""
    an = fake.user(7)
    an.say("nhanh")
    await an.next()
    assert fake.called("sendChatAction") == []
    desk.held["chậm"] = asyncio.Event()
    an.say("chậm")
    await fake.until(lambda: bool(fake.called("sendChatAction")))
    desk.held["chậm"].set()
    await an.next()
    assert fake.called("sendChatAction") == [{"chat_id": "7", "action": "typing"}]


async def test_an_update_is_confirmed_only_after_its_answer(
    fake: FakeTelegram, desk: ScriptedDesk, channel: TelegramChannel
) -> None:
    """Telegram keeps what is still being worked on; what came before it is forgotten."""
    desk.held["chậm"] = asyncio.Event()
    fake.user(7).say("xong")
    await fake.user(7).next()
    fake.user(7).say("chậm")
    await fake.until(lambda: len(fake.updates) == 1 and len(desk.heard) == 2)
    fake.user(8).say("khác")
    await fake.user(8).next()
    assert [u["message"]["text"] for u in fake.updates] == ["chậm", "khác"]
    desk.held["chậm"].set()
    await confirmed(fake)
    assert [i.text for i in desk.heard] == ["xong", "chậm", "khác"]
    assert not channel._window.busy


async def test_what_was_in_flight_at_stop_is_answered_by_the_next_start(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """Answered updates are confirmed, the interrupted one and its followers come again."""
    an, binh = fake.user(7), fake.user(8)
    async with serving(desk, fake):
        binh.say("xong")
        await binh.next()
        desk.held["chậm"] = asyncio.Event()
        an.say("chậm")
        an.say("sau")
        await fake.until(lambda: len(desk.heard) == 2)
    assert [u["message"]["text"] for u in fake.updates] == ["chậm", "sau"]
    assert an.messages == []
    desk.held.clear()
    async with serving(desk, fake):
        assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: chậm", "Bạn nói: sau"]
    assert fake.updates == []
    assert [message.text for message in binh.messages] == ["Bạn nói: xong"]


async def test_stop_lets_an_answer_that_is_nearly_ready_out(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """What can be finished within the grace is finished and confirmed."""
    channel = channel_of(desk, fake)
    await channel.start()
    desk.held["chậm"] = asyncio.Event()
    fake.user(7).say("chậm")
    await fake.until(lambda: len(desk.heard) == 1)
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0)
    desk.held["chậm"].set()
    await stopping
    assert [message.text for message in fake.user(7).messages] == ["Bạn nói: chậm"]
    assert fake.updates == []


async def test_stop_is_harmless_before_start_and_twice(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """And a stopped channel can be started again."""
    channel = channel_of(desk, fake)
    await channel.stop()
    for _ in range(2):
        await channel.start()
        await channel.stop()
        await channel.stop()
    assert len(fake.called("getMe")) == 2


@pytest.mark.parametrize(
    "token", ["123456:a-token-telegram-does-not-know", "  ", "123456", "a b:c", "1:x\n2"]
)
async def test_a_wrong_token_is_told_with_its_remedy_and_never_shown(
    fake: FakeTelegram, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """The message names BotFather and the variable; neither error nor log holds the token."""
    channel = TelegramChannel(desk, token=token, base_url=fake.url, topics=lambda: ())
    with pytest.raises(ChannelError, match=r"@BotFather.*HOIDAP_TELEGRAM_TOKEN") as caught:
        await channel.start()
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert not token.strip() or token not in told


async def test_an_unreachable_server_is_told_with_its_address(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """Nothing listens there; the message says where it looked and what to check."""
    nowhere = "http://127.0.0.1:9"
    channel = TelegramChannel(desk, token=fake.token, base_url=nowhere, topics=lambda: ())
    with pytest.raises(ChannelError, match=r"Không kết nối được .*http://127\.0\.0\.1:9.*mạng"):
        await channel.start()


async def test_a_server_that_is_not_telegram_is_told_with_the_setting_to_check(
    fake: FakeTelegram, desk: ScriptedDesk
) -> None:
    """It answers, but not as a Bot API does."""
    fake.answer_once("getMe", {"hello": "world"})
    with pytest.raises(ChannelError, match=r"không trả lời như Telegram.*telegram_base_url"):
        await channel_of(desk, fake).start()


async def test_a_second_poller_is_refused_and_the_first_goes_on(
    fake: FakeTelegram, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """The newcomer sees the conflict and leaves; the one that was there keeps answering."""
    async with serving(desk, fake):
        await fake.until(lambda: bool(fake.called("getUpdates")))
        with pytest.raises(ChannelError, match="Một chương trình khác đang nhận tin nhắn"):
            await channel_of(desk, fake, watch=9).start()
        fake.user(7).say("còn đó không")
        assert (await fake.user(7).next()).text == "Bạn nói: còn đó không"
    assert "Một chương trình khác đang nhận tin nhắn" in caplog.text


async def test_the_log_holds_neither_token_nor_what_was_said(
    fake: FakeTelegram, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when everything is logged and a lot goes wrong."""
    caplog.set_level(logging.DEBUG)
    fake.break_once("sendMessage")
    fake.drop_once("getUpdates")
    fake.refuse_once("sendMessage", "Bad Request: can't parse entities: thẻ bí-mật")
    async with serving(desk, fake):
        fake.user(7).say("bí-mật")
        assert (await fake.user(7).next()).text == "Bạn nói: bí-mật"
    assert "Telegram refused the marks" in caplog.text
    assert fake.token not in caplog.text
    assert "bí-mật" not in caplog.text
