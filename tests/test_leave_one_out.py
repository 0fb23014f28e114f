"""Every phrasing is tested as if it had never been written."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from intents.catalog import Catalog, load
from intents.entry import Kind
from intents.evaluate import Report
from intents.fitting import fit
from intents.knowledge import Knowledge
from intents.leave_one_out import leave_one_out
from intents.matcher import Matcher
from intents.unseen import sample
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from pathlib import Path

    from intents.evaluate import Outcome
    from intents.verdict import Candidate


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """The sample FAQ, left out question by question."""
    faq = sample_faq()
    return leave_one_out(faq.catalog, faq.knowledge, faq.matcher.fitted)


def texts(catalog: Catalog) -> list[tuple[str, frozenset[str]]]:
    entries = [e for e in catalog.entries.values() if e.kind is not Kind.SMALL_TALK]
    asked = [(text, frozenset({e.id})) for e in entries for text in (e.title, *e.phrasings)]
    return asked + [(text, frozenset()) for text in catalog.out_of_scope]


def test_everything_but_small_talk_is_asked_once(outcomes: list[Outcome]) -> None:
    """Titles, phrasings and out-of-scope questions, in the order of the catalog."""
    asked = [(outcome.case.text, outcome.case.right) for outcome in outcomes]
    assert asked == texts(sample_faq().catalog)


def test_a_phrasing_is_found_less_surely_than_with_itself(outcomes: list[Outcome]) -> None:
    """The models do not know what they are asked; the matcher does."""
    matcher = sample_faq().matcher

    def sureness(outcome: Outcome, ranking: tuple[Candidate, ...]) -> float:
        return sum(c.score for c in ranking if c.entry in outcome.case.right)

    inside = [outcome for outcome in outcomes if outcome.case.right]
    left_out = sum(sureness(outcome, outcome.verdict.ranking) for outcome in inside)
    known = sum(sureness(outcome, matcher.match(outcome.case.text).ranking) for outcome in inside)
    assert left_out < 0.9 * known
    assert Report.of(outcomes).in_scope.top1 < 1


def test_it_agrees_with_a_faq_that_lacks_the_phrasing() -> None:
    """Fitted anew without one phrasing, the right entry gets nearly the same score."""
    faq = sample_faq()
    found = leave_one_out(faq.catalog, faq.knowledge, faq.matcher.fitted)
    entry = faq.catalog.entries["can_cuoc_doi"]
    for left in entry.phrasings[:3]:
        rest = tuple(text for text in entry.phrasings if text != left)
        entries = {**faq.catalog.entries, entry.id: entry.model_copy(update={"phrasings": rest})}
        catalog = dataclasses.replace(faq.catalog, entries=entries)
        knowledge = Knowledge.of(catalog)
        fitted = dataclasses.replace(faq.matcher.fitted, words=fit(knowledge).words)
        anew = Matcher(knowledge, fitted).match(left).ranking
        held = next(o for o in found if o.case.text == left).verdict.ranking
        assert held[0].entry == anew[0].entry
        assert held[0].score == pytest.approx(anew[0].score, abs=0.12)


@pytest.mark.parametrize("most", [1, 4, 10_000])
def test_a_sample_is_a_part_of_the_whole(outcomes: list[Outcome], most: int) -> None:
    """At most so many of either kind, in their order, with the same verdicts."""
    faq = sample_faq()
    some = leave_one_out(faq.catalog, faq.knowledge, faq.matcher.fitted, most)
    inside = [outcome for outcome in some if outcome.case.right]
    every = [outcome for outcome in outcomes if outcome.case.right]
    assert len(inside) == min(most, len(every))
    assert len(some) - len(inside) == min(most, len(outcomes) - len(every))
    at = [outcomes.index(outcome) for outcome in some]
    assert at == sorted(at)


def test_a_sample_hardly_changes_when_the_faq_does() -> None:
    """Whatever is added, what was drawn before stays, but for what the new ones displace."""
    faq = sample_faq()
    examples = faq.knowledge.examples
    rows = np.arange(len(examples.questions))
    before = set(sample(examples, rows[1:], 20).tolist())
    after = set(sample(examples, rows, 20).tolist())
    assert len(before - after) <= 1


def test_a_faq_of_small_talk_has_nothing_to_leave_out(tmp_path: Path) -> None:
    """No models, no questions, no fault."""
    text = (
        "entries:\n  - {id: a, kind: small_talk, title: Chào, phrasings: [chào], answer: Chào.}\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    catalog = load(tmp_path)
    knowledge = Knowledge.of(catalog)
    assert leave_one_out(catalog, knowledge, fit(knowledge)) == []
