"""What each Bot API method accepts, refuses and answers, in Telegram's own words.

Methods the bot does not use are unknown (404), so that a new one is added on purpose.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_html as markup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.fakes.telegram_server import FakeTelegram, User

Json = dict[str, Any]

_TEXT = 4096  # UTF-16 units after the markup is read
_DATA = 64  # bytes
_TOAST = 200
_BUTTONS = 100
_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "find_location"})


class ApiError(Exception):
    """A refusal: HTTP status, description and, for some, parameters."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button with callback data."""

    text: str
    data: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the bot as its reader sees it."""

    id: int
    chat: int
    text: str
    entities: tuple[markup.Entity, ...] = ()
    rows: Rows = ()
    preview: bool = True

    @property
    def links(self) -> list[str]:
        return [entity.url for entity in self.entities if entity.url]

    @property
    def buttons(self) -> list[str]:
        """The texts of all buttons, top to bottom."""
        return [button.text for row in self.rows for button in row]

    def marked(self, kind: str) -> list[str]:
        """List what carries a mark, such as "bold"."""
        raw = self.text.encode("utf-16-le")
        return [
            raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
            for entity in self.entities
            if entity.type == kind
        ]


async def call(fake: FakeTelegram, method: str, given: Json) -> object:
    """Run a method by its name in lower case."""
    if method not in _METHODS:
        raise ApiError(404, "Not Found")
    return await _METHODS[method](fake, given)


def to_json(fake: FakeTelegram, message: Message) -> Json:
    """Write a message of the bot as Telegram writes it."""
    found: Json = {
        "message_id": message.id,
        "from": _me(fake),
        "chat": fake.message(message.chat)["chat"],
        "date": 1_790_000_000,
        "text": message.text,
        "entities": [
            {"type": entity.type, "offset": entity.offset, "length": entity.length}
            | ({"url": entity.url} if entity.url else {})
            for entity in message.entities
        ],
    }
    if message.rows:
        rows = [[{"text": b.text, "callback_data": b.data} for b in row] for row in message.rows]
        found["reply_markup"] = {"inline_keyboard": rows}
    return found


def _me(fake: FakeTelegram) -> Json:
    return {
        "id": fake.bot_id,
        "is_bot": True,
        "first_name": "Hỏi đáp (thử)",
        "username": fake.username,
    }


async def _get_me(fake: FakeTelegram, given: Json) -> object:
    del given
    return _me(fake) | {"can_join_groups": True, "supports_inline_queries": False}


async def _get_updates(fake: FakeTelegram, given: Json) -> object:
    if fake.webhook:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    if "allowed_updates" in given:  # kept until it is given again
        fake.allowed = frozenset(_json(given, "allowed_updates", list))
    offset = int(given.get("offset") or 0)
    limit = min(max(int(given.get("limit") or 100), 1), 100)
    timeout = min(max(int(given.get("timeout") or 0), 0), 50)
    if offset > 0:
        fake.updates[:] = [u for u in fake.updates if u["update_id"] >= offset]
    elif offset < 0:
        del fake.updates[:offset]
    await fake.poll(timeout, lambda: bool(fake.updates))
    return fake.updates[:limit]


async def _send_message(fake: FakeTelegram, given: Json) -> object:
    user = _chat(fake, given)
    text, entities = _text(given)
    preview = _json(given, "link_preview_options", dict) if "link_preview_options" in given else {}
    message = Message(
        next(fake.numbers),
        user.id,
        text,
        entities,
        _rows(given),
        preview=not preview.get("is_disabled"),
    )
    user.messages.append(message)
    return to_json(fake, message)


async def _edit_message_text(fake: FakeTelegram, given: Json) -> object:
    text, entities = _text(given)
    return _edit(fake, given, text=text, entities=entities, rows=_rows(given))


async def _edit_message_reply_markup(fake: FakeTelegram, given: Json) -> object:
    return _edit(fake, given, rows=_rows(given))


def _edit(fake: FakeTelegram, given: Json, **changes: Any) -> Json:
    user = _chat(fake, given)
    number = int(given.get("message_id") or 0)
    place = next((i for i, m in enumerate(user.messages) if m.id == number), None)
    if place is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    edited = replace(user.messages[place], **changes)
    if edited == user.messages[place]:
        raise ApiError(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message",
        )
    user.messages[place] = edited
    return to_json(fake, edited)


async def _answer_callback_query(fake: FakeTelegram, given: Json) -> object:
    query, text = str(given.get("callback_query_id", "")), str(given.get("text", ""))
    if query not in fake.queries:
        raise ApiError(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
    if len(text) > _TOAST:
        raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
    fake.queries[query] = text
    return True


async def _send_chat_action(fake: FakeTelegram, given: Json) -> object:
    _chat(fake, given)
    if given.get("action") not in _ACTIONS:
        raise ApiError(400, "Bad Request: wrong parameter action in request")
    return True


async def _set_my_commands(fake: FakeTelegram, given: Json) -> object:
    commands = _json(given, "commands", list)
    if len(commands) > _BUTTONS:
        raise ApiError(400, "Bad Request: too many bot commands")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    fake.commands = commands
    return True


async def _set_webhook(fake: FakeTelegram, given: Json) -> object:
    fake.webhook = str(given.get("url", ""))
    return True


async def _delete_webhook(fake: FakeTelegram, given: Json) -> object:
    fake.webhook = ""
    if str(given.get("drop_pending_updates", "")).lower() == "true":
        fake.updates.clear()
    return True


def _chat(fake: FakeTelegram, given: Json) -> User:
    chat = str(given.get("chat_id", ""))
    if not chat:
        raise ApiError(400, "Bad Request: chat_id is empty")
    if not re.fullmatch(r"-?[0-9]+", chat) or int(chat) not in fake.users:
        raise ApiError(400, "Bad Request: chat not found")
    user = fake.users[int(chat)]
    if user.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    return user


def _text(given: Json) -> tuple[str, tuple[markup.Entity, ...]]:
    """Read the text with its markup; Telegram trims it before it looks at the length."""
    text, mode = str(given.get("text", "")), str(given.get("parse_mode", "")).lower()
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


def _rows(given: Json) -> Rows:
    if "reply_markup" not in given:
        return ()
    keyboard = _json(given, "reply_markup", dict).get("inline_keyboard")
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


def _json(given: Json, name: str, kind: type[Any]) -> Any:
    """Read a parameter that holds JSON: a string in forms, a value in JSON bodies."""
    value = given.get(name)
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, kind):
        raise ApiError(400, f"Bad Request: can't parse {name.replace('_', ' ')} JSON object")
    return found


_METHODS: dict[str, Callable[[FakeTelegram, Json], Awaitable[object]]] = {
    "getme": _get_me,
    "getupdates": _get_updates,
    "sendmessage": _send_message,
    "editmessagetext": _edit_message_text,
    "editmessagereplymarkup": _edit_message_reply_markup,
    "answercallbackquery": _answer_callback_query,
    "sendchataction": _send_chat_action,
    "setmycommands": _set_my_commands,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
}
