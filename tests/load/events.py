"""Events as Zalo posts them, signed, as the bytes of whole HTTP requests."""

from __future__ import annotations

import hashlib
import json
import time

from tests.chaos import faq

APP, OA, SECRET = "360846524940903967", "3662729599332560487", "khoa-bi-mat-cua-OA"
_FIRST_PERSON = 6142494823000000000


def person(number: int) -> str:
    return str(_FIRST_PERSON + number)


def subject(number: int) -> int:
    """Tell what the event of a number asks about."""
    return number * 7 % len(faq.SUBJECTS)


def question(number: int, people: int, *, new: bool) -> str:
    """Word the question of an event: one of some hundred that all ask, or, `new`, its very own."""
    asked = faq.question(subject(number), number // people)
    if not new:
        return asked
    letters = "".join("bcdfghklmn"[int(digit)] for digit in str(number))
    return f"chào {letters}, {asked}"


def request(number: int, people: int, *, run: str, path: str, new: bool) -> bytes:
    """Write the request that delivers an event; `run` keeps the messages of two runs apart."""
    now = str(time.time_ns() // 1_000_000)
    event = {
        "app_id": APP,
        "event_name": "user_send_text",
        "timestamp": now,
        "sender": {"id": person(number % people)},
        "recipient": {"id": OA},
        "message": {
            "msg_id": f"{run}{number:016x}",
            "text": question(number, people, new=new),
        },
    }
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    signed = APP.encode() + body + now.encode() + SECRET.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"x-zevent-signature: mac={hashlib.sha256(signed).hexdigest()}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
