"""The console over an office of a test, served to a real browser."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.console.composition import areas_of
from bot.web.pages import STATIC
from bot.web.shield import Assets
from tests.officials import PASSWORD, close, served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.console.office import Office


@contextmanager
def console_of(fill: Callable[[], Awaitable[Office]]) -> Iterator[str]:
    """Make an office and serve its console, in one loop of a thread; the address of its start."""
    ready: Future[int] = Future()
    over = threading.Event()

    async def serve() -> None:
        await _serve(await fill(), ready, over)

    with ThreadPoolExecutor(1) as threads:
        served = threads.submit(lambda: asyncio.run(serve()))
        either: list[Future[Any]] = [ready, served]
        wait(either, timeout=120, return_when=FIRST_COMPLETED)
        try:
            if served.done():
                served.result()  # it failed, and says why
            yield f"http://127.0.0.1:{ready.result(0)}/quan-tri/"
        finally:
            over.set()


def log_in(page: Page, name: str = "lan") -> None:
    """Fill in the form that the page shows."""
    page.get_by_label("Tên").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name=f"Chào {name}")).to_be_visible()


async def _serve(made: Office, ready: Future[int], over: threading.Event) -> None:
    pictures = Mount("/static", Assets(directory=STATIC))  # of the citizens' pages
    app = Starlette(routes=[pictures, *served(made, areas_of(made)).routes])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.02)
        ready.set_result(listener.getsockname()[1])
        await asyncio.to_thread(over.wait)
        server.should_exit = True
        await serving
    await close(made)
