"""Asking servers: one request, no retries, and nothing of the request in what is told of it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECONDS = 8.0
_MOST_BYTES = 256 * 1024

NO_NAME = "không tìm thấy tên miền"
NO_TLS = "chứng chỉ TLS không hợp lệ"
REFUSED = "máy chủ từ chối kết nối"
SLOW = "máy chủ không trả lời kịp"
NO_NETWORK = "không kết nối được"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `trouble` tells why nothing did; `body` is JSON of any shape, or None."""

    status: int = 0
    body: object = None
    text: str = ""
    trouble: str = ""

    def field(self, *names: str) -> Any:  # noqa: ANN401  # any JSON
        """Look into nested objects; None if one of them is not there."""
        found = self.body
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found


class Probe:
    """Asks, and notes by how much the clocks of those who answered differ from ours."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        for name in ("httpx", "httpcore"):  # they log addresses, and those hold tokens
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._seconds = seconds
        self._http = httpx.AsyncClient(timeout=seconds, follow_redirects=False)
        self.skews: list[float] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await self._ask("GET", url, headers or {}, None, 0.0)

    async def post(self, url: str, body: object, *, wait: float = 0.0) -> Answer:
        """Post JSON; `wait` is how long the server is asked to hold the answer."""
        return await self._ask("POST", url, {}, body, wait)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: object, wait: float
    ) -> Answer:
        seconds = self._seconds + wait
        try:
            async with asyncio.timeout(seconds + 2):
                return await self._send(method, url, headers, body, seconds)
        except (httpx.TimeoutException, TimeoutError):
            return Answer(trouble=SLOW)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Answer(trouble=_kind(error))

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: object, seconds: float
    ) -> Answer:
        content = None if body is None else json.dumps(body)
        sent = {**headers, **({"content-type": "application/json"} if content else {})}
        received = bytearray()
        async with self._http.stream(
            method, url, headers=sent, content=content, timeout=seconds
        ) as answer:
            self._compare_clocks(answer.headers.get("date", ""))
            async for chunk in answer.aiter_bytes():
                received += chunk
                if len(received) > _MOST_BYTES:
                    received.clear()
                    break
        text = received.decode("utf-8", "replace")
        try:
            found: object = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        return Answer(answer.status_code, found, text)

    def _compare_clocks(self, date: str) -> None:
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        self.skews.append(time.time() - theirs)


def _kind(error: BaseException) -> str:
    """Tell the kind of trouble from what is behind the library's error."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return NO_TLS
        if isinstance(cause, socket.gaierror):
            return NO_NAME
        if isinstance(cause, ConnectionRefusedError):
            return REFUSED
    return NO_NETWORK


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        if isinstance(error, BaseExceptionGroup):
            yield from error.exceptions
        error = error.__cause__ or error.__context__
