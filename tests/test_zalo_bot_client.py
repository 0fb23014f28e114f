"""What the answers of the Zalo Bot API mean, and that nothing secret gets out of the client."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.channels.zalo_bot.client import CallError, ZaloBotClient, is_token
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.logs import logging_as

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FINAL, LATER, TOKEN, FOREIGN = "final", "later", "token", "foreign"


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        fake.longest_poll = 0.05
        fake.user("u7")
        yield fake


@pytest.fixture
async def client(fake: FakeZaloBot) -> AsyncIterator[ZaloBotClient]:
    client = ZaloBotClient(fake.token, fake.url, seconds=0.5)
    yield client
    await client.close()


def meaning(error: CallError) -> str:
    if error.token_refused:
        return TOKEN
    if error.foreign:
        return FOREIGN
    return FINAL if error.final else LATER


async def error_of(client: ZaloBotClient) -> CallError:
    with pytest.raises(CallError) as caught:
        await client.call("sendMessage", {"chat_id": "u7", "text": "x"})
    return caught.value


def refusal(code: object, status: int, **more: Any) -> Response:
    body = {"ok": False, "description": "câu chữ của ai đó", "error_code": code} | more
    return JSONResponse(body, status_code=status)


async def test_a_call_gives_its_result(client: ZaloBotClient, fake: FakeZaloBot) -> None:
    """An object, or None for methods that say nothing but "ok"."""
    assert (await client.call("getMe"))["account_name"] == "bot.VDKyGxQvc"
    assert await client.call("sendChatAction", {"chat_id": "u7", "action": "typing"}) is None
    sent = await client.call("sendMessage", {"chat_id": "u7", "text": "Chào 😀"})
    assert isinstance(sent["message_id"], str)
    assert [message.text for message in fake.user("u7").messages] == ["Chào 😀"]


@pytest.mark.parametrize(
    ("answer", "means", "kind"),
    [
        (refusal(400, 400), FINAL, "code 400"),
        (refusal(403, 403), FINAL, "code 403"),
        (refusal(403, 200), FINAL, "code 403"),  # a 2xx alone is no success
        (refusal(413, 413), FINAL, "code 413"),
        (refusal(401, 401), TOKEN, "code 401"),
        (refusal(404, 404), TOKEN, "code 404"),
        (refusal(429, 429), LATER, "code 429"),
        (refusal(429, 400), LATER, "code 429"),  # Zalo's own code says more than HTTP's
        (refusal(500, 500), LATER, "code 500"),
        (refusal(503, 503), LATER, "code 503"),
        (refusal(408, 408), LATER, "code 408"),
        (refusal(None, 400), FINAL, "code 400"),
        (refusal(-216, 400), FINAL, "code 400"),
        (refusal("429", 502), LATER, "code 502"),
        (refusal(None, 200), FOREIGN, "refused without a known code, HTTP 200"),
        (HTMLResponse("<h1>Bad Gateway</h1>", 502), LATER, "HTTP 502"),
        (HTMLResponse("no", 403), FINAL, "HTTP 403"),
        (HTMLResponse("<h1>Xin chào</h1>"), FOREIGN, "not an answer of Zalo's, HTTP 200"),
        (JSONResponse([1]), FOREIGN, "not an answer of Zalo's, HTTP 200"),
        (Response(b"[" * 100_000), FOREIGN, "not an answer of Zalo's, HTTP 200"),
        (Response(b"\xff\xfe\x00"), FOREIGN, "not an answer of Zalo's, HTTP 200"),
        (Response(b" " * 300_000), FOREIGN, "not an answer of Zalo's, HTTP 200"),
        (RedirectResponse("https://login.example"), FOREIGN, "not an answer of Zalo's, HTTP 307"),
        (JSONResponse({"ok": "yes"}), FOREIGN, "refused without a known code, HTTP 200"),
    ],
)
async def test_every_refusal_means_something(
    client: ZaloBotClient, fake: FakeZaloBot, answer: Response, means: str, kind: str
) -> None:
    """Final, later, the token, or not Zalo at all; of its words nothing is told."""
    fake.answer_once("sendMessage", answer)
    error = await error_of(client)
    assert (meaning(error), error.kind) == (means, kind)
    assert str(error) == kind


async def test_no_connection_and_no_answer_are_tried_later(fake: FakeZaloBot) -> None:
    """Broken off, silent, nobody there, an address that is none, a closed client."""
    client = ZaloBotClient(fake.token, fake.url, seconds=0.3)
    fake.drop_once("sendMessage")
    fake.stall_once("sendMessage")
    kinds = [(await error_of(client)).kind for _ in range(2)]
    await client.close()
    kinds.append((await error_of(client)).kind)
    for nowhere in ("http://127.0.0.1:1", "nowhere", "http://[", "ftp://127.0.0.1"):
        lost = ZaloBotClient(fake.token, nowhere)
        error = await error_of(lost)
        assert meaning(error) == LATER
        kinds.append(error.kind)
        await lost.close()
    assert kinds[:3] == [
        "no connection: RemoteProtocolError",
        "no connection: ReadTimeout",
        "no connection: RuntimeError",
    ]
    assert all(kind.startswith("no connection: ") for kind in kinds)


@pytest.mark.parametrize(
    ("more", "headers", "seconds"),
    [
        ({}, {}, None),
        ({"parameters": {"retry_after": 7}}, {}, 7.0),
        ({}, {"retry-after": "12"}, 12.0),
        ({"parameters": {"retry_after": 7}}, {"retry-after": "12"}, 12.0),
        ({}, {"retry-after": "999999"}, 3600.0),
        ({}, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"parameters": {"retry_after": -1}}, {}, None),
        ({"parameters": [7]}, {}, None),
    ],
)
async def test_a_wait_that_was_asked_for_is_told(
    client: ZaloBotClient,
    fake: FakeZaloBot,
    more: dict[str, Any],
    headers: dict[str, str],
    seconds: float | None,
) -> None:
    """Zalo publishes no such number; the usual ways to give one are understood."""
    answer = refusal(429, 429, **more)
    answer.headers.update(headers)
    fake.answer_once("sendMessage", answer)
    assert (await error_of(client)).seconds == seconds


@pytest.mark.parametrize(
    "idle",
    [
        None,
        refusal(408, 200),
        JSONResponse({"ok": False, "description": "Request timeout"}),
        HTMLResponse("", 408),
    ],
)
async def test_a_poll_in_which_nobody_wrote_is_no_error(
    client: ZaloBotClient, fake: FakeZaloBot, idle: Response | None
) -> None:
    """408 in every form; the next poll brings what came meanwhile."""
    if idle:
        fake.answer_once("getUpdates", idle)
    assert await client.wait_for_update() is None
    event = fake.user("u7").says("alo")
    assert await client.wait_for_update() == event


async def test_the_webhook_is_told_and_a_bot_without_one_has_none(
    client: ZaloBotClient, fake: FakeZaloBot
) -> None:
    """404 is no error there; other trouble is."""
    assert await client.webhook() == ""
    fake.webhook = "https://a.example/b"
    assert await client.webhook() == "https://a.example/b"
    fake.answer_once("getWebhookInfo", JSONResponse({"ok": True, "result": "x"}))
    assert await client.webhook() == ""
    fake.fail_once("getWebhookInfo", 500)
    with pytest.raises(CallError, match="code 500"):
        await client.webhook()


@pytest.mark.parametrize(
    ("token", "fit"),
    [
        ("123456789:abc-xyz", True),
        ("12345689:AbC_x.y~z=", True),
        ("", False),
        ("123456789", False),
        ("123:a b", False),
        ("123:a/../getMe?x=", False),
        ("123:á", False),
        ("1:" + "x" * 300, False),
    ],
)
def test_a_token_may_stand_in_an_address(token: str, *, fit: bool) -> None:
    """Nothing in it can lead the request elsewhere."""
    assert is_token(token) is fit


async def test_neither_logs_nor_errors_show_the_token(
    fake: FakeZaloBot, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """At the most talkative level, and in a printed traceback with all that led to it."""
    shown, said = "", "câu hỏi của tôi"
    with logging_as(level="debug"), caplog.at_level(logging.DEBUG):
        client = ZaloBotClient(fake.token, fake.url, seconds=0.3)
        await client.call("getMe")
        fake.drop_once("sendMessage")
        for _ in range(2):
            with pytest.raises(CallError) as caught:
                await client.call("sendMessage", {"chat_id": "u8", "text": said})
            assert caught.value.__context__ is None
            shown += "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
        await client.close()
    shown += caplog.text + "".join(capfd.readouterr())
    assert "code 400" in shown
    for secret in (fake.token, "made-up", said, fake.url):
        assert secret not in shown
