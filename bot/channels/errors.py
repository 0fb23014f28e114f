"""What a channel raises when it cannot start. Messages are read by operators, in Vietnamese."""

from __future__ import annotations

from bot.errors import Fault


class ChannelError(Fault):
    """A channel cannot serve; the message says what is wrong, where, and how to mend it."""


class UnreachableError(ChannelError):
    """The platform cannot be reached now; nothing is known to be set wrongly, so try again later."""
