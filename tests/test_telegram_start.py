"""The Telegram channel starts, stops, and tells operators what keeps it from starting."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from bot.channels.errors import ChannelError, TryLaterError, UnreachableError
from bot.channels.telegram import TelegramChannel
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Ledger
from tests.telegram_desk import answering, channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.channels.channel import Channel


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "messages.db")


async def test_start_names_the_bot_and_lists_its_commands(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """The username is known for the banner; both menus are Vietnamese."""
    async with answering(fake, tmp_path) as bot:
        assert bot.channel.username == "hoidap_thu_bot"
    menus = {
        scope: [(c["command"], c["description"]) for c in commands]
        for scope, commands in fake.commands.items()
    }
    everywhere = [
        ("help", "Cách hỏi"),
        ("chu_de", "Xem các chủ đề"),
        ("riengtu", "Bot lưu những gì về bạn"),
        ("xoadulieu", "Xóa dữ liệu của bạn"),
    ]
    assert menus == {
        "all_private_chats": [("start", "Bắt đầu"), *everywhere],
        "all_group_chats": everywhere,
    }


async def test_a_webhook_left_behind_does_not_keep_the_bot_silent(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """It is removed at the start, and what was waiting is answered."""
    fake.webhook = "https://example.org/old"
    fake.user(7).say("alo")
    async with answering(fake, tmp_path):
        assert (await fake.user(7).next()).text == "Bạn nói: alo"


async def test_a_command_menu_that_fails_does_not_stop_the_start(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """The bot answers without it."""
    fake.break_once("setMyCommands")
    async with answering(fake, tmp_path):
        fake.user(7).say("alo")
        assert (await fake.user(7).next()).text == "Bạn nói: alo"


async def test_stop_is_harmless_before_start_and_twice(fake: FakeTelegram, ledger: Ledger) -> None:
    """And a channel that was stopped or closed can be started again."""
    channel: Channel = channel_of(fake)
    await channel.stop()
    await channel.close()
    for _ in range(2):
        await channel.start(ledger)
        await channel.stop()
        await channel.stop()
    await channel.close()
    await channel.close()
    assert len(fake.called("getMe")) == 2


async def test_a_stopped_channel_sends_and_a_closed_one_asks_for_later(
    fake: FakeTelegram, ledger: Ledger
) -> None:
    """Answers that are under way at the end still go out; others wait for the next start."""
    channel = channel_of(fake)
    fake.user(7)
    with pytest.raises(TryLaterError, match="not connected"):
        await channel.send('{"chat": 7}', {"text": "Có.", "plain": "Có."})
    await channel.show_typing('{"chat": 7}')
    await channel.start(ledger)
    await channel.stop()
    await channel.send('{"chat": 7}', {"text": "Có.", "plain": "Có."})
    await channel.close()
    with pytest.raises(TryLaterError, match="not connected"):
        await channel.send('{"chat": 7}', {"text": "Có.", "plain": "Có."})
    assert [message.text for message in fake.user(7).messages] == ["Có."]


@pytest.mark.parametrize(
    "token", ["123456:a-token-telegram-does-not-know", "  ", "123456", "a b:c", "1:x\n2"]
)
async def test_a_wrong_token_is_told_with_its_remedy_and_never_shown(
    fake: FakeTelegram, ledger: Ledger, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """The message names BotFather and the variable; neither error nor log holds the token."""
    channel = TelegramChannel(token=token, base_url=fake.url)
    with pytest.raises(ChannelError, match=r"@BotFather.*HOIDAP_TELEGRAM_TOKEN") as caught:
        await channel.start(ledger)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert not token.strip() or token not in told


async def test_an_unreachable_server_is_told_with_its_address(
    fake: FakeTelegram, ledger: Ledger
) -> None:
    """Nothing listens there; the message says where it looked and what to check."""
    channel = TelegramChannel(token=fake.token, base_url="http://127.0.0.1:9")
    with pytest.raises(
        UnreachableError, match=r"Không kết nối được .*http://127\.0\.0\.1:9.*mạng"
    ):
        await channel.start(ledger)


@pytest.mark.parametrize(
    "trouble", ["break_once", "flood_once", "drop_once", "hang_once", "garble_once"]
)
@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
async def test_trouble_that_passes_may_be_tried_again(
    fake: FakeTelegram, ledger: Ledger, trouble: str, method: str
) -> None:
    """5xx, 429, a proxy's page, no answer: unreachable now, and the next start works."""
    channel = channel_of(fake, patience=0.4)
    getattr(fake, trouble)(method)
    with pytest.raises(UnreachableError):
        await channel.start(ledger)
    await channel.start(ledger)
    await channel.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"hello": "world"},
        {"ok": True, "result": True},
        {"ok": True, "result": {"id": 1}},
        [],
        None,
    ],
)
async def test_a_server_that_is_not_telegram_is_told_with_the_setting_to_check(
    fake: FakeTelegram, ledger: Ledger, answer: object
) -> None:
    """It answers, but not as a Bot API does."""
    fake.answer_once("getMe", answer)
    with pytest.raises(ChannelError, match=r"không trả lời như Telegram.*telegram_base_url"):
        await channel_of(fake).start(ledger)


async def test_a_second_poller_is_refused_and_the_first_goes_on(
    fake: FakeTelegram, tmp_path: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    """The newcomer sees the conflict and leaves; the one that was there keeps answering."""
    async with answering(fake, tmp_path):
        await fake.until(lambda: bool(fake.called("getUpdates")))
        with pytest.raises(ChannelError, match="Một chương trình khác đang nhận tin nhắn"):
            await channel_of(fake, watch=9).start(ledger)
        fake.user(7).say("còn đó không")
        assert (await fake.user(7).next()).text == "Bạn nói: còn đó không"
    assert "Một chương trình khác đang nhận tin nhắn" in caplog.text


async def test_the_log_holds_neither_token_nor_what_was_said(
    fake: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when everything is logged and a lot goes wrong."""
    caplog.set_level(logging.DEBUG)
    fake.break_once("sendMessage")
    fake.drop_once("getUpdates")
    fake.refuse_once("sendMessage", "Bad Request: can't parse entities: thẻ bí-mật")
    async with answering(fake, tmp_path):
        fake.user(7).say("bí-mật")
        assert (await fake.user(7).next()).text == "Bạn nói: bí-mật"
    assert "Telegram refused the marks" in caplog.text
    assert fake.token not in caplog.text
    assert "bí-mật" not in caplog.text
