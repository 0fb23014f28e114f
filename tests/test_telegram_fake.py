"""The fake Bot API refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes import telegram_html as markup
from tests.fakes.telegram_server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Answer = tuple[int, Any]


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
    """409 until deleteWebhook, as on the real server."""
    await bot("setWebhook", url="https://example.org/hook")
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
