"""Every page of the console in a real browser: no axe violation, no error, nothing wider than a phone."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.console.composition import areas_of
from bot.console.office import Role
from bot.editing import AddPhrasings
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.review.intake import Intake
from bot.web.pages import STATIC
from bot.web.shield import Assets
from tests.officials import KEY, PASSWORD, clock, hire, office, served
from tests.sample_faq import sample_faq
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
    "nhat-ky",
    "nguoi-dung",
    "toi",
)
HOSTILE = "<img src=x onerror=\"document.title='bị'\"> \"'><script>document.title='bị'</script>"


async def _filled(home: Path) -> Any:
    """An office with some turns, a cluster of hostile words, a proposal and an admin."""
    made = await office(home)
    desk = FrontDesk(sample_faq(), made.store, secret=KEY)
    for number, text in enumerate(("quên mật khẩu vneid", HOSTILE, "chợ phiên họp ngày nào")):
        await desk.respond(Incoming("web", f"nguoi {number}", Content.TEXT, text))
    desk.close()
    await Intake(made.store).run(clock())
    await hire(made, "lan", Role.ADMIN)
    proposal = await made.proposals.propose(
        [AddPhrasings("vneid_quen_mat_khau", (HOSTILE[:60],))], author="lan", title=HOSTILE[:200]
    )
    await made.proposals.trial(proposal)
    return made


async def _serve(home: Path, ready: Future[int], over: threading.Event) -> None:
    """Serve the console over a filled office in one loop, until it is over."""
    made = await _filled(home)
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


def test_charts_are_drawn_beside_their_tables_and_printed_sharply(
    browser: Browser, address: str
) -> None:
    """On a phone the picture fits and the table is folded; on paper it has three times the dots."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    _log_in(page)
    page.goto(f"{address}so-lieu")
    paints = page.locator("[data-plot] canvas")
    expect(paints.first).to_be_visible()
    assert paints.count() == page.locator("[data-plot]").count() > 4
    assert page.locator("[data-plot] details[open]").count() == 0
    assert all(page.evaluate(_PAINTED))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.querySelector('[data-plot] canvas').width") == 3 * 640
    assert all(page.evaluate(_PAINTED))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('[data-plot] canvas').width") < 390
    context.close()


def test_figures_without_scripts_are_tables(browser: Browser, address: str) -> None:
    """Nothing is drawn, nothing is missing: every table is open."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    _log_in(page)
    page.goto(f"{address}so-lieu")
    plots = page.locator("[data-plot]")
    assert plots.count() > 4
    assert page.locator("[data-plot] details[open] table").count() == plots.count()
    expect(page.locator(".plot-picture").first).to_be_hidden()
    context.close()


# of each canvas, whether anything is on it
_PAINTED = """[...document.querySelectorAll("[data-plot] canvas")].map((canvas) => canvas
  .getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part))"""


def _log_in(page: Page) -> None:
    page.get_by_label("Tên").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Chào lan")).to_be_visible()
