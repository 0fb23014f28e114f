"""The pages of figures: charts and tables say the same, every number leads to what it counts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from bot.console.dashboard import FiguresArea
from bot.console.figures_tables import TABLES
from bot.console.office import Role
from bot.messages import Status
from bot.store.review_schema import clusters
from tests.officials import client, opened
from tests.sample_faq import changed, sample_faq
from tests.test_figures import NIGHT, NOW, VNEID, a_day, turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.office import Office
    from tests.officials import Client

PAGE = "/quan-tri/so-lieu"
HOSTILE = "=1+1 <script>'\""


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Office]:
    """An office on a day with a dozen turns, a question in vain and the same day a week before."""
    async with opened(tmp_path, now=lambda: NOW) as office:
        await office.store.add_turns(
            [turn("lan", Status.ANSWERED, at=NIGHT - dt.timedelta(days=7), entry=VNEID)]
        )
        await a_day(office.store)
        cluster = {
            "version": 1, "state": "open", "title": HOSTILE, "turns": 3, "people": 2,
            "first_at": NOW, "last_at": NOW, "trend": 1.0, "rank": 1.0,
            "channels": {}, "reasons": {}, "likely": [],
        }  # fmt: skip
        await office.store.write(lambda connection: connection.execute(insert(clusters), cluster))
        yield office


async def seen(office: Office, role: Role = Role.EDITOR) -> Client:
    return await client(office, [FiguresArea(office)], role)


def plots(page: str) -> dict[str, dict[str, Any]]:
    """What the page tells the script that draws, by title."""
    found = re.findall(r"data-plot='([^']*)'>\s*<div[^>]*aria-label=\"Biểu đồ: ([^.]*)\.", page)
    return {title: json.loads(unescape(told)) for told, title in found}


def cells(page: str, title: str) -> list[list[str]]:
    """The rows of the table beside a chart."""
    (table,) = re.findall(rf'aria-label="Bảng: {re.escape(title)}">(.*?)</table>', page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    strip = re.compile("<[^>]+>")
    return [
        [strip.sub("", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


async def test_a_chart_shows_the_numbers_of_the_table_beside_it(made: Office) -> None:
    """Five questions in two days, one in the week before: in the picture and in the table."""
    page = (await (await seen(made)).get(PAGE)).text
    told = plots(page)
    assert list(told) == [
        "Câu hỏi mỗi ngày",
        "Người hỏi mỗi ngày",
        "Tỉ lệ trả lời mỗi ngày",
        "Đánh giá mỗi ngày",
        "Thời gian trả lời mỗi ngày",
        "Câu hỏi theo giờ trong ngày",
        "Câu hỏi theo kênh",
    ]
    asked = told["Câu hỏi mỗi ngày"]
    assert asked["labels"][-2:] == ["25/11", "26/11"]
    assert {each["name"]: each["values"] for each in asked["series"]} == {
        "Câu hỏi": [0, 0, 0, 0, 0, 1, 4],
        "Trả lời ngay": [0, 0, 0, 0, 0, 1, 1],
        "Câu hỏi kỳ trước": [0, 0, 0, 0, 0, 0, 1],
    }
    assert cells(page, "Câu hỏi mỗi ngày")[-2:] == [
        ["25/11/2026", "1", "1", "0"],
        ["26/11/2026", "4", "1", "1"],
    ]
    assert cells(page, "Tỉ lệ trả lời mỗi ngày")[-1][:4] == [
        "26/11/2026",
        "25,0%",
        "50,0%",
        "25,0%",
    ]


async def test_satisfaction_is_of_the_last_seven_days(made: Office) -> None:
    """In a month, each day tells the share of 👍 in the week up to it; none, where nobody rated."""
    page = (await (await seen(made)).get(f"{PAGE}?ky=30")).text
    (now,) = plots(page)["Hài lòng, tính trên 7 ngày gần nhất"]["series"]
    assert now["values"][-3:] == [None, None, pytest.approx(2 / 3)]


async def test_every_number_leads_to_as_many_turns(made: Office) -> None:
    """Behind each link of a number there are as many turns as it says."""
    somebody = await seen(made)
    page = (await somebody.get(PAGE)).text
    links = re.findall(r'<a href="(/quan-tri/so-lieu/luot[^"]*)">\s*(\d+)\s*</a>', page)
    kinds = {re.search(r"loai=(\w+)", unescape(link))[1] for link, _ in links}  # type: ignore[index]
    assert kinds == {"questions", "answered", "rated", "useful", "shown"}
    for link, number in links:
        turns = (await somebody.get(unescape(link))).text
        assert turns.count("<tr><td>") == int(number), link


async def test_a_viewer_sees_numbers_without_ways_to_what_was_asked(made: Office) -> None:
    """Masked questions are for editors: the page has no link to them, and they are refused."""
    somebody = await seen(made, Role.VIEWER)
    assert "/luot" not in (await somebody.get(PAGE)).text
    assert (await somebody.get(f"{PAGE}/luot")).status_code == 403


async def test_every_table_opens_in_a_spreadsheet(made: Office) -> None:
    """Each has a Vietnamese head and its rows; what a spreadsheet would run is text."""
    somebody = await seen(made, Role.VIEWER)
    page = (await somebody.get(PAGE)).text
    offered = set(re.findall(r"/so-lieu/(\w+)\.csv", page))
    rows = {}
    for name in TABLES:
        answer = await somebody.get(f"{PAGE}/{name}.csv?tu=2026-11-25&den=2026-11-26")
        assert answer.headers["content-type"].startswith("text/csv")
        rows[name] = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert offered | {"expiring"} == set(TABLES)  # nothing of the sample expires soon
    assert rows["by_day"][0][:3] == ["Ngày", "Người hỏi", "Câu hỏi"]
    assert rows["by_day"][2] == ["26/11/2026", "2", "4", "1", "2", "1", "0", "2", "3", "30", "900"]
    assert rows["by_hour"][1] == ["0", "4"]
    assert rows["by_channel"][1][0] == "Telegram"
    assert rows["top_entries"][1] == [VNEID, "Quên mật khẩu VNeID", "4", "2", "3"]
    assert rows["clusters"][1][1:] == [f"'{HOSTILE}", "2", "3"]
    assert len(rows["expiring"]) == 1


async def test_what_expires_is_listed_with_ways_to_it(tmp_path: Path) -> None:
    """An entry to be looked at within 30 days is on the page and in its table."""
    faq = changed(sample_faq(), VNEID, review_by=dt.date(2026, 12, 9))
    async with opened(tmp_path, now=lambda: NOW, faq=lambda: faq) as office:
        somebody = await seen(office)
        page = (await somebody.get(PAGE)).text
        table = (await somebody.get(f"{PAGE}/expiring.csv")).text
    assert re.search(rf'09/12/2026</td><th scope="row"><a href="/quan-tri/muc/{VNEID}">', page)
    assert f"{PAGE}/expiring.csv" in page
    assert table.splitlines()[1].startswith(f"09/12/2026,hạn rà soát,{VNEID},Quên mật khẩu VNeID")


async def test_an_empty_installation_has_a_page_of_figures(tmp_path: Path) -> None:
    """No questions yet: no rates, no error, on the page, in the report and in every table."""
    async with opened(tmp_path, now=lambda: NOW) as office:
        somebody = await seen(office)
        for path in (
            "",
            "?ky=90",
            "/bao-cao",
            "/luot",
            ".json",
            *(f"/{name}.csv" for name in TABLES),
        ):
            assert (await somebody.get(PAGE + path)).status_code == 200, path


async def test_a_wrong_period_is_explained_beside_the_last_week(made: Office) -> None:
    """What cannot be read is said, and the page shows something all the same."""
    answer = await (await seen(made)).get(f"{PAGE}?tu=2026-11-31&den=2026-12-01")
    assert answer.status_code == 400
    assert "Không đọc được ngày" in answer.text
    assert "Câu hỏi mỗi ngày" in plots(answer.text)
