"""Updates that are delivered: who may deliver, and what Telegram is told."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.errors import ChannelError, UnreachableError
from bot.channels.telegram.webhook import Webhook
from tests.fakes.loopback import serving
from tests.fakes.telegram_delivery import HEADER
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Ledger
from tests.telegram_desk import answering, channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.channels.telegram import TelegramChannel
    from tests.receptions import Answering

PUBLIC = "https://hoidap.example"
KEY = b"a key of the program, 32 bytes.."
SETTINGS: dict[str, Any] = {"public_url": PUBLIC, "key": KEY}


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@asynccontextmanager
async def public(fake: FakeTelegram, channel: TelegramChannel) -> AsyncIterator[str]:
    """Serve the channel's routes where Telegram finds them."""
    async with serving(Starlette(routes=channel.routes())) as url:
        fake.hosts[PUBLIC] = url
        yield f"{url}/webhook/telegram"


@pytest.fixture
async def bot(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Answering]:
    bot = answering(fake, tmp_path, **SETTINGS)
    async with public(fake, bot.channel), bot:
        yield bot


async def post(url: str, body: bytes, secret: str | None) -> int:
    async with httpx.AsyncClient() as http:
        headers = {} if secret is None else {HEADER.encode(): secret.encode()}
        return (await http.post(url, content=body, headers=headers)).status_code


def update(text: str, number: int = 1) -> bytes:
    an = {"id": 7, "is_bot": False, "first_name": "An"}
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 1, "date": 1_790_000_000, "chat": chat, "from": an, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@pytest.mark.usefixtures("bot")
async def test_telegram_delivers_and_the_answer_comes(fake: FakeTelegram) -> None:
    """The address, a secret and the kinds of updates are set; a tap works too."""
    (asked,) = fake.called("setWebhook")
    assert asked["url"] == "https://hoidap.example/webhook/telegram"
    assert len(asked["secret_token"]) == 64
    assert "inline_query" in fake.allowed
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    an.tap("Cấp lại")
    assert (await an.next()).text == "Cấp lại mất 7 ngày."
    await fake.until(lambda: an.messages[0].buttons == ["✅ 2. Cấp lại"])
    assert {delivery.status for delivery in fake.deliveries} == {200}
    assert fake.called("getUpdates") == []


async def test_an_update_that_cannot_be_stored_is_delivered_again(
    fake: FakeTelegram, bot: Answering
) -> None:
    """503 until the store works; stored and answered once."""
    bot.ledger.broken = True
    fake.user(7).say("alo")
    await fake.until(lambda: len(fake.deliveries) >= 2)
    assert {delivery.status for delivery in fake.deliveries} == {503}
    bot.ledger.broken = False
    assert (await fake.user(7).next()).text == "Bạn nói: alo"
    await fake.until(lambda: not fake.updates)
    assert len(bot.ledger.heard) == 1


async def test_what_comes_while_the_bot_is_away_is_delivered_after_the_next_start(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """503 before the start and after the stop; the webhook stays set, nothing is lost."""
    bot = answering(fake, tmp_path, **SETTINGS)
    async with public(fake, bot.channel) as url:
        assert await post(url, update("x"), None) == 503
        async with bot:
            pass
        fake.user(7).say("alo")
        await fake.until(lambda: len(fake.deliveries) >= 2)
        assert {delivery.status for delivery in fake.deliveries} == {503}
        async with bot:
            assert (await fake.user(7).next()).text == "Bạn nói: alo"


@pytest.mark.parametrize("secret", [None, "", "sai", "bí mật", "x" * 9999])
async def test_who_does_not_know_the_secret_is_turned_away(
    fake: FakeTelegram, bot: Answering, secret: str | None
) -> None:
    """403, nothing is stored, and it is counted."""
    url = f"{fake.hosts[PUBLIC]}/webhook/telegram"
    assert await post(url, update("x"), secret) == 403
    assert (bot.ledger.heard, bot.channel.counts["bad secret"]) == ([], 1)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"null", b"[]", b"{}", b"[" * 100_000, b'{"update_id": "1"}']
)
async def test_garbage_from_telegram_itself_is_accepted_and_counted(
    fake: FakeTelegram, bot: Answering, body: bytes
) -> None:
    """200: what cannot be read would come again for ever."""
    url = f"{fake.hosts[PUBLIC]}/webhook/telegram"
    assert await post(url, body, fake.webhook_secret) == 200
    assert (bot.ledger.heard, bot.channel.counts["unreadable"]) == ([], 1)


async def test_a_body_has_256_kib_at_most(fake: FakeTelegram, bot: Answering) -> None:
    """413 above; just below it is read."""
    url = f"{fake.hosts[PUBLIC]}/webhook/telegram"
    room = 256 * 1024 - len(update(""))
    assert await post(url, update("x" * room), fake.webhook_secret) == 200
    assert await post(url, update("x" * (room + 1)), fake.webhook_secret) == 413
    assert [len(text) for text in bot.ledger.texts] == [room]


async def test_a_delivery_that_is_repeated_is_stored_once(
    fake: FakeTelegram, bot: Answering
) -> None:
    """200 both times: Telegram did not hear the first."""
    url = f"{fake.hosts[PUBLIC]}/webhook/telegram"
    statuses = [await post(url, update("alo"), fake.webhook_secret) for _ in range(2)]
    assert (statuses, bot.ledger.texts) == ([200, 200], ["alo"])
    assert bot.channel.counts["known"] == 1


async def test_nothing_is_sent_from_within_the_request(fake: FakeTelegram, bot: Answering) -> None:
    """A tap is accepted while Telegram does not answer the sign for it."""
    an = fake.user(7)
    an.say("căn cước")
    await an.next()
    fake.hang_once("answerCallbackQuery")
    fake.hang_once("editMessageReplyMarkup")
    an.tap("Cấp lại")
    await fake.until(lambda: not fake.updates)
    assert [incoming.choice for incoming in bot.ledger.heard] == [None, "e:lai"]


def test_the_secret_follows_from_the_key_and_the_token() -> None:
    """The same after every start, another for another bot, never the key itself."""
    of_this, again = (Webhook.at(PUBLIC, secret=None, key=KEY, token="1:a") for _ in range(2))
    of_another = Webhook.at(PUBLIC, secret=None, key=KEY, token="1:b")
    assert of_this == again
    assert of_this.secret != of_another.secret
    own = Webhook.at(f"{PUBLIC}/", secret="mot-ma-bi-mat-rieng", key=KEY, token="1:a")
    assert own == Webhook(f"{PUBLIC}/webhook/telegram", "mot-ma-bi-mat-rieng")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"public_url": "http://hoidap.example", "key": KEY},
            r"http://hoidap\.example .*https://",
        ),
        ({"public_url": "https://a b", "key": KEY}, r"https://"),
        ({"public_url": "https://a/?x=1", "key": KEY}, r"“\?”"),
        (SETTINGS | {"webhook_secret": "ngắn"}, "HOIDAP_TELEGRAM_WEBHOOK_SECRET"),
        (SETTINGS | {"webhook_secret": "bí-mật-dài-hơn-mười-sáu"}, "HOIDAP_TELEGRAM_WEBHOOK_"),
        ({"public_url": PUBLIC}, "HOIDAP_TELEGRAM_WEBHOOK_SECRET"),
    ],
)
def test_settings_telegram_could_not_use_are_told(
    fake: FakeTelegram, settings: dict[str, Any], told: str
) -> None:
    """Before anything is asked of Telegram; the secret is not repeated."""
    with pytest.raises(ChannelError, match=told) as caught:
        channel_of(fake, **settings)
    assert "ngắn" not in str(caught.value)


async def test_an_address_telegram_refuses_is_told(fake: FakeTelegram, tmp_path: Path) -> None:
    """A port it does not call; nothing is left running."""
    channel = channel_of(fake, public_url="https://hoidap.example:8080", key=KEY)
    with pytest.raises(ChannelError, match=r"https://hoidap\.example:8080.*443, 80, 88"):
        await channel.start(Ledger(tmp_path / "messages.db"))


@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once"])
async def test_a_webhook_that_cannot_be_set_now_may_be_later(
    fake: FakeTelegram, tmp_path: Path, trouble: str
) -> None:
    """Trouble that passes is not a mistake of the operator's."""
    channel = channel_of(fake, **SETTINGS)
    getattr(fake, trouble)("setWebhook")
    ledger = Ledger(tmp_path / "messages.db")
    with pytest.raises(UnreachableError):
        await channel.start(ledger)
    await channel.start(ledger)
    await channel.close()


def test_without_a_public_address_there_is_no_route(fake: FakeTelegram) -> None:
    """Updates are asked for instead."""
    assert list(channel_of(fake).routes()) == []
