"""The fake Telegram's updates come as Telegram's do: asked for, delivered, of groups, inline."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.loopback import serving
from tests.fakes.telegram_delivery import HEADER
from tests.telegram_raw import Bot, raw_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

PUBLIC = "https://hoidap.example/hook"


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with raw_bot() as bot:
        yield bot


async def test_updates_come_again_until_a_later_offset_is_asked_for(bot: Bot) -> None:
    """Fetching does not confirm; an offset forgets everything before it."""
    bot.fake.user(7).say("một")
    bot.fake.user(7).say("hai")
    first = (await bot("getUpdates"))[1]
    assert [update["message"]["text"] for update in first] == ["một", "hai"]
    assert (await bot("getUpdates", limit=1))[1] == first[:1]
    assert (await bot("getUpdates", offset=first[1]["update_id"]))[1] == first[1:]
    assert (await bot("getUpdates"))[1] == first[1:]
    assert (await bot("getUpdates", offset=first[1]["update_id"] + 1))[1] == []


async def test_a_long_poll_waits_for_an_update(bot: Bot) -> None:
    """A poll with a timeout answers when somebody writes."""
    poll = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: bool(bot.fake.called("getUpdates")))
    bot.fake.user(7).say("alo")
    assert (await poll)[1][0]["message"]["text"] == "alo"


async def test_allowed_updates_keep_other_kinds_away_until_changed(bot: Bot) -> None:
    """What is not allowed when it happens never comes; the setting outlives the call."""
    await bot("getUpdates", allowed_updates=["callback_query"])
    bot.fake.user(7).say("không tới")
    assert (await bot("getUpdates"))[1] == []


async def test_a_second_poller_pushes_the_first_out_with_409(bot: Bot) -> None:
    """Two polls at once: the earlier one is told about the conflict."""
    first = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: len(bot.fake.called("getUpdates")) == 1)
    await bot("getUpdates")
    assert await first == (
        409,
        (
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        ),
    )


async def test_polling_is_refused_while_a_webhook_is_set(bot: Bot) -> None:
    """409 until deleteWebhook, as on the real server; a poll that waits is ended."""
    waiting = asyncio.create_task(bot("getUpdates", timeout=20))
    await bot.fake.until(lambda: bool(bot.fake.called("getUpdates")))
    await bot("setWebhook", url=PUBLIC)
    assert await waiting == (409, "Conflict: terminated by setWebhook request")
    assert await bot("getUpdates") == (
        409,
        (
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        ),
    )
    assert await bot("deleteWebhook") == (200, True)
    assert await bot("getUpdates") == (200, [])


@pytest.mark.parametrize(
    ("url", "secret", "refusal"),
    [
        (
            "http://hoidap.example/hook",
            "",
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "https://hoidap.example:8080/hook",
            "",
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (PUBLIC, "bí mật", "secret token contains unallowed characters"),
        (PUBLIC, "x" * 257, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_telegram_would_not_call_is_refused(
    bot: Bot, url: str, secret: str, refusal: str
) -> None:
    """https, four ports, 256 plain characters of secret."""
    answer = await bot("setWebhook", url=url, secret_token=secret)
    assert answer == (400, f"Bad Request: {refusal}")


async def test_a_webhook_is_delivered_to_with_its_secret_until_the_answer_is_2xx(
    bot: Bot,
) -> None:
    """In order, the same update again after 500 and 403, nothing after 204."""
    answers, seen = [500, 403, 204, 200], []

    async def hook(request: Request) -> Response:
        seen.append((request.headers.get(HEADER), (await request.json())["message"]["text"]))
        return Response(status_code=answers[len(seen) - 1])

    hooked = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    async with serving(hooked) as url:
        bot.fake.hosts["https://hoidap.example"] = url
        await bot("setWebhook", url=PUBLIC, secret_token="rat_bi-mat")
        for text in ("một", "hai"):
            bot.fake.user(7).say(text)
        await bot.fake.until(lambda: not bot.fake.updates)
        await bot("deleteWebhook")
    assert seen == [("rat_bi-mat", text) for text in ("một", "một", "một", "hai")]
    assert [delivery.status for delivery in bot.fake.deliveries] == answers


async def test_what_cannot_be_delivered_waits_and_is_told_by_the_webhooks_info(bot: Bot) -> None:
    """Nobody listens at the address: the update stays, and getWebhookInfo says so."""
    await bot("setWebhook", url=PUBLIC, allowed_updates=["message"])
    bot.fake.user(7).say("một")
    await bot.fake.until(lambda: len(bot.fake.deliveries) == 2)
    info = (await bot("getWebhookInfo"))[1]
    assert (info["url"], info["pending_update_count"]) == (PUBLIC, 1)
    assert (info["allowed_updates"], "last_error_message" in info) == (["message"], True)


async def test_mentions_and_commands_are_marked_in_utf16_units(bot: Bot) -> None:
    """As clients mark them: names after @, commands at the start of a word."""
    bot.fake.chat(-5).say("😀 @hoidap_thu_bot a@b.vn /help@hoidap_thu_bot x/y", by=7)
    message = (await bot("getUpdates"))[1][0]["message"]
    assert [(e["type"], e["offset"], e["length"]) for e in message["entities"]] == [
        ("mention", 3, 15),
        ("bot_command", 26, 20),
    ]
    assert (message["from"]["id"], message["chat"]["id"]) == (7, -5)


async def test_who_blocks_the_bot_is_told_by_an_update(bot: Bot) -> None:
    """If it is allowed; a group that removed the bot refuses in other words."""
    await bot("getUpdates", allowed_updates=["my_chat_member"])
    bot.fake.chat(-5).block()
    change = (await bot("getUpdates"))[1][0]["my_chat_member"]
    assert change["new_chat_member"]["status"] == "kicked"
    kicked = await bot("sendMessage", chat_id=-5, text="x")
    assert kicked == (403, "Forbidden: bot was kicked from the group chat")


def article(name: str = "1", title: str = "Mất thẻ", text: str = "<b>Báo</b> mất.") -> object:
    content = {"message_text": text, "parse_mode": "HTML"}
    return {"type": "article", "id": name, "title": title, "input_message_content": content}


@pytest.mark.parametrize(
    ("results", "refusal"),
    [
        ([article(str(n)) for n in range(51)], "RESULTS_TOO_MUCH"),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article("ă" * 33)], "RESULT_ID_INVALID"),
        ([article("")], "RESULT_ID_INVALID"),
        ([article(title=" ")], "ARTICLE_TITLE_EMPTY"),
        ([article(text="x" * 4097)], "message is too long"),
        ([article(text="")], "message text is empty"),
        ([article(text="<b>")], "can't parse entities: Can't find end tag"),
        ([{"type": "article", "id": "1", "title": "x"}], "input message content is not"),
        ([{"type": "photo", "id": "1"}], "unsupported inline query result type"),
        ("nonsense", "can't parse results JSON object"),
    ],
)
async def test_inline_answers_telegram_cannot_show_are_refused(
    bot: Bot, results: object, refusal: str
) -> None:
    """50 results, ids of 1–64 bytes that differ, a title, a text within its limits."""
    bot.fake.allowed |= {"inline_query"}
    query = bot.fake.look_up("thẻ")
    status, words = await bot("answerInlineQuery", inline_query_id=query, results=results)
    assert (status, words[: len(refusal) + 13]) == (400, f"Bad Request: {refusal}")


async def test_an_inline_query_is_answered_once_it_is_known(bot: Bot) -> None:
    """What people type stops at 256 characters; an unknown query is too old."""
    bot.fake.allowed |= {"inline_query"}
    query = bot.fake.look_up("ă" * 300)
    asked = (await bot("getUpdates"))[1][0]["inline_query"]
    assert len(asked["query"]) == 256
    answered = await bot("answerInlineQuery", inline_query_id=query, results=[article()])
    given = bot.fake.inline[query]
    assert answered == (200, True)
    assert given
    assert (given.articles[0].title, given.articles[0].text) == ("Mất thẻ", "Báo mất.")
    old = await bot("answerInlineQuery", inline_query_id="1", results=[])
    assert (old[0], old[1][:33]) == (400, "Bad Request: query is too old and")
