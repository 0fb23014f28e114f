"""The review queue in a real browser: keys, hostile words, a checker of accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.console.office import Role
from bot.editing import AddPhrasings
from bot.review.cluster import State
from tests.console_browser import broken, console_of, log_in
from tests.officials import hire, office
from tests.queue_console import (
    EVIL,
    NOW,
    OTP,
    OTP_WORDS,
    RESIDENCE,
    gather,
    lost,
    some_questions,
)
from tests.web_browser import chromium, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.console.office import Office
    from bot.review.cluster import Cluster
    from tests.console_browser import Served

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


async def _filled(home: Path) -> Office:
    made = await office(home, now=lambda: NOW)
    await some_questions(made)
    await hire(made, "lan", Role.EDITOR)
    return made


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Served]:
    with console_of(lambda: _filled(tmp_path)) as served:
        yield served


@pytest.fixture
def queue(console: Served) -> str:
    """The list's address."""
    return f"{console.address}cau-hoi"


@pytest.fixture
def page(browser: Browser, console: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(console.address)
    log_in(page)
    yield page
    context.close()


def cluster(console: Served, number: int) -> Cluster:
    found = console.look(console.office.review.cluster(number))
    assert found
    return found


def test_keys_open_ignore_and_undo(page: Page, console: Served, queue: str) -> None:
    """Keys j and k choose a row, Enter opens it, i ignores it, u takes that back."""
    page.goto(queue)
    for key in "jjk":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{queue}/{OTP}")
    page.goto(queue)
    for key in "jji":
        page.keyboard.press(key)
    expect(page.get_by_text("Bạn vừa bỏ qua")).to_be_visible()
    assert cluster(console, RESIDENCE).row.state is State.IGNORED
    page.keyboard.press("u")
    expect(page.get_by_text("đăng ký tạm trú ở đâu")).to_be_visible()
    assert cluster(console, RESIDENCE).history[0].undone_by == "lan"


def test_keys_are_letters_while_somebody_types(page: Page, console: Served, queue: str) -> None:
    """In a field, and while the list of keys is open, no key decides anything."""
    before = cluster(console, OTP)
    page.goto(f"{queue}/{OTP}")
    page.get_by_label("Tìm mục khác").press_sequentially("iao")
    expect(page.get_by_label("Tìm mục khác")).to_have_value("iao")
    page.goto(queue)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert cluster(console, OTP).row.version == before.row.version


def test_enter_in_the_search_field_accepts_nothing(
    page: Page, console: Served, queue: str
) -> None:
    """An entry is found while typing, Enter searches, and only the button accepts."""
    proposals = console.office.proposals
    page.goto(f"{queue}/{OTP}")
    page.get_by_label("Tìm mục khác").press_sequentially("cap lai can cuoc")
    expect(page.locator("#thay input[value=can_cuoc_cap_lai]")).to_be_visible()
    page.get_by_label("Tìm mục khác").press("Enter")
    page.wait_for_url(f"**/cau-hoi/{OTP}?tim=*")
    assert console.look(proposals.list()) == []
    page.locator("#thay input[value=can_cuoc_cap_lai]").check()
    page.get_by_role("button", name="Thêm vào mục này").click()
    page.wait_for_url("**/thay-doi/1")
    assert console.look(proposals.get(1)).edits == (AddPhrasings("can_cuoc_cap_lai", OTP_WORDS),)


def test_what_asks_the_same_is_merged_where_it_is_offered(
    page: Page, console: Served, queue: str
) -> None:
    """The offers come by themselves; ticked and merged, the questions stand on this page, chosen."""
    console.look(gather(console.office, *lost("mất mã otp rồi", 2)))
    page.goto(f"{queue}/{OTP}")
    page.get_by_role("checkbox", name="mất mã otp rồi").check()
    assert broken(page) == []
    page.get_by_role("button", name="Gộp vào nhóm này").click()
    expect(page.get_by_text("Đã gộp 1 nhóm vào nhóm này.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="mất mã otp rồi")).to_be_checked()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("checkbox", name="mất mã otp rồi")).not_to_be_checked()


def test_hostile_words_neither_run_nor_break_the_pages(
    page: Page, console: Served, queue: str
) -> None:
    """Markup, quotes, bidi overrides, a word of 4,000 letters: shown, narrow, and accessible."""
    residence = cluster(console, RESIDENCE).row
    ignored = console.office.review.ignore(RESIDENCE, residence.version, by="lan")
    console.look(ignored)  # the list offers to take it back
    for path in ("", f"/{EVIL}"):
        page.goto(queue + path)
        expect(page.get_by_text("<img src=x").first).to_be_visible()
        assert "bị" not in page.title()
        assert page.locator("main img, main bdi script").count() == 0
        assert broken(page) == []
