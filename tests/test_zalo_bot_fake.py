"""The fake Zalo Bot API refuses what the platform refuses, and loses what the platform loses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.loopback import serving
from tests.fakes.zalo_bot_server import FakeZaloBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

Answer = tuple[int, Any]
Json = dict[str, Any]

HOOK = {"url": "https://bot.tanan.gov.vn/hook", "secret_token": "a-secret"}


class Bot:
    """Calls methods with raw HTTP: what comes back is (status, result or description)."""

    def __init__(self, fake: FakeZaloBot, http: httpx.AsyncClient) -> None:
        self.fake = fake
        self._http = http

    async def __call__(self, method: str, *, token: str | None = None, **given: object) -> Answer:
        return await self.call(method, given, token or self.fake.token)

    async def call(self, method: str, given: Json, token: str = FakeZaloBot.token) -> Answer:
        url = f"{self.fake.url}/bot{token}/{method}"
        answer = await self._http.post(url, json=given, timeout=20)
        body = answer.json()
        assert body["ok"] is (answer.status_code == 200)
        assert body["ok"] or body["error_code"] == answer.status_code
        return answer.status_code, body.get("result") if body["ok"] else body["description"]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with FakeZaloBot() as fake, httpx.AsyncClient() as http:
        fake.user("u7")
        yield Bot(fake, http)


async def test_only_the_bots_own_token_is_served(bot: Bot) -> None:
    """A token of the right shape is unauthorized, a malformed one is not found."""
    assert (await bot("getMe"))[1]["account_name"] == "bot.VDKyGxQvc"
    assert await bot("getMe", token="123456:another") == (401, "Unauthorized")
    assert await bot("getMe", token="nonsense") == (404, "Not Found")


async def test_names_of_methods_are_case_sensitive(bot: Bot) -> None:
    """So the published pages say; an unknown method is not found."""
    assert await bot("getme") == (404, "Not Found")
    assert await bot("editMessage") == (404, "Not Found")


async def test_events_are_given_one_at_a_time_and_only_once(bot: Bot) -> None:
    """The result is an object, not a list, and nothing is there a second time."""
    first, second = bot.fake.user("u7").says("một"), bot.fake.user("u7").sends_sticker()
    assert await bot("getUpdates", timeout=5) == (200, first)
    assert await bot("getUpdates", timeout="5") == (200, second)
    assert await bot("getUpdates", timeout=0) == (408, "Request timeout")


async def test_a_long_poll_waits_for_an_event(bot: Bot) -> None:
    """A poll answers when somebody writes."""
    poll = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: bot.fake.polling == 1)
    event = bot.fake.user("u7").says("alo")
    assert await poll == (200, event)


async def test_two_polls_at_once_are_refused(bot: Bot) -> None:
    """One poller a token; how the platform says so is not published."""
    poll = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: bot.fake.polling == 1)
    assert (await bot("getUpdates"))[0] == 409
    bot.fake.user("u7").says("alo")
    assert (await poll)[0] == 200


@pytest.mark.parametrize("swallows", [False, True])
async def test_a_killed_poll_may_take_the_next_event_with_it(bot: Bot, *, swallows: bool) -> None:
    """At most once: an event given to a connection that is dead is lost."""
    bot.fake.swallows = swallows
    poll = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: bot.fake.polling == 1)
    poll.cancel()
    await asyncio.wait([poll])
    if not swallows:
        await bot.fake.until(lambda: bot.fake.polling == 0)
    bot.fake.user("u7").says("alo")
    if swallows:
        await bot.fake.until(lambda: bot.fake.polling == 0)
    assert (await bot("getUpdates", timeout=0))[0] == (408 if swallows else 200)


async def test_a_webhook_keeps_events_from_pollers_until_it_is_deleted(bot: Bot) -> None:
    """Its address can be asked for, its secret cannot; without one the answer is 404."""
    assert await bot("getWebhookInfo") == (404, "Not Found")
    assert (await bot("setWebhook", **HOOK))[1].keys() == {"url", "updated_at"}
    assert (await bot("getUpdates"))[0] == 409
    assert (await bot("getWebhookInfo"))[1].keys() == {"url", "updated_at"}
    assert (await bot("deleteWebhook"))[1]["url"] == ""
    assert (await bot("getUpdates", timeout=0))[0] == 408


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://bot.tanan.gov.vn/hook"},
        {"url": "https://localhost/hook"},
        {"url": "https://127.0.0.1/hook"},
        {"url": "https://10.0.0.8/hook"},
        {"url": 7},
        {"secret_token": "1234567"},
        {"secret_token": "x" * 257},
        {"secret_token": None},
    ],
)
async def test_a_webhook_is_public_https_with_a_secret_of_8_to_256(bot: Bot, change: Json) -> None:
    """Anything else is refused and not kept."""
    assert (await bot.call("setWebhook", HOOK | change))[0] == 400
    assert bot.fake.webhook == ""


async def test_a_webhook_is_kept_though_its_trial_failed(bot: Bot) -> None:
    """So it was seen: the refusal and the stored address together."""
    bot.fake.trial_fails = True
    assert (await bot("setWebhook", **HOOK))[0] == 400
    assert (await bot("getWebhookInfo"))[1]["url"] == HOOK["url"]


@pytest.mark.parametrize("flat", [False, True])
async def test_events_are_delivered_with_the_secret_until_they_are_taken(
    bot: Bot, *, flat: bool
) -> None:
    """What is not answered with 2xx comes again, in either shape of body."""
    seen: list[tuple[str | None, Any]] = []

    async def hook(request: Request) -> Response:
        seen.append((request.headers.get("x-bot-api-secret-token"), await request.json()))
        return PlainTextResponse("", 503 if len(seen) == 1 else 200)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as url:
        bot.fake.flat = flat
        bot.fake.places["https://bot.tanan.gov.vn"] = url
        await bot("setWebhook", **HOOK)
        event = bot.fake.user("u7").says("alo")
        await bot.fake.until(lambda: len(bot.fake.deliveries) == 2)
    assert seen == 2 * [("a-secret", event if flat else {"ok": True, "result": event})]
    assert [status for _, status in bot.fake.deliveries] == [503, 200]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": 7}, "message text is empty"),
        ({"text": "ă" * 2001}, "message is too long"),
        ({"text": "😀" * 1001}, "message is too long"),
        ({"text": "x", "parse_mode": "HTML"}, "unsupported parse_mode"),
        ({"text": "x", "parse_mode": None}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": {}}, "unknown parameter reply_markup"),
        ({"text": "x", "chat_id": "u8"}, "chat not found"),
        ({"text": "x", "chat_id": 7}, "chat not found"),
        ({"text": "x", "text_styles": {}}, "text_styles are not valid"),
        ({"text": "x", "text_styles": [{"start": 0, "len": 1}]}, "text_styles are not valid"),
        ({"text": "😀", "text_styles": [{"start": 1, "len": 2, "st": ["b"]}]}, "text_styles are"),
        ({"text": "x", "text_styles": [{"start": 0, "len": 0, "st": ["b"]}]}, "text_styles are"),
        (
            {"text": "x", "text_styles": [{"start": 0, "len": 1, "st": ["bold"]}]},
            "text_styles are",
        ),
    ],
)
async def test_a_message_zalo_cannot_show_is_refused(bot: Bot, given: Json, refusal: str) -> None:
    """Empty, too long in UTF-16 units, unknown marks, styles outside of the text, strangers."""
    status, words = await bot.call("sendMessage", {"chat_id": "u7"} | given)
    assert status == 400
    assert words.startswith(f"Bad Request: {refusal}")
    assert bot.fake.user("u7").messages == []


async def test_what_fits_is_shown_as_it_was_sent(bot: Bot) -> None:
    """2000 units fit; styles are kept by units, and parse_mode wins over them."""
    styles = [{"start": 2, "len": 1, "st": ["b", "c_db342e"]}]
    sent = await bot("sendMessage", chat_id="u7", text="😀a" + "ă" * 1997, text_styles=styles)
    assert sent[1].keys() == {"message_id", "date"}
    await bot("sendMessage", chat_id="u7", text="**x**", parse_mode="markdown", text_styles=[])
    first, second = bot.fake.user("u7").messages
    assert (first.marked("b"), first.marked("c_db342e")) == (["a"], ["a"])
    assert (second.parse_mode, second.styles) == ("markdown", ())


async def test_a_chat_action_has_no_result(bot: Bot) -> None:
    """Only "typing" is there yet."""
    assert await bot("sendChatAction", chat_id="u7", action="typing") == (200, None)
    assert (await bot("sendChatAction", chat_id="u7", action="upload_photo"))[0] == 400


async def test_who_blocked_the_bot_gets_nothing(bot: Bot) -> None:
    """403, as on other platforms; what Zalo says is not published."""
    bot.fake.user("u7").blocked = True
    assert (await bot("sendMessage", chat_id="u7", text="x"))[0] == 403


async def test_ordered_failures_happen_once(bot: Bot) -> None:
    """A refusal, another HTTP status than the code, a broken connection, silence; then all is well."""
    bot.fake.fail_once("sendMessage", 429)
    assert await bot("sendMessage", chat_id="u7", text="x") == (429, "ordered by a test")
    url = f"{bot.fake.url}/bot{bot.fake.token}/sendMessage"
    bot.fake.fail_once("sendMessage", 403, status=200)
    bot.fake.drop_once("sendMessage")
    bot.fake.stall_once("sendMessage")
    async with httpx.AsyncClient(timeout=0.3) as http:
        refused = await http.post(url, json={})
        assert (refused.status_code, refused.json()["error_code"]) == (200, 403)
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post(url, json={})
        with pytest.raises(httpx.ReadTimeout):
            await http.post(url, json={})
    assert (await bot("sendMessage", chat_id="u7", text="x"))[0] == 200
    assert [message.text for message in bot.fake.user("u7").messages] == ["x"]


async def test_a_late_answer_is_an_answer_all_the_same(bot: Bot) -> None:
    """Others are served meanwhile; it happens once."""
    bot.fake.delay_once("sendMessage", 0.3)
    slow = asyncio.create_task(bot("sendMessage", chat_id="u7", text="chậm"))
    while len(bot.fake.called("sendMessage")) == 0:  # noqa: ASYNC110  # the fake tells of ends alone
        await asyncio.sleep(0.01)
    assert (await bot("sendMessage", chat_id="u7", text="nhanh"))[0] == 200
    assert (await slow)[0] == 200
    assert [message.text for message in bot.fake.user("u7").messages] == ["nhanh", "chậm"]


async def test_a_lost_answer_is_one_to_a_call_that_was_done(bot: Bot) -> None:
    """The client cannot tell, the reader can."""
    bot.fake.lose_once("sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot("sendMessage", chat_id="u7", text="x")
    assert [message.text for message in bot.fake.user("u7").messages] == ["x"]
    assert bot.fake.lost == [{"chat_id": "u7", "text": "x"}]


async def test_what_somebody_says_next_is_delivered_next(bot: Bot) -> None:
    """Though the first event is not taken at first; nobody else waits for that."""
    seen: list[str] = []

    async def hook(request: Request) -> Response:
        seen.append((await request.json())["result"]["message"]["text"])
        return PlainTextResponse("", 503 if seen == ["một"] else 200)

    async with serving(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as url:
        bot.fake.places["https://bot.tanan.gov.vn"] = url
        await bot("setWebhook", **HOOK)
        bot.fake.user("u7").says("một")
        bot.fake.user("u7").says("hai")
        bot.fake.user("u8").says("ba")
        await bot.fake.until(lambda: len(bot.fake.deliveries) == 4)
    assert seen == ["một", "ba", "một", "hai"]


async def test_parameters_may_come_as_a_form_or_in_the_address(bot: Bot) -> None:
    """The published pages allow both, and GET."""
    url = f"{bot.fake.url}/bot{bot.fake.token}/sendMessage"
    async with httpx.AsyncClient() as http:
        await http.post(url, data={"chat_id": "u7", "text": "một"})
        await http.get(url, params={"chat_id": "u7", "text": "hai"})
    assert [message.text for message in bot.fake.user("u7").messages] == ["một", "hai"]
