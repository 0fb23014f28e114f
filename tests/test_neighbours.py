"""A phrasing that is typed is compared with all there are: the same and the nearly same are told."""

from __future__ import annotations

import pytest

from intents.lint.neighbours import Neighbour, Neighbours
from tests.sample_faq import sample_faq

FORGOT = "vneid_quen_mat_khau"


@pytest.fixture(scope="module")
def neighbours() -> Neighbours:
    faq = sample_faq()
    return Neighbours(faq.knowledge.examples, faq.catalog.lexicon)


def test_the_same_words_are_the_same_phrasing(neighbours: Neighbours) -> None:
    """Whatever their accents, capitals and marks."""
    assert neighbours.of(["Quen MAT khau, vneid!"], "moi") == [
        Neighbour(0, FORGOT, "quen mat khau vneid", same=True)
    ]


def test_nearly_the_same_is_told_with_whose_it_is(neighbours: Neighbours) -> None:
    """Another order and a word more are no difference."""
    (one,) = neighbours.of(["chuyện khác hẳn", "đổi số điện thoại vneid đăng ký"], "moi")
    assert (one.typed, one.entry, one.same) == (1, "vneid_doi_so", False)


def test_an_entry_is_not_its_own_neighbour(neighbours: Neighbours) -> None:
    """Its own phrasings are told by another rule."""
    assert neighbours.of(["quen mat khau vneid"], FORGOT) == []


@pytest.mark.parametrize("typed", [[], [""], ["   "], ["🙂"], ["x" * 3000], ["zzz yyy"]])
def test_what_is_like_nothing_has_no_neighbour(neighbours: Neighbours, typed: list[str]) -> None:
    """Also what is no text at all."""
    assert neighbours.of(typed, "moi") == []
