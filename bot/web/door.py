"""What may come in from a browser: body size, JSON and form fields, checked and typed.

Everything wrong is a `Refusal` with a Vietnamese sentence that says what to mend. How fast
somebody may write is decided in `bot.web.pace`.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from bot.feedback import Why
from bot.messages import Content, Incoming, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL = "web"
MOST_BYTES = 64 * 1024
_MOST_DRAINED = 4 * 1024 * 1024
_MOST_SECONDS = 30
_MOST_FIELDS = 40
# any client may name these as it likes; ours uses 128 random bits
_SESSION = re.compile(r"[!-~]{1,128}")
_MESSAGE = re.compile(r"[!-~]{1,64}")


class Refusal(HTTPException):
    """A request that is not served; `detail` is Vietnamese and meant for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A tap on 👍 or 👎."""

    session: str
    turn: int
    useful: bool
    reason: Why | None = None


async def read_json(request: Request) -> Mapping[str, object]:
    """Read the body as one JSON object."""
    try:
        data: object = json.loads((await _read_body(request)).decode())
    except (ValueError, RecursionError):
        raise Refusal(400, "Nội dung gửi lên không phải JSON hợp lệ (mã hóa UTF-8).") from None
    if not isinstance(data, dict):
        raise Refusal(
            400, 'Nội dung gửi lên phải là một đối tượng JSON: {"session": …, "text": …}.'
        )
    return data


async def read_form(request: Request) -> dict[str, str]:
    """Read the body as a plain form. A field given twice keeps its last value."""
    try:
        body = (await _read_body(request)).decode("ascii")
        pairs = parse_qsl(
            body, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Refusal(
            400, "Không đọc được nội dung gửi lên. Bạn tải lại trang rồi gửi lại."
        ) from None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def incoming(data: Mapping[str, object]) -> Incoming:
    """Make the message out of the fields `session` and `text` or `choice`."""
    user = _session(data)
    text, choice = _text(data), _string(data, "choice")
    if choice and text:
        raise Refusal(400, "Chỉ gửi một trong hai trường “text” và “choice”.")
    if choice:
        if len(choice.encode()) > 64:
            raise Refusal(400, "Trường “choice” dài quá 64 byte: gửi lại đúng “id” của lựa chọn.")
        return Incoming(CHANNEL, user, Content.CHOICE, choice=choice)
    if text is None:
        raise Refusal(400, "Thiếu câu hỏi: cần trường “text” hoặc “choice”.")
    return Incoming(CHANNEL, user, Content.TEXT, text=text)


def message_id(data: Mapping[str, object]) -> str | None:
    """The client's own id of this message, if it gives one: a retry under it is no second turn."""
    message = _string(data, "message") or None
    if message is not None and not _MESSAGE.fullmatch(message):
        raise Refusal(
            400,
            "Trường “message” phải gồm 1–64 chữ không dấu, số hoặc ký hiệu, không có dấu cách.",
        )
    return message


def rating(data: Mapping[str, object]) -> Rating:
    """Make a rating out of the fields `session`, `turn`, `useful` and `reason`."""
    turn, useful = data.get("turn"), data.get("useful")
    if not isinstance(turn, int) or isinstance(turn, bool) or not 0 <= turn < 2**63:
        raise Refusal(400, "Trường “turn” phải là số lượt nhận được cùng câu trả lời.")
    if not isinstance(useful, bool):
        raise Refusal(400, "Trường “useful” phải là true hoặc false.")
    reason = data.get("reason") or None
    if reason is not None and (useful or reason not in set(Why)):
        known = ", ".join(Why)
        raise Refusal(
            400, f"Trường “reason” chỉ đi cùng “useful”: false và là một trong: {known}."
        )
    return Rating(_session(data), turn, useful, None if reason is None else Why(str(reason)))


def new_id() -> str:
    """128 random bits for a session or a message, as the page itself makes them."""
    return secrets.token_hex(16)


async def _read_body(request: Request) -> bytes:
    """Read the body up to the limit.

    What is over the limit is read and dropped (up to a bound): a client that is still
    sending would otherwise see a broken connection in place of the sentence.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > _MOST_DRAINED:
                    break
                if size <= MOST_BYTES:
                    body += chunk
    except (ClientDisconnect, TimeoutError):
        raise Refusal(408, "Nội dung gửi lên bị ngắt giữa chừng. Bạn gửi lại nhé.") from None
    if size > MOST_BYTES:
        raise Refusal(
            413, "Nội dung gửi lên quá dài (tối đa 64 KB). Bạn rút ngắn câu hỏi rồi gửi lại."
        )
    return bytes(body)


def _session(data: Mapping[str, object]) -> str:
    session = _string(data, "session")
    if session is None:
        raise Refusal(400, "Thiếu trường “session”.")
    if not _SESSION.fullmatch(session):
        raise Refusal(
            400,
            "Trường “session” phải gồm 1–128 chữ không dấu, số hoặc ký hiệu, không có dấu cách.",
        )
    return session


def _text(data: Mapping[str, object]) -> str | None:
    """What a citizen wrote: odd characters in it are no reason to turn them away."""
    value = data.get("text")
    return _string({"text": readable(value) if isinstance(value, str) else value}, "text")


def _string(data: Mapping[str, object], name: str) -> str | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refusal(400, f"Trường “{name}” phải là một chuỗi chữ.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refusal(400, f"Trường “{name}” có ký tự hỏng (nửa cặp surrogate).") from None
    if "\0" in value:
        raise Refusal(400, f"Trường “{name}” có ký tự rỗng (NUL). Bạn xóa ký tự đó rồi gửi lại.")
    return value
