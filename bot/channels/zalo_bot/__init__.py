"""Zalo Bot Platform: the Telegram-like bots of Zalo (not an Official Account).

`incoming` reads events, `outgoing` and `styled` write messages, `client` calls the API, `webhook`
and `polling` are the two ways events come, `channel` joins them and owns the life cycle.
"""

from __future__ import annotations

from bot.channels.zalo_bot.channel import ZaloBotChannel

__all__ = ["ZaloBotChannel"]
