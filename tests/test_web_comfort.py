"""What makes the chat easier, in a real browser: speech, larger letters, sharing, bad networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

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
from tests.web_desk import OTP

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_browser

# Voices of the browser, and what it is told to say; no machine needs a loudspeaker for this.
VOICES = """
window.said = [];
speechSynthesis.getVoices = () => VOICES.map((lang) => ({ lang, name: lang, localService: true }));
speechSynthesis.speak = (one) => window.said.push(one);
speechSynthesis.cancel = () => { window.cancelled = (window.cancelled || 0) + 1; };
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
# A browser that turns speech into text; `window.hear(words)` is what it understands.
HEARING = """
window.webkitSpeechRecognition = window.SpeechRecognition = class {
  start() {
    window.listening = this;
    window.hear = (words) => {
      this.onresult({ results: [[{ transcript: words }]] });
      this.onend();
    };
    window.refuse = (error) => { this.onerror({ error }); this.onend(); };
  }
  stop() { this.onend(); }
  abort() { this.onend(); }
};
"""
DEAF = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"
OFFLINE = ["Failed to load resource: net::ERR_INTERNET_DISCONNECTED"]


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


# Reading aloud


def test_an_answer_is_read_aloud_in_pieces_and_stops_when_told(
    browser: Browser, served: Served
) -> None:
    """Lead, numbered steps and parts, in Vietnamese; not the sources, not the buttons."""
    script = VOICES.replace("VOICES", "['en-US', 'vi_VN']", 1)
    for page in opened(browser, served, script=script):
        ask(page, QUESTION)
        page.get_by_role("button", name="Đọc to").click()
        said = page.evaluate("() => said.map((one) => [one.text, one.lang, one.voice.lang])")
        assert {(lang, voice) for _, lang, voice in said} == {("vi-VN", "vi_VN")}
        texts = [text for text, _, _ in said]
        assert texts[0].startswith("Thường do số điện thoại khai sai")
        assert "Bước 1: Xem lại số điện thoại nhập vào có đúng số đã đăng ký không." in texts
        assert "Lệ phí" in texts
        assert all(len(text) <= 180 for text in texts)
        assert not any("Thông tư" in text or "giúp được bạn" in text for text in texts)
        page.get_by_role("button", name="Dừng đọc").click()
        expect(page.get_by_role("button", name="Đọc to")).to_be_visible()
        page.get_by_role("button", name="Đọc to").click()
        page.evaluate("() => said[said.length - 1].onend()")
        expect(page.get_by_role("button", name="Đọc to")).to_be_visible()


@pytest.mark.parametrize(
    "script",
    [
        VOICES.replace("VOICES", "[]", 1),
        VOICES.replace("VOICES", "['en-US', 'vie-XX']", 1),
        "delete Object.getPrototypeOf(window).speechSynthesis; delete window.speechSynthesis;",
    ],
    ids=["no voice", "no Vietnamese voice", "no speech at all"],
)
def test_reading_is_offered_only_where_it_can_be_done(
    browser: Browser, served: Served, script: str
) -> None:
    """A button that does nothing, or reads Vietnamese in English, helps nobody."""
    for page in opened(browser, served, script=script):
        ask(page, QUESTION)
        expect(page.get_by_role("link", name="Chia sẻ")).to_be_visible()
        assert page.get_by_role("button", name="Đọc to").count() == 0


# Speaking


def test_a_question_is_spoken_after_a_yes_and_sent_by_the_citizen(
    browser: Browser, served: Served
) -> None:
    """It is said where the voice goes before anything listens; the words can still be changed."""
    for page in opened(browser, served, script=HEARING):
        speak = page.get_by_role("button", name="Nói câu hỏi")
        speak.click()
        expect(page.get_by_text("được gửi tới hãng làm ra trình duyệt")).to_be_visible()
        assert page.evaluate("() => window.listening") is None
        page.get_by_role("button", name="Đồng ý và nói").click()
        expect(page.get_by_role("status").first).to_have_text("Đang nghe… Bạn nói câu hỏi.")
        expect(speak).to_have_attribute("aria-pressed", "true")
        page.evaluate("() => hear('căn cước')")
        field = page.get_by_label("Câu hỏi của bạn")
        expect(field).to_have_value("căn cước")
        expect(field).to_be_focused()
        expect(speak).to_have_attribute("aria-pressed", "false")
        assert served.desk.heard == []
        page.keyboard.press("Enter")
        expect(page.locator(".card")).to_have_count(1)
        speak.click()  # agreed already
        page.evaluate("() => refuse('not-allowed')")
        expect(page.get_by_role("alert")).to_contain_text("chưa cho dùng micrô")


def test_who_would_rather_type_is_not_asked_twice_at_once(
    browser: Browser, served: Served
) -> None:
    """A no leads to the field, and nothing listens."""
    for page in opened(browser, served, script=HEARING):
        page.get_by_role("button", name="Nói câu hỏi").click()
        page.get_by_role("button", name="Nói câu hỏi").click()
        assert page.get_by_role("button", name="Thôi, tôi gõ").count() == 1
        page.get_by_role("button", name="Thôi, tôi gõ").click()
        expect(page.get_by_label("Câu hỏi của bạn")).to_be_focused()
        page.get_by_role("button", name="Nói câu hỏi").click()
        ask(page, QUESTION)
        assert page.get_by_role("button", name="Thôi, tôi gõ").count() == 0
        assert page.evaluate("() => window.listening") is None


def test_on_a_small_screen_news_never_hide_the_field(browser: Browser, served: Served) -> None:
    """Large letters, the question about the microphone and trouble, all at once."""
    for page in opened(browser, served, script=HEARING, expected=OFFLINE):
        page.set_viewport_size({"width": 320, "height": 568})
        page.get_by_role("button", name="Chữ to").click()
        page.context.set_offline(True)
        field = page.locator("#text")
        field.fill("căn cước")
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("không có mạng")
        page.get_by_role("button", name="Nói câu hỏi").click()
        expect(page.get_by_role("button", name="Đồng ý và nói")).to_be_focused()
        expect(page.locator("#text")).to_be_in_viewport(ratio=1)
        expect(page.locator("#send")).to_be_in_viewport(ratio=1)


def test_speaking_is_offered_only_where_it_can_be_done(browser: Browser, served: Served) -> None:
    """Elsewhere there is no microphone to press."""
    for page in opened(browser, served, script=DEAF):
        assert page.get_by_role("button", name="Nói câu hỏi").count() == 0
        expect(page.get_by_role("button", name="Gửi")).to_be_visible()


# Larger letters


def test_larger_letters_are_kept_for_the_next_visit(page: Page) -> None:
    """In this browser; pressed again, they are small again. Nothing runs off the side."""
    size = "() => parseFloat(getComputedStyle(document.getElementById('text')).fontSize)"
    switch = page.get_by_role("button", name="Chữ to")
    small = page.evaluate(size)
    switch.click()
    assert page.evaluate(size) >= 1.25 * small
    ask(page, QUESTION)
    page.get_by_role("link", name="Hỏi mới").click()
    expect(page.locator(".message")).to_have_count(0)
    expect(switch).to_have_attribute("aria-pressed", "true")
    ask(page, QUESTION)
    page.set_viewport_size({"width": 320, "height": 568})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    switch.click()
    assert page.evaluate(size) == small


# Sharing


def test_the_link_to_an_answer_is_copied(browser: Browser, served: Served) -> None:
    """Where the browser has no sheet to share with; a screen reader hears it."""
    script = "delete Navigator.prototype.share;"
    allowed = ["clipboard-read", "clipboard-write"]
    for page in opened(browser, served, script=script, permissions=allowed):
        ask(page, QUESTION)
        page.get_by_role("link", name="Chia sẻ").click()
        expect(page.get_by_text("Đã chép đường dẫn.")).to_be_visible()
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied == f"{served.address}hoi/{OTP.entry}"


def test_the_phones_own_sheet_is_used_where_there_is_one(browser: Browser, served: Served) -> None:
    """It gets title and address; whoever closes it gets no copy either."""
    script = (
        "navigator.share = async (what) => { window.shared = what;"
        " throw new DOMException('', 'AbortError'); };"
    )
    for page in opened(browser, served, script=script):
        ask(page, QUESTION)
        page.get_by_role("link", name="Chia sẻ").click()
        page.wait_for_function("() => window.shared")
        assert page.evaluate("() => shared") == {
            "title": OTP.title,
            "url": f"{served.address}hoi/{OTP.entry}",
        }
        expect(page.locator(".told")).to_be_empty()


def test_a_shared_answer_is_read_and_leads_on_without_javascript(
    browser: Browser, served: Served
) -> None:
    """Its related questions are pages too; the last link is the chat."""
    path = f"hoi/{OTP.entry}"
    for page in opened(browser, served, path, java_script_enabled=False):
        assert page.title() == "Không nhận được mã OTP của VNeID – Hỏi đáp dịch vụ công số"
        assert page.get_by_role("img", name="Mã QR của trang này").is_visible()
        related = page.get_by_role("link", name="Kích hoạt tài khoản VNeID")
        assert related.get_attribute("href") == "/hoi/vneid_kich_hoat"
        page.get_by_role("link", name="Hỏi tiếp").click()
        assert page.get_by_label("Câu hỏi của bạn").is_visible()


def test_on_paper_there_is_the_answer_and_the_code_and_no_button(
    browser: Browser, served: Served
) -> None:
    """What is printed is what hangs beside a counter."""
    for page in opened(browser, served, f"hoi/{OTP.entry}"):
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name=OTP.title)).to_be_visible()
        expect(page.get_by_role("img", name="Mã QR của trang này")).to_be_visible()
        printed = page.locator(".sources a").first.evaluate(
            "(node) => getComputedStyle(node, '::after').content.replaceAll('\"', '')"
        )
        assert "https://vanban.chinhphu.vn" in printed
        for hidden in ("Hỏi tiếp", "Kích hoạt tài khoản VNeID"):
            expect(page.get_by_role("link", name=hidden)).to_be_hidden()
        code, heading = page.locator(".code svg").bounding_box(), page.locator("h1").bounding_box()
        assert code
        assert heading
        assert code["y"] + code["height"] <= heading["y"]  # on the first sheet, whatever follows
        assert len(page.pdf(format="A4")) > 10_000


def test_an_answer_that_is_gone_leads_into_the_chat(browser: Browser, served: Served) -> None:
    """A topic tapped there is answered in the chat, in one session, and a reload asks nothing."""
    for page in opened(browser, served, "hoi/vneid_da_bo", expected=[NO_SUCH_PAGE]):
        page.get_by_role("button", name="Tài khoản VNeID").click()
        expect(page.locator(".said")).to_have_text("Tài khoản VNeID")
        expect(page.locator(".card")).to_have_count(1)  # what is under way would be asked again
        page.reload()
        expect(page.locator(".said")).to_have_text("Tài khoản VNeID")
        ask(page, QUESTION)
        page.get_by_role("button", name="Có", exact=True).click()
        expect(page.get_by_text("Cảm ơn bạn!")).to_be_visible()
        assert [heard.choice for heard in served.desk.heard] == ["t:vneid", None]
        assert len({heard.user for heard in served.desk.heard}) == 1


# Bad networks


def test_without_a_network_the_question_waits(browser: Browser, served: Served) -> None:
    """It says so at once, keeps what was written over a reload, and sends it once."""
    for page in opened(browser, served, expected=OFFLINE):
        page.context.set_offline(True)
        expect(page.get_by_role("status").first).to_contain_text("Máy đang không có mạng.")
        page.locator("#text").fill("căn cước")
        page.locator("#text").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("có mạng thì bạn bấm “Gửi lại”")
        expect(page.locator("#text")).to_have_value("căn cước")
        page.context.set_offline(False)
        expect(page.get_by_role("status").first).to_have_text("Đã có mạng trở lại.")
        expect(page.get_by_role("alert")).to_contain_text("“căn cước” chưa được gửi.")
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("“căn cước” chưa có trả lời")
        page.get_by_role("button", name="Gửi lại").click()
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator("#text")).to_have_value("")
        assert [heard.text for heard in served.desk.heard] == ["căn cước"]


def test_an_answer_lost_on_its_way_is_fetched_not_asked_again(
    browser: Browser, served: Served
) -> None:
    """The server had answered: sent again, it is the same message, and no second turn."""
    for page in opened(browser, served, expected=["Failed to load resource: net::ERR_FAILED"]):

        def lose(route: Any) -> None:
            route.fetch()
            route.abort()

        page.route("**/chat/api/messages", lose)
        page.locator("#text").fill("căn cước")
        page.locator("#text").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Chưa gửi được")
        page.unroute("**/chat/api/messages")
        page.get_by_role("button", name="Gửi lại").click()
        expect(page.locator(".card")).to_have_count(1)
        assert len(served.desk.heard) == 1


# Erasing


def test_erasing_leaves_nothing_in_the_browser_either(page: Page) -> None:
    """From the foot of the page: offered, confirmed; then only the confirmation is there."""
    page.get_by_role("button", name="Xóa dữ liệu của tôi").click()
    expect(page.get_by_text("Bạn có chắc muốn xóa hết dữ liệu về bạn không?")).to_be_visible()
    ask(page, QUESTION)
    ask(page, "/xoadulieu")
    page.get_by_role("button", name="Có, xóa hết").last.click()
    expect(page.get_by_text("Mình đã xóa hết dữ liệu về bạn trên kênh này.")).to_be_visible()
    expect(page.locator(".said")).to_have_text(["Có, xóa hết"])
    kept = page.evaluate("() => JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert QUESTION not in kept
    page.reload()
    expect(page.locator(".said")).to_have_text(["Có, xóa hết"])


def test_the_privacy_notice_is_one_tap_away(page: Page) -> None:
    """Before anything was asked."""
    page.get_by_role("button", name="Quyền riêng tư").click()
    expect(page.get_by_text("Che đi trước khi lưu")).to_be_visible()
