"""The Zalo Bot channel behind its webhook: who may deliver, what is taken, what comes again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.errors import UnreachableError
from bot.channels.zalo_bot.webhook import derive_secret, is_secret
from bot.store import StoreError
from tests.fakes.loopback import serving
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.test_zalo_bot import Inbox, channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.zalo_bot import ZaloBotChannel

PUBLIC = "https://bot.tanan.gov.vn"
PATH = "/webhook/zalo-bot"


@asynccontextmanager
async def behind(fake: FakeZaloBot, **settings: Any) -> AsyncIterator[ZaloBotChannel]:
    """A channel that is not started, and its route on a real port, where the fake will find it."""
    channel = channel_of(fake, public_url=PUBLIC, **settings)
    async with serving(Starlette(routes=list(channel.routes()))) as url:
        fake.places[PUBLIC] = url
        try:
            yield channel
        finally:
            await channel.stop()
            await channel.close()


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        fake.user("u7")
        yield fake


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def channel(fake: FakeZaloBot, inbox: Inbox) -> AsyncIterator[ZaloBotChannel]:
    async with behind(fake) as channel:
        await channel.start(inbox)
        yield channel


async def test_the_start_sets_the_webhook(fake: FakeZaloBot, channel: ZaloBotChannel) -> None:
    """Its address and a secret that is made from the program's key; nobody polls."""
    assert fake.webhook == PUBLIC + PATH
    assert fake.secret == derive_secret(b"k" * 32, fake.token)
    assert (fake.called("getUpdates"), channel.username) == ([], "bot.VDKyGxQvc")


async def test_a_secret_that_was_set_is_used(fake: FakeZaloBot, inbox: Inbox) -> None:
    """It wins over the derived one."""
    async with behind(fake, webhook_secret="mat-ma-rieng") as channel:
        await channel.start(inbox)
        assert fake.secret == "mat-ma-rieng"


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.usefixtures("channel")
async def test_events_in_both_shapes_are_accepted(
    fake: FakeZaloBot, inbox: Inbox, *, flat: bool
) -> None:
    """The published one, and the one seen in production."""
    fake.flat = flat
    fake.user("u7").says("làm căn cước")
    await fake.until(lambda: len(fake.deliveries) == 1)
    assert inbox.texts == ["làm căn cước"]
    assert fake.deliveries[0][1] == 200


@pytest.mark.usefixtures("channel")
async def test_only_who_knows_the_secret_may_deliver(fake: FakeZaloBot, inbox: Inbox) -> None:
    """Nothing of another's body is read."""
    body = b'{"event_name": "message.text.received"}'
    for secret in (
        "",
        "another",
        fake.secret[:-1],
        fake.secret + "0",
        "\xff",
        fake.secret.upper(),
    ):
        assert await fake.post(body, secret) == 403
    assert await fake.post(body) == 200
    assert inbox.offered == 0


async def test_a_delivery_without_the_header_is_refused(
    fake: FakeZaloBot, channel: ZaloBotChannel
) -> None:
    """As with any wrong secret; other methods are not served."""
    del channel
    url = fake.places[PUBLIC] + PATH
    async with httpx.AsyncClient() as http:
        assert (await http.post(url, json={})).status_code == 403
        assert (await http.get(url)).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"7",
        b"[" * 100_000,
        b'{"ok": true, "result": {"event_name": "message.unsupported.received"}}',
        b'{"event_name": "something.new", "message": {"from": 7}}',
    ],
)
@pytest.mark.usefixtures("channel")
async def test_what_holds_nothing_is_taken_all_the_same(
    fake: FakeZaloBot, inbox: Inbox, body: bytes
) -> None:
    """To have it delivered again would not help, and a trial may carry anything."""
    assert await fake.post(body) == 200
    assert inbox.offered == 0


@pytest.mark.usefixtures("channel")
async def test_a_body_has_a_limit(fake: FakeZaloBot, inbox: Inbox) -> None:
    """256 KiB."""
    assert await fake.post(b" " * (256 * 1024)) == 200
    assert await fake.post(b" " * (256 * 1024 + 1)) == 413
    assert inbox.offered == 0


@pytest.mark.parametrize("error", [StoreError("khóa", "đợi"), RuntimeError("câu hỏi của tôi")])
async def test_what_could_not_be_stored_is_delivered_again(
    fake: FakeZaloBot,
    inbox: Inbox,
    channel: ZaloBotChannel,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """Zalo is told so; the log names the kind of error alone."""
    del channel
    inbox.breaks = [error]
    fake.user("u7").says("một")
    await fake.until(lambda: len(fake.deliveries) == 2)
    assert [status for _, status in fake.deliveries] == [503, 200]
    assert inbox.texts == ["một"]
    assert type(error).__name__ in caplog.text
    assert "câu hỏi của tôi" not in caplog.text


async def test_what_is_delivered_twice_is_offered_with_one_id(
    fake: FakeZaloBot, inbox: Inbox, channel: ZaloBotChannel
) -> None:
    """The reception knows it again by that."""
    del channel
    event = fake.user("u7").says("một")
    await fake.until(lambda: len(fake.deliveries) == 1)
    fake.put(event)
    await fake.until(lambda: len(fake.deliveries) == 2)
    assert (inbox.offered, inbox.texts) == (2, ["một"])


async def test_before_the_start_and_after_the_stop_events_wait_at_zalo(
    fake: FakeZaloBot, inbox: Inbox
) -> None:
    """503 for who knows the secret."""
    async with behind(fake) as channel:
        fake.webhook, fake.secret = PUBLIC + PATH, derive_secret(b"k" * 32, fake.token)
        assert await fake.post(b"{}") == 503
        await channel.start(inbox)
        assert await fake.post(b"{}") == 200
        await channel.stop()
        assert await fake.post(b"{}") == 503


async def test_a_trial_that_failed_is_no_reason_to_stop(
    fake: FakeZaloBot, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Zalo keeps the address though it refuses the call: so it was seen."""
    fake.trial_fails = True
    async with behind(fake) as channel:
        await channel.start(inbox)
        fake.user("u7").says("một")
        await fake.until(lambda: len(fake.deliveries) == 1)
    assert inbox.texts == ["một"]
    assert "its trial failed" in caplog.text


async def test_trouble_while_the_webhook_is_set_may_pass(fake: FakeZaloBot, inbox: Inbox) -> None:
    """Nothing is taken until the start succeeds."""
    fake.fail_once("setWebhook", 500)
    async with behind(fake) as channel:
        with pytest.raises(UnreachableError):
            await channel.start(inbox)
        fake.webhook, fake.secret = PUBLIC + PATH, derive_secret(b"k" * 32, fake.token)
        assert await fake.post(b"{}") == 503
        await channel.start(inbox)
        assert await fake.post(b"{}") == 200


def test_derived_secrets_differ_and_are_fit() -> None:
    """By key and by bot; the same at every start."""
    secrets = [derive_secret(key, token) for key in (b"a", b"b") for token in ("1:a", "1:b")]
    assert len(set(secrets)) == 4
    assert all(is_secret(secret) for secret in secrets)
    assert derive_secret(b"a", "1:a") == secrets[0]
