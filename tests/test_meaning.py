"""A question whose words nobody knows is understood by its meaning, and never without need."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.embedding import EmbeddingError
from intents.fitted import Fitted
from intents.fitting import fit
from intents.matcher import Matcher
from intents.meaning import Meanings, Semantic, Space
from intents.verdict import Answer, Unknown
from tests.fakes.synonym_embedder import SynonymEmbedder
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FOREIGN = "forgotten password vneid"
PASSWORD = "quên mật khẩu vneid thì làm sao"


class Counting(SynonymEmbedder):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return super().embed(texts)


class Broken(SynonymEmbedder):
    """Fails whenever it is asked."""

    def embed(self, texts: Sequence[str]) -> Floats:
        raise EmbeddingError(f"máy chủ không trả lời cho {len(texts)} câu")


@cache
def vectors() -> Floats:
    return SynonymEmbedder().embed(sample_faq().knowledge.examples.meant)


@cache
def learned() -> Fitted:
    return fit(sample_faq().knowledge, vectors())


def matcher(embedder: SynonymEmbedder) -> Matcher:
    """The sample FAQ, matched by its meaning too."""
    fitted = learned()
    assert fitted.meaning is not None
    return Matcher(sample_faq().knowledge, fitted, Semantic(fitted.meaning, vectors(), embedder))


def test_words_that_the_faq_never_said_are_understood() -> None:
    """The words alone do not find the entry; the meaning does."""
    by_words = sample_faq().matcher.match(FOREIGN).ranking
    by_meaning = matcher(SynonymEmbedder()).read(FOREIGN).chosen[0]
    assert by_meaning.by_meaning
    assert by_meaning.verdict.ranking[0].entry == "vneid_quen_mat_khau"
    own = next(c for c in by_words if c.entry == "vneid_quen_mat_khau")
    assert by_meaning.verdict.ranking[0].score > own.score
    assert by_meaning.verdict.ranking[0].parts["meaning_phrasing"] > 0.5


def test_a_sure_answer_does_not_ask_the_model() -> None:
    """What stands in the FAQ word for word is sure."""
    counting = Counting()
    reading = matcher(counting).read(PASSWORD)
    assert isinstance(reading.chosen[0].verdict, Answer)
    assert (reading.sure, counting.asked) == (True, [])


@pytest.mark.parametrize("text", ["", "???", "cảm ơn bạn", "alo"])
def test_what_names_nothing_does_not_ask_the_model(text: str) -> None:
    """Small talk and empty words are settled by the words."""
    counting = Counting()
    matcher(counting).read(text)
    assert counting.asked == []


def test_a_question_that_is_asked_again_is_not_embedded_again() -> None:
    """Its vector is remembered."""
    counting = Counting()
    asked = matcher(counting)
    first, second = asked.read(FOREIGN), asked.read(FOREIGN)
    assert first == second
    assert len(counting.asked) == 1


def test_when_the_model_fails_the_words_decide() -> None:
    """The same verdict as without a model."""
    broken = matcher(Broken())
    assert broken.match(FOREIGN) == sample_faq().matcher.match(FOREIGN)
    with pytest.raises(EmbeddingError):
        broken.look(broken.glance(FOREIGN))


def test_a_model_that_was_exchanged_is_refused() -> None:
    """Vectors of another size say nothing; the words decide."""

    class Longer(SynonymEmbedder):
        def embed(self, texts: Sequence[str]) -> Floats:
            return np.tile(super().embed(texts), 2)

    exchanged = matcher(Longer())
    with pytest.raises(EmbeddingError, match="128 số thay vì 64"):
        exchanged.look(exchanged.glance(FOREIGN))
    assert exchanged.match(FOREIGN) == sample_faq().matcher.match(FOREIGN)


def test_learning_the_meaning_leaves_the_words_alone() -> None:
    """A glance gives the same verdicts with and without a model."""
    semantic = matcher(SynonymEmbedder())
    for entry in sample_faq().knowledge.examples.entries:
        for text in entry.phrasings:
            plain = sample_faq().matcher.glance(text).chosen[0].verdict
            assert semantic.glance(text).chosen[0].verdict == plain


def test_what_was_learned_survives_being_kept() -> None:
    """Arrays and back: the same verdicts."""
    kept = Fitted.from_arrays(learned().arrays())
    assert kept.meaning is not None
    semantic = Semantic(kept.meaning, vectors(), SynonymEmbedder())
    restored = Matcher(sample_faq().knowledge, kept, semantic)
    assert restored.match(FOREIGN) == matcher(SynonymEmbedder()).match(FOREIGN)


def test_nothing_in_common_is_unknown() -> None:
    """Neither words nor meaning."""
    assert isinstance(matcher(SynonymEmbedder()).match("xylophone quartz"), Unknown)


@given(st.text(max_size=60))
def test_any_text_gets_a_verdict(text: str) -> None:
    """With a model as without."""
    for candidate in matcher(SynonymEmbedder()).match(text).ranking:
        assert 0 <= candidate.score <= 1


def test_vectors_are_centred_and_about_as_long_as_one() -> None:
    """What all of them share says nothing."""
    rows = np.random.default_rng(1).normal(5, 1, (200, 8)).astype(np.float32)
    placed = Space.of(rows).place(rows)
    assert placed.mean(axis=0) == pytest.approx(np.zeros(8), abs=1e-5)
    assert (placed**2).sum(axis=1).mean() == pytest.approx(1, abs=1e-4)


def test_equal_vectors_are_placed_too() -> None:
    """No division by zero where all texts are the same."""
    rows = np.ones((3, 4), np.float32)
    placed = Space.of(rows).place(rows)
    assert np.isfinite(placed).all()
    [cosines] = Meanings(Space.of(rows), rows).comparing(0)([slice(0, 3)])
    assert np.isfinite(cosines).all()
