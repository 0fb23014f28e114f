"""Charts in a real browser: drawn beside their tables, sharp on paper; without scripts, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from bot.console.office import Role
from tests.console_browser import console_of, log_in
from tests.officials import hire, office
from tests.test_figures import NOW, a_day
from tests.web_browser import PHONE, chromium, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.console.office import Office

pytestmark = needs_browser
# of each canvas, whether anything is on it
PAINTED = """[...document.querySelectorAll("[data-plot] canvas")].map((canvas) => canvas
  .getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part))"""
DOTS = "document.querySelector('[data-plot] canvas').width"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console of an office on a day with a dozen turns."""
    home: Path = tmp_path_factory.mktemp("office")

    async def fill() -> Office:
        made = await office(home, now=lambda: NOW)
        await a_day(made.store)
        await hire(made, "lan", Role.EDITOR)
        return made

    with console_of(fill) as console:
        yield console.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_charts_are_drawn_beside_their_tables_and_printed_sharply(
    browser: Browser, address: str
) -> None:
    """On a phone the picture fits and the table is folded; on paper it has three times the dots."""
    context = browser.new_context(viewport=PHONE, color_scheme="dark")  # type: ignore[arg-type]  # a plain dict is taken
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    log_in(page)
    page.goto(f"{address}so-lieu")
    paints = page.locator("[data-plot] canvas")
    expect(paints.first).to_be_visible()
    assert paints.count() == page.locator("[data-plot]").count() > 4
    assert page.locator("[data-plot] details[open]").count() == 0
    assert all(page.evaluate(PAINTED))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(DOTS) == 3 * 640
    assert all(page.evaluate(PAINTED))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(DOTS) < PHONE["width"]
    context.close()
    assert wrong == []


def test_a_chart_tells_its_numbers_where_it_is_pointed_at(browser: Browser, address: str) -> None:
    """The last day's column says the day and what the table says of it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    log_in(page)
    page.goto(f"{address}so-lieu")
    area = page.locator("[data-plot] .u-over").first
    box = area.bounding_box()
    assert box
    area.hover(position={"x": box["width"] - 5, "y": 20})
    expect(page.locator(".plot-said").first).to_have_text("26/11/2026: câu hỏi 4, trả lời ngay 1")
    context.close()


def test_figures_without_scripts_are_tables(browser: Browser, address: str) -> None:
    """Nothing is drawn, nothing is missing: every table is open."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    log_in(page)
    page.goto(f"{address}so-lieu")
    plots = page.locator("[data-plot]")
    assert plots.count() > 4
    assert page.locator("[data-plot] details[open] table").count() == plots.count()
    expect(page.locator(".plot-picture").first).to_be_hidden()
    context.close()
