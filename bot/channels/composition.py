"""The messaging channels that the settings switch on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_oa import ZaloOAChannel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pydantic import AnyHttpUrl, SecretStr

    from bot.channels.channel import Channel, Vault
    from bot.channels.telegram.inline import Find
    from bot.config import Settings
    from bot.messages import Choice


def channels(
    settings: Settings,
    *,
    key: bytes,
    vault: Vault,
    renew_zalo_oa: Callable[[str], Awaitable[object]],
    topics: Callable[[], Sequence[Choice]],
    find: Find | None = None,
) -> list[Channel]:
    """Make every channel that has its settings; nothing is asked or opened yet.

    `key` is the program's own: secrets of webhooks follow from it where none is set.
    `renew_zalo_oa` renews the tokens in the vault (`zalo_oa.renewal`). Raises
    `ChannelError` for settings with which a channel could never work. Zalo OA is always delivered
    to; its address is set on Zalo's own page, so it does not need to be known here.
    """
    public_url = _url(settings.public_url)
    found: list[Channel] = []
    if token := _secret(settings.telegram_token):
        found.append(
            TelegramChannel(
                token=token,
                base_url=_url(settings.telegram_base_url),
                topics=topics,
                find=find,
                public_url=public_url,
                webhook_secret=_secret(settings.telegram_webhook_secret),
                key=key,
            )
        )
    if _wants_zalo_oa(settings):
        found.append(_zalo_oa(settings, vault, renew_zalo_oa))
    if token := _secret(settings.zalo_bot_token):
        found.append(
            ZaloBotChannel(
                token=token,
                key=key,
                base_url=_url(settings.zalo_bot_base_url),
                public_url=public_url,
                webhook_secret=_secret(settings.zalo_bot_webhook_secret),
            )
        )
    return found


def _wants_zalo_oa(settings: Settings) -> bool:
    """Tell by any of the app's own settings: the channel says which of the others is missing."""
    given = (settings.zalo_oa_app_id, settings.zalo_oa_id, _secret(settings.zalo_oa_app_secret))
    return any(given)


def _zalo_oa(
    settings: Settings, vault: Vault, renewal: Callable[[str], Awaitable[object]]
) -> ZaloOAChannel:
    return ZaloOAChannel(
        vault,
        renewal,
        app_id=settings.zalo_oa_app_id or "",
        oa_id=settings.zalo_oa_id or "",
        app_secret=_secret(settings.zalo_oa_app_secret) or "",
        webhook_secret=_secret(settings.zalo_oa_webhook_secret) or "",
        base_url=_url(settings.zalo_oa_base_url),
        verifier=settings.zalo_oa_verifier,
        greets_followers=settings.zalo_oa_greets_followers,
        window=timedelta(days=settings.zalo_oa_window_days),
    )


def _secret(value: SecretStr | None) -> str | None:
    """Read a secret; an empty variable counts as none."""
    return (value.get_secret_value() if value else "") or None


def _url(value: AnyHttpUrl | None) -> str | None:
    return str(value).rstrip("/") if value else None
