"""Replies on their way to the platforms: sent in order for each person, whatever happens.

What a platform does not take now is tried again, after 1, 2, 4, … seconds up to two minutes, or
as long as it asked to wait, a day at most. Two bounds end that, and make a dead letter for the
operator: eight attempts that failed while messages to others went through (the fault is the
message's own; whatever its citizen asks next waits behind it), and a day (platforms and networks
fail for hours, an operator mends a token the next morning; later an answer surprises more than it
helps).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.cipher import UnreadableError
from bot.lanes import Lanes
from bot.store import StoreError
from bot.store import outbox as table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.channels.channel import Channel
    from bot.cipher import Cipher
    from bot.store import Store
    from bot.store.outbox import Unsent

_AT_ONCE = 16  # messages that are being sent on one channel
_LONGEST_BACKOFF = 120.0  # seconds
_MOST_OWN_FAULTS = 8
_MOST_AGE = timedelta(days=1)
_MOST_SECONDS = 60.0  # for one attempt; channels have shorter limits of their own
_SWEEP_SECONDS = 10.0

_TOO_LATE = "quá {days} ngày từ tin cuối của người dân: không gửi nữa"
_OTHER_KEY = "không đọc được địa chỉ: khóa bí mật của hoidap đã đổi"
_TOO_OLD = "gửi không được suốt 24 giờ: {reason}"
_OWN_FAULT = "gửi không được {attempts} lần trong khi tin khác vẫn gửi được: {reason}"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Trouble:
    """What is known of a message that is not taken."""

    number: int
    successes: int  # of the channel, when this message failed last
    own_faults: int = 0


class Outbox:
    """Sends what the table holds for these channels; every other row waits for its channel."""

    def __init__(
        self,
        store: Store,
        cipher: Cipher,
        channels: Sequence[Channel],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._cipher = cipher
        self._now = now
        self._channels = {channel.name: channel for channel in channels}
        self._lanes = {
            name: Lanes(partial(self._send_next, channel), at_once=_AT_ONCE)
            for name, channel in self._channels.items()
        }
        self._held: set[str] = set()  # channels that are not open yet
        self._trouble: dict[str, _Trouble] = {}  # by person
        self._signs: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.Task[None] | None = None
        self.counts: Counter[str] = Counter()
        """Messages by channel and outcome: "telegram sent", "telegram delayed", "telegram dead"."""

    async def start(self) -> None:
        """Go on with everything that waits. Raises `StoreError`."""
        await self._sweep()
        self._sweeping = asyncio.create_task(self._keep_sweeping())

    def hold(self, channel: str) -> None:
        """Let what is for a channel wait until `release`: waiting for that is no failed attempt."""
        self._held.add(channel)

    async def release(self, channel: str) -> None:
        """Send what waits for a channel, which is open now."""
        self._held.discard(channel)
        with suppress(StoreError):  # the next sweep finds it
            await self._sweep()

    def add(self, channel: str, user_key: str) -> None:
        """Tell that something waits for a person."""
        lanes = self._lanes.get(channel)
        if lanes and channel not in self._held:
            lanes.add(user_key)

    def wake(self, channel: str, user_key: str) -> None:
        """Tell that what a person's lane waited for may be gone."""
        lanes = self._lanes.get(channel)
        if lanes and channel not in self._held:
            lanes.wake(user_key)

    def show_typing(self, channel: str, address: str) -> None:
        """Have a citizen see that an answer is being looked for; a sign is worth no trouble."""

        async def show() -> None:
            with suppress(Exception):
                await self._channels[channel].show_typing(self._cipher.show(address))

        sign = asyncio.create_task(show())
        self._signs.add(sign)
        sign.add_done_callback(self._signs.discard)

    async def drain(self, seconds: float) -> None:
        """Send what can be sent now, but no longer than that; then stop."""
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
        await asyncio.gather(*(lanes.drain(seconds) for lanes in self._lanes.values()))

    async def _send_next(self, channel: Channel, user_key: str) -> float | None:
        """Send a person's next message; tells when to come back (`Lanes`)."""
        found = await self._store.read(lambda connection: table.oldest(connection, user_key))
        if found is None:
            self._trouble.pop(user_key, None)
            return None
        unsent, only = found
        wait = (unsent.next_at - self._now()).total_seconds()
        if wait > 0:
            return wait
        wait = await self._send(channel, unsent)
        return wait if wait or not only else None  # what came meanwhile was told to the lanes

    async def _send(self, channel: Channel, unsent: Unsent) -> float:
        try:
            address = self._address(channel, unsent)
            async with asyncio.timeout(_MOST_SECONDS):
                await channel.send(address, unsent.message.payload)
        except UndeliverableError as error:
            return await self._bury(unsent, error.reason)
        except TryLaterError as error:
            return await self._delay(unsent, error.reason, error.seconds)
        except Exception as error:  # noqa: BLE001  # no traceback: it may quote the message
            log.error("sending failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400
            return await self._delay(unsent, type(error).__name__, None)
        self.counts[f"{channel.name} sent"] += 1
        self._trouble.pop(unsent.message.user_key, None)
        await self._note_sent(unsent)
        return 0.0

    def _address(self, channel: Channel, unsent: Unsent) -> str:
        """Tell where a message goes. Raises `UndeliverableError` if it must not, or cannot be told."""
        late = channel.window and unsent.heard and self._now() - unsent.heard > channel.window
        if channel.window and late:
            raise UndeliverableError(_TOO_LATE.format(days=channel.window.days))
        try:
            return self._cipher.show(unsent.message.address)
        except UnreadableError:
            raise UndeliverableError(_OTHER_KEY) from None

    async def _note_sent(self, unsent: Unsent) -> None:
        """Note it until it is noted: while this process lives, nothing is sent twice."""
        wait = 0.5
        while True:
            try:
                return await self._store.write(partial(table.sent, number=unsent.id))
            except StoreError as error:
                log.error("a sent message is not noted yet", outbox=unsent.id, why=str(error))  # noqa: TRY400
            await asyncio.sleep(wait)
            wait = min(2 * wait, 30.0)

    async def _delay(self, unsent: Unsent, reason: str, asked: float | None) -> float:
        name, user_key = unsent.message.channel, unsent.message.user_key
        successes = self.counts[f"{name} sent"]
        trouble = self._trouble.get(user_key)
        if trouble is None or trouble.number != unsent.id:
            trouble = self._trouble[user_key] = _Trouble(unsent.id, successes)
        if successes > trouble.successes:
            trouble.successes, trouble.own_faults = successes, trouble.own_faults + 1
        if trouble.own_faults >= _MOST_OWN_FAULTS:
            told = _OWN_FAULT.format(attempts=unsent.attempts + 1, reason=reason)
            return await self._bury(unsent, told)
        now = self._now()
        if now - unsent.since > _MOST_AGE:
            return await self._bury(unsent, _TOO_OLD.format(reason=reason))
        backoff = min(2.0 ** min(unsent.attempts, 10), _LONGEST_BACKOFF)
        wait = min(max(asked or 0.0, backoff), _MOST_AGE.total_seconds())
        until = now + timedelta(seconds=wait)
        await self._store.write(
            lambda connection: table.delay(connection, unsent.id, reason, until)
        )
        self.counts[f"{name} delayed"] += 1
        log.info("delayed", channel=name, outbox=unsent.id, seconds=round(wait, 1), why=reason)
        return wait

    async def _bury(self, unsent: Unsent, reason: str) -> float:
        """Make dead letters of a message and the rest of its reply; the next reply goes on."""
        dead = await self._store.write(lambda connection: table.bury(connection, unsent, reason))
        name = unsent.message.channel
        self._trouble.pop(unsent.message.user_key, None)
        self.counts[f"{name} dead"] += dead
        log.warning("undeliverable", channel=name, outbox=unsent.id, messages=dead, why=reason)
        return 0.0

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            with suppress(StoreError):  # whoever needs the store tells of it
                await self._sweep()

    async def _sweep(self) -> None:
        """Look for what nobody told of: left by another process, retried by an operator."""
        for channel, user_key in await self._store.read(table.waiting_people, long=True):
            self.add(channel, user_key)
