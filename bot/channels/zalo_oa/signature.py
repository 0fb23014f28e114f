"""Is a webhook request Zalo's? The one place that knows how `X-ZEvent-Signature` is made.

    mac = sha256(app_id + raw body + timestamp + OA secret key), lower-case hexadecimal

It is a plain hash, no HMAC, of the bytes as they came: JSON that was read and written again has
another hash. `app_id` and `timestamp` are fields of the body; some deployments saw the timestamp
of the header `X-ZEvent-Timestamp` hashed instead, so that one is tried second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from enum import StrEnum

HEADER = "X-ZEvent-Signature"
TIMESTAMP_HEADER = "X-ZEvent-Timestamp"

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)


class Verdict(StrEnum):
    """What a look at a signature says; the values are for logs."""

    OK = "ok"
    OK_BY_HEADER_TIME = "ok, with the header's timestamp"
    NO_SECRET = "no secret is set"  # noqa: S105  (a sentence)
    NO_SIGNATURE = "no signature header"
    UNREADABLE = "the body is no JSON object"
    NO_APP = "the body has no app_id"
    NO_TIMESTAMP = "neither the body nor the header has a timestamp"
    WRONG = "the signature does not fit"

    @property
    def fits(self) -> bool:
        return self in {Verdict.OK, Verdict.OK_BY_HEADER_TIME}


def check(raw: bytes, header: str | None, secret: str, *, timestamp: str | None = None) -> Verdict:
    """Judge the bytes of a body by its signature header; total, and in constant time.

    `timestamp` is the timestamp header, if the request has one.
    """
    if not secret:
        return Verdict.NO_SECRET  # anybody could sign with an empty one
    given = _mac(header)
    if not given:
        return Verdict.NO_SIGNATURE
    return _judge(raw, given, secret, _number(timestamp))


def _judge(raw: bytes, given: str, secret: str, header_time: str) -> Verdict:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return Verdict.UNREADABLE
    app, when = _number(body.get("app_id")), _number(body.get("timestamp"))
    if not app:
        return Verdict.NO_APP
    if not (when or header_time):
        return Verdict.NO_TIMESTAMP
    for time, verdict in ((when, Verdict.OK), (header_time, Verdict.OK_BY_HEADER_TIME)):
        if time and _same(sign(app, raw, time, secret), given):
            return verdict
    return Verdict.WRONG


def sign(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """Make the signature, without the "mac=" that stands before it in the header."""
    return hashlib.sha256(
        app_id.encode() + raw + timestamp.encode() + secret.encode("utf-8", "surrogatepass")
    ).hexdigest()


def _mac(header: str | None) -> str:
    given = (header or "").strip().lower()
    return given.removeprefix("mac=").strip()


def _same(one: str, other: str) -> bool:
    # As bytes: a header may hold any character, and strings with accents cannot be compared so.
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _number(value: object) -> str:
    """Read an id or a time: digits, as a string or a number. Nothing else may enter the hash."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and not 0 <= value < 10**20:
        return ""
    text = str(value).strip()
    return text if _DIGITS.fullmatch(text) else ""
