"""Telegram: long polling, one private chat at a time in order, chats side by side.

`incoming` reads updates, `outgoing` and `split` write messages, `delivery` sends them,
`polling` fetches and confirms updates, `channel` joins them and owns the life cycle.
A webhook route needs only to put updates into the channel's queue instead of `polling`.
"""

from __future__ import annotations

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
