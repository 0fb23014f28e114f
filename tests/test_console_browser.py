"""Every page of the console in a real browser: no axe violation, no error, nothing wider than a phone."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from concurrent.futures import Future
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.config import Settings
from bot.console.composition import areas_of
from bot.console.office import Role
from bot.editing import AddPhrasings
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.review.intake import Intake
from bot.web.open_data import OpenDataPages
from bot.web.pages import STATIC
from bot.web.shield import Assets
from tests.officials import KEY, PASSWORD, clock, hire, office, served
from tests.sample_faq import sample_faq, write
from tests.test_open_data import cluster
from tests.test_web_accessibility import violations
from tests.web_browser import chromium, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = needs_browser

PAGES = (
    "",
    "cau-hoi",
    "cau-hoi/1",
    "muc",
    "muc/vneid_quen_mat_khau",
    "muc/vneid_quen_mat_khau/sua",
    "muc/moi",
    "thu?q=quen+mat+khau+vneid",
    "thay-doi",
    "thay-doi/1",
    "so-lieu",
    "so-lieu/bao-cao",
    "so-lieu/luot",
    "du-lieu-mo",
    "../du-lieu-mo",  # the public page of the same
    "nhat-ky",
    "nguoi-dung",
    "toi",
)
HOSTILE = "<img src=x onerror=\"document.title='bị'\"> \"'><script>document.title='bị'</script>"


async def _filled(home: Path) -> Any:
    """An office with some turns, a cluster of hostile words, a proposal and an admin."""
    settings = Settings(
        faq_dir=write(home / "faq"), data_dir=home, golden=home / "golden.yaml", open_data=True
    )
    made = await office(home, settings=settings)
    desk = FrontDesk(sample_faq(), made.store, secret=KEY)
    for number, text in enumerate(("quên mật khẩu vneid", HOSTILE, "chợ phiên họp ngày nào")):
        await desk.respond(Incoming("web", f"nguoi {number}", Content.TEXT, text))
    desk.close()
    await Intake(made.store).run(clock())
    await hire(made, "lan", Role.ADMIN)
    assert made.open_data
    asked = await cluster(made.store, 12, at=clock() - timedelta(days=40))
    await made.open_data.releases.release(asked, HOSTILE, by="lan")
    proposal = await made.proposals.propose(
        [AddPhrasings("vneid_quen_mat_khau", (HOSTILE[:60],))], author="lan", title=HOSTILE[:200]
    )
    await made.proposals.trial(proposal)
    return made


async def _serve(home: Path, ready: Future[int], over: threading.Event) -> None:
    """Serve the console over a filled office in one loop, until it is over."""
    made = await _filled(home)
    pictures = Mount("/static", Assets(directory=STATIC))  # of the citizens' pages
    assert made.open_data
    public = OpenDataPages(made.open_data).routes()
    app = Starlette(routes=[pictures, *public, *served(made, areas_of(made)).routes])
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
    await made.proposals.close()
    made.accounts.close()
    await made.store.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console over a filled office."""
    ready: Future[int] = Future()
    over = threading.Event()
    home = tmp_path_factory.mktemp("office")
    thread = threading.Thread(target=lambda: asyncio.run(_serve(home, ready, over)))
    thread.start()
    try:
        yield f"http://127.0.0.1:{ready.result(120)}/quan-tri/"
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "dark"), (1280, "light")], ids=["phone-dark", "desk-light"]
)
def test_every_page_is_accessible_and_runs_nothing_of_others(
    browser: Browser, address: str, width: int, scheme: Any
) -> None:
    """Axe finds nothing; words of citizens do not run; no page is wider than the screen."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: (
            wrong.append(f"{page.url}: {said.text} {said.location}")
            if said.type == "error"
            else None
        ),
    )
    page.goto(address)
    wrong += [f"dang-nhap: {found}" for found in violations(page)]
    _log_in(page)
    for path in PAGES:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        wrong += [f"{path}: {found}" for found in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path}: wider than the screen")
        if page.title().startswith("bị"):
            wrong.append(f"{path}: runs what a citizen wrote")
    context.close()
    assert wrong == []


def test_the_menu_is_one_line_on_a_phone_and_opens(browser: Browser, address: str) -> None:
    """The bar is as high as one target of a finger; the menu leads on."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address)
    _log_in(page)
    bar = page.locator("header.bar").bounding_box()
    assert bar
    assert bar["height"] < 60
    page.get_by_text("Danh mục").first.click()
    page.get_by_role("navigation", name="Danh mục").get_by_role("link", name="Nhật ký").click()
    expect(page).to_have_url(re.compile("nhat-ky$"))
    context.close()


def _log_in(page: Page) -> None:
    page.get_by_label("Tên").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Chào lan")).to_be_visible()
