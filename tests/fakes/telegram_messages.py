"""The fake Bot API's messages: sending and editing them, with Telegram's limits on both."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_html as markup
from tests.fakes.telegram_api import ApiError, Button, Json, Message, Rows, field

if TYPE_CHECKING:
    from tests.fakes.telegram_people import Chat
    from tests.fakes.telegram_server import FakeTelegram

_TEXT = 4096  # UTF-16 units after the markup is read
_DATA = 64  # bytes
_BUTTONS = 100
_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "find_location"})
_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)


async def send_message(fake: FakeTelegram, given: Json) -> object:
    chat = _chat(fake, given)
    text, entities = read_text(given, "text")
    preview = field(given, "link_preview_options", dict) if "link_preview_options" in given else {}
    message = Message(
        next(fake.numbers),
        chat.id,
        text,
        entities,
        _rows(given),
        preview=not preview.get("is_disabled"),
        reply_to=_replied(chat, given),
        thread=_thread(chat, given),
    )
    chat.messages.append(message)
    return to_json(fake, message)


async def edit_message_text(fake: FakeTelegram, given: Json) -> object:
    text, entities = read_text(given, "text")
    return _edit(fake, given, text=text, entities=entities, rows=_rows(given))


async def edit_message_reply_markup(fake: FakeTelegram, given: Json) -> object:
    return _edit(fake, given, rows=_rows(given))


async def send_chat_action(fake: FakeTelegram, given: Json) -> object:
    chat = _chat(fake, given)
    _thread(chat, given)
    if given.get("action") not in _ACTIONS:
        raise ApiError(400, "Bad Request: wrong parameter action in request")
    return True


def read_text(given: Json, name: str) -> tuple[str, tuple[markup.Entity, ...]]:
    """Read a text with its markup; Telegram trims it before it looks at the length."""
    text, mode = str(given.get(name, "")), str(given.get("parse_mode", "")).lower()
    entities: tuple[markup.Entity, ...] = ()
    if mode not in {"", "html"}:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    if mode == "html":
        try:
            text, entities = markup.read(text)
        except markup.MarkupError as exc:
            raise ApiError(400, f"Bad Request: can't parse entities: {exc}") from exc
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if markup.units(text.strip()) > _TEXT:
        raise ApiError(400, "Bad Request: message is too long")
    lead = markup.units(text) - markup.units(text.lstrip())
    moved = tuple(replace(entity, offset=entity.offset - lead) for entity in entities)
    return text.strip(), moved


def to_json(fake: FakeTelegram, message: Message) -> Json:
    """Write a message of the bot as Telegram writes it."""
    found: Json = {
        "message_id": message.id,
        "from": fake.me,
        "chat": fake.chat(message.chat).shown,
        "date": 1_790_000_000,
        "text": message.text,
        "entities": [
            {"type": entity.type, "offset": entity.offset, "length": entity.length}
            | ({"url": entity.url} if entity.url else {})
            for entity in message.entities
        ],
    }
    if message.thread is not None:
        found |= {"message_thread_id": message.thread, "is_topic_message": True}
    if message.rows:
        rows = [[{"text": b.text, "callback_data": b.data} for b in row] for row in message.rows]
        found["reply_markup"] = {"inline_keyboard": rows}
    return found


def _edit(fake: FakeTelegram, given: Json, **changes: Any) -> Json:
    chat = _chat(fake, given)
    number = int(given.get("message_id") or 0)
    place = next((i for i, m in enumerate(chat.messages) if m.id == number), None)
    if place is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    edited = replace(chat.messages[place], **changes)
    if edited == chat.messages[place]:
        raise ApiError(400, _SAME)
    chat.messages[place] = edited
    return to_json(fake, edited)


def _chat(fake: FakeTelegram, given: Json) -> Chat:
    number = str(given.get("chat_id", ""))
    if not number:
        raise ApiError(400, "Bad Request: chat_id is empty")
    if not re.fullmatch(r"-?[0-9]+", number) or int(number) not in fake.chats:
        raise ApiError(400, "Bad Request: chat not found")
    chat = fake.chats[int(number)]
    if chat.moved_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.moved_to},
        )
    if chat.blocked:
        raise ApiError(403, chat.refusal)
    return chat


def _replied(chat: Chat, given: Json) -> int | None:
    if "reply_parameters" not in given:
        return None
    asked = field(given, "reply_parameters", dict)
    number = int(asked.get("message_id") or 0)
    if number in chat.known:
        return number
    if asked.get("allow_sending_without_reply"):
        return None
    raise ApiError(400, "Bad Request: message to be replied not found")


def _thread(chat: Chat, given: Json) -> int | None:
    if "message_thread_id" not in given:
        return None
    number = int(given["message_thread_id"])
    if number not in chat.threads:
        raise ApiError(400, "Bad Request: message thread not found")
    return number


def _rows(given: Json) -> Rows:
    if "reply_markup" not in given:
        return ()
    keyboard = field(given, "reply_markup", dict).get("inline_keyboard")
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise ApiError(
            400,
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an array',
        )
    rows = tuple(tuple(_button(button) for button in row) for row in keyboard)
    if sum(map(len, rows)) > _BUTTONS:
        raise ApiError(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    return rows


def _button(given: object) -> Button:
    problem = "Bad Request: can't parse inline keyboard button: "
    if not isinstance(given, dict):
        raise ApiError(400, problem + "InlineKeyboardButton must be an Object")
    text, data = given.get("text"), given.get("callback_data")
    if not isinstance(text, str):
        raise ApiError(400, problem + 'Field "text" must be of type String')
    if not text.strip():
        raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    if not isinstance(data, str) or not data:
        raise ApiError(400, problem + "Text buttons are unallowed in the inline keyboard")
    if len(data.encode()) > _DATA:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return Button(text, data)
