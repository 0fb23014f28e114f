"""Answers that break off, come late or never, or are lost after the work was done: for all fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Dropped(Response):
    """An answer that breaks off: the connection is closed before the body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}
        )


class Hanging(Response):
    """An answer that does not come while the other side waits for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        while (await receive())["type"] != "http.disconnect":
            pass


class Lost(Dropped):
    """The same as `Dropped`, but what was asked for is done first."""


class Late(Response):
    """A mark for the fake that answers: at once it does what was asked for, later it says so."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
