"""A real browser for tests of the web chat: Chromium, served applications, watched pages."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from bot.channels.web import build_web
from tests.web_desk import TOPICS, ScriptedDesk, answer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.applications import Starlette

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
# what Chromium itself prints
NO_SUCH_PAGE = "Failed to load resource: the server responded with a status of 404"
QUESTION = "khong nhan duoc ma otp vneid"

expect.set_options(timeout=20_000)  # a busy machine is slow now and then

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "REQUIRE_BROWSER" not in os.environ,
        reason="BROWSER TESTS DID NOT RUN: neither chromium nor google-chrome is installed",
    ),
]


@dataclass(slots=True)
class Served:
    """The application on a loopback port, and the desk behind it."""

    address: str
    desk: ScriptedDesk


@contextmanager
def serving(app: Starlette, port: int = 0) -> Iterator[int]:
    """Serve an application on a loopback port, any free one by default; the port."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def chat_served(embed_origins: Sequence[str] = ()) -> Iterator[Served]:
    """Serve the chat with the scripted desk."""
    desk = ScriptedDesk()
    app = build_web(
        desk,
        topics=lambda: TOPICS,
        ready=lambda: True,
        answer_of=answer_of,
        embed_origins=embed_origins,
    )
    with serving(app) as port:
        yield Served(f"http://127.0.0.1:{port}/", desk)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def opened(
    browser: Browser,
    served: Served,
    path: str = "",
    *,
    script: str = "",
    expected: Sequence[str] = (),
    **options: Any,
) -> Iterator[Page]:
    """Open a page on a phone; at the end nothing may have gone wrong or gone elsewhere.

    `script` runs before the page's own; `expected` are beginnings of errors that belong here.
    """
    served.desk.heard.clear()
    context = browser.new_context(**({"viewport": PHONE, "reduced_motion": "reduce"} | options))
    if script:
        context.add_init_script(script)
    page = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type != "log" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(served.address) else elsewhere.append(sent.url),
    )
    page.goto(served.address + path)
    yield page
    assert context.cookies() == []
    context.close()
    assert [error for error in errors if not error.startswith(tuple(expected))] == []
    assert elsewhere == []


@dataclass  # no slots: playwright keeps its own mark on whatever handles a route
class Held:
    """Requests that the network does not answer yet."""

    page: Page
    routes: list[Route] = field(default_factory=list)

    def hold(self, route: Route) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        """Wait for the first of them, and let it pass."""
        for _ in range(1000):
            if self.routes:
                break
            self.page.wait_for_timeout(20)
        self.routes.pop(0).continue_()


def held_back(page: Page, pattern: str) -> Held:
    """Hold back what a page asks for under such an address, as a slow line would."""
    held = Held(page)
    page.route(pattern, held.hold)
    return held


def ask(page: Page, text: str) -> None:
    """Type a question, send it, wait for its card."""
    answers = page.locator(".card").count()
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")
    expect(page.locator(".card")).to_have_count(answers + 1)
