"""axe-core, the checker most public sites are measured with, finds nothing on any page."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.web_browser import (
    NO_SUCH_PAGE,
    QUESTION,
    Served,
    ask,
    chat_served,
    chromium,
    needs_browser,
    opened,
)
from tests.web_host import LAUNCHER, hosted

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_browser

AXE = gzip.decompress(
    (Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js.gz").read_bytes()
).decode()
# A name for each violation and the elements that have it; every rule, best practices too.
RUN = """async (options) => {
  const found = await axe.run(document, options);
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}"""
# A spoken voice, so that every button there can be is on the page.
VOICE = "speechSynthesis.getVoices = () => [{ lang: 'vi-VN', name: 'Lan', localService: true }];"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with chat_served() as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def violations(page: Page | Frame, **options: object) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # not through the page's own policy, which forbids inline code
    found: list[str] = page.evaluate(RUN, options)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desk"])
def test_the_chat_has_no_violation(
    browser: Browser, served: Served, scheme: str, size: tuple[int, int]
) -> None:
    """At the beginning, with every kind of answer, with larger letters, and when it asks."""
    viewport = {"width": size[0], "height": size[1]}
    for page in opened(browser, served, script=VOICE, color_scheme=scheme, viewport=viewport):
        assert violations(page) == []
        for said in (QUESTION, "căn cước", "gì cũng được", "/xoadulieu"):
            ask(page, said)
        page.locator(".thumbs button").first.click()
        expect(page.get_by_text("Cảm ơn bạn!")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Chữ to").click()
        page.get_by_role("button", name="Nói câu hỏi").click()
        expect(page.get_by_role("button", name="Đồng ý và nói")).to_be_focused()
        assert violations(page) == []


def test_trouble_has_no_violation(browser: Browser, served: Served) -> None:
    """Without a network, with a question to send again."""
    for page in opened(browser, served, expected=["Failed to load resource"]):
        page.context.set_offline(True)
        page.locator("#text").fill("căn cước")
        page.locator("#text").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("không có mạng")
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["hoi/vneid_khong_nhan_sms_otp", "hoi/can_cuoc_cap_doi", "hoi/khong_co", "khong-co"]
)
def test_every_other_page_has_no_violation(
    browser: Browser, served: Served, scheme: str, path: str
) -> None:
    """An answer to share, one that is gone, and an address that does not exist."""
    for page in opened(browser, served, path, color_scheme=scheme, expected=[NO_SUCH_PAGE]):
        assert violations(page) == []


def test_the_page_without_javascript_has_no_violation(browser: Browser, served: Served) -> None:
    """What the server draws after the plain form."""
    for page in opened(browser, served, java_script_enabled=False):
        page.get_by_label("Câu hỏi của bạn").fill(QUESTION)
        page.get_by_role("button", name="Gửi").click()
        assert page.locator(".card").is_visible()
        drawn = page.content()
    # the checker is a script itself, so it looks at the same page without the page's scripts
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.route("**/static/*.js*", lambda route: route.abort())
    page.goto(served.address)
    page.set_content(drawn)
    assert page.locator(".card").is_visible()
    assert violations(page) == []
    page.close()


def test_the_widget_has_no_violation(browser: Browser) -> None:
    """Neither the host page's part, closed and open, nor the chat in the frame."""
    with hosted() as (_, host):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(host)
        expect(page.get_by_role("button", name=LAUNCHER)).to_be_visible()
        assert violations(page, iframes=False) == []
        page.get_by_role("button", name=LAUNCHER).click()
        frame = page.frame_locator("iframe")
        expect(frame.locator("#text")).to_be_focused()
        frame.locator("#text").fill(QUESTION)
        frame.locator("#text").press("Enter")
        expect(frame.locator(".card")).to_have_count(1)
        assert violations(page, iframes=False) == []
        assert violations(page.frames[1]) == []
        page.close()
