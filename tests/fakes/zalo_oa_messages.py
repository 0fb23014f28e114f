"""What the fake Zalo's `message/cs` takes, and which error it answers otherwise.

Written after the public descriptions, not after the channel: it counts and checks by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_TEXT = 2000
_BUTTONS = 5
_TITLE = 100
_QUERY = 1000
_KINDS = {"oa.query.hide", "oa.query.show", "oa.open.url", "oa.open.phone", "oa.open.sms"}


class ApiError(Exception):
    """A refusal: HTTP 200 and a body with `error`."""

    def __init__(self, error: int, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


@dataclass(frozen=True, slots=True)
class Button:
    """A button as its reader sees it; `payload` is a query, an address or a number."""

    title: str
    kind: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the OA as its reader sees it."""

    text: str
    buttons: tuple[Button, ...] = ()

    def button(self, part: str) -> Button:
        """Find the button whose title contains `part`."""
        return next(button for button in self.buttons if part in button.title)


def read_recipient(body: object) -> tuple[str, str | None]:
    """Name the receiver and, for somebody without an account, the conversation."""
    recipient = body.get("recipient") if isinstance(body, dict) else None
    if not isinstance(recipient, dict):
        raise ApiError(-201, "recipient is invalid")
    if not all(isinstance(value, str) and value for value in recipient.values()):
        raise ApiError(-201, "recipient is invalid: ids are strings")
    if recipient.keys() == {"user_id"}:
        return recipient["user_id"], None
    if recipient.keys() == {"anonymous_id", "conversation_id"}:
        return recipient["anonymous_id"], recipient["conversation_id"]
    raise ApiError(-201, "recipient is invalid: user_id, or anonymous_id and conversation_id")


def read_message(body: Json) -> Message:
    message = body.get("message")
    if body.keys() != {"recipient", "message"} or not isinstance(message, dict):
        raise ApiError(-201, "body is invalid: recipient and message")
    if message.keys() - {"text", "attachment"}:
        raise ApiError(-201, "message is invalid: text and attachment")
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ApiError(-201, "text is empty")
    if len(text.encode("utf-16-le")) > 2 * _TEXT:
        raise ApiError(-210, "text is longer than 2000 characters")
    return Message(text, _buttons(message["attachment"]) if "attachment" in message else ())


def _buttons(attachment: object) -> tuple[Button, ...]:
    if not isinstance(attachment, dict) or attachment.keys() != {"type", "payload"}:
        raise ApiError(-201, "attachment is invalid")
    payload = attachment["payload"]
    if attachment["type"] != "template" or not isinstance(payload, dict):
        raise ApiError(-201, "attachment is invalid: template")
    buttons = payload.get("buttons")
    if payload.keys() != {"buttons"} or not isinstance(buttons, list) or not buttons:
        raise ApiError(-201, "buttons are invalid")
    if len(buttons) > _BUTTONS:
        raise ApiError(-210, "more than 5 buttons")
    return tuple(_button(button) for button in buttons)


def _button(given: object) -> Button:
    if not isinstance(given, dict) or given.keys() != {"title", "type", "payload"}:
        raise ApiError(-201, "button is invalid: title, type, payload")
    title, kind, payload = given["title"], given["type"], given["payload"]
    if not isinstance(title, str) or not title.strip():
        raise ApiError(-201, "button title is empty")
    if len(title.encode("utf-16-le")) > 2 * _TITLE:
        raise ApiError(-210, "button title is longer than 100 characters")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ApiError(-201, "button type is invalid")
    return Button(title, kind, _payload(kind, payload))


def _payload(kind: str, payload: object) -> str:
    if kind.startswith("oa.query."):
        if not isinstance(payload, str) or not payload:
            raise ApiError(-201, "button payload is invalid: a query is a text")
        if len(payload) > _QUERY:
            raise ApiError(-210, "button payload is longer than 1000 characters")
        return payload
    wanted = {
        "oa.open.url": {"url"},
        "oa.open.phone": {"phone_code"},
        "oa.open.sms": {"content", "phone_code"},
    }[kind]
    if not isinstance(payload, dict) or payload.keys() != wanted:
        raise ApiError(-201, f"button payload is invalid: {', '.join(sorted(wanted))}")
    if not all(isinstance(value, str) and value for value in payload.values()):
        raise ApiError(-201, "button payload is invalid: texts")
    if kind == "oa.open.url" and not payload["url"].startswith(("https://", "http://")):
        raise ApiError(-201, "button url is invalid")
    if kind == "oa.open.phone" and not payload["phone_code"].isdecimal():
        raise ApiError(-201, "button phone_code is invalid")
    return str(payload.get("url") or payload["phone_code"])
