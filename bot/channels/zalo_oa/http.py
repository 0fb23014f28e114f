"""Asking Zalo's servers over HTTP: time limits, and what may be said of trouble.

An answer comes back as parsed JSON; whatever else happens is `TryLaterError` with a reason that
names neither an address nor a token nor a citizen's words.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from bot.channels.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "https://openapi.zalo.me"
OAUTH = "https://oauth.zaloapp.com"

_TIMEOUT = httpx.Timeout(10, connect=5)
_LONGEST_WAIT = 3600.0
_NO_NETWORK = "không kết nối được tới Zalo"
_SLOW = "Zalo không trả lời kịp"
_NO_JSON = "Zalo trả lời không phải JSON (HTTP {status})"
_STATUS = "Zalo đang trục trặc (HTTP {status})"


class AnswerLostError(TryLaterError):
    """The request was sent and no answer can be read: nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: JSON of any shape."""

    status: int
    body: object
    wait: float | None  # seconds, if the server asked to wait


def new_http(timeout: httpx.Timeout = _TIMEOUT) -> httpx.AsyncClient:
    """Open connections; the library's own logs, which show addresses and headers, fall silent."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False)


async def post(
    http: httpx.AsyncClient,
    url: str,
    *,
    headers: Mapping[str, str],
    json: object = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Ask once. Raises `TryLaterError` for no network, no time, 429, 5xx and what is no JSON."""
    try:
        response = await http.post(url, headers=headers, json=json, data=form)
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise TryLaterError(_SLOW) from None
    except httpx.TimeoutException:
        raise AnswerLostError(_SLOW) from None
    except (httpx.ConnectError, httpx.InvalidURL):
        raise TryLaterError(_NO_NETWORK) from None
    except httpx.HTTPError:
        raise AnswerLostError(_NO_NETWORK) from None
    wait = _seconds(response.headers.get("Retry-After"))
    if response.status_code == 429:
        raise TryLaterError(_STATUS.format(status=429), wait)
    if response.status_code >= 500:
        raise AnswerLostError(_STATUS.format(status=response.status_code), wait)
    try:
        body = response.json()
    except (ValueError, RecursionError):
        raise AnswerLostError(_NO_JSON.format(status=response.status_code), wait) from None
    return Answer(response.status_code, body, wait)


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After` in seconds; a date is not expected here."""
    if header is None or not header.strip().isdecimal():
        return None
    return min(float(header[:10]), _LONGEST_WAIT)
