"""Hostile text in every field that officials see, in a real browser: it stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import expect

from bot.console.office import Role
from bot.editing import GOLDEN, AddGolden, AddOutOfScope, AddPhrasings, SetFields
from bot.faq import load_faq
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.review.intake import Intake
from tests.console_browser import console_of, log_in
from tests.officials import KEY, clock, hire, office
from tests.sample_faq import write
from tests.web_browser import chromium, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.console.office import Office
    from bot.faq import Faq

pytestmark = needs_browser

ENTRY = "vneid_quen_mat_khau"
EVIL = (
    "<img src=x onerror=document.title='bị'>"
    "\"'><script>document.title='bị'</script></textarea></title>"
    "<a href=javascript:document.title='bị'>"
)
_SHORT = ("<script>document.title='bị'</script>", "\"'><img src=x onerror=alert(1)>")  # for titles
_WRITTEN = {"answer", "phrasings", "tags", "document", "article", "number", "facets"}
_PAGES = (
    *("", "cau-hoi", "cau-hoi/1", "cau-hoi/2", "cau-hoi/1/gan", "muc", f"muc/{ENTRY}"),
    f"muc/{ENTRY}/sua",
    *("muc/moi", "thay-doi", "thay-doi/1", "thay-doi/2", "so-lieu", "so-lieu/bao-cao"),
    *("so-lieu/luot", "nhat-ky", "nguoi-dung", "toi"),
)
_SEARCHES = (
    *("cau-hoi?q={}&kenh={}&ly_do={}&chu_de={}&trang_thai={}", "muc?q={}&chu_de={}&loc={}"),
    *("thu?q={}", "muc/tim?q={}", "nhat-ky?q={}&ai={}&viec={}", "so-lieu?tu={}&den={}&kenh={}"),
    *("so-lieu/luot?kenh={}&trang_thai={}&muc={}", "muc/moi?ten={}&cach_hoi={}&chu_de={}"),
    *("muc/{}", "thay-doi/{}", "cau-hoi/{}", "so-lieu/bao-cao?thang={}", "khong-co/{}"),
)
_STRANGE = """() => [...document.querySelectorAll('*')].filter(one =>
    [...one.attributes].some(each => each.name.startsWith('on'))
    || one.matches('img[src=x], script:not([src]), a[href^="javascript:" i]')
).map(one => one.outerHTML.slice(0, 200))"""


def test_no_page_makes_markup_of_what_others_wrote(address: str) -> None:
    """Entries, questions, proposals, reasons, searches: no element and no attribute comes of them."""
    wrong, shown = [], 0
    with chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        log_in(page)
        evil = quote(EVIL, safe="")
        for path in (*_PAGES, *(one.replace("{}", evil) for one in _SEARCHES)):
            page.goto(address + path, wait_until="load")
            found = page.evaluate(_STRANGE)
            shown += "onerror=" in page.content()  # as text
            if found or page.title().startswith("bị"):
                wrong.append(f"{path[:40]}: {found}")
    assert wrong == []
    assert shown > len(_PAGES) / 2


def test_what_is_typed_stays_text_in_previews_and_searches(address: str) -> None:
    """The parts of pages that are fetched while somebody types are as safe as the pages."""
    with chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        log_in(page)
        page.goto(f"{address}muc/{ENTRY}/sua")
        field = page.locator("textarea[name=answer]")
        with page.expect_response(lambda answer: "/quan-tri/muc/" in answer.url):
            field.fill(f"Câu trả lời {EVIL}")
            field.dispatch_event("change")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(_STRANGE) == []
        page.goto(f"{address}thu")
        page.locator("textarea[name=q]").fill(EVIL)
        page.locator("form.ask button").first.click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(_STRANGE) == []
        expect(page.locator("main")).to_contain_text("onerror=document.title")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console over an office in which everything is hostile."""
    home = tmp_path_factory.mktemp("office")
    with console_of(lambda: _filled(home)) as served:
        yield served.address


async def _filled(home: Path) -> Office:
    faq = _hostile_faq(home)
    made = await office(home, faq=lambda: faq)
    desk = FrontDesk(faq, made.store, secret=KEY)
    for number, text in enumerate((EVIL, f"chợ phiên {EVIL} họp ngày nào", "quên mật khẩu vneid")):
        turn = await desk.respond(Incoming("web", f"nguoi {number}", Content.TEXT, text))
        await desk.rate(turn.id, channel="web", user=f"nguoi {number}", useful=False)
    desk.close()
    await Intake(made.store).run(clock())
    await hire(made, "lan", Role.ADMIN)
    await made.trail.note("lan", EVIL, EVIL, {EVIL: EVIL}, {EVIL: EVIL})
    tried = await made.proposals.propose(
        [
            AddPhrasings(ENTRY, (EVIL,)),
            AddGolden(ENTRY, EVIL, "plain"),
            AddOutOfScope((EVIL[:90],)),
        ],
        author="lan",
        title=EVIL,
        note=EVIL,
    )
    await made.proposals.trial(tried)
    await made.proposals.propose(
        [SetFields(ENTRY, {"related": [EVIL]})], author="lan", title=EVIL, note=EVIL
    )
    return made


def _hostile_faq(home: Path) -> Faq:
    """The sample FAQ with every text of its entries spoilt."""
    folder = write(home / "faq")
    path = folder / "vneid.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["topic"]["title"] = _SHORT[0]
    for number, entry in enumerate(data["entries"]):
        title = {"title": f"{number} {_SHORT[number % 2]}"}
        data["entries"][number] = _spoilt(entry, number) | title
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    (home / GOLDEN).write_text(f"{ENTRY}:\n  - {{text: quên mật khẩu}}\n", "utf-8")
    return load_faq(folder, home / "fits")


def _spoilt(value: Any, number: int, *, inside: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            key: _spoilt(one, number, inside=(inside or key in _WRITTEN) and key != "url")
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_spoilt(one, number, inside=inside) for one in value]
    return f"{value} {number} {EVIL}" if inside and isinstance(value, str) else value
