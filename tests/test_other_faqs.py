"""The engine is not made for one FAQ: a small one and an English one fit, answer and refuse."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.faq import Faq, load_faq
from intents.evaluate import InScope, Result, ask
from tests.other_faqs import OtherFaq, english, vietnamese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.evaluate import Case

Fitted = tuple[OtherFaq, Faq]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted(vietnamese(20, 5), tmp_path_factory)


@pytest.fixture(scope="module")
def middling(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted(vietnamese(60, 10), tmp_path_factory)


@pytest.fixture(scope="module")
def town_hall(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted(english(10), tmp_path_factory)


def fitted(other: OtherFaq, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    """Loaded from its folder, as any FAQ is."""
    folder = other.write(tmp_path_factory.mktemp("faq"))
    return other, load_faq(folder, folder / "data")


def in_scope(measured: Fitted) -> InScope:
    other, faq = measured
    return InScope.of(ask(faq.matcher, faq.catalog, other.asked, lambda: 0.0))


def assert_answers(found: InScope, *, n: int, top1: float, top3: float, right: float) -> None:
    """The least shares first, among three and answered right; hardly one answer is wrong."""
    assert found.n == n
    assert found.top1 >= top1
    assert found.top3 >= top3
    assert found.answered_right >= right * n
    assert found.answered_wrong <= 0.04 * n


def answered(faq: Faq, cases: Sequence[Case]) -> float:
    results = Counter(one.result for one in ask(faq.matcher, faq.catalog, cases, lambda: 0.0))
    return results[Result.ANSWERED] / results.total()


def test_what_is_asked_was_never_seen(small: Fitted, town_hall: Fitted) -> None:
    """Else the other tests would show nothing."""
    for other, _ in (small, town_hall):
        known = {text for texts in other.phrasings.values() for text in texts}
        assert not known & {case.text for case in (*other.asked, *other.outside, *other.near)}


def test_a_small_faq_of_five_phrasings_an_entry_answers(small: Fitted) -> None:
    """Without a lexicon: four of five first, half of them answered, hardly one wrong."""
    assert_answers(in_scope(small), n=60, top1=0.7, top3=0.85, right=0.4)


def test_a_small_faq_refuses(small: Fitted) -> None:
    """Without a single question that is out of scope it learns what is not its own."""
    other, faq = small
    assert answered(faq, other.outside) <= 0.04
    assert answered(faq, other.near) <= 0.3


def test_a_faq_that_names_nothing_out_of_scope_is_not_shy(middling: Fitted) -> None:
    """Its hidden entries are the hardest that could be asked, not all of it."""
    other, faq = middling
    assert_answers(in_scope(middling), n=180, top1=0.75, top3=0.85, right=0.5)
    assert answered(faq, other.outside) <= 0.04


def test_an_english_faq_of_many_alike_answers(town_hall: Fitted) -> None:
    """Twelve things, four questions about each: many first, few answered, hardly one wrong."""
    assert_answers(in_scope(town_hall), n=144, top1=0.45, top3=0.7, right=0.2)


def test_an_english_faq_refuses(town_hall: Fitted) -> None:
    """What nobody asks a town hall, and the same questions about things that it does not know."""
    other, faq = town_hall
    assert answered(faq, other.outside) <= 0.04
    assert answered(faq, other.near) <= 0.04
