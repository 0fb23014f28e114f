"""What a messaging channel promises, and what it is given: the seam between platforms and the rest.

A message's way: the channel reads a raw update into `Incoming` and hands it to
`Reception.accept`, which stores it before the platform is told "received". Whoever answers it asks
the channel to `render` the turn into payloads, which are stored too, and to `send` them one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta

    from starlette.routing import BaseRoute

    from bot.messages import Incoming, Turn

Payload = dict[str, Any]
"""One message as the platform's own method takes it, without the address. JSON; at most some kB."""


class Reception(Protocol):
    """What a channel hands its updates to. None of the methods raises for bad content."""

    async def accept(self, incoming: Incoming) -> bool:
        """Store a message; when this returns, it will be answered whatever crashes.

        False if a message of this channel with this `message_id` is known already. Raises only
        when the store fails (`StoreError`): the platform must then not be told "received".
        """

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        """Keep a citizen's opinion on an own turn; False if there is no such turn of theirs.

        Raises `FeedbackOffError` where none is taken.
        """

    async def erase(self, *, channel: str, user: str) -> None:
        """Forget everything that is kept about a citizen (they left, or asked for it)."""


class Vault(Protocol):
    """Keeps a channel's changing secrets (rotating tokens), encrypted, across restarts."""

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Change the secret while no other program that shares the Vault does."""

    async def secret(self, name: str) -> str | None:
        """Give the secret of this name, if there is one."""

    async def keep_secret(self, name: str, value: str) -> None:
        """Keep it; when this returns, not even a power failure loses it."""


class Channel(Protocol):
    """A messaging platform. The web chat answers in its own request and is none."""

    name: str
    window: timedelta | None
    """How long after a citizen's last message the platform still takes one for them."""

    @property
    def title(self) -> str:
        """How citizens find the bot there; known after `start`."""

    def routes(self) -> Sequence[BaseRoute]:
        """The webhook routes; they answer 503 until `start` was called."""

    async def start(self, reception: Reception) -> None:
        """Check the credentials and begin to take messages.

        Raises `ChannelError` if that cannot be, `UnreachableError` if it may work later.
        """

    async def stop(self) -> None:
        """Take no more messages, within two seconds. `send` still works until `close`."""

    async def close(self) -> None:
        """Let go of connections; nothing is sent any more."""

    def render(self, turn: Turn) -> Sequence[Payload]:
        """Write a stored turn as the messages that the platform will show, in order. Pure."""

    async def send(self, address: str, payload: Payload) -> None:
        """Send one message to where `Incoming.address` pointed.

        Raises `TryLaterError` or `UndeliverableError`, and nothing else that is expected.
        """

    async def show_typing(self, address: str) -> None:
        """Tell the citizen that an answer is being looked for, where the platform can; no errors."""
