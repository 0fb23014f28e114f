"""Sending one message on Telegram: what is for later, what is for never, and what may be told."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.errors import TryLaterError, UndeliverableError
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Ledger
from tests.telegram_desk import channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.channels.telegram import TelegramChannel

TO = '{"chat": 7}'
OTHER_VERSION = "tin do phiên bản hoidap khác ghi, không đọc được"
PAYLOAD = {"text": "<b>Có</b>.", "plain": "Có."}


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        fake.user(7)
        yield fake


@pytest.fixture
async def channel(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[TelegramChannel]:
    channel = channel_of(fake, patience=0.5)
    await channel.start(Ledger(tmp_path / "messages.db"))
    yield channel
    await channel.close()


async def test_a_message_is_sent_once(fake: FakeTelegram, channel: TelegramChannel) -> None:
    """With its marks and without preview."""
    await channel.send(TO, PAYLOAD)
    (message,) = fake.user(7).messages
    assert (message.text, message.marked("bold"), message.preview) == ("Có.", ["Có"], False)


async def test_too_many_requests_name_the_wait(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """The caller waits; nothing is repeated here, and others are not held up."""
    fake.flood_once("sendMessage", retry_after=37)
    with pytest.raises(TryLaterError) as caught:
        await channel.send(TO, PAYLOAD)
    assert (caught.value.reason, caught.value.seconds) == ("429", 37.0)
    assert len(fake.called("sendMessage")) == 1
    await channel.send(TO, PAYLOAD)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("break_once", "NetworkError"),
        ("garble_once", "NetworkError"),
        ("drop_once", "NetworkError"),
        ("hang_once", "TimedOut"),
    ],
)
async def test_trouble_of_telegrams_or_of_the_network_is_for_later(
    fake: FakeTelegram, channel: TelegramChannel, trouble: str, reason: str
) -> None:
    """5xx, a proxy's page, a connection that breaks, no answer in time."""
    getattr(fake, trouble)("sendMessage")
    with pytest.raises(TryLaterError) as caught:
        await channel.send(TO, PAYLOAD)
    assert (caught.value.reason, caught.value.seconds) == (reason, None)


@pytest.mark.parametrize(
    "answer", [{"ok": True}, {"ok": True, "result": None}, {"hello": 1}, [], "x", None]
)
async def test_an_answer_that_is_not_telegrams_is_for_later(
    fake: FakeTelegram, channel: TelegramChannel, answer: object
) -> None:
    """Whatever stands there in place of Telegram, it did not take the message."""
    fake.answer_once("sendMessage", answer)
    with pytest.raises(TryLaterError):
        await channel.send(TO, PAYLOAD)


@pytest.mark.parametrize(
    "copy", [{}, {"message_id": 5, "date": "hôm nay"}, {"reply_markup": "{", "from": 7}]
)
async def test_a_message_is_sent_even_if_telegrams_copy_of_it_cannot_be_read(
    fake: FakeTelegram, channel: TelegramChannel, copy: object
) -> None:
    """Newer Telegrams and other servers write other fields: that is no reason to send it again."""
    fake.answer_once("sendMessage", {"ok": True, "result": copy})
    await channel.send(TO, PAYLOAD)


async def test_a_token_that_was_taken_back_is_for_later(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """The operator can set another; answers wait for it."""
    fake.token = "123456:another"
    with pytest.raises(TryLaterError, match="InvalidToken"):
        await channel.send(TO, PAYLOAD)


async def test_who_blocked_the_bot_is_never_reached(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """403."""
    fake.user(7).blocked = True
    with pytest.raises(UndeliverableError, match="đã chặn bot"):
        await channel.send(TO, PAYLOAD)


@pytest.mark.parametrize(
    ("address", "payload", "reason"),
    [
        ('{"chat": 8}', PAYLOAD, "Telegram: chat not found"),
        (TO, {"text": "x" * 4097, "plain": "x"}, "Telegram: message is too long"),
        (TO, {"text": "", "plain": ""}, "Telegram: message text is empty"),
        (
            TO,
            PAYLOAD
            | {"reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]}},
            "Telegram: button_data_invalid",
        ),
        (TO, PAYLOAD | {"reply_markup": {"inline_keyboard": 1}}, OTHER_VERSION),
        (TO, {"html": "Có."}, OTHER_VERSION),
        (TO, {}, OTHER_VERSION),
        ("", PAYLOAD, "địa chỉ người nhận không đọc được"),
        ('{"chat": "7"}', PAYLOAD, "địa chỉ người nhận không đọc được"),
    ],
)
async def test_what_telegram_will_never_take_is_told_apart(
    channel: TelegramChannel, address: str, payload: dict[str, Any], reason: str
) -> None:
    """Refusals that stay, and what another version of the program has stored."""
    with pytest.raises(UndeliverableError) as caught:
        await channel.send(address, payload)
    assert caught.value.reason == reason


async def test_a_refusal_in_unknown_words_is_not_repeated_in_the_error(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """They may quote the message; neither the reason nor the traceback shows them."""
    fake.refuse_once("sendMessage", "Bad Request: something about bí-mật")
    with pytest.raises(UndeliverableError) as caught:
        await channel.send(TO, PAYLOAD)
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.reason == "Telegram: 400"
    assert "something about" not in told
    assert fake.token not in told


async def test_marks_telegram_cannot_read_go_out_as_plain_text(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """Better an answer without bold than none; its buttons stay."""
    rows = {"inline_keyboard": [[{"text": "Xem", "callback_data": "e:a"}]]}
    broken = {"text": "<b>Có", "plain": "<b>Có", "reply_markup": rows}
    await channel.send(TO, broken)
    (message,) = fake.user(7).messages
    assert (message.text, message.entities, message.buttons) == ("<b>Có", (), ["Xem"])


async def test_typing_is_shown_where_the_answer_will_come(
    fake: FakeTelegram, channel: TelegramChannel
) -> None:
    """Trouble with it is nobody's."""
    await channel.show_typing(TO)
    assert fake.called("sendChatAction") == [{"chat_id": "7", "action": "typing"}]
    fake.break_once("sendChatAction")
    await channel.show_typing(TO)
    await channel.show_typing("nonsense")
    fake.user(7).blocked = True
    await channel.show_typing(TO)
