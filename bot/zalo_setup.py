"""What `hoidap zalo …` works with, out of the settings: the app, and the Vault in the database."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.cipher import Cipher
from bot.secret_key import pseudonym_key
from bot.store import Store
from bot.vault import StoreVault
from bot.zalo_login import Setup

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic import SecretStr

    from bot.channels.channel import Vault
    from bot.config import Settings


def zalo_setup(settings: Settings) -> Setup:
    """Take what the commands need; the database is opened when they want the Vault."""

    @asynccontextmanager
    async def vault() -> AsyncIterator[Vault]:
        store = await Store.open(settings.database)
        try:
            yield StoreVault(store, Cipher(pseudonym_key(settings)))
        finally:
            await store.close()

    return Setup(
        app_id=settings.zalo_oa_app_id or "",
        oa_id=settings.zalo_oa_id or "",
        app_secret=_secret(settings.zalo_oa_app_secret),
        webhook_secret=_secret(settings.zalo_oa_webhook_secret),
        refresh_token=_secret(settings.zalo_oa_refresh_token),
        vault=vault,
        oauth_base_url=str(settings.zalo_oauth_base_url) if settings.zalo_oauth_base_url else None,
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
