"""An event of the Zalo Bot Platform → `Incoming`. Total functions of any JSON, no network.

The one place that knows the shapes of events. The same event comes by webhook, bare or in
`{"ok": true, "result": …}` (both have been seen), and as the result of `getUpdates`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

from bot.messages import Content, Incoming

CHANNEL = "zalo_bot"

_EVENT = re.compile(r"message\.([a-z_]{1,40})\.received")
_HIDDEN = "unsupported"
_ID = re.compile(r"[!-~]{1,200}")
_NAME = 100  # characters of a bot's name that are looked for
# The name of every bot begins with "Bot": the platform wants it so.
_ANY_BOT = re.compile(r"@bot\b", re.IGNORECASE)


def to_events(body: object) -> list[Mapping[str, object]]:
    """Take the events out of a webhook body or a `getUpdates` result.

    There is one today; a list would be read too, for what is not read is lost.
    """
    if isinstance(body, Mapping):
        if "event_name" in body or "message" in body:
            return [body]
        body = body.get("result")
        if isinstance(body, Mapping):
            return [body]
    if isinstance(body, Sequence) and not isinstance(body, str | bytes):
        return [event for event in body if isinstance(event, Mapping)]
    return []


def to_incoming(event: Mapping[str, object], names: Sequence[str] = ()) -> Incoming | None:
    """Read what a citizen sent; None if there is nothing to answer.

    In a group only what names the bot is answered; `names` are what it is called there. A message
    whose content Zalo keeps back ("unsupported": files, links, and everything from people under
    special protection) gets the polite answer to what cannot be read, in private chats alone.
    """
    kind = _EVENT.fullmatch(_text(event.get("event_name")))
    message = _object(event.get("message"))
    sender, chat = _object(message.get("from")), _object(message.get("chat"))
    address, user = _id(chat.get("id")), _id(sender.get("id"))
    if kind is None or not address or sender.get("is_bot") is True:
        return None
    text = _text(message.get("text")) or _text(message.get("caption"))
    private = _is_private(chat, address, user)
    if private is None or (not private and kind[1] == _HIDDEN):
        return None
    if not private:
        named = _without_name(text, names)
        if named is None or not user:
            return None
        text, user = named, f"{address}:{user}"
    return Incoming(
        CHANNEL,
        user or address,
        Content.TEXT if kind[1] == "text" else Content.OTHER,
        text,
        message_id=_id(message.get("message_id"))
        or _made_up_id(kind[1], address, user, _id(message.get("date")), text),
        address=json.dumps({"chat_id": address}),
    )


def chat_of(address: str) -> str | None:
    """Read an address back: the chat it is; None if it is no address of this channel."""
    try:
        return _id(_object(json.loads(address)).get("chat_id")) or None
    except (ValueError, RecursionError):
        return None


def _is_private(chat: Mapping[str, object], address: str, user: str) -> bool | None:
    """Tell a private chat from a group; None for a kind of chat that is not known."""
    kind = _text(chat.get("chat_type")).upper()
    if kind in {"PRIVATE", "GROUP"}:
        return kind == "PRIVATE"
    return None if kind else address == user  # the id of a private chat is its citizen's


def _without_name(text: str, names: Sequence[str]) -> str | None:
    """Take "@Bot …" out of what was said in a group; None if the bot was not named."""
    text = unicodedata.normalize("NFC", text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        wanted = re.escape(unicodedata.normalize("NFC", name)[:_NAME])
        rest, found = re.subn(rf"@{wanted}(?!\w)", " ", text, flags=re.IGNORECASE)
        if found:
            return rest.strip()
    rest, found = _ANY_BOT.subn(" ", text)
    return rest.strip() if found else None


def _made_up_id(*parts: str) -> str:
    """Name a message that came without an id, the same at every delivery of it."""
    content = json.dumps(parts).encode()
    return f"#{hashlib.sha256(content).hexdigest()[:40]}"


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id(value: object) -> str:
    """Read an id: opaque letters; a number is tolerated, a broken one is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
        value = str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
