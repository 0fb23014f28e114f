"""Open data on its pages: on and off, what machines read, what officials do and see, hostile titles."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.channels.web import build_web
from bot.config import Settings
from bot.console.composition import areas_of
from bot.console.office import Office, Role
from bot.doctor import place
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.store.trail import Wanted
from bot.web.shield import OPEN_DATA, OPEN_FILES
from tests.officials import client, opened
from tests.sample_faq import sample_faq, write
from tests.test_open_data import TITLE, Clock, a_month, cluster
from tests.web_desk import ScriptedDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOSTILE = "<script>alert(1)</script> \"'{{ 7*7 }}"
FORMULA = "=HYPERLINK(0) lấy mã OTP"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    settings = Settings(
        faq_dir=write(tmp_path / "faq"),
        data_dir=tmp_path,
        golden=tmp_path / "golden.yaml",
        open_data=True,
        open_data_floor=5,
        open_data_publisher="UBND xã <Bình Minh>",
    )
    async with opened(tmp_path, now=Clock(), settings=settings) as made:
        yield made


@asynccontextmanager
async def web(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    app = build_web(ScriptedDesk(), topics=tuple, ready=lambda: True, open_data=office.open_data)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as made:
        yield made


async def test_the_page_and_its_files_tell_what_is_public(desk: Office) -> None:
    """Everybody may read and keep them for an hour, pages of others too; none asks or remembers."""
    assert desk.open_data
    await desk.open_data.releases.release(await cluster(desk.store, 12), TITLE, by="lan")
    await a_month(desk.store)
    async with web(desk) as visitor:
        page = await visitor.get(OPEN_DATA)
        assert page.headers["cache-control"] == "public, max-age=3600"
        assert f"<bdi>{TITLE}</bdi> <span>10–19 người, từ tháng 10/2026</span>" in page.text
        assert "<b>UBND xã &lt;Bình Minh&gt;</b> công bố. Dùng lại tự do" in page.text
        assert "Các kênh khác" in page.text
        assert not re.findall(r"<script|<form|<style| style=| on\w+=", page.text)
        assert 'href="/du-lieu-mo">Dữ liệu mở</a>' in (await visitor.get("/")).text
        for path in OPEN_FILES:
            file = await visitor.get(path)
            assert file.headers["access-control-allow-origin"] == "*"
            assert file.headers["cross-origin-resource-policy"] == "cross-origin"
            assert file.headers["cache-control"] == "public, max-age=3600"
            assert "set-cookie" not in file.headers
        figures = (await visitor.get("/du-lieu-mo/so-lieu.json")).json()
        assert (figures["publisher"], figures["least_people"]) == ("UBND xã <Bình Minh>", 5)
        assert [row["questions"] for row in figures["figures"]] == [25, 18, 7, None]
        lines = [*csv.reader(io.StringIO((await visitor.get("/du-lieu-mo/so-lieu.csv")).text))]
        assert lines[1][:7] == ["2026-10", "total", "", "Cả tháng", "25", "24", "0"]
        waiting = (await visitor.get("/du-lieu-mo/chua-tra-loi.json")).json()["unanswered"]
        assert waiting == [{"title": TITLE, "since": "2026-10", "people": "10–19"}]


async def test_a_host_that_is_no_host_changes_nothing(desk: Office) -> None:
    """Whatever a client calls this server, it gets the same file."""
    async with web(desk) as visitor:
        usual = await visitor.get(OPEN_FILES[0])
        strange = await visitor.get(OPEN_FILES[0], headers={"host": "a/b"})
    assert (strange.status_code, strange.text) == (200, usual.text)


async def test_switched_off_there_is_nothing(tmp_path: Path) -> None:
    """Neither pages nor links, for citizens or officials; the privacy notice tells of none."""
    async with opened(tmp_path) as office:
        number = await cluster(office.store, 12)
        async with web(office) as visitor:
            for path in (OPEN_DATA, *OPEN_FILES):
                assert (await visitor.get(path)).status_code == 404
            assert "Dữ liệu mở" not in (await visitor.get("/")).text
        lan = await client(office, areas_of(office), Role.ADMIN)
        assert (await lan.get("/quan-tri/du-lieu-mo")).status_code == 404
        page = f"/quan-tri/cau-hoi/{number}"
        assert "dữ liệu mở" not in (await lan.get(page)).text
        assert (await lan.post(f"{page}/cong-bo", title=TITLE)).status_code == 404


async def test_a_reviewer_releases_a_title_and_takes_it_back(desk: Office) -> None:
    """On the cluster's page; both are in the trail, and public at once."""
    number = await cluster(desk.store, 12)
    lan = await client(desk, areas_of(desk), Role.REVIEWER, "lan")
    page = f"/quan-tri/cau-hoi/{number}"
    assert "Công bố trong dữ liệu mở" in (await lan.get(page)).text
    done = await lan.follow(await lan.post(f"{page}/cong-bo", act="release", title=TITLE))
    assert f"<b><bdi>{TITLE}</bdi></b>" in done.text
    async with web(desk) as visitor:
        assert TITLE in (await visitor.get(OPEN_DATA)).text
        assert TITLE in (await lan.get("/quan-tri/du-lieu-mo")).text
        await lan.get(page)
        await lan.follow(await lan.post(f"{page}/cong-bo", act="take_back", title=TITLE))
        assert TITLE not in (await visitor.get(OPEN_DATA)).text
    notes = [note.action for note in await desk.trail.notes(Wanted(account="lan"))]
    assert notes[:2] == ["open_data_take_back", "open_data_release"]


async def test_a_refused_title_comes_back_filled_in(desk: Office) -> None:
    """With what is wrong; nothing is public."""
    number = await cluster(desk.store, 12)
    lan = await client(desk, areas_of(desk), Role.REVIEWER)
    page = f"/quan-tri/cau-hoi/{number}"
    await lan.get(page)
    written = "Gọi lại cho ông A theo số 0912345678"
    answer = await lan.post(f"{page}/cong-bo", act="release", title=written)
    assert answer.status_code == 422
    assert "[số điện thoại]" in answer.text
    assert f'value="{written}"' in answer.text
    assert (await lan.get(page)).text.count("đã cho công bố") == 0


async def test_a_viewer_may_look_but_not_release(desk: Office) -> None:
    """The form is not there, and what it would send is refused."""
    number = await cluster(desk.store, 12)
    minh = await client(desk, areas_of(desk), Role.VIEWER)
    page = f"/quan-tri/cau-hoi/{number}"
    assert "Công bố tiêu đề này" not in (await minh.get(page)).text
    assert (await minh.post(f"{page}/cong-bo", title=TITLE)).status_code == 403


async def test_a_hostile_title_does_nothing_anywhere(desk: Office) -> None:
    """Escaped on pages, no formula in a spreadsheet, a string in JSON."""
    assert desk.open_data
    for title in (HOSTILE, FORMULA):
        await desk.open_data.releases.release(await cluster(desk.store, 12), title, by="lan")
    lan = await client(desk, areas_of(desk), Role.VIEWER)
    async with web(desk) as visitor:
        texts = [(await visitor.get(OPEN_DATA)).text, (await lan.get("/quan-tri/du-lieu-mo")).text]
        table = (await visitor.get("/du-lieu-mo/chua-tra-loi.csv")).text
        told = json.loads((await visitor.get("/du-lieu-mo/chua-tra-loi.json")).text)
    for text in texts:
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;{{ 7*7 }}" in text
    assert f"'{FORMULA}" in table
    assert {each["title"] for each in told["unanswered"]} == {HOSTILE, FORMULA}


async def test_officials_see_why_a_title_is_not_public(desk: Office) -> None:
    """Too few people: the page for officials says so, the public one says nothing."""
    assert desk.open_data
    await desk.open_data.releases.release(await cluster(desk.store, 4), TITLE, by="lan")
    lan = await client(desk, areas_of(desk), Role.VIEWER)
    assert "Chưa đủ 5 người hỏi." in (await lan.get("/quan-tri/du-lieu-mo")).text
    async with web(desk) as visitor:
        assert TITLE not in (await visitor.get(OPEN_DATA)).text


@pytest.mark.parametrize("floor", [None, 25])
async def test_the_privacy_notice_tells_of_it_when_it_is_on(
    desk: Office, floor: int | None
) -> None:
    """With the least number of people behind a published number; nothing while it is off."""
    faq = sample_faq()
    front = FrontDesk(faq, desk.store, secret=b"mot khoa", open_data_floor=floor)
    front.serve(faq)  # also after a change of the FAQ
    turn = await front.respond(Incoming("web", "an", Content.TEXT, text="/riengtu"))
    front.close()
    said = " ".join(item for section in turn.reply.sections for item in section.items)
    assert ("Dữ liệu mở" in said) == bool(floor)
    assert ("ít nhất 25 người" in said) == bool(floor)


def test_the_doctor_tells_what_is_public() -> None:
    """Whoever runs the bot should know; switched off there is nothing to tell."""
    assert place.open_data(Settings()) == []
    (told,) = place.open_data(Settings(open_data=True, open_data_floor=20))
    assert "ít nhất 20 người" in told.what


async def test_a_database_that_fails_is_told_as_a_sentence(desk: Office) -> None:
    """No page that can be kept, and a time to try again."""
    await desk.store.close()
    async with web(desk) as visitor:
        answer = await visitor.get(OPEN_DATA)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert "cache-control" not in answer.headers
    assert "Chưa đọc được dữ liệu mở." in answer.text
