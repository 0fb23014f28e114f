"""The chat page in a real browser: keyboard, taps, no JavaScript, reload, network trouble."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web_browser import (
    QUESTION,
    Served,
    ask,
    chat_served,
    chromium,
    held_back,
    needs_browser,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_browser


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with chat_served() as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    yield from opened(browser, served)


@pytest.fixture
def page_without_javascript(browser: Browser, served: Served) -> Iterator[Page]:
    yield from opened(browser, served, java_script_enabled=False)


def test_a_question_typed_and_sent_by_keyboard_is_answered(page: Page, served: Served) -> None:
    """Enter sends, Shift+Enter does not, and the focus stays where one writes."""
    field = page.get_by_label("Câu hỏi của bạn")
    field.focus()
    page.keyboard.type("hai")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("dòng")
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log.locator(".card")).to_have_count(1)
    assert [heard.text for heard in served.desk.heard] == ["hai\ndòng"]
    ask(page, QUESTION)
    expect(log.get_by_text("Thường do số điện thoại khai sai")).to_be_visible()
    assert log.locator(".part-steps ol > li").count() == 4
    expect(log.get_by_role("link", name="1900 0368")).to_have_attribute("href", "tel:19000368")
    expect(field).to_be_focused()
    expect(field).to_have_value("")


def test_who_presses_enter_before_the_scripts_are_there_is_answered(
    browser: Browser, served: Served
) -> None:
    """On a slow line the field is there first: the question is sent once its script has come."""
    for page in opened(browser, served):
        held = held_back(page, "**/static/chat.js*")
        page.reload(wait_until="commit")
        page.locator("#text").fill(QUESTION)
        page.locator("#text").press("Enter")
        assert served.desk.heard == []
        held.let_go()
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator("#text")).to_have_value("")
        assert [heard.text for heard in served.desk.heard] == [QUESTION]


def test_a_tapped_clarification_shows_its_title_and_its_answer(page: Page, served: Served) -> None:
    """The tap stands in the log as what the citizen said."""
    ask(page, "căn cước")
    title = "Đổi thẻ căn cước khi hết hạn hoặc hỏng"
    page.get_by_role("button", name=title).click()
    expect(page.locator(".mine .said").last).to_have_text(title)
    expect(page.get_by_text("có thể đã thay đổi")).to_be_visible()
    assert [heard.choice for heard in served.desk.heard] == [None, "e:can_cuoc_cap_doi"]


def test_enter_while_composing_sends_nothing(page: Page, served: Served) -> None:
    """Telex and VNI finish a syllable with Enter on some keyboards."""
    page.locator("#text").fill("căn cước")
    for how in ("isComposing: true", "keyCode: 229"):
        page.evaluate(
            "() => document.getElementById('text').dispatchEvent(new KeyboardEvent('keydown', "
            f"{{key: 'Enter', bubbles: true, cancelable: true, {how}}}))"
        )
    expect(page.locator("#text")).to_have_value("căn cước")
    expect(page.locator(".message")).to_have_count(0)
    page.locator("#text").press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    assert len(served.desk.heard) == 1


def test_the_form_works_with_javascript_off(page_without_javascript: Page, served: Served) -> None:
    """Question, clarification, answer and thumbs, one page load each, one session."""
    page = page_without_javascript
    page.get_by_label("Câu hỏi của bạn").fill("căn cước")
    page.get_by_role("button", name="Gửi").click()
    title = "Đổi thẻ căn cước khi hết hạn hoặc hỏng"
    page.get_by_role("button", name=title).click()
    assert page.locator(".said").inner_text() == title
    assert page.get_by_text("25.000 đồng").first.is_visible()
    page.get_by_role("button", name="Có", exact=True).click()
    assert page.get_by_role("status").inner_text() == "Cảm ơn bạn đã góp ý."
    assert len({heard.user for heard in served.desk.heard}) == 1
    assert served.desk.rated[-1][0::3] == (2, True)


def test_what_was_said_is_there_after_a_reload_and_gone_when_asked(
    page: Page, served: Served
) -> None:
    """The same session goes on; "Hỏi mới" forgets all of it."""
    ask(page, QUESTION)
    page.get_by_role("button", name="Có", exact=True).click()
    expect(page.get_by_text("Cảm ơn bạn!")).to_be_visible()
    page.reload()
    expect(page.locator(".said")).to_have_text(QUESTION)
    thumb = page.get_by_role("button", name="Có", exact=True)
    expect(thumb).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    ask(page, "căn cước")
    page.get_by_role("link", name="Hỏi mới").click()
    expect(page.locator(".message")).to_have_count(0)
    ask(page, "căn cước")
    sessions = [heard.user for heard in served.desk.heard]
    assert sessions[0] == sessions[1] != sessions[2]
    assert all(re.fullmatch("[0-9a-f]{32}", session) for session in sessions)


def test_nothing_is_lost_when_the_network_fails(browser: Browser, served: Served) -> None:
    """The text goes back into its field, and "Gửi lại" sends it."""
    for page in opened(browser, served):
        # Chromium itself prints a line for a failed request; only that one is expected here.
        page.evaluate("() => { window.fetched = window.fetch; }")
        page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
        page.locator("#text").fill("căn cước")
        page.locator("#text").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Chưa gửi được")
        expect(page.locator("#text")).to_have_value("căn cước")
        expect(page.locator(".message")).to_have_count(0)
        page.evaluate("() => { window.fetch = window.fetched; }")
        page.get_by_role("button", name="Gửi lại").click()
        expect(page.locator(".card")).to_have_count(1)
        expect(page.get_by_role("alert")).to_be_empty()
        expect(page.locator("#text")).to_have_value("")


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    """Also after a reload, when it comes from the browser's own memory."""
    hostile = "<img src=x onerror=alert(1)> **đậm**"
    ask(page, hostile)
    expect(page.locator(".said")).to_have_text(hostile)
    page.reload()
    expect(page.locator(".said")).to_have_text(hostile)
    assert page.locator("#log img").count() == 0


def test_a_slow_answer_is_announced(page: Page) -> None:
    """A screen reader hears that something is going on."""
    page.evaluate(
        "() => { const ask = window.fetch; window.fetch = (...what) => new Promise((done) => "
        "{ window.letGo = () => done(ask(...what)); }); }"
    )
    page.locator("#text").fill("căn cước")
    page.locator("#text").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Đang trả lời…")
    page.evaluate("() => window.letGo()")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#state")).to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_named_large_enough_and_readable(
    browser: Browser, served: Served, scheme: str
) -> None:
    """Names, 44 px targets, contrast of 4.5:1, text of 15 px and up, no sideways scrolling."""
    for page in opened(browser, served, color_scheme=scheme):
        assert page.locator("html").get_attribute("lang") == "vi"
        assert page.locator("h1").inner_text() == "Hỏi đáp dịch vụ công số"
        assert page.evaluate(AUDIT) == []
        ask(page, QUESTION)
        ask(page, "căn cước")
        page.locator(".picks button").first.click()
        expect(page.locator(".card")).to_have_count(3)
        page.locator(".thumbs button").first.click()
        expect(page.get_by_text("Cảm ơn bạn!")).to_be_visible()
        page.mouse.move(0, 0)
        assert page.evaluate(AUDIT) == []
        assert page.locator(".message .who").all_inner_texts() == ["Bạn:", "Trợ lý:"] * 3
        page.set_viewport_size({"width": 320, "height": 568})
        assert page.evaluate("() => document.documentElement.scrollWidth") == 320
        expect(page.locator("#text")).to_be_in_viewport()


def test_a_huge_body_is_answered_over_a_real_connection(served: Served) -> None:
    """The sentence arrives, not a broken pipe."""
    response = httpx.post(f"{served.address}chat/api/messages", content=b"x" * 1_000_000)
    assert response.status_code == 413
    assert "quá dài" in response.json()["error"]


# Every visible element with text of its own: its size, its contrast against what is behind it;
# every control: its name and the size of its target.
AUDIT = """() => {
  const bad = [];
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const c = rgb(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const seen = (node) => node.getClientRects().length && !node.closest(".who, .skip, label");
  for (const node of document.querySelectorAll("body *")) {
    if (!seen(node)) continue;
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const style = getComputedStyle(node);
    if (own) {
      const [a, b] = [light(rgb(style.color)), light(behind(node))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) bad.push(`contrast ${ratio.toFixed(2)}: ${node.textContent.trim()}`);
      if (parseFloat(style.fontSize) < 15) bad.push(`small: ${node.textContent.trim()}`);
    }
    if (!node.matches("button, textarea, #fresh")) continue;
    const box = node.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 44) bad.push(`target: ${node.outerHTML}`);
    const name = node.textContent.trim() || (node.labels && node.labels.length);
    if (!name) bad.push(`no name: ${node.outerHTML}`);
  }
  return bad;
}"""


def test_who_dislikes_an_answer_may_say_why(page: Page, served: Served) -> None:
    """The reasons come after the 👎 and are kept with it; a 👍 takes them away."""
    page.locator("#text").fill("căn cước")
    page.locator("#text").press("Enter")
    page.get_by_role("button", name="Đổi thẻ căn cước khi hết hạn hoặc hỏng").click()
    outdated = page.get_by_role("button", name="Đã cũ")
    expect(outdated).to_have_count(0)
    page.get_by_role("button", name="Chưa", exact=True).click()
    outdated.click()
    expect(outdated).to_have_attribute("aria-pressed", "true")
    assert served.desk.reasons[-2:] == [None, "outdated"]
    page.get_by_role("button", name="Có", exact=True).click()
    expect(outdated).to_have_count(0)


def test_why_is_asked_with_javascript_off_too(
    page_without_javascript: Page, served: Served
) -> None:
    """One page more, with the reasons as buttons."""
    page = page_without_javascript
    page.get_by_label("Câu hỏi của bạn").fill("căn cước")
    page.get_by_role("button", name="Gửi").click()
    page.get_by_role("button", name="Đổi thẻ căn cước khi hết hạn hoặc hỏng").click()
    page.get_by_role("button", name="Chưa", exact=True).click()
    page.get_by_role("button", name="Khó hiểu").click()
    assert page.get_by_role("status").inner_text() == "Cảm ơn bạn đã góp ý."
    assert served.desk.reasons[-2:] == [None, "unclear"]


def test_a_button_of_before_says_that_opinions_are_off(browser: Browser, served: Served) -> None:
    """The card of an earlier day still has its thumbs; nobody is asked to try again."""
    refused = ("Failed to load resource: the server responded with a status of 403",)
    for page in opened(browser, served, expected=refused):
        ask(page, QUESTION)
        served.desk.takes_feedback = False
        try:
            page.get_by_role("button", name="Chưa", exact=True).click()
            expect(page.locator(".thanks")).to_have_text("Bot đang không nhận đánh giá.")
        finally:
            served.desk.takes_feedback = True
