"""The fake Bot API refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.fakes import telegram_html as markup
from tests.telegram_raw import Bot, raw_bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with raw_bot() as bot:
        yield bot


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


async def test_a_lost_answer_is_one_to_a_call_that_was_done(bot: Bot) -> None:
    """The client cannot tell, the reader can."""
    bot.fake.lose_once("sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot("sendMessage", chat_id=7, text="x")
    assert [message.text for message in bot.fake.user(7).messages] == ["x"]
    assert [one["text"] for one in bot.fake.lost] == ["x"]


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


async def test_a_late_answer_is_an_answer_all_the_same(bot: Bot) -> None:
    """Others are served meanwhile; it happens once."""
    bot.fake.delay_once("sendMessage", 0.3)
    slow = asyncio.create_task(bot("sendMessage", chat_id=7, text="chậm"))
    while len(bot.fake.called("sendMessage")) == 0:  # noqa: ASYNC110  # the fake tells of ends alone
        await asyncio.sleep(0.01)
    assert (await bot("sendMessage", chat_id=7, text="nhanh"))[0] == 200
    assert (await slow)[0] == 200
    assert [message.text for message in bot.fake.user(7).messages] == ["nhanh", "chậm"]


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


async def test_commands_are_kept_for_each_scope(bot: Bot) -> None:
    """Private chats and groups have menus of their own; other scopes are unknown here."""
    menu = [{"command": "help", "description": "Cách hỏi"}]
    await bot("setMyCommands", commands=menu, scope={"type": "all_group_chats"})
    assert bot.fake.commands == {"all_group_chats": menu}
    other = await bot("setMyCommands", commands=menu, scope={"type": "some"})
    assert other == (400, "Bad Request: unsupported type specified")
