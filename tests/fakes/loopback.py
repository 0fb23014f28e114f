"""A real HTTP server on a free loopback port, inside the test's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Self

import uvicorn
from starlette.applications import Starlette

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.routing import BaseRoute


class _Server(uvicorn.Server):
    """Serves inside the test's own loop, so signals stay pytest's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Loopback:
    """Serves routes. Use as `async with Loopback(routes) as server`, then `server.url`."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.url = ""
        self._routes = routes

    async def open(self) -> str:
        """Begin to serve; returns the address."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            Starlette(routes=self._routes), lifespan="off", ws="none", log_level=100, loop="none"
        )
        config.timeout_graceful_shutdown = 1
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.ready.wait()
        return self.url

    async def close(self) -> None:
        self._server.should_exit = True
        await self._task

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
