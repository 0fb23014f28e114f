"""Raw calls of the fake Bot API: what comes back is (status, result or description)."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from tests.fakes.telegram_server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Answer = tuple[int, Any]


class Bot:
    """Calls methods with raw HTTP: what comes back is (status, result or description)."""

    def __init__(self, fake: FakeTelegram, http: httpx.AsyncClient) -> None:
        self.fake = fake
        self._http = http

    async def __call__(self, method: str, *, token: str | None = None, **given: object) -> Answer:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
        url = f"{self.fake.url}/bot{token or self.fake.token}/{method}"
        answer = await self._http.post(url, data=form, timeout=20)
        body = answer.json()
        assert body["ok"] is (answer.status_code == 200)
        assert body["ok"] or body["error_code"] == answer.status_code
        return answer.status_code, body["result"] if body["ok"] else body["description"]


@asynccontextmanager
async def raw_bot() -> AsyncIterator[Bot]:
    """A bot on a fake of its own; person 7 has written to it."""
    async with FakeTelegram() as fake, httpx.AsyncClient() as http:
        fake.user(7)
        yield Bot(fake, http)
