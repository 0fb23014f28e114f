"""The fake Telegram's webhook: it posts updates one by one, and again until the answer is 2xx."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from tests.fakes.telegram_server import FakeTelegram

HEADER = "X-Telegram-Bot-Api-Secret-Token"
_PATIENCE = 10.0  # seconds the other side may take to answer


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: which update, and the status it was answered with (0 is no answer)."""

    update: int
    status: int


async def deliver(fake: FakeTelegram) -> None:
    """Deliver while a webhook is set, until cancelled."""
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        while True:
            await fake.pending.wait()
            update = fake.updates[0]
            status = await _post(fake, client, update)
            fake.deliveries.append(Delivery(update["update_id"], status))
            delivered = 200 <= status <= 299
            if delivered and update in fake.updates:
                fake.updates.remove(update)
            await fake.changed()
            if not delivered:
                await asyncio.sleep(fake.pause)


async def _post(fake: FakeTelegram, client: httpx.AsyncClient, update: object) -> int:
    place = urlsplit(fake.webhook)
    origin = fake.hosts.get(f"{place.scheme}://{place.netloc}")
    if origin is None:
        return 0
    headers = {HEADER: fake.webhook_secret} if fake.webhook_secret else {}
    headers["Content-Type"] = "application/json"
    content = json.dumps(update)  # what is not ASCII is escaped, as in the Bot API's answers
    try:
        answer = await client.post(f"{origin}{place.path}", content=content, headers=headers)
    except httpx.HTTPError:
        return 0
    return answer.status_code
