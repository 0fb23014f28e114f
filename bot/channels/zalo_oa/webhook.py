"""Zalo's requests to us: check who asks, store what was said, say "received" – within 2 seconds.

Nothing is answered to citizens here. Whatever is not 200 Zalo may deliver again, so what the
store could not take is 503. Zalo's probe when the address is saved is exactly `{}`, unsigned.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.zalo_oa.incoming import (
    CHANNEL,
    Event,
    Follow,
    Nothing,
    Withdrawal,
    read,
)
from bot.channels.zalo_oa.signature import HEADER, TIMESTAMP_HEADER, check
from bot.messages import Incoming

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from bot.channels.channel import Reception

_log = logging.getLogger(__name__)

PATH = "/webhook/zalo-oa"
MOST_BYTES = 256 * 1024
_MOST_SECONDS = 10  # for a body to come in
_MOST_KINDS = 100  # of events that are counted by name
_PROBE = b"{}"
_VERIFIER = re.compile(r"(?:zalo_verifier)?([A-Za-z0-9_-]{1,128}?)(?:\.html)?")
_PAGE = (
    '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
    '<meta name="zalo-platform-site-verification" content="{code}">'
    "<title>Zalo</title></head><body>Xác thực tên miền với Zalo.</body></html>\n"
)


@dataclass(slots=True)
class Health:
    """What happened at the webhook since the start, for a page of metrics."""

    last_signature_ok: datetime | None = None
    last_signature_failed: datetime | None = None
    signatures_ok: int = 0
    signatures_failed: int = 0
    signed_by_header_time: int = 0  # how often the header's timestamp was the one that fits
    accepted: int = 0
    known_already: int = 0
    redelivered: int = 0  # requests with `num_retry`
    store_failures: int = 0
    ignored: Counter[str] = field(default_factory=Counter)  # expected events that say nothing
    unknown: Counter[str] = field(default_factory=Counter)  # events nobody has heard of


class Webhook:
    """Reads Zalo's requests and hands them to the reception."""

    def __init__(
        self,
        *,
        secret: str,
        oa_id: str,
        verifier: str | None,
        greets: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._secret = secret
        self._oa_id = oa_id
        self._verifier = verifier_code(verifier)
        self._greets = greets
        self._now = now
        self.reception: Reception | None = None  # until then, and afterwards, 503
        self.health = Health()

    def routes(self) -> Sequence[BaseRoute]:
        routes = [Route(PATH, self._receive, methods=["POST"])]
        if self._verifier:
            path = f"/zalo_verifier{self._verifier}.html"
            routes.append(Route(path, self._verify, methods=["GET"]))
        return routes

    async def _verify(self, request: Request) -> Response:
        """Show Zalo that this domain is ours."""
        del request
        return HTMLResponse(_PAGE.format(code=self._verifier))

    async def _receive(self, request: Request) -> Response:
        reception, health = self.reception, self.health
        if reception is None:
            return _said(503)
        raw = await _body(request)
        if isinstance(raw, Response):
            return raw
        if raw == _PROBE:
            return _said(200)
        headers = request.headers
        verdict = check(
            raw, headers.get(HEADER), self._secret, timestamp=headers.get(TIMESTAMP_HEADER)
        )
        if not verdict.fits:
            self._failed(verdict.value)
            return _said(401)
        health.last_signature_ok = self._now()
        health.signatures_ok += 1
        health.signed_by_header_time += verdict is verdict.OK_BY_HEADER_TIME
        health.redelivered += "num_retry" in headers
        event = read(json.loads(raw), oa_id=self._oa_id)
        try:
            await self._take(reception, event)
        except Exception as error:  # noqa: BLE001 - a traceback could quote a citizen
            health.store_failures += 1
            _log.error("a message could not be stored: %s", type(error).__name__)
            return _said(503)
        return _said(200)

    async def _take(self, reception: Reception, event: Event) -> None:
        match event:
            case Incoming() as incoming:
                await self._accept(reception, incoming)
            case Follow(greeting):
                if self._greets:
                    await self._accept(reception, greeting)
            case Withdrawal(user):
                await reception.erase(channel=CHANNEL, user=user)
            case Nothing(name, known):
                _count(self.health.ignored if known else self.health.unknown, name)

    async def _accept(self, reception: Reception, incoming: Incoming) -> None:
        if await reception.accept(incoming):
            self.health.accepted += 1
        else:
            self.health.known_already += 1

    def _failed(self, why: str) -> None:
        """Count it; tell it in the log once until a signature fits again."""
        health = self.health
        told = health.last_signature_failed
        health.last_signature_failed = self._now()
        health.signatures_failed += 1
        if told is None or (health.last_signature_ok or told) > told:
            _log.warning(
                "Yêu cầu tới %s không đúng chữ ký (%s). Nếu do Zalo gửi, hãy kiểm tra “OA Secret "
                "Key” bằng lệnh hoidap zalo verify-signature.",
                PATH,
                why,
            )


def verifier_code(setting: str | None) -> str | None:
    """Read the code out of the setting: the code itself or the name of Zalo's file."""
    found = _VERIFIER.fullmatch((setting or "").strip())
    return found[1] if found else None


async def _body(request: Request) -> bytes | Response:
    """Read the body up to the limit."""
    body = bytearray()
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return _said(413)
    except (ClientDisconnect, TimeoutError):
        return _said(408)
    return bytes(body)


def _count(counter: Counter[str], name: str) -> None:
    name = name if name in counter or len(counter) < _MOST_KINDS else "other"
    counter[name] += 1


def _said(status: int) -> Response:
    return PlainTextResponse("", status)
