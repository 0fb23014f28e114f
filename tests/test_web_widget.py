"""The widget in a real browser: on a page of somebody else, by keyboard, allowed and not allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bot.web import pages
from tests.web_browser import PHONE, QUESTION, Served, chromium, held_back, needs_browser
from tests.web_host import LAUNCHER, hosted

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_browser

FORBID_STORAGE = """for (const name of ["sessionStorage", "localStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
"""
GUIDE = (Path(__file__).parent.parent / "docs" / "nhung-web.md").read_text("utf-8")
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Served, str]]:
    with hosted() as site:
        yield site


def visited(
    browser: Browser, host: str, viewport: dict[str, int] = DESK, *, quiet: bool = True
) -> Iterator[Page]:
    """Visit the host page; at the end there is no cookie, and (if `quiet`) no error was printed."""
    context = browser.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type != "log" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host)
    yield page
    assert context.cookies() == []
    context.close()
    assert not quiet or errors == []


@pytest.fixture
def page(browser: Browser, site: tuple[Served, str]) -> Iterator[Page]:
    yield from visited(browser, site[1])


def opened_chat(page: Page) -> FrameLocator:
    page.get_by_role("button", name=LAUNCHER).click()
    return page.frame_locator("iframe")


def ask_in(chat: FrameLocator) -> None:
    chat.locator("#text").fill(QUESTION)
    chat.locator("#text").press("Enter")
    expect(chat.locator(".card")).to_have_count(1)


def test_a_citizen_asks_on_somebody_elses_page(page: Page, site: tuple[Served, str]) -> None:
    """Nothing but the script is loaded before the button is pressed; then the answer is there."""
    served, _ = site
    served.desk.heard.clear()
    loaded: list[str] = []
    page.on("request", lambda sent: loaded.append(sent.url))
    page.reload()
    expect(page.get_by_role("button", name=LAUNCHER)).to_have_count(1)
    assert [url for url in loaded if url.startswith(served.address)] == [
        f"{served.address}widget.js"
    ]
    ask_in(opened_chat(page))
    assert [heard.text for heard in served.desk.heard] == [QUESTION]


def test_everything_works_with_the_keyboard_alone(page: Page) -> None:
    """Tab to the button, Enter opens and leads to the field, Esc closes and leads back."""
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.tagName") == "HOIDAP-CHAT":
            break
    launcher = page.get_by_role("button", name=LAUNCHER)
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    field = page.frame_locator("iframe").locator("#text")
    expect(field).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.frame_locator("iframe").locator(".card")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.frame_locator("iframe").locator(".card")).to_have_count(1)
    page.get_by_role("button", name="Đóng hỏi đáp").focus()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")


def test_the_chat_says_that_it_is_there_only_when_it_can_answer(page: Page) -> None:
    """The focus goes into the frame when its last script has run; whoever was faster is answered."""
    held = held_back(page, "**/static/chat.js*")
    chat = opened_chat(page)
    chat.locator("#text").evaluate("(field, text) => { field.value = text; }", f"{QUESTION}\n")
    expect(page.get_by_role("button", name="Đóng hỏi đáp")).to_be_focused()
    held.let_go()
    expect(chat.locator("#text")).to_be_focused()
    expect(chat.locator(".card")).to_have_count(1)


def test_what_was_said_is_there_on_the_next_page_of_the_site(browser: Browser) -> None:
    """Where the chat's address is a part of the site's; the session belongs to the tab."""
    with hosted(same_site=True) as (served, host):
        for page in visited(browser, host):
            ask_in(opened_chat(page))
            page.reload()
            chat = opened_chat(page)
            expect(chat.locator(".said")).to_have_text(QUESTION)
            chat.locator("#text").fill("căn cước")
            chat.locator("#text").press("Enter")
            expect(chat.locator(".card")).to_have_count(2)
        assert len({heard.user for heard in served.desk.heard}) == 1


def test_without_storage_the_chat_goes_on_until_the_page_is_left(
    page: Page, site: tuple[Served, str]
) -> None:
    """A browser may forbid all storage in a frame; closing the widget forgets nothing."""
    served, _ = site
    served.desk.heard.clear()
    page.add_init_script(FORBID_STORAGE)
    page.reload()
    chat = opened_chat(page)
    ask_in(chat)
    page.get_by_role("button", name="Đóng hỏi đáp").click()
    opened_chat(page)
    chat.locator("#text").fill("căn cước")
    chat.locator("#text").press("Enter")
    expect(chat.locator(".card")).to_have_count(2)
    assert len({heard.user for heard in served.desk.heard}) == 1


def test_the_host_pages_styles_stay_outside(page: Page) -> None:
    """A site that hides every button and frame of its own still shows these."""
    launcher = page.get_by_role("button", name=LAUNCHER)
    assert launcher.evaluate("(node) => getComputedStyle(node).color") == "rgb(255, 255, 255)"
    opened_chat(page)
    expect(page.get_by_role("dialog", name="Hỏi đáp dịch vụ công số")).to_be_visible()
    expect(page.locator("iframe")).to_be_visible()
    page.emulate_media(media="print")
    expect(launcher).to_be_hidden()


def test_on_a_phone_the_chat_fills_the_screen(browser: Browser, site: tuple[Served, str]) -> None:
    """And the button that closes it is in sight."""
    for page in visited(browser, site[1], PHONE):
        chat = opened_chat(page)
        expect(chat.locator("#text")).to_be_visible()
        assert page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, **PHONE}
        expect(page.get_by_role("button", name="Đóng hỏi đáp")).to_be_in_viewport(ratio=1)
        assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]


def test_a_host_with_a_strict_policy_of_its_own_can_have_it(browser: Browser) -> None:
    """It has to allow the script and the frame, nothing else: no inline style, no data."""
    with hosted(strict=True) as (_, host):
        for page in visited(browser, host):
            launcher = page.get_by_role("button", name=LAUNCHER)
            ask_in(opened_chat(page))
            box = launcher.bounding_box()
            assert box
            assert box["x"] > DESK["width"] / 2  # it is dressed: it stands in its corner


def test_a_page_that_is_not_on_the_list_gets_no_chat(browser: Browser) -> None:
    """The browser refuses the frame; the citizen is told and led to the chat's own page."""
    with hosted(listed=False) as (served, host):
        for page in visited(browser, host, quiet=False):
            page.clock.install()
            page.reload()
            opened_chat(page)
            expect(page.locator("iframe")).to_be_visible()
            late = page.get_by_role("status")
            expect(late).to_be_hidden()
            page.clock.run_for(8_100)
            expect(late).to_have_text(
                "Chưa mở được hỏi đáp ở đây. Bạn bấm “Mở trang riêng” ở trên."
            )
            assert page.frame_locator("iframe").locator("#text").count() == 0
            link = page.get_by_role("link", name="Mở trang riêng")
            expect(link).to_have_attribute("href", served.address)
        assert served.desk.heard == []


def test_a_chat_that_did_not_come_is_asked_for_again(
    browser: Browser, site: tuple[Served, str]
) -> None:
    """The server was down when the button was pressed first; closed and opened, the chat is there."""
    for page in visited(browser, site[1], quiet=False):
        page.route("**/chat/?embed=1", lambda route: route.abort())
        opened_chat(page)
        expect(page.locator("iframe")).to_be_visible()
        page.unroute("**/chat/?embed=1")
        page.get_by_role("button", name="Đóng hỏi đáp").click()
        ask_in(opened_chat(page))
        assert page.locator("iframe").count() == 1


def test_the_button_says_and_looks_as_the_host_wants(browser: Browser) -> None:
    """Another text, side and colour; black on a light colour, so that it can be read."""
    wanted = ' data-label="Hỏi <b>xã</b>" data-position="left" data-color="#ffdd00"'
    with hosted(attributes=wanted) as (_, host):
        for page in visited(browser, host):
            launcher = page.get_by_role("button", name="Hỏi <b>xã</b>")
            assert launcher.evaluate(
                "(node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
            ) == ["rgb(255, 221, 0)", "rgb(0, 0, 0)"]
            box = launcher.bounding_box()
            assert box
            assert box["x"] < 50


def test_a_colour_that_is_none_changes_nothing(browser: Browser) -> None:
    """What stands in an attribute never becomes a style rule."""
    with hosted(attributes=' data-color="red;} * { display: none"') as (_, host):
        for page in visited(browser, host):
            launcher = page.get_by_role("button", name=LAUNCHER)
            shown = launcher.evaluate("(node) => getComputedStyle(node).backgroundColor")
            assert shown == "rgb(11, 74, 148)"


GUIDES_PAGES = re.findall(r"```html\n(.+?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("html", GUIDES_PAGES, ids=["to try", "in earnest"])
def test_the_guides_pages_work_as_they_are_written(browser: Browser, html: str) -> None:
    """What an operator copies from docs/nhung-web.md, with the address of this chat."""
    page_of_operator = re.sub(r"https?://[^\s\"]+/(?=widget\.js)", "CHAT/", html)
    with hosted(f"<link rel='icon' href='data:,'>{page_of_operator}") as (_, host):
        for page in visited(browser, host):
            ask_in(opened_chat(page))


def test_the_guide_tells_of_every_attribute_and_no_other() -> None:
    """Whatever the script reads of its tag."""
    script = (pages.STATIC / "widget.js").read_text("utf-8")
    read = set(re.findall(r"dataset\.([a-z]+)", script.partition("STYLE")[0]))
    assert set(re.findall(r"`data-([a-z]+)=", GUIDE)) == read == {"label", "position", "color"}


def test_a_message_from_elsewhere_closes_nothing(page: Page) -> None:
    """Only the chat's own frame may ask for it."""
    expect(opened_chat(page).locator("#text")).to_be_focused()
    page.evaluate("() => window.postMessage({ hoidap: 'close' }, '*')")
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    expect(page.get_by_role("dialog")).to_be_visible()
