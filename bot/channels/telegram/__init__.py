"""Telegram, on python-telegram-bot: private chats, groups that call the bot, inline mode.

In: `polling` asks for updates or `webhook` is delivered them; `receiving` has each read by
`incoming` (in groups by `addressed`), stored, and its tap acknowledged by `taps`; `inline`
answers at once. Out: `outgoing` and `split` write messages, `delivery` sends one to an `address`.
`connection` is the bot on its server, `channel` joins them all and owns the life cycle.
"""

from __future__ import annotations

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
