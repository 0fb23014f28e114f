"""What each method of the Zalo Bot API accepts, refuses and answers.

Taken from the published pages and from what clients measured; where neither says how a refusal
looks (all words, most codes), the fake is strict in its own way. Methods the bot does not use are
unknown (404), so that a new one is added on purpose.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from starlette.requests import Request

    from tests.fakes.zalo_bot_server import FakeZaloBot

Json = dict[str, Any]

NOW = 1_790_000_000_000  # ms
_TEXT = 2000  # UTF-16 units
_PARSE_MODES = frozenset({"markdown", "html"})
_STYLES = frozenset(
    "b i u s f_13 f_15 f_18 f_20 c_050a19 c_15a85f c_f7b503 c_f27806 c_db342e lst_1 lst_2 ind_1 "
    "ind_2 ind_3 ind_4 ind_5".split()
)


class ApiError(Exception):
    """A refusal: its code is the HTTP status too."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the bot as its reader sees it."""

    chat: str
    text: str
    styles: tuple[tuple[int, int, str], ...] = ()
    parse_mode: str = ""

    def marked(self, code: str) -> list[str]:
        """List what carries a style, such as "b"."""
        raw = self.text.encode("utf-16-le")
        return [
            raw[2 * start : 2 * (start + length)].decode("utf-16-le")
            for start, length, style in self.styles
            if style == code
        ]


async def call(fake: FakeZaloBot, method: str, given: Json, request: Request) -> Json:
    """Run a method; names are case-sensitive. Gives the whole body of the answer."""
    if method == "getUpdates":
        return {"ok": True, "result": await _get_updates(fake, given, request)}
    if method not in _METHODS:
        raise ApiError(404, "Not Found")
    answer: Json = {"ok": True}
    result = await _METHODS[method](fake, given)
    return answer if result is None else answer | {"result": result}


async def _get_me(fake: FakeZaloBot, given: Json) -> Json:
    _only(given, ())
    return {
        "id": "1459232241454765289",
        "account_name": fake.account_name,
        "account_type": "BASIC",
        "can_join_groups": False,
    }


async def _get_updates(fake: FakeZaloBot, given: Json, request: Request) -> Json:
    _only(given, {"timeout", "offset", "limit", "allowed_updates"})  # other clients send these
    if fake.webhook:
        raise ApiError(409, "Conflict: webhook is active")
    timeout = given.get("timeout", 30)  # the table says string, the sample is a number
    if not str(timeout).isdecimal():
        raise ApiError(400, "Bad Request: timeout must be a number of seconds")
    return await fake.next_event(int(timeout), request)


async def _set_webhook(fake: FakeZaloBot, given: Json) -> Json:
    _only(given, {"url", "secret_token"})
    url, secret = given.get("url"), given.get("secret_token")
    if not isinstance(secret, str) or not 8 <= len(secret) <= 256:
        raise ApiError(400, "Bad Request: secret_token must have 8 to 256 characters")
    if not isinstance(url, str) or not _is_public(url):
        raise ApiError(400, "Bad Request: url must be a public https address")
    fake.webhook, fake.secret = url, secret  # kept even if the trial fails
    if not await fake.tries_webhook():
        raise ApiError(400, "Bad Request: webhook url cannot be verified")
    return {"url": url, "updated_at": NOW}


async def _delete_webhook(fake: FakeZaloBot, given: Json) -> Json:
    _only(given, ())
    fake.webhook = fake.secret = ""
    return {"url": "", "updated_at": NOW}


async def _get_webhook_info(fake: FakeZaloBot, given: Json) -> Json:
    _only(given, ())
    if not fake.webhook:
        raise ApiError(404, "Not Found")  # measured by zalo-bot-mcp
    return {"url": fake.webhook, "updated_at": NOW}


async def _send_message(fake: FakeZaloBot, given: Json) -> Json:
    _only(given, {"chat_id", "text", "parse_mode", "text_styles"})
    user = _chat(fake, given)
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    length = len(text.encode("utf-16-le")) // 2
    if length > _TEXT:
        raise ApiError(400, "Bad Request: message is too long")
    mode = given.get("parse_mode", "")
    if "parse_mode" in given and mode not in _PARSE_MODES:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    styles = tuple(_styles(given.get("text_styles", []), length))
    # parse_mode wins over text_styles
    user.messages.append(Message(user.id, text, () if mode else styles, mode))
    return {"message_id": f"{next(fake.numbers):020x}", "date": NOW}


async def _send_chat_action(fake: FakeZaloBot, given: Json) -> None:
    _only(given, {"chat_id", "action"})
    _chat(fake, given)
    if given.get("action") != "typing":  # upload_photo is announced only
        raise ApiError(400, "Bad Request: unsupported action")


def _only(given: Json, known: Collection[str]) -> None:
    """Refuse parameters that nobody documented: the real server may drop them in silence."""
    if unknown := given.keys() - set(known):
        raise ApiError(400, f"Bad Request: unknown parameter {min(unknown)}")


def _chat(fake: FakeZaloBot, given: Json) -> Any:
    chat = given.get("chat_id")
    if not isinstance(chat, str) or chat not in fake.users:
        raise ApiError(400, "Bad Request: chat not found")
    if fake.users[chat].blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    return fake.users[chat]


def _styles(given: object, length: int) -> list[tuple[int, int, str]]:
    refusal = ApiError(400, "Bad Request: text_styles are not valid")
    if not isinstance(given, list):
        raise refusal
    found: list[tuple[int, int, str]] = []
    for run in given:
        if not isinstance(run, dict) or run.keys() != {"start", "len", "st"}:
            raise refusal
        start, size, codes = run["start"], run["len"], run["st"]
        if not isinstance(start, int) or not isinstance(size, int) or not isinstance(codes, list):
            raise refusal
        if start < 0 or size < 1 or start + size > length or not codes or set(codes) - _STYLES:
            raise refusal
        found += [(start, size, code) for code in codes]
    return found


def _is_public(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return url.startswith("https://") and ipaddress.ip_address(host).is_global
    except ValueError:
        return url.startswith("https://") and "." in host and not host.endswith(".local")


_METHODS: dict[str, Callable[[FakeZaloBot, Json], Awaitable[Json | None]]] = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "sendMessage": _send_message,
    "sendChatAction": _send_chat_action,
}
