"""Telegram's deliveries to a public address: who may deliver, how much, and what is answered.

Telegram delivers again what was not answered with 2xx, so 200 is said only after the update is
stored. Nothing is sent from within the request.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.telegram.receiving import Receiver

_log = logging.getLogger(__name__)

PATH = "/webhook/telegram"
HEADER = "x-telegram-bot-api-secret-token"
MOST_BYTES = 256 * 1024
_MOST_SECONDS = 20

_NOT_HTTPS = (
    "Địa chỉ công khai {url} chưa dùng được cho Telegram: phải bắt đầu bằng https:// và không có "
    "dấu “?” hay “#”."
)
_UNFIT = (
    "HOIDAP_TELEGRAM_WEBHOOK_SECRET phải gồm 16–256 ký tự A–Z, a–z, 0–9, “_”, “-”. "
    "Bỏ biến này thì bot tự tạo mã bí mật."
)
_PUBLIC = re.compile(r"https://[^\s?#]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram delivers, and the secret it must show."""

    url: str
    secret: str

    @classmethod
    def at(cls, public_url: str, *, secret: str | None, key: bytes, token: str) -> Self:
        """Make the webhook of a public address; without a secret, one follows from the key.

        Raises `ChannelError` if Telegram could not use it.
        """
        if not _PUBLIC.fullmatch(public_url):
            raise ChannelError(_NOT_HTTPS.format(url=public_url))
        if not secret:
            if not key:
                raise ChannelError(_UNFIT)
            secret = hmac.digest(key, f"telegram webhook {token}".encode(), "sha256").hex()
        if not _SECRET.fullmatch(secret):
            raise ChannelError(_UNFIT)
        return cls(public_url.rstrip("/") + PATH, secret)


def webhook_route(webhook: Webhook, receiver: Callable[[], Receiver | None]) -> Route:
    """Make the route that takes deliveries for whoever receives at the time."""

    async def deliver(request: Request) -> Response:
        taker = receiver()
        if taker is None:
            return Response(status_code=503)
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode(), webhook.secret.encode()):
            taker.counts["bad secret"] += 1
            return Response(status_code=403)
        body = await _read(request)
        if body is None:
            taker.counts["unreadable"] += 1
            return Response(status_code=413)
        try:
            update: object = json.loads(body)
        except (ValueError, RecursionError):
            update = None  # counted as anything else that is no update: it would come again
        try:
            await taker.take(update)
        except Exception as exc:  # noqa: BLE001 - whatever kept it from being stored: again, please
            _log.error("an update could not be stored: %s", type(exc).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(PATH, deliver, methods=["POST"])


async def _read(request: Request) -> bytes | None:
    """Read the body; None if it is too long, too slow or breaks off."""
    body = bytearray()
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return None
    except (ClientDisconnect, TimeoutError):
        return None
    return bytes(body)
