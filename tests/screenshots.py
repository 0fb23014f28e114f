"""`make screenshots`: the pictures of the officials' guide, taken of the running program.

The program runs with the FAQ of this repository and made-up questions (`officials_demo`); the
pictures go to `docs/images/quan-tri`. With a folder as the argument, every page is taken into it
on a phone too.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from playwright.async_api import async_playwright

from bot.faq import load_faq
from bot.review.intake import Intake
from bot.review.places import Places
from bot.store import Store
from tests.officials_demo import fill
from tests.program import ROOT, SECRET, begin, running
from tests.web_browser import ARGUMENTS, CHROMIUM, PHONE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page

PICTURES = ROOT / "docs/images/quan-tri"
DESKTOP = (1280, 800)
_PASSWORD = "mot mat khau chi de chup anh"
_KEPT = (".git", ".venv", "data")


@dataclass(frozen=True, slots=True)
class Shot:
    """A page of the console and what is done there before the picture is taken."""

    name: str
    path: str
    act: Callable[[Page], Awaitable[None]] | None = None


async def _first_cluster(page: Page) -> None:
    await page.locator("main table a").first.click()
    await page.wait_for_load_state("networkidle")


async def _a_change(page: Page) -> None:
    await _first_cluster(page)
    await page.get_by_label("Tìm mục khác").fill("quen passcode")
    await page.locator("#thay input[value=vneid_quen_passcode]").check()
    await page.get_by_role("button", name="Thêm vào mục").first.click()
    await page.get_by_role("button", name="Công bố").first.wait_for(timeout=240_000)
    await page.wait_for_load_state("networkidle")


SHOTS = (
    Shot("trang-dau", ""),
    Shot("cau-hoi", "cau-hoi"),
    Shot("nhom", "cau-hoi?q=pat+cot", _first_cluster),
    Shot("thay-doi", "cau-hoi?q=pat+cot", _a_change),
    Shot("thay-doi-danh-sach", "thay-doi"),
    Shot("muc", "muc"),
    Shot("mot-muc", "muc/vneid_quen_mat_khau"),
    Shot("soan", "muc/vneid_quen_mat_khau/sua"),
    Shot("thu", "thu?q=quen+pat+cot+vneid+lam+sao+gio"),
    Shot("so-lieu", "so-lieu"),
    Shot("bao-cao", f"so-lieu/bao-cao?thang={datetime.now(UTC):%Y-%m}"),
    Shot("nguoi-dung", "nguoi-dung"),
    Shot("nhat-ky", "nhat-ky"),
    Shot("toi", "toi"),
)


async def take(elsewhere: Path | None) -> None:
    """Take every picture: for the guide, and of all pages on phone and desktop `elsewhere`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(ROOT / "faq", home / "faq")
        shutil.copytree(ROOT / "tests/questions", home / "tests/questions")
        await _prepare(home)
        async with running(home, golden=str(home / "tests/questions/golden.yaml")) as bot:
            await bot.up()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=CHROMIUM, args=ARGUMENTS
                )
                sizes = {"may-tinh": DESKTOP} | (
                    {"dien-thoai": (PHONE["width"], PHONE["height"])} if elsewhere else {}
                )
                for size, (width, height) in sizes.items():
                    context = await browser.new_context(
                        viewport={"width": width, "height": height},
                        locale="vi-VN",
                        reduced_motion="reduce",
                    )
                    page = await context.new_page()
                    await _take_all(page, f"{bot.web}quan-tri/", size, elsewhere)
                    await context.close()
                await browser.close()
            await bot.end(signal.SIGTERM)


async def _take_all(page: Page, base: str, size: str, elsewhere: Path | None) -> None:
    await page.goto(base)
    await _picture(page, "dang-nhap", size, elsewhere)
    await page.get_by_label("Tên").fill("lan")
    await page.get_by_label("Mật khẩu").fill(_PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.wait_for_load_state("networkidle")
    for shot in SHOTS:
        await page.goto(base + shot.path)
        await page.wait_for_load_state("networkidle")
        try:
            if shot.act:
                await shot.act(page)
        except Exception as error:  # noqa: BLE001  # the picture shows what went wrong
            print(f"{shot.name} ({size}): {type(error).__name__}: {error}".splitlines()[0])
        await _picture(page, shot.name, size, elsewhere)


async def _picture(page: Page, name: str, size: str, elsewhere: Path | None) -> None:
    if size == "may-tinh" and elsewhere is None:
        await page.screenshot(path=PICTURES / f"{name}.png")
    if elsewhere is not None:
        await page.screenshot(path=elsewhere / f"{name}-{size}.png", full_page=True)
    print(f"{name} ({size})", flush=True)


async def _prepare(home: Path) -> None:
    """Three months of questions, and somebody who may see everything."""
    data = home / "data"
    data.mkdir()
    faq = load_faq(home / "faq", data)
    store = await Store.open(f"sqlite+aiosqlite:///{data / 'hoidap.db'}")
    now = datetime.now(UTC)
    await fill(store, faq, secret=SECRET.encode(), until=now)
    await Intake(store, places=Places(lambda: faq.knowledge)).run(now)
    await store.close()
    adding = await begin(
        home, "users", "add", "lan", "--role", "admin", "--password-stdin", secret_key=SECRET
    )
    said, trouble = await adding.communicate(f"{_PASSWORD}\n".encode())
    if adding.returncode:
        sys.exit((said + trouble).decode())


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    asyncio.run(take(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
