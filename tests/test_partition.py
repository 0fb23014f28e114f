"""The measure of groupings, against figures worked out by hand."""

import pytest

from tests.bench.partition import Agreement


def test_the_same_groups_under_other_names_agree_fully() -> None:
    """Names of groups do not matter."""
    found = Agreement.of([7, 7, 3, 3], ["a", "a", "b", "b"])
    assert (found.groups, found.precision, found.recall, found.f1, found.rand) == (2, 1, 1, 1, 1)


def test_pairs_are_counted() -> None:
    """Of three pairs put together one is right, of two right ones one was put together."""
    found = Agreement.of([1, 1, 1, 2], ["a", "a", "b", "b"])
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == 0.5
    assert found.f1 == pytest.approx(0.4)
    # (1 - 3·2/6) / ((3 + 2) / 2 - 3·2/6)
    assert found.rand == 0.0


def test_everything_apart_finds_nothing() -> None:
    """Whoever never groups is never wrong, and finds no pair."""
    found = Agreement.of([1, 2, 3], ["a", "a", "a"])
    assert (found.precision, found.recall, found.f1, found.rand) == (1.0, 0.0, 0.0, 0.0)
