"""Probabilities are the likeliest ones, and the bands are worth most, as a slow search finds too."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax

from intents.calibration import (
    Bands,
    Trial,
    fit_bands,
    fit_choice,
    fit_scope,
    fit_sure,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

RIGHT, WRONG, OUTSIDE = (0, False), (None, False), (None, True)
PENALTY = 10.0


def trials(*seen: tuple[float, tuple[int | None, bool]], share: float = 0.9) -> list[Trial]:
    """Trials of (scope, (place of the right entry, outside)), all with one share."""
    return [Trial(scope, share, right, out, shown=True) for scope, (right, out) in seen]


def shares(*seen: tuple[float, tuple[int | None, bool]]) -> list[Trial]:
    """Trials of (share, (place of the right entry, outside)), all surely in scope."""
    return [Trial(0.9, share, right, out, shown=True) for share, (right, out) in seen]


def gain(bands: Bands, trial: Trial) -> float:
    """What one trial is worth under these bands, in words."""
    if trial.scope >= bands.clarify and not trial.shown:
        return 0.0 if trial.outside else (1.0 if trial.right == 0 else -0.2)
    if bands.answers(trial.scope, trial.share):
        if trial.outside:
            return -10.0
        return 1.0 if trial.right == 0 else -0.6
    if trial.scope >= bands.clarify:
        if trial.outside:
            return -0.7
        return 0.4 if trial.right is not None and trial.right < 4 else -0.2
    return 0.0


def worth(bands: Bands, of: list[Trial]) -> float:
    """What the trials are worth, three of ten questions being out of scope."""
    total = 0.0
    for outside, part in ((True, 0.3), (False, 0.7)):
        kind = [trial for trial in of if trial.outside == outside]
        weight = sum(trial.weight for trial in kind)
        total += sum(gain(bands, trial) * part * trial.weight / weight for trial in kind)
    return total


PROBABILITY = st.integers(1, 99).map(lambda percent: percent / 100)
TRIAL = st.builds(
    lambda scope, share, right, outside, shown, weight: Trial(
        scope, share, None if outside else right, outside, shown, weight
    ),
    PROBABILITY,
    PROBABILITY,
    st.one_of(st.none(), st.integers(0, 9)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.3, 1.0, 2.0]),
)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 2.0, 4.0]))
def test_hardly_any_other_thresholds_are_worth_more(seed: int, certainty: float) -> None:
    """Of many questions, compared with a grid of all three; what is won per question, up to 1."""
    of = chance_trials(certainty, seed=seed, count=1500)
    grid = [0.0, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 2.0]
    best = max(
        worth(Bands(high, share, low), of)
        for low, high in itertools.combinations_with_replacement(grid, 2)
        for share in (0.3, 0.5, 0.6, 0.8, 2.0)
    )
    assert worth(fit_bands(of), of) > best - 0.02


def test_clear_trials_are_cut_between() -> None:
    """Answered, clarified, unknown: each threshold lies between the groups."""
    certain = trials(*[(0.95, RIGHT), (0.6, OUTSIDE)] * 50)
    unsure = trials(*[(0.3, (2, False)), (0.05, OUTSIDE)] * 50, share=0.4)
    bands = fit_bands([*certain, *unsure])
    assert 0.6 < bands.answer < 0.95
    assert 0.05 < bands.clarify < 0.3
    assert 0.4 < fit_bands(shares(*[(0.8, RIGHT), (0.4, (1, False))] * 50)).share < 0.8


def test_what_is_never_right_is_never_answered() -> None:
    """Nor is anything asked back."""
    bands = fit_bands(trials((0.99, WRONG), (0.9, OUTSIDE)))
    assert (bands.answer, bands.clarify) == (1.0, 1.0)
    assert fit_bands(shares((0.9, (1, False)), (0.8, OUTSIDE))).share == 1.0
    assert fit_bands([]).share == 1.0


def test_what_is_always_right_is_always_answered() -> None:
    """The answer band then begins at zero."""
    assert fit_bands(trials((0.99, RIGHT), (0.01, RIGHT))).answer == 0.0
    assert fit_bands(shares((0.9, RIGHT), (0.6, RIGHT))).share == 0.0


def test_a_right_entry_beyond_the_choices_is_not_offered() -> None:
    """Four choices are shown: the fourth helps, the fifth does not."""
    assert fit_bands(trials((0.5, (3, False)))).clarify == 0.0
    assert fit_bands(trials((0.5, (4, False)))).clarify == 1.0


@given(st.lists(TRIAL, min_size=1, max_size=12))
def test_fitted_bands_are_ordered_probabilities(of: list[Trial]) -> None:
    """However few the trials are, and however strange."""
    bands = fit_bands(of)
    assert 0 <= bands.clarify <= bands.answer <= 1
    assert 0 <= bands.share <= 1


def chance_trials(certainty: float = 1, *, seed: int = 7, count: int = 2000) -> list[Trial]:
    """Trials whose probabilities are true; the higher the certainty, the nearer to one."""
    random = np.random.default_rng(seed)
    scope, share = random.random(count), random.random(count) ** (1 / certainty)
    inside, right = random.random(count) < scope, random.random(count) < share
    return [
        Trial(float(p), float(s), (0 if hit else 1) if ours else None, not ours, shown=True)
        for p, s, ours, hit in zip(scope, share, inside, right, strict=True)
    ]


@pytest.mark.parametrize("certainty", [1, 2, 4])
@pytest.mark.parametrize(("left_out", "most"), [(20, 0.03), (400, 0.07)])
def test_fitted_bands_stand_still_while_the_faq_is_edited(
    certainty: float, left_out: int, most: float
) -> None:
    """A hundredth of the questions moves no threshold by 0.03, a fifth of them none by 0.07."""
    of = chance_trials(certainty)
    fitted = [
        fit_bands(of[:start] + of[start + left_out :]) for start in range(0, 2000, left_out * 5)
    ]
    fitted.append(fit_bands(of))
    for name in ("answer", "share", "clarify"):
        assert np.ptp([getattr(bands, name) for bands in fitted]) < most


def test_a_signpost_is_no_wrong_answer() -> None:
    """Out-of-scope questions that find one cost nothing."""
    signposts = [Trial(0.9, 0.9, None, outside=True, shown=False)]
    assert worth(fit_bands([*signposts, *trials((0.8, RIGHT))]), signposts) == 0


def test_the_words_alone_decide_where_they_hardly_err() -> None:
    """Of what they answer surely, at most one of fifty is wrong; no sure unknown is in scope."""
    of, bands = chance_trials(certainty=8), Bands(0.5, 0.6, 0.3)
    sure = fit_sure(of, bands)
    answered = [t for t in of if not t.outside and t.scope >= 0.5 and t.share >= sure.answer]
    missed = [t for t in of if not t.outside and t.scope < sure.unknown]
    assert len(answered) > 20
    assert sum(trial.right == 0 for trial in answered) >= 0.98 * len(answered)
    assert len(missed) <= 0.02 * sum(not trial.outside for trial in of)
    assert sure.answer >= bands.share
    assert sure.unknown <= bands.clarify


def test_words_that_are_never_right_are_never_sure() -> None:
    """Nor are those of which nothing is known."""
    bands = Bands(0.5, 0.6, 0.3)
    assert fit_sure(shares((0.9, (1, False))), bands).answer == 1.0
    assert fit_sure([], bands).unknown == 0.0


def random_tables(count: int) -> tuple[list[Doubles], list[int], NDArray[np.bool_]]:
    """Made-up parts of three candidates each, which one is right, and whether any is ours."""
    random = np.random.default_rng(7)
    tables = list(random.normal([1, -2, 0.5], [2, 0.5, 1], (count, 3, 3)))
    logits = [table @ [1.5, -2, 0] for table in tables]
    right = [int((logit + random.gumbel(size=3)).argmax()) for logit in logits]
    best = np.array([table.max(axis=0) for table in tables])
    ours = random.random(count) < 1 / (1 + np.exp(-(best[:, 0] - 2.5)))
    return tables, right, ours


def test_the_weights_of_the_choice_are_the_likeliest_ones() -> None:
    """A general optimiser finds the same minimum of the penalised loss."""
    tables, right, _ = random_tables(300)
    scale = np.concatenate(tables).std(axis=0)

    def loss(weights: Doubles) -> float:
        likelihood = sum(
            log_softmax(table / scale @ weights)[at]
            for table, at in zip(tables, right, strict=True)
        )
        return float(-likelihood + PENALTY * (weights**2).sum() / 2)

    slow = minimize(loss, np.zeros(3), method="BFGS").x
    assert fit_choice(tables, right).weights == pytest.approx(slow, abs=1e-3)


def test_the_weights_of_the_scope_are_the_likeliest_ones() -> None:
    """The same, each question counting by its weight."""
    tables, _, ours = random_tables(300)
    counts = np.where(ours, 1.0, 2.0)
    best = np.array([table.max(axis=0) for table in tables])
    standard = (best - best.mean(axis=0)) / best.std(axis=0)

    def loss(weights: Doubles) -> float:
        logit = standard @ weights[:3] + weights[3]
        likelihood = counts * (np.logaddexp(0, logit) - ours * logit)
        return float(likelihood.sum() + PENALTY * (weights[:3] ** 2).sum() / 2)

    slow = minimize(loss, np.zeros(4), method="BFGS").x
    assert fit_scope(tables, ours, counts).weights == pytest.approx(slow, abs=1e-3)


def test_probabilities_are_calibrated() -> None:
    """Of what is called 0.7 likely, about 70 % is right: the averages agree."""
    tables, right, ours = random_tables(4000)
    scope, choice = fit_scope(tables, ours, np.ones(4000)), fit_choice(tables, right)
    said = np.array([scope(table) for table in tables])
    chosen = np.array([choice(table) for table in tables])
    hits = np.zeros_like(chosen)
    hits[np.arange(4000), right] = 1
    for probabilities, true in ((said, ours), (chosen.ravel(), hits.ravel())):
        assert probabilities.mean() == pytest.approx(true.mean(), abs=1e-3)
        for low in (0.0, 0.2, 0.4, 0.6, 0.8):
            at = (probabilities >= low) & (probabilities < low + 0.2)
            assert true[at].mean() == pytest.approx(probabilities[at].mean(), abs=0.06)


NUMBERS = st.floats(-50, 50)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.tuples(
            st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1, max_size=4),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    )
)


@settings(max_examples=50)
@given(TABLES)
@example([([[1.0]], True), ([[0.0]], False)])  # separable
@example([([[1.0]], True)])  # nothing to compare with
@example([([[3.0, 3.0]], True), ([[3.0, 3.0]], False)])  # parts that never differ
def test_any_lessons_give_probabilities(lessons: list[tuple[list[list[float]], bool]]) -> None:
    """Separable, one-sided or constant parts neither overflow nor divide by zero."""
    tables = [np.array(table) for table, _ in lessons]
    ours = np.array([mine for _, mine in lessons])
    scope, choice = (
        fit_scope(tables, ours, np.ones(len(ours))),
        fit_choice(tables, [0] * len(ours)),
    )
    for table in tables:
        assert 0 <= scope(table) <= 1
        assert choice(table).sum() == pytest.approx(1)
        assert (choice(table) >= 0).all()


def test_far_outside_what_was_learned_probabilities_stay_probabilities() -> None:
    """A part that is a thousand times larger than any seen gives no warning and no overflow."""
    tables, right, ours = random_tables(50)
    scope, choice = fit_scope(tables, ours, np.ones(50)), fit_choice(tables, right)
    far = np.array([[1e6, 0.0, 0.0], [-1e6, 0.0, 0.0]])
    assert scope(far[:1]) == pytest.approx(1.0)
    assert scope(far[1:]) == pytest.approx(0.0)
    assert choice(far) == pytest.approx([1.0, 0.0])
