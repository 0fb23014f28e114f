"""The changing secrets of channels, encrypted in the store (`channels.channel.Vault`)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.cipher import Cipher, UnreadableError
from bot.store import secrets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store import Store

_PATIENCE = 30.0  # seconds: longer than a platform takes to answer

log = structlog.get_logger(__name__)


class StoreVault:
    """Raises `StoreError` when the database fails."""

    def __init__(self, store: Store, cipher: Cipher) -> None:
        self._store = store
        self._cipher = cipher

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Change a secret while no other program does. Raises `StoreError` after half a minute."""
        async with self._store.alone(name, patience=_PATIENCE):
            yield

    async def secret(self, name: str) -> str | None:
        """Give the secret of this name; None if there is none, or another key wrote it."""
        hidden = await self._store.read(lambda connection: secrets.find(connection, name))
        if hidden is None:
            return None
        try:
            return self._cipher.show(hidden)
        except UnreadableError:
            log.error(  # noqa: TRY400  # the sentence says it all
                "a kept secret cannot be read: HOIDAP_SECRET_KEY or secret.key has changed",
                secret=name,
            )
            return None

    async def keep_secret(self, name: str, value: str) -> None:
        """Keep it; when this returns, not even a power failure loses it."""
        hidden = self._cipher.hide(value)
        await self._store.write(lambda connection: secrets.keep(connection, name, hidden))
