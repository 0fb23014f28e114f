"""The trail: who did what to what, before and after. Secrets and citizens' words never get in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.store import trail as table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.store import Store
    from bot.store.trail import Note, Wanted


class Trail:
    """Keeps notes and finds them. Raises `StoreError` when the database fails."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def note(
        self,
        account: str,
        action: str,
        object: str,  # noqa: A002  # the word of a sentence: who did what to which object
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Keep what somebody did."""
        values = {
            "at": self._now(),
            "account": account,
            "action": action,
            "object": object,
            "before": before,
            "after": after,
        }
        await self._store.write(lambda connection: table.add(connection, values))

    async def notes(self, wanted: Wanted) -> list[Note]:
        """Find notes, the newest first."""
        return await self._store.read(partial(table.notes, wanted=wanted), long=True)

    async def known(self) -> tuple[list[str], list[str]]:
        """Who did something, and what kinds of things were done."""
        return await self._store.read(table.known, long=True)
