"""What a channel raises when it cannot start. Messages are read by operators, in Vietnamese."""

from __future__ import annotations

from bot.errors import Fault


class ChannelError(Fault):
    """A channel cannot serve; the message says what is wrong, where, and how to mend it."""


class UnreachableError(ChannelError):
    """The platform cannot be reached now; nothing is known to be set wrongly, so try again later."""


class TryLaterError(Exception):
    """The platform did not take a message now: too many requests, its own trouble, no network.

    `seconds` is how long it asked to wait, if it said so. `reason` is for the operator: a code or
    a kind of error, never a token or a citizen's words.
    """

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class UndeliverableError(Exception):
    """The platform will never take this message: blocked, too late, refused as it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
