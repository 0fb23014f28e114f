"""The Zalo Bot channel against a strict fake of the platform: polling, sending, start and stop."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.channels.errors import (
    ChannelError,
    TryLaterError,
    UndeliverableError,
    UnreachableError,
)
from bot.channels.zalo_bot import ZaloBotChannel
from bot.messages import Choice, Content, Incoming, Reply, Status, Turn
from bot.store import StoreError
from tests.fakes.zalo_bot_server import FakeZaloBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.channel import Channel

U7 = '{"chat_id": "u7"}'


@dataclass(slots=True)
class Inbox:
    """Keeps what it accepts, once each; can be held back or broken."""

    kept: list[Incoming] = field(default_factory=list)
    offered: int = 0
    breaks: list[Exception] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    knocked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def accept(self, incoming: Incoming) -> bool:
        self.offered += 1
        self.knocked.set()
        await self.gate.wait()
        if self.breaks:
            raise self.breaks.pop(0)
        if incoming.message_id in {one.message_id for one in self.kept}:
            return False
        self.kept.append(incoming)
        return True

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        del reason
        raise AssertionError(f"nothing can be rated here: {turn} {channel} {user} {useful}")

    async def erase(self, *, channel: str, user: str) -> None:
        raise AssertionError(f"nobody can ask for this here: {channel} {user}")

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.kept]


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        fake.user("u7")
        yield fake


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def channel_of(fake: FakeZaloBot, **settings: Any) -> ZaloBotChannel:
    given = {"token": fake.token, "base_url": fake.url, "key": b"k" * 32} | settings
    return ZaloBotChannel(**given)


@asynccontextmanager
async def open_channel(
    fake: FakeZaloBot, inbox: Inbox, **settings: Any
) -> AsyncIterator[ZaloBotChannel]:
    channel = channel_of(fake, **settings)
    try:
        await channel.start(inbox)
        yield channel
    finally:
        await channel.stop()
        await channel.close()


@pytest.fixture
async def channel(fake: FakeZaloBot, inbox: Inbox) -> AsyncIterator[ZaloBotChannel]:
    async with open_channel(fake, inbox) as channel:
        yield channel


async def heard(fake: FakeZaloBot, inbox: Inbox, count: int) -> None:
    await fake.until(lambda: len(inbox.kept) >= count)


async def error_of(channel: ZaloBotChannel, inbox: Inbox) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await channel.start(inbox)
    await channel.stop()
    await channel.close()
    return caught.value


def test_it_is_a_channel() -> None:
    """It has what the seam wants; without a public address it has no route."""
    channel: Channel = ZaloBotChannel(token="1:a", key=b"k")
    assert (channel.name, channel.window, list(channel.routes())) == ("zalo_bot", None, [])


async def test_the_start_names_the_bot(channel: ZaloBotChannel) -> None:
    """For the banner; the display name is not told by the platform."""
    assert channel.username == "bot.VDKyGxQvc"


async def test_what_is_said_is_accepted_in_order(
    fake: FakeZaloBot, inbox: Inbox, channel: ZaloBotChannel
) -> None:
    """Texts, a sticker, a message that Zalo keeps back, one in a group, each with its address."""
    del channel
    citizen, group = fake.user("u7"), fake.group("g1")
    citizen.says("làm căn cước ở đâu")
    citizen.sends_sticker()
    citizen.sends_unsupported()
    group.says("không hỏi bot")
    group.says("@Bot 2")
    citizen.says("hết")
    await heard(fake, inbox, 5)
    assert [(one.user, one.content, one.text, one.address) for one in inbox.kept] == [
        ("u7", Content.TEXT, "làm căn cước ở đâu", U7),
        ("u7", Content.OTHER, "", U7),
        ("u7", Content.OTHER, "", U7),
        ("g1:member-of-g1", Content.TEXT, "2", '{"chat_id": "g1"}'),
        ("u7", Content.TEXT, "hết", U7),
    ]


async def test_an_event_is_stored_before_the_next_is_asked_for(
    fake: FakeZaloBot, inbox: Inbox
) -> None:
    """Zalo forgets it at once, so there is never more than one that only this process knows."""
    inbox.gate.clear()
    fake.user("u7").says("một")
    fake.user("u7").says("hai")
    async with open_channel(fake, inbox):
        await inbox.knocked.wait()
        await asyncio.sleep(0.1)
        assert (len(fake.called("getUpdates")), len(fake.events)) == (1, 1)
        inbox.gate.set()
        await heard(fake, inbox, 2)
    assert inbox.texts == ["một", "hai"]


async def test_an_event_outlives_trouble_of_the_store(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """It is offered again until it is stored, and no poll passes it."""
    inbox.breaks = [StoreError("đầy đĩa", "dọn đĩa")]
    fake.user("u7").says("một")
    fake.user("u7").says("hai")
    async with open_channel(fake, inbox):
        await heard(fake, inbox, 2)
    assert inbox.texts == ["một", "hai"]
    assert "StoreError" in caplog.text
    assert "đầy đĩa" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"ok": False, "error_code": 429, "description": "Quota exceeded"}, 429),
        JSONResponse({"ok": False, "error_code": 403}, 200),
        JSONResponse({"ok": False}, 500),
        HTMLResponse("<h1>Bad Gateway</h1>", 502),
        HTMLResponse("<h1>Xin chào</h1>"),
        Response(b"[" * 100_000),
        JSONResponse({"ok": True, "result": None}),
        JSONResponse({"ok": True, "result": {"event_name": 7, "message": []}}),
        JSONResponse({"ok": True, "result": [7, None]}),
        JSONResponse({"ok": True, "result": "x"}),
        JSONResponse({"ok": True}),
        None,
    ],
)
async def test_polling_survives_every_answer(
    fake: FakeZaloBot, inbox: Inbox, answer: Response | None
) -> None:
    """Whatever the server says, the next message is heard."""
    if answer:
        fake.answer_once("getUpdates", answer)
    else:
        fake.drop_once("getUpdates")
    async with open_channel(fake, inbox):
        await fake.until(lambda: len(fake.called("getUpdates")) == 2)
        fake.user("u7").says("alo")
        await heard(fake, inbox, 1)
    assert inbox.texts == ["alo"]


async def test_an_idle_server_is_asked_again_without_a_warning(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """408 is the ordinary end of a poll, and polls never overlap: the fake would refuse that."""
    fake.longest_poll = 0.05
    async with open_channel(fake, inbox):
        await fake.until(lambda: len(fake.called("getUpdates")) == 3)
    assert not caplog.records


async def test_a_stopped_channel_polls_no_more_and_can_still_send(
    fake: FakeZaloBot, inbox: Inbox, channel: ZaloBotChannel
) -> None:
    """`send` works until `close`; what is said meanwhile waits at Zalo."""
    await fake.until(lambda: fake.polling == 1)
    await channel.stop()
    await fake.until(lambda: fake.polling == 0)
    fake.user("u7").says("muộn")
    await channel.send(U7, {"text": "xong"})
    assert (await fake.user("u7").next()).text == "xong"
    assert (len(fake.events), inbox.kept) == (1, [])


async def test_a_stop_lets_an_event_be_stored_that_was_fetched(
    fake: FakeZaloBot, inbox: Inbox
) -> None:
    """There is no other copy of it."""
    inbox.gate.clear()
    async with open_channel(fake, inbox) as channel:
        fake.user("u7").says("một")
        await inbox.knocked.wait()
        stopping = asyncio.create_task(channel.stop())
        await asyncio.sleep(0.05)
        inbox.gate.set()
        await stopping
    assert inbox.texts == ["một"]


async def test_a_channel_can_be_started_again(fake: FakeZaloBot, inbox: Inbox) -> None:
    """After a start that failed because Zalo was away, as the program does it."""
    channel = channel_of(fake)
    fake.fail_once("getMe", 503)
    with pytest.raises(UnreachableError):
        await channel.start(inbox)
    await channel.start(inbox)
    fake.user("u7").says("alo")
    await heard(fake, inbox, 1)
    await channel.stop()
    await channel.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"token": "nonsense"}, "Zalo không nhận mã của bot"),
        ({"token": "1:another"}, "Zalo không nhận mã của bot"),
        ({"token": ""}, "Zalo không nhận mã của bot"),
        ({"public_url": "http://bot.tanan.gov.vn"}, "public_url phải bắt đầu bằng https://"),
        (
            {"public_url": "https://bot.tanan.gov.vn", "webhook_secret": "ngắn"},
            "HOIDAP_ZALO_BOT_WEBHOOK_SECRET phải gồm 8–256",
        ),
        ({"public_url": "https://10.0.0.8"}, "Zalo không nhận địa chỉ webhook 10.0.0.8 (mã 400)"),
    ],
)
async def test_a_wrong_setting_is_told_at_the_start(
    fake: FakeZaloBot, inbox: Inbox, settings: dict[str, str], words: str
) -> None:
    """What is wrong and how to mend it; the token is not in it."""
    error = await error_of(channel_of(fake, **settings), inbox)
    assert words in str(error)
    assert not isinstance(error, UnreachableError)
    assert fake.called("getUpdates") == []


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (HTMLResponse("<h1>Xin chào</h1>"), ChannelError, "không trả lời như Zalo Bot"),
        (JSONResponse({"ok": True, "result": []}), ChannelError, "không trả lời như Zalo Bot"),
        (HTMLResponse("", 403), ChannelError, "Zalo không nhận mã của bot"),
        (HTMLResponse("", 404), ChannelError, "Zalo không nhận mã của bot"),
        (HTMLResponse("", 503), UnreachableError, "Không kết nối được"),
        (HTMLResponse("", 429), UnreachableError, "Không kết nối được"),
    ],
)
async def test_what_getme_answers_decides_the_start(
    fake: FakeZaloBot, inbox: Inbox, answer: Response, kind: type[ChannelError], words: str
) -> None:
    """A refusal ends it, trouble of the server's may pass."""
    fake.answer_once("getMe", answer)
    error = await error_of(channel_of(fake), inbox)
    assert type(error) is kind
    assert words in str(error)


async def test_nobody_there_may_be_there_later(fake: FakeZaloBot, inbox: Inbox) -> None:
    """The program tries again; the sentence names the server."""
    error = await error_of(channel_of(fake, base_url="http://127.0.0.1:1"), inbox)
    assert isinstance(error, UnreachableError)
    assert "http://127.0.0.1:1" in str(error)


async def test_a_webhook_of_its_own_is_taken_back_for_polling(
    fake: FakeZaloBot, inbox: Inbox
) -> None:
    """Left behind when the public address was taken out of the settings."""
    fake.webhook = "https://bot.tanan.gov.vn/webhook/zalo-bot"
    async with open_channel(fake, inbox):
        fake.user("u7").says("alo")
        await heard(fake, inbox, 1)
    assert fake.webhook == ""


async def test_a_webhook_of_somebody_elses_is_left_alone_and_explained(
    fake: FakeZaloBot, inbox: Inbox
) -> None:
    """Its machine is named, not the path, which may be a secret."""
    fake.webhook = "https://crm.example/secret-path"
    error = await error_of(channel_of(fake), inbox)
    assert "webhook ở crm.example." in str(error)
    assert "secret-path" not in str(error)
    assert fake.webhook == "https://crm.example/secret-path"


async def test_a_second_poller_is_explained_once(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """An error for the operator, not one every second; then all is well again."""
    fake.fail_once("getUpdates", 409)
    fake.fail_once("getUpdates", 409)
    with caplog.at_level(logging.INFO):
        async with open_channel(fake, inbox):
            fake.user("u7").says("alo")
            await heard(fake, inbox, 1)
    assert caplog.text.count("một chương trình khác đang nhận tin bằng cùng mã bot") == 1
    assert "Zalo gives events again" in caplog.text


async def test_a_webhook_that_is_set_meanwhile_is_explained(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Zalo says no more than a code; where events go can be asked for."""
    fake.longest_poll = 0.05
    async with open_channel(fake, inbox):
        fake.webhook = "https://crm.example/x"
        await fake.until(lambda: len(fake.called("getWebhookInfo")) == 2)
        await asyncio.sleep(0.05)
    assert "đang gửi tin tới webhook ở crm.example." in caplog.text


async def test_a_token_that_was_reset_is_explained(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """And polling goes on: it may have been a mistake of the platform's."""
    fake.fail_once("getUpdates", 401)
    async with open_channel(fake, inbox):
        fake.user("u7").says("alo")
        await heard(fake, inbox, 1)
    assert "có lẽ mã đã được cấp lại" in caplog.text


async def test_a_rendered_turn_is_shown(fake: FakeZaloBot, channel: ZaloBotChannel) -> None:
    """All messages of a turn are taken as they are rendered, after a trip through JSON."""
    reply = Reply(
        Status.ANSWERED,
        "**Có.** " + "Làm ở xã. " * 300,
        choices=(Choice("e:a", "Mất thẻ"),),
        asks_feedback=True,
    )
    payloads = json.loads(json.dumps(channel.render(Turn(1, reply))))
    for payload in payloads:
        await channel.send(U7, payload)
    first, last = fake.user("u7").messages
    assert first.marked("b") == ["Có."]
    assert "1. Mất thẻ\nBạn gõ số để chọn." in last.text
    assert not first.parse_mode


async def test_styles_that_are_refused_are_left_out(
    fake: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    """The answer is read without bold rather than not at all."""
    odd = {"text": "Có.", "text_styles": [{"start": 0, "len": 3, "st": ["unknown"]}]}
    await channel.send(U7, odd)
    assert (await fake.user("u7").next()).text == "Có."
    assert odd["text_styles"]  # what is stored is not changed


@pytest.mark.parametrize(
    ("code", "more", "seconds"),
    [
        (429, {"parameters": {"retry_after": 3}}, 3.0),
        (429, {}, None),
        (500, {}, None),
        (408, {}, None),
        (401, {}, None),  # a token that was reset: the answer waits for the new one
        (404, {}, None),
    ],
)
async def test_what_may_work_later_is_tried_later(
    fake: FakeZaloBot,
    channel: ZaloBotChannel,
    code: int,
    more: dict[str, Any],
    seconds: float | None,
) -> None:
    """Too many requests, trouble of the server's, the token."""
    fake.fail_once("sendMessage", code, **more)
    with pytest.raises(TryLaterError) as caught:
        await channel.send(U7, {"text": "x"})
    assert (caught.value.reason, caught.value.seconds) == (f"code {code}", seconds)
    await channel.send(U7, {"text": "x"})


async def test_a_broken_connection_is_tried_later(
    fake: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    """Also one that was closed by ourselves, and an answer that is not Zalo's."""
    fake.drop_once("sendMessage")
    fake.answer_once("sendMessage", HTMLResponse("<h1>Xin chào</h1>"))
    for _ in range(2):
        with pytest.raises(TryLaterError):
            await channel.send(U7, {"text": "x"})
    await channel.close()
    with pytest.raises(TryLaterError):
        await channel.send(U7, {"text": "x"})


@pytest.mark.parametrize(
    ("address", "payload"),
    [
        (U7, {"text": ""}),
        (U7, {"text": "x" * 2001}),
        ('{"chat_id": "stranger"}', {"text": "x"}),
        ('{"chat_id": "blocked"}', {"text": "x"}),
        ("", {"text": "x"}),
        ("7", {"text": "x"}),
    ],
)
async def test_what_will_never_be_taken_is_undeliverable(
    fake: FakeZaloBot, channel: ZaloBotChannel, address: str, payload: dict[str, Any]
) -> None:
    """Refused as it is, a stranger, somebody who blocked the bot, no address."""
    fake.user("blocked").blocked = True
    with pytest.raises(UndeliverableError):
        await channel.send(address, payload)


async def test_typing_is_shown_and_its_trouble_is_not(
    fake: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    """Nobody waits for it."""
    await channel.show_typing(U7)
    fake.fail_once("sendChatAction", 500)
    await channel.show_typing(U7)
    await channel.show_typing("nonsense")
    assert fake.called("sendChatAction") == 2 * [{"chat_id": "u7", "action": "typing"}]
