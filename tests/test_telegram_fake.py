"""The fake Bot API refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import telegram_html as markup
from tests.fakes.loopback import Loopback
from tests.fakes.telegram_delivery import HEADER
from tests.fakes.telegram_server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

Answer = tuple[int, Any]
PUBLIC = "https://hoidap.example/hook"


class Bot:
    """Calls methods with raw HTTP: what comes back is (status, result or description)."""

    def __init__(self, fake: FakeTelegram, http: httpx.AsyncClient) -> None:
        self.fake = fake
        self._http = http

    async def __call__(self, method: str, *, token: str | None = None, **given: object) -> Answer:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
        url = f"{self.fake.url}/bot{token or self.fake.token}/{method}"
        answer = await self._http.post(url, data=form, timeout=20)
        body = answer.json()
        assert body["ok"] is (answer.status_code == 200)
        assert body["ok"] or body["error_code"] == answer.status_code
        return answer.status_code, body["result"] if body["ok"] else body["description"]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with FakeTelegram() as fake, httpx.AsyncClient() as http:
        fake.user(7)
        yield Bot(fake, http)


def keyboard(text: str, data: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


async def test_only_the_bots_own_token_is_served(bot: Bot) -> None:
    """A token of the right shape is unauthorized, a malformed one is not found."""
    assert (await bot("getMe"))[1]["username"] == "hoidap_thu_bot"
    assert await bot("getMe", token="123456:another") == (401, "Unauthorized")
    assert await bot("getMe", token="nonsense") == (404, "Not Found")


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    """A method nobody wrote is 404, and names are read without regard to case."""
    assert await bot("sendMessages") == (404, "Not Found")
    assert (await bot("GETME"))[0] == 200


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

    async with Loopback([Route("/hook", hook, methods=["POST"])]) as server:
        bot.fake.hosts["https://hoidap.example"] = server.url
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


@pytest.mark.parametrize(
    ("text", "mode", "refusal"),
    [
        ("", "", "message text is empty"),
        (" \n ", "", "message text is empty"),
        ("<b></b>", "HTML", "message text is empty"),
        ("ă" * 4097, "", "message is too long"),
        ("😀" * 2049, "", "message is too long"),
        ("x", "Markdowns", "unsupported parse_mode"),
        (
            "a <chào> b",
            "HTML",
            'can\'t parse entities: Unsupported start tag "chào" at byte offset 2',
        ),
        ("ế < 5", "HTML", 'can\'t parse entities: Unsupported start tag "" at byte offset 4'),
        ("5 <", "HTML", "can't parse entities: Unclosed start tag at byte offset 2"),
        ("<b>x", "HTML", "can't parse entities: Can't find end tag corresponding to start tag b"),
        ("x</b>", "HTML", "can't parse entities: Unexpected end tag at byte offset 1"),
        (
            "<b>x</i>",
            "HTML",
            (
                "can't parse entities: Unmatched end tag at byte offset 4, "
                'expected "</b>", found "</i>"'
            ),
        ),
        ('<a href="x>y</a>', "HTML", "can't parse entities: Unclosed start tag at byte offset 0"),
    ],
)
async def test_text_telegram_cannot_show_is_refused(
    bot: Bot, text: str, mode: str, refusal: str
) -> None:
    """Empty, too long in UTF-16 units, or markup that does not parse."""
    answer = await bot("sendMessage", chat_id=7, text=text, parse_mode=mode)
    assert answer == (400, f"Bad Request: {refusal}")


async def test_length_is_counted_after_markup_is_read(bot: Bot) -> None:
    """Tags and entities do not count; 4096 units still fit."""
    text = "<b>" + "&lt;" * 4096 + "</b>"
    status, message = await bot("sendMessage", chat_id=7, text=text, parse_mode="HTML")
    assert status == 200
    assert message["text"] == "<" * 4096


def test_markup_becomes_text_and_marks_in_utf16_units() -> None:
    """Offsets count UTF-16 units; links keep their address; a stray & is text."""
    text, entities = markup.read('😀 <b>A <i>b</i></b> & <a href="https://x.vn/?a=1&amp;b">c</a>')
    assert text == "😀 A b & c"
    assert entities == (
        markup.Entity("bold", 3, 3),
        markup.Entity("italic", 5, 1),
        markup.Entity("text_link", 9, 1, "https://x.vn/?a=1&b"),
    )


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ("nonsense", "can't parse reply markup JSON object"),
        ({"inline_keyboard": [{"text": "a"}]}, 'field "inline_keyboard" of the'),
        ({"inline_keyboard": [["a"]]}, "can't parse inline keyboard button: Inline"),
        (keyboard("Xem", ""), "can't parse inline keyboard button: Text buttons are unallowed"),
        (keyboard("Xem", "ă" * 33), "BUTTON_DATA_INVALID"),
        (keyboard(" ", "a"), "inline keyboard button text must be non-empty"),
        ({"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 101]}, "REPLY_MARKUP_TOO_"),
    ],
)
async def test_a_keyboard_telegram_cannot_show_is_refused(
    bot: Bot, rows: object, refusal: str
) -> None:
    """Wrong shape, empty text, or data outside of 1–64 bytes."""
    status, words = await bot("sendMessage", chat_id=7, text="x", reply_markup=rows)
    assert (status, words[: len(refusal) + 13]) == (400, f"Bad Request: {refusal}")


async def test_sixty_four_bytes_of_data_are_accepted_and_come_back_on_a_tap(bot: Bot) -> None:
    """The limit itself is fine, and a tap carries exactly that data."""
    await bot("sendMessage", chat_id=7, text="x", reply_markup=keyboard("Xem", "ă" * 32))
    query = bot.fake.user(7).tap("Xem")
    update = (await bot("getUpdates"))[1][0]
    assert update["callback_query"]["data"] == "ă" * 32
    assert await bot("answerCallbackQuery", callback_query_id=query, text="ừ") == (200, True)
    assert bot.fake.queries[query] == "ừ"


async def test_an_unknown_callback_query_cannot_be_answered(bot: Bot) -> None:
    """Neither can one that is too old; a toast has 200 characters at most."""
    assert await bot("answerCallbackQuery", callback_query_id="5") == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    bot.fake.queries["6"] = None
    answer = await bot("answerCallbackQuery", callback_query_id="6", text="x" * 201)
    assert answer == (400, "Bad Request: MESSAGE_TOO_LONG")


async def test_an_edit_must_change_something(bot: Bot) -> None:
    """The same text or the same keyboard again is refused; so is a message that is not there."""
    rows = keyboard("Xem", "a")
    sent = (await bot("sendMessage", chat_id=7, text="x", reply_markup=rows))[1]["message_id"]
    same = (
        400,
        (
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        ),
    )
    edit_text = functools.partial(bot, "editMessageText", chat_id=7, message_id=sent)
    edit_rows = functools.partial(bot, "editMessageReplyMarkup", chat_id=7, message_id=sent)
    assert await edit_text(text="x", reply_markup=rows) == same
    assert await edit_rows(reply_markup=rows) == same
    assert (await edit_rows())[0] == 200
    assert (await edit_text(text="y"))[1]["text"] == "y"
    gone = await bot("editMessageText", chat_id=7, message_id=1, text="y")
    assert gone == (400, "Bad Request: message to edit not found")


@pytest.mark.parametrize(
    ("commands", "refusal"),
    [
        ([{"command": "Chủ_đề", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "a", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_commands_have_short_lower_case_names(
    bot: Bot, commands: list[object], refusal: str
) -> None:
    """Names are 1–32 of a–z, 0–9 and _, descriptions 1–256."""
    assert await bot("setMyCommands", commands=commands) == (400, f"Bad Request: {refusal}")


async def test_chat_actions_are_a_closed_list(bot: Bot) -> None:
    """Anything but Telegram's actions is refused."""
    assert await bot("sendChatAction", chat_id=7, action="typing") == (200, True)
    refused = (400, "Bad Request: wrong parameter action in request")
    assert await bot("sendChatAction", chat_id=7, action="thinking") == refused


async def test_a_bot_cannot_write_to_strangers_or_to_those_who_blocked_it(bot: Bot) -> None:
    """An unknown chat is 400, a blocked one is 403."""
    assert await bot("sendMessage", chat_id=8, text="x") == (400, "Bad Request: chat not found")
    bot.fake.user(7).blocked = True
    blocked = await bot("sendMessage", chat_id=7, text="x")
    assert blocked == (403, "Forbidden: bot was blocked by the user")


async def test_ordered_failures_happen_once(bot: Bot) -> None:
    """429 with its time, 500, a broken connection, a refusal; then all is well again."""
    bot.fake.flood_once("sendMessage", retry_after=3)
    bot.fake.break_once("sendMessage")
    bot.fake.refuse_once("sendMessage", "Bad Request: what ever")
    bot.fake.drop_once("sendMessage")
    flooded = await bot("sendMessage", chat_id=7, text="x")
    assert flooded == (429, "Too Many Requests: retry after 3")
    assert await bot("sendMessage", chat_id=7, text="x") == (500, "Internal Server Error")
    assert await bot("sendMessage", chat_id=7, text="x") == (400, "Bad Request: what ever")
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        await bot("sendMessage", chat_id=7, text="x")
    assert (await bot("sendMessage", chat_id=7, text="x"))[0] == 200
    assert [message.text for message in bot.fake.user(7).messages] == ["x"]


async def test_a_call_that_hangs_and_one_that_a_proxy_answers(bot: Bot) -> None:
    """No answer at all until the caller gives up; a page of HTML with any status."""
    bot.fake.hang_once("sendMessage")
    url = f"{bot.fake.url}/bot{bot.fake.token}/sendMessage"
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post(url, data={"chat_id": 7, "text": "x"}, timeout=0.2)
        bot.fake.garble_once("sendMessage")
        answer = await http.post(url, data={"chat_id": 7, "text": "x"})
    assert (answer.status_code, answer.text[:6]) == (502, "<html>")
    assert bot.fake.user(7).messages == []


async def test_a_group_that_became_a_supergroup_names_its_new_id(bot: Bot) -> None:
    """The old id is refused with the new one; a supergroup has the long kind of id."""
    new = bot.fake.chat(-5).move(-1_000_000_000_005)
    url = f"{bot.fake.url}/bot{bot.fake.token}/sendMessage"
    async with httpx.AsyncClient() as http:
        answer = (await http.post(url, data={"chat_id": -5, "text": "x"})).json()
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    assert (await bot("sendMessage", chat_id=new.id, text="x"))[1]["chat"]["type"] == "supergroup"


async def test_a_reply_needs_its_message_and_a_topic_must_exist(bot: Bot) -> None:
    """Unless it may be sent without; both are refused in their own words."""
    group = bot.fake.chat(-5)
    group.threads.add(3)
    asked = group.say("hỏi", by=7)
    send = functools.partial(bot, "sendMessage", chat_id=-5, text="x")
    assert (await send(reply_parameters={"message_id": asked}, message_thread_id=3))[0] == 200
    assert (group.messages[0].reply_to, group.messages[0].thread) == (asked, 3)
    gone: dict[str, object] = {"message_id": 1}
    refused = (400, "Bad Request: message to be replied not found")
    assert await send(reply_parameters=gone) == refused
    assert (await send(reply_parameters=gone | {"allow_sending_without_reply": True}))[0] == 200
    assert group.messages[1].reply_to is None
    assert await send(message_thread_id=4) == (400, "Bad Request: message thread not found")


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


async def test_commands_are_kept_for_each_scope(bot: Bot) -> None:
    """Private chats and groups have menus of their own; other scopes are unknown here."""
    menu = [{"command": "help", "description": "Cách hỏi"}]
    await bot("setMyCommands", commands=menu, scope={"type": "all_group_chats"})
    assert bot.fake.commands == {"all_group_chats": menu}
    other = await bot("setMyCommands", commands=menu, scope={"type": "some"})
    assert other == (400, "Bad Request: unsupported type specified")
