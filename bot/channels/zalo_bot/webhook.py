"""The route to which Zalo delivers events: checked, limited, stored before it is told "received"."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.zalo_bot.incoming import to_events

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

PATH = "/webhook/zalo-bot"
HEADER = "x-bot-api-secret-token"

_log = logging.getLogger(__name__)

_SECRET = re.compile(r"[!-~]{8,256}")  # Zalo takes 8 to 256 characters; a header carries these
_MOST_BYTES = 256 * 1024
_MOST_SECONDS = 10


def is_secret(secret: str) -> bool:
    """Tell whether Zalo would take this as the webhook's secret."""
    return bool(_SECRET.fullmatch(secret))


def derive_secret(key: bytes, token: str) -> str:
    """Make the secret of a bot's webhook from the program's key: the same at every start."""
    return hmac.new(key, b"zalo_bot webhook\0" + token.encode(), hashlib.sha256).hexdigest()


class Webhook:
    """Takes deliveries while `accept` is set; 503 otherwise, so that Zalo may deliver again."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.accept: Callable[[Mapping[str, object]], Awaitable[None]] | None = None

    @property
    def route(self) -> Route:
        return Route(PATH, self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            return _said(403, "wrong secret")
        accept = self.accept
        if accept is None:
            return _said(503, "not started")
        body = await _read(request)
        if body is None:
            return _said(413, "too large or too slow")
        try:
            for event in to_events(_json(body)):
                await accept(event)
        except Exception as error:  # noqa: BLE001 - whatever broke, Zalo must not take it as stored
            _log.error(
                "an event is not stored, Zalo is told so: %s", type(error).__name__
            )  # no traceback: it may quote it
            return _said(503, "not stored")
        # Also for what holds no event: to deliver it again would not help, and Zalo's own trial
        # of a new address may carry anything.
        return JSONResponse({"ok": True})


def _said(status: int, why: str) -> Response:
    return JSONResponse({"ok": False, "description": why}, status_code=status)


def _json(body: bytes) -> object:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


async def _read(request: Request) -> bytes | None:
    body = bytearray()
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return None
    except (ClientDisconnect, TimeoutError):
        return None
    return bytes(body)
