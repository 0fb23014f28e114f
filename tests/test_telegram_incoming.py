"""Telegram updates, ordinary and odd, become what the desk hears, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram.incoming import Rating, chat_of, to_incoming, to_rating
from bot.messages import Content, Incoming

PRIVATE = {"id": 77, "type": "private"}
AN = {"id": 77, "is_bot": False, "first_name": "An"}
A_BOT = {"id": 5, "is_bot": True, "first_name": "Bot"}
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 3}
VOTE = {"poll_id": "1", "user": AN, "option_ids": [], "option_persistent_ids": []}
PLACE = {"latitude": 21.0, "longitude": 105.8}


def message(chat: dict[str, Any] = PRIVATE, author: dict[str, Any] = AN, **fields: Any) -> Any:
    return {"message_id": 1, "date": 1_790_000_000, "chat": chat, "from": author} | fields


def update(**fields: Any) -> Update:
    return Update.de_json({"update_id": 1} | fields)


def tap(data: str | None, **fields: Any) -> Update:
    query = {"id": "9", "from": AN, "chat_instance": "1", "message": message(text="x")} | fields
    return update(callback_query=query | ({} if data is None else {"data": data}))


def text(words: str) -> Incoming:
    return Incoming("telegram", "77", Content.TEXT, words)


def other(words: str = "") -> Incoming:
    return Incoming("telegram", "77", Content.OTHER, words)


def choice(chosen: str) -> Incoming:
    return Incoming("telegram", "77", Content.CHOICE, choice=chosen)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (update(message=message(text=" Làm căn cước ở đâu? ")), text(" Làm căn cước ở đâu? ")),
        (update(edited_message=message(text="sửa lại")), text("sửa lại")),
        (update(message=message(text="/start")), text("/start")),
        (update(message=message(text="/help")), text("/help")),
        (update(message=message(text="/help@hoidap_thu_bot")), text("/help")),
        (update(message=message(text="/chu_de vneid")), text("/chu_de vneid")),
        (update(message=message(text="/")), text("/")),
        (update(message=message(text="a@b.vn /start x")), text("a@b.vn /start x")),
        (update(message=message(text="/start f_vneid-kich-hoat")), choice("e:vneid-kich-hoat")),
        (update(message=message(text="/start vneid-kich-hoat")), choice("e:vneid-kich-hoat")),
        (update(message=message(text="/start@hoidap_thu_bot f_a")), choice("e:a")),
        (update(message=message(text="/start a b")), text("/start a b")),
        (update(message=message(text="/start e:a")), text("/start e:a")),
        (update(message=message(text="/start " + "a" * 61)), text("/start " + "a" * 61)),
        (update(message=message(text="/starting a")), text("/starting a")),
        (update(message=message(photo=PHOTO)), other()),
        (update(message=message(photo=PHOTO, caption="lỗi này là sao")), other("lỗi này là sao")),
        (update(edited_message=message(photo=PHOTO, caption="mới")), other("mới")),
        (update(message=message(voice=VOICE)), other()),
        (update(message=message(location=PLACE)), other()),
        (update(message=message(contact={"phone_number": "1", "first_name": "A"})), other()),
        (update(message=message()), other()),
        (update(message=message(something_new={"a": 1})), other()),
        (tap("e:bhyt"), choice("e:bhyt")),
        (tap("fb:x:1"), choice("fb:x:1")),
        (tap("e:a", message={"chat": PRIVATE, "message_id": 1, "date": 0}), choice("e:a")),
    ],
)
def test_what_a_citizen_sends_is_heard_untouched(given: Update, expected: Incoming) -> None:
    """Texts, captions, commands, deep links, taps and everything that is not text."""
    assert to_incoming(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        update(),
        update(poll_answer=VOTE),
        update(channel_post=message({"id": -100, "type": "channel", "title": "K"}, text="tin")),
        update(message=message({"id": -1, "type": "group", "title": "G"}, text="alo")),
        update(message=message({"id": -2, "type": "supergroup", "title": "G"}, text="/start")),
        update(message=message(author=A_BOT, text="tôi là máy")),
        update(message=message(pinned_message=message(text="x"))),
        update(message=message(new_chat_title="Tên mới")),
        update(edited_message=message(location=PLACE)),
        update(edited_message=message(photo=PHOTO)),
        tap(None),
        tap(None, game_short_name="g"),
        tap("done"),
        tap("fb:12:1"),
        tap("e:a", message=message({"id": -1, "type": "group", "title": "G"}, text="x")),
        update(callback_query={"id": "9", "from": AN, "chat_instance": "1", "data": "e:a"}),
    ],
)
def test_what_nobody_asked_is_not_heard(given: Update) -> None:
    """Groups, channels, bots, service messages, moving locations, taps that lead nowhere."""
    assert to_incoming(given) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (tap("fb:12:1"), Rating(12, "77", useful=True)),
        (tap("fb:12:0"), Rating(12, "77", useful=False)),
        (tap("fb:12:2"), None),
        (tap("fb:-1:1"), None),
        (tap("fb:١:1"), None),
        (tap("e:a"), None),
        (tap(None), None),
        (update(message=message(text="fb:12:1")), None),
    ],
)
def test_only_a_tap_on_the_thumbs_is_a_rating(given: Update, expected: Rating | None) -> None:
    """The turn is a plain number; text that looks like one is only text."""
    assert to_rating(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (update(message=message(text="x")), 77),
        (tap("e:a"), 77),
        (update(poll_answer=VOTE), 77),
        (update(), None),
        ("not an update", None),
    ],
)
def test_every_update_has_at_most_one_chat_to_wait_in(given: object, expected: int | None) -> None:
    """Order is kept per chat; what has no chat waits for nobody it knows."""
    assert chat_of(given) == expected
