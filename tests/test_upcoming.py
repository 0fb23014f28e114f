"""Dates to come: which, in what order, and who is concerned."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from intents.problems import Rule
from intents.upcoming import EventKind, months_later, upcoming
from tests.faq_faults import EXAMPLES, entry, faq, told
from tests.small_faq import write

if TYPE_CHECKING:
    from pathlib import Path

FILES = faq(
    entry("a", "Một", more="    valid_until: 2026-12-31\n    review_by: 2026-12-01\n"),
    entry("b", "Hai", "[hai]", "Phí {phi}, gọi {goi}.", "    valid_from: 2026-12-01\n"),
    entry("c", "Ba", "[ba]", more="    facets: {fee: '{phi}'}\n    review_by: 2027-05-01\n"),
    values=(
        "values:\n"
        "  phi:\n    title: Lệ phí\n    unit: đồng\n    series:\n"
        "      - {from: 2025-07-01, value: 15000, until: 2026-12-31}\n"
        "      - {from: 2027-01-01, value: 30000, until: 2027-03-31}\n"
        "  goi:\n    title: Tổng đài\n    series: [{from: 2026-12-05, value: '1900'}]\n"
        "  cu:\n    title: Cũ\n    series: [{from: 2020-01-01, value: 1, until: 2026-12-15}]\n"
    ),
)


def day(text: str) -> dt.date:
    """A day."""
    return dt.date.fromisoformat(text)


def test_everything_that_changes_is_told_the_soonest_first(tmp_path: Path) -> None:
    """What an amount was, what it becomes, and which entries show it."""
    catalog = load(write(tmp_path, FILES))
    events = upcoming(catalog, day("2026-12-01"), day("2027-03-31"))
    assert [
        (f"{event.day}", event.kind.name, event.name, event.before, event.after, event.used_by)
        for event in events
    ] == [
        ("2026-12-01", "BEGINS", "b", None, None, ()),
        ("2026-12-01", "REVIEW", "a", None, None, ()),
        ("2026-12-05", "VALUE_CHANGES", "goi", None, "1900", ("b",)),
        ("2026-12-15", "VALUE_ENDS", "cu", "1", None, ()),
        ("2026-12-31", "ENDS", "a", None, None, ()),
        ("2027-01-01", "VALUE_CHANGES", "phi", "15.000 đồng", "30.000 đồng", ("b", "c")),
        ("2027-03-31", "VALUE_ENDS", "phi", "30.000 đồng", None, ("b", "c")),
    ]


def test_both_days_are_included_and_no_other(tmp_path: Path) -> None:
    """What happened yesterday is not to come."""
    catalog = load(write(tmp_path, FILES))
    assert [e.kind for e in upcoming(catalog, day("2026-12-31"), day("2026-12-31"))] == [
        EventKind.ENDS
    ]
    assert upcoming(catalog, day("2026-12-16"), day("2026-12-30")) == []


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-22", 6, "2027-05-22"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-15", 120, "2036-01-15"),
        ("9999-12-01", 6, "9999-06-01"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(start: str, months: int, end: str) -> None:
    """The calendar ends with the year 9999."""
    assert months_later(day(start), months) == day(end)


def test_a_value_nobody_uses_may_lapse(tmp_path: Path) -> None:
    """A value that has not begun is missed like one that has ended."""
    before = told(tmp_path, FILES, Rule.VALUE_LAPSED, day("2026-12-04"))
    assert [one.split(":")[0:2] for one in before] == [["_values.yaml", "10"]]
    assert told(tmp_path, FILES, Rule.VALUE_LAPSED, day("2026-12-31")) == []
    after = told(tmp_path, FILES, Rule.VALUE_LAPSED, day("2027-04-01"))
    assert [one.split(" – ")[0] for one in after] == [
        (
            "_values.yaml:7:9: “phi” không có mức nào cho ngày 01/04/2027:"
            " 2 chỗ trong câu trả lời hiện “(đang chờ mức mới)”"
        )
    ]


def test_tomorrow_can_be_looked_at_today(tmp_path: Path) -> None:
    """The day is given, never read from a clock."""
    files = EXAMPLES[Rule.EXPIRED].good
    assert told(tmp_path, files, Rule.EXPIRED, day("2026-11-22")) == []
    assert len(told(tmp_path, files, Rule.EXPIRED, day("2026-11-23"))) == 1
