"""Zalo's webhook event → a message, a wish to be forgotten, a new follower, or nothing.

Total functions of any JSON object, no network. The one place that knows the shapes of events.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.feedback import Opinion
from bot.messages import Content, Incoming

CHANNEL = "zalo_oa"

_SAID = re.compile(r"(user|anonymous)_send_([a-z0-9_]{1,40})")
_CLICKED = "user_click_button"  # many lists name it, no official payload was seen
_FOLLOWED = "follow"
_WITHDRAWN = "user_withdraw"  # "delete what you know of me"
# Expected, and nothing to answer: what the OA itself did, who read what, who left.
_SILENT = re.compile(
    r"(oa_.{1,60}|user_received_message|user_seen_message|(user|anonymous)_reacted_message|unfollow"
    r"|user_click_chatnow|user_submit_info)",
    re.DOTALL,
)
_TYPED_RATING = re.compile(r"#([0-9]{1,18})\s*([+-])", re.ASCII)
# The ids of choices: "none", "menu", "e:<entry>", … "#VNeID" or "# 1" that somebody types is text.
_CHOICE = re.compile(r"#[a-z][a-z0-9_]{0,31}(?::[^\s\x00-\x20]{1,64})?", re.ASCII)
_CHOICE_BYTES = 64
_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A citizen asks to be forgotten."""

    user: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody follows the OA now. `greeting` is what they would have sent to be greeted."""

    greeting: Incoming


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody waits for anything. `known` is False for an event that was never heard of."""

    event: str
    known: bool


Event = Incoming | Withdrawal | Follow | Nothing


def read(event: Mapping[str, object], *, oa_id: str = "") -> Event:
    """Tell what an event means. With `oa_id`, what was meant for another OA is nothing."""
    name = event.get("event_name")
    name = name[:64] if isinstance(name, str) else ""
    said = _SAID.fullmatch(name)
    if not (said or name in {_CLICKED, _FOLLOWED, _WITHDRAWN}):
        return Nothing(name, known=bool(_SILENT.fullmatch(name)))
    user = _user(event)
    if not user or user == oa_id or _for_another(event, oa_id):
        return Nothing(name, known=bool(user))
    if name == _WITHDRAWN:
        return Withdrawal(user)
    if name == _FOLLOWED:
        return Follow(
            Incoming(
                CHANNEL,
                user,
                Content.TEXT,
                "/start",
                message_id=_own_id(event, name, user),
                address=_address(user),
            )
        )
    return _message(event, name, user, anonymous=bool(said and said[1] == "anonymous"))


def payload(choice: str) -> str | None:
    """Write a choice's id as a button's payload; None if it could not be read back."""
    found = f"#{choice}"
    return found if _chosen(found) == choice else None


def _chosen(command: str) -> str | None:
    if typed := _TYPED_RATING.fullmatch(command):
        return Opinion(int(typed[1]), useful=typed[2] == "+").choice
    if not _CHOICE.fullmatch(command):
        return None
    choice = command[1:]
    return choice if len(choice.encode("utf-8", "replace")) <= _CHOICE_BYTES else None


def _message(event: Mapping[str, object], name: str, user: str, *, anonymous: bool) -> Event:
    message = _object(event.get("message"))
    text = _text(message.get("text"))
    address = _address(user)
    if anonymous:
        conversation = _id(message.get("conversation_id")) or _id(event.get("conversation_id"))
        address = _address(user, anonymous=True, conversation=conversation)
        user = f"anonymous:{user}"  # a passing id, not one of the people who have an account here
    if name == _CLICKED:
        payloads = (text, message.get("payload"), event.get("payload"))
        text = next((_text(given) for given in payloads if _text(given)), "")
    command = text.strip()
    content, choice = Content.TEXT, _chosen(command)
    if choice:
        content, text = Content.CHOICE, ""
    elif name == _CLICKED:
        return Nothing(name, known=True)  # no way to know what was meant
    elif not name.endswith("_send_text"):
        content = Content.OTHER
    message_id = _id(message.get("msg_id")) or _own_id(event, name, user)
    return Incoming(CHANNEL, user, content, text, choice, message_id, address)


def _user(event: Mapping[str, object]) -> str:
    """Find who acted: messages have a sender, follow events a follower, others a plain id."""
    for holder in ("sender", "follower"):
        if found := _id(_object(event.get(holder)).get("id")):
            return found
    return _id(event.get("user_id"))


def _for_another(event: Mapping[str, object], oa_id: str) -> bool:
    meant = _id(_object(event.get("recipient")).get("id")) or _id(event.get("oa_id"))
    return bool(oa_id and meant and meant != oa_id)


def _own_id(event: Mapping[str, object], name: str, user: str) -> str:
    """Name an event that has no `msg_id`, the same at every delivery of it."""
    when = _id(event.get("timestamp"))
    if not when:
        content = json.dumps(event, sort_keys=True, default=str).encode()
        when = hashlib.sha256(content).hexdigest()[:32]
    return f"{name}:{when}:{user}"


def _address(user: str, *, anonymous: bool = False, conversation: str = "") -> str:
    """Write the `recipient` of `message/cs`. That of anonymous people is not confirmed yet."""
    recipient = {"anonymous_id": user} if anonymous else {"user_id": user}
    if conversation:
        recipient["conversation_id"] = conversation
    return json.dumps(recipient)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id(value: object) -> str:
    """Read an id: 19 digits and more as a string; a number is tolerated, a broken one is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
        value = str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
