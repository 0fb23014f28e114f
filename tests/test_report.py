"""The monthly report: what its sentences say, and `hoidap report` on a database."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.insight.exports import as_csv
from bot.insight.figures import Figures, figures
from bot.insight.report import percent, sentences, to_do, whole
from bot.messages import Status
from bot.store import Store
from bot.store.figures import Counts, DayCounts
from tests import sample_faq
from tests.logs import logging_as
from tests.test_figures import DAY, NIGHT, NOW, VNEID, a_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result


def of(answered: int, unknown: int, *, useful: int = 0, useless: int = 0) -> Figures:
    day = DayCounts(people={"web": np.arange(answered)})
    for status, number in ((Status.ANSWERED, answered), (Status.UNKNOWN_WEAK, unknown)):
        day.questions[8, "web", status] = number
    day.shown[VNEID] = answered
    counts = Counts({DAY.first: day})
    counts.useful[DAY.first, VNEID], counts.useless[DAY.first, VNEID] = useful, useless
    return figures(counts, DAY, sample_faq.sample_faq().catalog, NOW)


def test_the_sentences_say_what_changed() -> None:
    """More questions are told in percent, a better share in points, both against before."""
    told = " ".join(sentences(of(1200, 300), of(700, 300)))
    assert "1.200 người đã hỏi 1.500 câu, tăng 50,0% so với kỳ trước" in told
    assert "trả lời ngay 80,0% số câu (tăng 10,0 điểm phần trăm)" in told
    assert "Chưa có ai đánh giá" in told


def test_the_shares_of_the_report_are_all_questions() -> None:
    """Answered, asked back, sent elsewhere and not answered: nobody is left to wonder at a rest."""
    day = DayCounts(people={"web": np.arange(9)})
    asked = {"answered": 3, "clarified": 10, "signposted": 13, "unknown:weak": 16}
    for status, number in asked.items():
        day.questions[8, "web", status] = number
    counts = Counts({DAY.first: day})
    now = figures(counts, DAY, sample_faq.sample_faq().catalog, NOW)
    told = sentences(now, of(0, 0))[1]
    shares = [float(share.replace(",", ".")) for share in re.findall(r"([\d,]+)%", told)]
    assert shares == [7.1, 23.8, 31.0, 38.1]
    assert sum(shares) == pytest.approx(100)
    assert "hướng dẫn sang nơi khác 31,0%" in told


def test_nothing_is_compared_with_an_empty_period() -> None:
    """The first month has no period before it: no percentages of nothing."""
    told = sentences(of(3, 0), of(0, 0))
    assert "kỳ trước không có câu nào" in told[0]
    assert sentences(of(0, 0), of(3, 0)) == ["Không có câu hỏi nào trong kỳ này."]


def test_disliked_answers_are_work_once_enough_people_said_so() -> None:
    """One 👎 is no verdict; five ratings of which most are 👎 are."""
    assert to_do(of(9, 0, useful=0, useless=1), [], []) == []
    (item,) = to_do(of(9, 0, useful=1, useless=4), [], [{"title": "Hộ chiếu?", "people": 7}])[1:]
    assert item == "Xem lại “Quên mật khẩu VNeID”: chỉ 20,0% trong 5 lượt đánh giá là hữu ích."


def test_numbers_are_written_as_in_vietnam() -> None:
    """Points between thousands, a comma before decimals, a dash for what cannot be said."""
    assert (whole(1234567), percent(0.125), percent(None)) == ("1.234.567", "12,5%", "–")


def test_no_cell_of_an_export_is_a_formula() -> None:
    """What a spreadsheet would run is shown as text."""
    (row,) = csv.DictReader(io.StringIO(as_csv([{"title": "=HYPERLINK(1)", "answers": 3}])))
    assert row == {"title": "'=HYPERLINK(1)", "answers": "3"}
    assert as_csv([]) == ""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    sample_faq.install(tmp_path)

    async def fill() -> None:
        store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'hoidap.db'}")
        await a_day(store)
        await store.close()

    asyncio.run(fill())
    with logging_as("json", "error"):
        yield tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["report", *words])


@pytest.mark.usefixtures("home")
def test_the_command_shows_a_month_to_people_and_machines() -> None:
    """Five questions of November: in words, as JSON, and by day as CSV by day from the first on."""
    month = f"{NIGHT:%Y-%m}"
    assert "3 người đã hỏi 5 câu" in run("--month", month).output
    told = json.loads(run("--month", month, "--json").output)
    assert (told["now"]["questions"], told["before"]["questions"]) == (5, 0)
    rows = list(csv.DictReader(io.StringIO(run("--month", month, "--csv").output)))
    assert rows[0]["day"] == "2026-11-01"
    assert [row["questions"] for row in rows if row["day"] == "2026-11-26"] == ["4"]


@pytest.mark.usefixtures("home")
def test_the_command_explains_a_wrong_month() -> None:
    """A month that there is not is a sentence with an example."""
    result = run("--month", "2026-13")
    assert result.exit_code == 1
    assert "2026-11" in str(result.exception)


def test_figures_of_parts_add_up() -> None:
    """Days and channels hold all questions of the period, none twice."""
    found = of(7, 2)
    assert sum(each.questions for each in found.by_day.values()) == 9
    assert sum(each.questions for each in found.by_channel.values()) == sum(found.by_hour) == 9
    assert replace(found, rated=0).satisfaction is None
