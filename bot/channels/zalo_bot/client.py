"""Calls of the Zalo Bot API, and what each answer means. The one place that knows error codes.

The token is a part of every address, so nothing of an address, of an answer's words or of the HTTP
library's errors gets into a log or an exception: those are made anew from codes and kinds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Any

import httpx

BASE_URL = "https://bot-api.zaloplatforms.com"
OLDER_BASE_URL = "https://bot-api.zapps.me"  # some clients still use it
LONG_POLL = 25  # seconds

_TOKEN = re.compile(r"[A-Za-z0-9._~=+-]{1,64}:[A-Za-z0-9._~=+-]{1,256}")
_MOST_BYTES = 256 * 1024
_SECONDS = 15.0  # for a whole call; a long poll may take its own time more
_LONGEST_ASKED = 3600.0  # seconds of waiting that Zalo may ask for

_NETWORK = "no connection"
_IDLE = 408  # a long poll in which nobody wrote
_REFUSED_TOKEN = frozenset({401, 404})
_TRY_LATER = frozenset({408, 425, 429})


class CallError(Exception):
    """A call that failed. `kind` is for the operator's log: a code, or a kind of trouble."""

    def __init__(self, kind: str, code: int | None = None, seconds: float | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.code = code  # Zalo's or HTTP's; None if no answer came, or none of Zalo's
        self.seconds = seconds  # how long it asked to wait

    @property
    def foreign(self) -> bool:
        """Something answered, but not as Zalo does."""
        return self.code is None and not self.kind.startswith(_NETWORK)

    @property
    def token_refused(self) -> bool:
        return self.code in _REFUSED_TOKEN

    @property
    def final(self) -> bool:
        """The same call would be refused again."""
        code = self.code or 0
        later = code in _TRY_LATER or self.token_refused  # a token may be mended
        return 400 <= code < 500 and not later


class ZaloBotClient:
    """Calls the methods of one bot. Every call is tried once; `CallError` is all it raises."""

    def __init__(self, token: str, base_url: str = BASE_URL, *, seconds: float = _SECONDS) -> None:
        """Take a token that `is_token`, where the API is, and how long a call may take."""
        for name in ("httpx", "httpcore"):  # they log addresses
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._root = f"{base_url.rstrip('/')}/bot{token}"
        limits = httpx.Limits(max_connections=20)
        self._http = httpx.AsyncClient(limits=limits)
        self._seconds = seconds

    async def close(self) -> None:
        """Let go of connections; later calls fail."""
        await self._http.aclose()

    async def call(self, method: str, parameters: dict[str, Any] | None = None) -> Any:  # noqa: ANN401  # any JSON
        """Call a method; gives its `result`."""
        return await self._call(method, parameters or {}, self._seconds)

    async def wait_for_update(self, seconds: int = LONG_POLL) -> Any:  # noqa: ANN401
        """Ask for the next event, up to so many seconds; None if nobody wrote."""
        try:
            return await self._call("getUpdates", {"timeout": seconds}, seconds + 10.0)
        except CallError as error:
            if error.code == _IDLE:
                return None
            raise

    async def webhook(self) -> str:
        """Tell where Zalo delivers to; empty if nowhere."""
        try:
            result = await self.call("getWebhookInfo")
        except CallError as error:
            if error.code == 404:  # a bot without a webhook
                return ""
            raise
        url = result.get("url") if isinstance(result, dict) else None
        return url if isinstance(url, str) else ""

    async def _call(self, method: str, parameters: dict[str, Any], seconds: float) -> Any:  # noqa: ANN401
        trouble: CallError | None = None
        status, body, asked = 0, b"", ""
        try:
            async with asyncio.timeout(seconds + 5):
                status, body, asked = await self._post(method, parameters, seconds)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, RuntimeError) as error:
            trouble = CallError(f"{_NETWORK}: {type(error).__name__}")
        if trouble:  # raised outside of `except`: the library's error shows the address
            raise trouble
        return _result(status, body, asked)

    async def _post(
        self, method: str, parameters: dict[str, Any], seconds: float
    ) -> tuple[int, bytes, str]:
        body = bytearray()
        timeout = _timeout(seconds)
        url = f"{self._root}/{method}"
        async with self._http.stream("POST", url, json=parameters, timeout=timeout) as answer:
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return answer.status_code, b"", ""
            return answer.status_code, bytes(body), answer.headers.get("retry-after", "")


def is_token(token: str) -> bool:
    """Tell whether this looks like `123456789:abc-xyz`, and may stand in an address."""
    return bool(_TOKEN.fullmatch(token))


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=10.0)


def _result(status: int, body: bytes, asked: str) -> Any:  # noqa: ANN401
    """Read an answer; a 2xx alone is no success."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        if status < 400:
            raise CallError(f"not an answer of Zalo's, HTTP {status}")
        raise CallError(f"HTTP {status}", status, _seconds(asked))
    if status < 300 and answer.get("ok") is True:
        return answer.get("result")
    code = answer.get("error_code")
    if not isinstance(code, int) or not 400 <= code < 600:
        code = _IDLE if "timeout" in str(answer.get("description")).lower() else status
        if code < 400:
            raise CallError(f"refused without a known code, HTTP {status}")
    parameters = answer.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    raise CallError(f"code {code}", code, _seconds(asked) or _seconds(str(wait)))


def _seconds(asked: str) -> float | None:
    """Read how long to wait. Zalo publishes no such number; common forms are understood."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", asked):
        return None
    return min(float(asked), _LONGEST_ASKED)
