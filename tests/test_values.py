"""Shared values: the amount of the day, written as Vietnamese figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from intents.values import Value, fill, names


def value(*series: dict[str, Any], **more: str) -> Value:
    """A value with these steps."""
    return Value.model_validate({"title": "Lương", "series": series, **more})


def on(day: str) -> dt.date:
    """A day."""
    return dt.date.fromisoformat(day)


WAGE = value(
    {"from": "2024-07-01", "value": 2340000},
    {"from": "2026-07-01", "value": 2530000, "source": "Nghị định 161/2026/NĐ-CP"},
    unit="đồng",
)
FEE = value({"from": "2025-07-01", "value": 15000, "until": "2026-12-31"}, unit="đồng")


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2024-06-30", None),
        ("2024-07-01", "2.340.000 đồng"),
        ("2026-06-30", "2.340.000 đồng"),
        ("2026-07-01", "2.530.000 đồng"),
        ("9999-12-31", "2.530.000 đồng"),
    ],
)
def test_a_step_holds_from_its_day_until_the_next(day: str, amount: str | None) -> None:
    """Before the first step nothing stands."""
    assert WAGE.at(on(day)) == amount


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2025-06-30", None),
        ("2025-07-01", "15.000 đồng"),
        ("2026-12-31", "15.000 đồng"),
        ("2027-01-01", None),
    ],
)
def test_a_step_with_an_end_holds_through_that_day(day: str, amount: str | None) -> None:
    """Afterwards nothing stands until somebody writes the next step."""
    assert FEE.at(on(day)) == amount


def test_a_step_that_ended_does_not_come_back() -> None:
    """An earlier step without an end is not current again when a later one has ended."""
    both = value(
        {"from": "2024-01-01", "value": 1},
        {"from": "2025-01-01", "value": 2, "until": "2025-06-30"},
    )
    assert both.at(on("2025-07-01")) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (2530000, "2.530.000"),
        (1000, "1.000"),
        (999, "999"),
        (0, "0"),
        (4.5, "4,5"),
        (1234567.25, "1.234.567,25"),
        (-1500, "-1.500"),
        (30000.0, "30.000"),
        ("2.530.000", "2.530.000"),
        ("1900 0368", "1900 0368"),
        ("1,5", "1,5"),
    ],
)
def test_figures_are_written_the_vietnamese_way(written: float | str, read: str) -> None:
    """Dots between thousands, a comma before decimals; text stays as it is."""
    assert value({"from": "2020-01-01", "value": written}).at(on("2026-01-01")) == read


@pytest.mark.parametrize(
    "days",
    [("2026-07-01", "2024-07-01"), ("2024-07-01", "2024-07-01"), ()],
)
def test_steps_must_follow_each_other(days: tuple[str, ...]) -> None:
    """Neither backwards nor twice on one day, and at least one."""
    with pytest.raises(ValidationError):
        value(*({"from": day, "value": 1} for day in days))


def test_a_step_cannot_end_before_it_begins() -> None:
    """Such a step would never hold."""
    with pytest.raises(ValidationError):
        value({"from": "2026-07-01", "value": 1, "until": "2026-06-30"})


@pytest.mark.parametrize("wrong", [True, False, None, [1], {"a": 1}, ""])
def test_a_value_is_a_number_or_a_text(wrong: object) -> None:
    """Neither is “true”, and an empty text says nothing."""
    with pytest.raises(ValidationError):
        value({"from": "2026-07-01", "value": wrong})


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Mức {wage}.", "Mức 2.530.000 đồng."),
        ("{fee}, {wage}, {fee}", "15.000 đồng, 2.530.000 đồng, 15.000 đồng"),
        ("{unknown} {} {{wage}} {wage", "{unknown} {} {2.530.000 đồng} {wage"),
        ("", ""),
    ],
)
def test_names_in_braces_become_the_values_of_the_day(text: str, filled: str) -> None:
    """What is no known name stays as it was written."""
    assert fill(text, {"wage": WAGE, "fee": FEE}, on("2026-11-22")) == filled


def test_a_value_that_lapsed_says_so() -> None:
    """Never an old amount, never an empty place."""
    assert fill("Phí: {fee}", {"fee": FEE}, on("2027-01-01")) == "Phí: (đang chờ mức mới)"


def test_a_filled_value_is_not_filled_again() -> None:
    """A value that holds braces is text."""
    braces = value({"from": "2020-01-01", "value": "{wage}"})
    assert fill("{a}", {"a": braces, "wage": WAGE}, on("2026-11-22")) == "{wage}"


def test_names_are_all_names_in_order() -> None:
    """With what an editor mistyped inside the braces."""
    assert names("{a} và {b c}, {}, {a") == ["a", "b c", ""]
