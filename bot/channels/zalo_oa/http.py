"""Asking Zalo's servers over HTTP: time limits, and what may be said of trouble.

An answer comes back as parsed JSON; whatever else happens is `TryLaterError` with a reason that
names neither an address nor a token nor a citizen's words.

Answers of an OA come in crowds: here aiohttp asks, at a quarter of the processor time of httpx.
"""

from __future__ import annotations

import json as json_text
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.request import getproxies

import aiohttp
import httpx

from bot.channels.errors import TryLaterError

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "https://openapi.zalo.me"
OAUTH = "https://oauth.zaloapp.com"

_SECONDS, _CONNECT_SECONDS = 10.0, 5.0
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


class Http:
    """Connections to Zalo, opened when they are needed and kept for a while."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        """`seconds` is how long a whole answer may take."""
        self._timeout = aiohttp.ClientTimeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once. Raises `TryLaterError` for no network, no time, 429, 5xx and what is no JSON."""
        data: object = form
        if form is None:
            text = json_text.dumps(json, ensure_ascii=False, separators=(",", ":"))
            data = text.encode("utf-8", "replace")
            headers = {**headers, "Content-Type": "application/json"}
        try:
            async with self._open().post(
                url, headers=headers, data=data, allow_redirects=False
            ) as response:
                status, raw = response.status, await response.read()
                wait = _seconds(response.headers.get("Retry-After"))
        except aiohttp.ConnectionTimeoutError:
            raise TryLaterError(_SLOW) from None
        except TimeoutError:
            raise AnswerLostError(_SLOW) from None
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, ValueError):
            raise TryLaterError(_NO_NETWORK) from None
        except (aiohttp.ClientError, OSError):
            raise AnswerLostError(_NO_NETWORK) from None
        if status == 429:
            raise TryLaterError(_STATUS.format(status=429), wait)
        if status >= 500:
            raise AnswerLostError(_STATUS.format(status=status), wait)
        try:
            body = json_text.loads(raw)
        except (ValueError, RecursionError):
            raise AnswerLostError(_NO_JSON.format(status=status), wait) from None
        return Answer(status, body, wait)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # The authorities that all other channels trust; proxies of the environment too.
                connector=aiohttp.TCPConnector(ssl=httpx.create_ssl_context()),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                trust_env=bool(getproxies()),  # it looks at files again for every request
            )
        return self._session


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After` in seconds; a date is not expected here."""
    if header is None or not header.strip().isdecimal():
        return None
    return min(float(header[:10]), _LONGEST_WAIT)
