"""Fetching events where there is no public address for a webhook.

Zalo gives one event at a time and forgets it at once: there is nothing to confirm. So an event is
accepted – stored – before the next is asked for, and is offered again for as long as the store
cannot take it. What is on its way when this process or the network dies is lost: a webhook is safer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.channels.zalo_bot.client import CallError
from bot.channels.zalo_bot.incoming import to_events
from bot.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.channels.zalo_bot.client import ZaloBotClient

RIVAL = (
    "Zalo không giao tin nhắn cho bản hoidap này (mã {code}). Có thể một chương trình khác đang "
    "nhận tin bằng cùng mã bot: hãy tắt chương trình đó, hoặc tạo bot khác cho bản này."
)
HOOKED = (
    "Zalo không giao tin nhắn cho bản hoidap này vì bot đang gửi tin tới webhook ở {host}. "
    "Nếu nơi đó không còn dùng, hãy gỡ webhook (phương thức deleteWebhook), hoặc đặt public_url "
    "để hoidap nhận tin qua webhook của mình; nếu còn dùng, hãy tạo bot khác cho bản này."
)
RESET = (
    "Zalo không còn nhận mã của bot (mã {code}): có lẽ mã đã được cấp lại. Hãy đặt mã mới vào biến "
    "môi trường HOIDAP_ZALO_BOT_TOKEN rồi chạy lại."
)

_log = logging.getLogger(__name__)

_BREATH = 0.5  # seconds, so that a server which does not hold a poll is not run over
_LONGEST_WAIT = 60.0  # seconds between attempts
_MOST_ATTEMPTS = 4


class Poller:
    """Asks for events until it is cancelled; trouble is logged once and waited out."""

    def __init__(
        self,
        client: ZaloBotClient,
        accept: Callable[[Mapping[str, object]], Awaitable[None]],
        *,
        first_wait: float = 1.0,
    ) -> None:
        """`accept` keeps an event for good; `first_wait` seconds pass after a first failure."""
        self._client = client
        self._accept = accept
        self._first_wait = first_wait
        self._trouble = ""
        self._stored = asyncio.Event()  # nothing that was fetched is waiting to be stored
        self._stored.set()

    async def settle(self, seconds: float) -> None:
        """Wait until what was fetched is stored, but no longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stored.wait()

    async def run(self) -> None:
        wait = self._first_wait
        while True:
            try:
                events = await self._fetch()
            except CallError as error:
                await self._report(error)
                await asyncio.sleep(min(error.seconds or wait, _LONGEST_WAIT))
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            self._recovered()
            wait = self._first_wait
            if events:
                self._stored.clear()
            for event in events:
                await self._keep(event)
            self._stored.set()

    async def _fetch(self) -> list[Mapping[str, object]]:
        asked = time.monotonic()
        events = to_events(await self._client.wait_for_update())
        if not events and time.monotonic() - asked < _BREATH:
            await asyncio.sleep(_BREATH)
        return events

    async def _keep(self, event: Mapping[str, object]) -> None:
        """Offer an event until it is taken: Zalo will not give it again.

        What breaks for another reason than the store would break again: it must not stop the rest.
        """
        wait, attempts = self._first_wait, 0
        while True:
            try:
                return await self._accept(event)
            except Exception as error:  # noqa: BLE001 - whatever broke, the only copy is here
                # no traceback: it may quote the event
                _log.error("an event is not stored: %s", type(error).__name__)
                attempts += not isinstance(error, StoreError)
            if attempts == _MOST_ATTEMPTS:
                _log.error("an event is given up")
                return None
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _report(self, error: CallError) -> None:
        """Say each kind of trouble once, not every few seconds."""
        if error.kind == self._trouble:
            return
        self._trouble = error.kind
        if error.token_refused:
            _log.error(RESET.format(code=error.code))
        elif error.final:
            host = await self._other_webhook()
            _log.error(HOOKED.format(host=host) if host else RIVAL.format(code=error.code))
        else:
            _log.warning("Zalo gives no events, trying on: %s", error.kind)

    async def _other_webhook(self) -> str:
        try:
            return host_of(await self._client.webhook())
        except CallError:
            return ""

    def _recovered(self) -> None:
        if self._trouble:
            _log.info("Zalo gives events again")
            self._trouble = ""


def host_of(url: str) -> str:
    """Name the machine of an address; its path may be a secret."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2][:100]
