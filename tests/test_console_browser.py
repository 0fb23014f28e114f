"""Every page of the console in a real browser: no axe violation, no error, nothing wider than a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from bot.config import Settings
from bot.console.office import Role
from bot.editing import AddPhrasings
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.review.intake import Intake
from tests.console_browser import broken, console_of, log_in
from tests.officials import KEY, clock, hire, office
from tests.sample_faq import sample_faq, write
from tests.test_open_data import cluster
from tests.web_browser import chromium, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.console.office import Office

pytestmark = needs_browser

PAGES = (
    "",
    "cau-hoi",
    "cau-hoi/1",
    "cau-hoi/1/gan",
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


async def _filled(home: Path) -> Office:
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


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console over a filled office."""
    home = tmp_path_factory.mktemp("office")
    with console_of(lambda: _filled(home)) as served:
        yield served.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_every_page_is_accessible_and_runs_nothing_of_others(
    browser: Browser, address: str
) -> None:
    """Axe finds nothing; words of citizens do not run; no page is wider than the screen."""
    page = browser.new_page()
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
    wrong += broken(page)
    log_in(page)
    for path in PAGES:
        page.goto(address + path)
        wrong += broken(page)
        if page.title().startswith("bị"):
            wrong.append(f"{path}: runs what a citizen wrote")
    page.close()
    assert wrong == []


def test_the_menu_is_one_line_on_a_phone_and_opens(browser: Browser, address: str) -> None:
    """The bar is as high as one target of a finger; the menu leads on."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address)
    log_in(page)
    bar = page.locator("header.bar").bounding_box()
    assert bar
    assert bar["height"] < 60
    page.get_by_text("Danh mục").first.click()
    page.get_by_role("navigation", name="Danh mục").get_by_role("link", name="Nhật ký").click()
    expect(page).to_have_url(re.compile("nhat-ky$"))
    context.close()


def test_a_new_entry_is_checked_from_the_first_word(browser: Browser, address: str) -> None:
    """Before it is named, with a source row for every list of findings, and no error."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(address)
    log_in(page)
    page.goto(address + "muc/moi")
    page.get_by_label("Câu trả lời", exact=True).fill("Bạn đến **công an xã**.")
    expect(page.locator("#at-id")).to_contain_text("Chưa có mã mục")
    card = page.frame_locator("iframe.webcard").get_by_text("công an xã")
    expect(card).to_be_visible()
    page.get_by_label("Địa chỉ trang").fill("http://a.vn")
    expect(page.locator("#at-sources-0")).to_contain_text("https://")
    page.get_by_role("button", name="Thêm nguồn").click()
    page.get_by_label("Ngày kiểm tra").fill("31/02/2026")
    expect(page.locator("#at-verified")).to_contain_text("không phải là một ngày có thật")
    page.get_by_label("Ngày kiểm tra").fill("28/02/2026")
    expect(page.locator("#at-verified li")).to_have_count(0)
    page.get_by_role("button", name="Lưu thành thay đổi").click()
    expect(page.get_by_role("alert")).to_contain_text("còn thiếu chủ đề, mã mục và tên câu hỏi")
    assert [one for one in wrong if "422" not in one] == []  # the browser's word for the refusal
    page.close()
