"""Probabilities are the likeliest ones, and the bands are worth most, as a slow search finds too."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from intents.calibration import Bands, Trial, best_bands, fit_bands, fit_logistic

RIGHT, WRONG, OUTSIDE = (0, False), (None, False), (None, True)


def trials(*seen: tuple[float, tuple[int | None, bool]]) -> list[Trial]:
    """Trials of (best probability, (place of the right entry, outside))."""
    return [Trial(best, right, outside, shown=True) for best, (right, outside) in seen]


def worth(bands: Bands, of: list[Trial]) -> float:
    """What the trials are worth under these bands, one by one and in words."""
    outside = sum(trial.outside for trial in of)
    total = 0.0
    for trial in of:
        if trial.best >= bands.answer and not trial.shown:
            gain = 0.0 if trial.outside else -0.2
        elif trial.best >= bands.answer:
            gain = 1.0 if trial.right == 0 else -3.0
        elif trial.best >= bands.clarify:
            gain = 0.4 if trial.right is not None and trial.right < 4 else -0.2
        else:
            gain = 0.0
        total += gain * (0.3 / outside if trial.outside else 0.7 / (len(of) - outside))
    return total


def best_worth(of: list[Trial]) -> float:
    """The most that any two thresholds are worth."""
    cuts = [0.0, *sorted({trial.best for trial in of}), 2.0]
    pairs = itertools.combinations_with_replacement(cuts, 2)
    return max(worth(Bands(answer=high, clarify=low), of) for low, high in pairs)


PROBABILITY = st.integers(1, 99).map(lambda percent: percent / 100)
TRIAL = st.builds(
    lambda best, right, outside, shown: Trial(best, None if outside else right, outside, shown),
    PROBABILITY,
    st.one_of(st.none(), st.integers(0, 9)),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(TRIAL, min_size=1, max_size=12, unique_by=lambda trial: trial.best))
def test_no_other_bands_are_worth_more(of: list[Trial]) -> None:
    """Compared with every pair of thresholds, on any trials."""
    assert worth(best_bands(of), of) == pytest.approx(best_worth(of))


@given(st.lists(TRIAL, min_size=1, max_size=12))
@example(trials((0.5, RIGHT), (0.5, WRONG)))
@example(trials((0.5, RIGHT), (0.5, OUTSIDE), (0.4, RIGHT)))
def test_equal_probabilities_fall_on_the_same_side(of: list[Trial]) -> None:
    """A threshold cannot cut between two questions that look the same."""
    assert worth(best_bands(of), of) == pytest.approx(best_worth(of))


@given(st.lists(TRIAL, min_size=1, max_size=12))
def test_bands_are_ordered_probabilities(of: list[Trial]) -> None:
    """Clarify lies below answer, both between 0 and 1."""
    bands = best_bands(of)
    assert 0 <= bands.clarify <= bands.answer <= 1


def test_clear_trials_are_cut_in_the_middle_between() -> None:
    """Answered, clarified, unknown: each threshold lies half-way between its neighbours."""
    found = best_bands(
        trials(
            (0.9, RIGHT),
            (0.8, RIGHT),
            (0.6, (2, False)),
            (0.5, (1, False)),
            (0.2, OUTSIDE),
            (0.1, WRONG),
        )
    )
    assert found.answer == pytest.approx(0.7)
    assert found.clarify == pytest.approx(0.35)


def test_what_is_never_right_is_never_answered() -> None:
    """Nor is anything asked back."""
    found = best_bands(trials((0.99, WRONG), (0.9, OUTSIDE)))
    assert (found.answer, found.clarify) == (1.0, 1.0)


def test_what_is_always_right_is_always_answered() -> None:
    """The answer band then begins at zero."""
    assert best_bands(trials((0.99, RIGHT), (0.01, RIGHT))).answer == 0.0


def test_a_right_entry_beyond_the_choices_is_not_offered() -> None:
    """Four choices are shown: the fourth helps, the fifth does not."""
    assert best_bands(trials((0.5, (3, False)))).clarify == 0.0
    assert best_bands(trials((0.5, (4, False)))).clarify == 1.0


@given(st.lists(TRIAL, min_size=1, max_size=12))
def test_fitted_bands_are_ordered_probabilities(of: list[Trial]) -> None:
    """Medians of ordered pairs keep the order."""
    bands = fit_bands(of)
    assert 0 <= bands.clarify <= bands.answer <= 1


def test_fitted_bands_stand_still_while_the_faq_is_edited() -> None:
    """Where the best bands of a sample jump, those that are fitted move little."""
    random = np.random.default_rng(7)
    chance = random.random(2000)
    of = [
        Trial(float(p), 0 if right else 1, outside=False, shown=True)
        for p, right in zip(chance, random.random(2000) < chance, strict=True)
    ]
    samples = [of[:start] + of[start + 400 :] for start in range(0, 2000, 400)]
    best = np.ptp([best_bands(sample).answer for sample in samples])
    fitted = np.ptp([fit_bands(sample).answer for sample in samples])
    assert fitted < 0.06 < best


def test_a_signpost_is_no_wrong_answer() -> None:
    """Out-of-scope questions that find one cost nothing."""
    signposts = [Trial(0.9, None, outside=True, shown=False)]
    assert worth(fit_bands([*signposts, *trials((0.8, RIGHT))]), signposts) == 0


def random_parts(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Made-up parts and whether the candidate was right, by known weights."""
    random = np.random.default_rng(7)
    parts = random.normal([1, -2, 0.5], [2, 0.5, 1], (rows, 3))
    logit = 1.5 * (parts[:, 0] - 1) - 2 * (parts[:, 1] + 2) - 0.5
    return parts, (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.float64)


def test_the_weights_are_the_likeliest_ones() -> None:
    """A general optimiser finds the same minimum of the penalised loss."""
    parts, right = random_parts(400)
    standard = (parts - parts.mean(axis=0)) / parts.std(axis=0)

    def loss(weights: np.ndarray) -> float:
        logit = standard @ weights[:3] + weights[3]
        likelihood = np.logaddexp(0, logit) - right * logit
        return float(likelihood.sum() + (weights[:3] ** 2).sum() / 2)

    slow = minimize(loss, np.zeros(4), method="BFGS").x
    assert fit_logistic(parts, right).weights == pytest.approx(slow, abs=1e-3)


def test_probabilities_are_calibrated() -> None:
    """Of what is called 0.7 likely, about 70 % is right: the averages agree."""
    parts, right = random_parts(4000)
    probabilities = fit_logistic(parts, right)(parts)
    assert probabilities.mean() == pytest.approx(right.mean(), abs=1e-3)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        chosen = (probabilities >= low) & (probabilities < low + 0.2)
        assert right[chosen].mean() == pytest.approx(probabilities[chosen].mean(), abs=0.06)


@settings(max_examples=50)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.tuples(st.lists(st.floats(-50, 50), min_size=width, max_size=width), st.booleans()),
            min_size=1,
            max_size=20,
        )
    )
)
@example([([1.0], True), ([0.0], False)])  # separable
@example([([1.0], True)])  # nothing to compare with
@example([([3.0, 3.0], True), ([3.0, 3.0], False)])  # parts that never differ
def test_any_lessons_give_probabilities(lessons: list[tuple[list[float], bool]]) -> None:
    """Separable, one-sided or constant parts neither overflow nor divide by zero."""
    parts = np.array([part for part, _ in lessons])
    probabilities = fit_logistic(parts, np.array([float(right) for _, right in lessons]))(parts)
    assert np.isfinite(probabilities).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_far_outside_what_was_learned_probabilities_stay_probabilities() -> None:
    """A part that is a thousand times larger than any seen gives no warning and no overflow."""
    model = fit_logistic(*random_parts(50))
    far = np.array([[1e6, 0.0, 0.0], [-1e6, 0.0, 0.0]])
    assert model(far) == pytest.approx([1.0, 0.0])
