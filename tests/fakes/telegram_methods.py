"""What each Bot API method accepts, refuses and answers, in Telegram's own words.

Methods the bot does not use are unknown (404), so that a new one is added on purpose.
Messages are in `telegram_messages`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.fakes import telegram_messages as messages
from tests.fakes.telegram_api import ApiError, Json, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.fakes import telegram_html as markup
    from tests.fakes.telegram_server import FakeTelegram

_TOAST = 200
_COMMANDS = 100
_RESULTS = 50
_RESULT_ID = 64  # bytes
_PORTS = frozenset({443, 80, 88, 8443})
_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats"})
_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class Article:
    """One inline result, and the message that sharing it sends."""

    id: str
    title: str
    line: str
    text: str
    entities: tuple[markup.Entity, ...]


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What an inline query was answered with."""

    articles: tuple[Article, ...]
    cache_time: int
    personal: bool


async def call(fake: FakeTelegram, method: str, given: Json) -> object:
    """Run a method by its name in lower case."""
    if method not in _METHODS:
        raise ApiError(404, "Not Found")
    return await _METHODS[method](fake, given)


async def _get_me(fake: FakeTelegram, given: Json) -> object:
    del given
    return fake.me | {"can_join_groups": True, "supports_inline_queries": True}


async def _get_updates(fake: FakeTelegram, given: Json) -> object:
    if fake.webhook:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    _allow(fake, given)
    offset = int(given.get("offset") or 0)
    limit = min(max(int(given.get("limit") or 100), 1), 100)
    timeout = min(max(int(given.get("timeout") or 0), 0), 50)
    if offset > 0:
        fake.updates[:] = [u for u in fake.updates if u["update_id"] >= offset]
    elif offset < 0:
        del fake.updates[:offset]
    await fake.poll(timeout, lambda: bool(fake.updates))
    return fake.updates[:limit]


def _allow(fake: FakeTelegram, given: Json) -> None:
    if "allowed_updates" in given:  # kept until it is given again
        fake.allowed = frozenset(field(given, "allowed_updates", list))


async def _answer_callback_query(fake: FakeTelegram, given: Json) -> object:
    query, text = str(given.get("callback_query_id", "")), str(given.get("text", ""))
    if query not in fake.queries:
        raise ApiError(400, _TOO_OLD)
    if len(text) > _TOAST:
        raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
    fake.queries[query] = text
    return True


async def _answer_inline_query(fake: FakeTelegram, given: Json) -> object:
    query = str(given.get("inline_query_id", ""))
    if query not in fake.inline:
        raise ApiError(400, _TOO_OLD)
    results = field(given, "results", list)
    if len(results) > _RESULTS:
        raise ApiError(400, "Bad Request: RESULTS_TOO_MUCH")
    articles = tuple(_article(result) for result in results)
    if len({article.id for article in articles}) < len(articles):
        raise ApiError(400, "Bad Request: RESULT_ID_DUPLICATE")
    personal = str(given.get("is_personal", "false")).lower() == "true"
    fake.inline[query] = InlineAnswer(articles, int(given.get("cache_time", 300)), personal)
    return True


def _article(result: object) -> Article:
    if not isinstance(result, dict) or result.get("type") != "article":
        raise ApiError(400, "Bad Request: unsupported inline query result type")
    name, title = str(result.get("id", "")), str(result.get("title", ""))
    if not 1 <= len(name.encode()) <= _RESULT_ID:
        raise ApiError(400, "Bad Request: RESULT_ID_INVALID")
    if not title.strip():
        raise ApiError(400, "Bad Request: ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise ApiError(400, "Bad Request: input message content is not specified")
    text, entities = messages.read_text(content, "message_text")
    return Article(name, title, str(result.get("description", "")), text, entities)


async def _set_my_commands(fake: FakeTelegram, given: Json) -> object:
    commands = field(given, "commands", list)
    if len(commands) > _COMMANDS:
        raise ApiError(400, "Bad Request: too many bot commands")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    scope = field(given, "scope", dict).get("type") if "scope" in given else "default"
    if scope not in _SCOPES:
        raise ApiError(400, "Bad Request: unsupported type specified")
    fake.commands[scope] = commands
    return True


async def _set_webhook(fake: FakeTelegram, given: Json) -> object:
    url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
    if url:
        place = urlsplit(url)
        if place.scheme != "https":
            raise ApiError(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        if (place.port or 443) not in _PORTS:
            raise ApiError(
                400,
                "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
            )
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise ApiError(400, "Bad Request: secret token contains unallowed characters")
    _allow(fake, given)
    fake.set_webhook(url, secret)
    return True


async def _delete_webhook(fake: FakeTelegram, given: Json) -> object:
    fake.set_webhook("", "")
    if str(given.get("drop_pending_updates", "")).lower() == "true":
        fake.updates.clear()
    return True


async def _get_webhook_info(fake: FakeTelegram, given: Json) -> object:
    del given
    found: Json = {
        "url": fake.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(fake.updates),
        "allowed_updates": json.loads(json.dumps(sorted(fake.allowed))),
    }
    last = fake.deliveries[-1].status if fake.deliveries else 200
    if not 200 <= last <= 299:
        found["last_error_message"] = f"Wrong response from the webhook: {last}"
    return found


_METHODS: dict[str, Callable[[FakeTelegram, Json], Awaitable[object]]] = {
    "getme": _get_me,
    "getupdates": _get_updates,
    "sendmessage": messages.send_message,
    "editmessagetext": messages.edit_message_text,
    "editmessagereplymarkup": messages.edit_message_reply_markup,
    "answercallbackquery": _answer_callback_query,
    "answerinlinequery": _answer_inline_query,
    "sendchataction": messages.send_chat_action,
    "setmycommands": _set_my_commands,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _get_webhook_info,
}
