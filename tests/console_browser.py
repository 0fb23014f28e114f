"""The console over an office of a test, served to a real browser."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.console.composition import areas_of
from bot.web.open_data import OpenDataPages
from bot.web.pages import STATIC
from bot.web.shield import Assets
from tests.officials import PASSWORD, close, served
from tests.test_web_accessibility import violations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from bot.console.office import Office

Found = TypeVar("Found")
SIZES = ((390, 844), (1280, 800))  # a phone, a desk
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Served:
    """A console on a loopback port, and the office behind it, at work in a loop of its own."""

    address: str  # of its start, with a slash
    office: Office
    loop: asyncio.AbstractEventLoop

    def look(self, question: Coroutine[Any, Any, Found]) -> Found:
        """Ask the office something, where it works."""
        return asyncio.run_coroutine_threadsafe(question, self.loop).result(60)


@contextmanager
def console_of(fill: Callable[[], Awaitable[Office]]) -> Iterator[Served]:
    """Make an office and serve its console, in one loop of a thread."""
    ready: Future[Served] = Future()
    over = threading.Event()

    async def serve() -> None:
        await _serve(await fill(), ready, over)

    with ThreadPoolExecutor(1) as threads:
        serving = threads.submit(lambda: asyncio.run(serve()))
        either: list[Future[Any]] = [ready, serving]
        wait(either, timeout=120, return_when=FIRST_COMPLETED)
        try:
            if serving.done():
                serving.result()  # it failed, and says why
            yield ready.result(0)
        finally:
            over.set()


def log_in(page: Page, name: str = "lan") -> None:
    """Fill in the form that the page shows."""
    page.get_by_label("Tên").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name=f"Chào {name}")).to_be_visible()


def broken(page: Page) -> list[str]:
    """What axe finds, and what is too wide, on a phone and a desk, light and dark; loaded once."""
    wrong = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = violations(page, iframes=False)  # no script, so no axe either, runs in those
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("wider than the screen")
            wrong += [f"{page.url}, {width} px, {scheme}: {one}" for one in found]
    return wrong


async def _serve(made: Office, ready: Future[Served], over: threading.Event) -> None:
    pictures = Mount("/static", Assets(directory=STATIC))  # of the citizens' pages
    public = OpenDataPages(made.open_data).routes() if made.open_data else []
    app = Starlette(routes=[pictures, *public, *served(made, areas_of(made)).routes])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.02)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/quan-tri/"
        ready.set_result(Served(address, made, asyncio.get_running_loop()))
        await asyncio.to_thread(over.wait)
        server.should_exit = True
        await serving
    await close(made)
