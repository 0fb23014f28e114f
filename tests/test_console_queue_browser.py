"""The review queue in a real browser: keys, hostile words, a checker of accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.review.cluster import State
from tests.queue_console import console, cookie, some_review
from tests.test_web_accessibility import violations
from tests.web_browser import chromium, needs_browser, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.review_desk import ReviewInMemory

pytestmark = needs_browser

SIZES = [(390, 844), (1280, 800)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def log_in(context: BrowserContext) -> None:
    """Have the browser show who is there, to any port of this machine."""
    (name, value), *_ = cookie().items()
    context.add_cookies([{"name": name, "value": value, "url": "http://127.0.0.1/quan-tri"}])


@pytest.fixture
def desk() -> ReviewInMemory:
    return some_review()


@pytest.fixture
def address(desk: ReviewInMemory) -> Iterator[str]:
    with serving(console(desk)) as port:
        yield f"http://127.0.0.1:{port}/quan-tri/cau-hoi"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    log_in(context)
    yield context.new_page()
    context.close()


def test_keys_open_ignore_and_undo(page: Page, desk: ReviewInMemory, address: str) -> None:
    """Keys j and k choose a row, Enter opens it, i ignores it, u takes that back."""
    page.goto(address)
    for key in "jjk":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/1")
    page.goto(address)
    for key in "jji":
        page.keyboard.press(key)
    expect(page.get_by_text("Bạn vừa bỏ qua")).to_be_visible()
    assert desk.clusters[2].row.state is State.IGNORED
    page.keyboard.press("u")
    expect(page.get_by_text("đăng ký tạm trú ở đâu")).to_be_visible()
    assert desk.clusters[2].history[0].undone_by == "lan"


def test_keys_are_letters_while_somebody_types(
    page: Page, desk: ReviewInMemory, address: str
) -> None:
    """In a field, and while the list of keys is open, no key decides anything."""
    page.goto(f"{address}/1")
    page.get_by_label("Tìm mục khác").press_sequentially("iao")
    expect(page.get_by_label("Tìm mục khác")).to_have_value("iao")
    page.goto(address)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.clusters[1].row.version == 1


def test_enter_in_the_search_field_accepts_nothing(
    page: Page, desk: ReviewInMemory, address: str
) -> None:
    """An entry is found while typing, Enter searches, and only the button accepts."""
    page.goto(f"{address}/1")
    page.get_by_label("Tìm mục khác").press_sequentially("cap lai can cuoc")
    expect(page.locator("#thay input[value=can_cuoc_cap_lai]")).to_be_visible()
    page.get_by_label("Tìm mục khác").press("Enter")
    page.wait_for_url("**/cau-hoi/1?tim=*")
    assert desk.accepted == []
    page.locator("#thay input[value=can_cuoc_cap_lai]").check()
    page.get_by_role("button", name="Thêm vào mục này").click()
    page.wait_for_url("**/thay-doi/7")
    assert desk.accepted == [(1, "can_cuoc_cap_lai", (100, 101))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_hostile_words_neither_run_nor_break_the_pages(
    browser: Browser, desk: ReviewInMemory, address: str, scheme: str, size: tuple[int, int]
) -> None:
    """Markup, quotes, bidi overrides, a word of 4,000 letters: shown, narrow, and accessible."""
    desk.decide(2, 1, "lan", "ignore", State.IGNORED)
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    log_in(context)
    page = context.new_page()
    for path in ("", "/3"):
        page.goto(address + path)
        expect(page.get_by_text("<img src=x").first).to_be_visible()
        assert "bị" not in page.title()
        assert page.locator("main img, main bdi script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert violations(page) == []
    context.close()
