"""From parts to probabilities, and from probabilities to the three bands.

Both are fitted on the catalog itself: every phrasing as a question that the models did not see,
phrasings of entries that were hidden as a whole (near out-of-scope), and the committed
out-of-scope questions. The only thing set by hand is what mistakes cost (`_VALUE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MOST_CHOICES = 4
_VALUE = {
    "answered_right": 1.0,
    "answered_wrong": -3.0,
    "answered_outside": -3.0,
    "clarified_with_right": 0.4,
    "clarified_without_right": -0.2,
    "clarified_outside": -0.2,
}
_RESAMPLES = 101  # odd, so that the median is one of them
_OUTSIDE_SHARE = 0.3  # of all questions are assumed to be out of scope


@dataclass(frozen=True, slots=True)
class Logistic:
    """Parts of a candidate → the probability that it is meant."""

    mean: Doubles
    scale: Doubles
    weights: Doubles  # one per part, then the intercept

    def __call__(self, parts: Doubles) -> Doubles:
        standard = (parts - self.mean) / self.scale
        probability: Doubles = expit(standard @ self.weights[:-1] + self.weights[-1])
        return probability


def fit_logistic(parts: Doubles, right: Doubles) -> Logistic:
    """Penalised maximum likelihood by Newton's method."""
    mean, scale = parts.mean(axis=0), parts.std(axis=0) + 1e-9
    rows = np.column_stack([(parts - mean) / scale, np.ones(len(parts))])
    penalty = np.append(np.ones(parts.shape[1]), 1e-6)
    found = np.zeros(rows.shape[1])
    for _ in range(25):
        p = expit(rows @ found)
        gradient = rows.T @ (p - right) + penalty * found
        curvature = (rows * (p * (1 - p))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        found -= step
        if np.abs(step).max() < 1e-6:
            break
    return Logistic(mean, scale, found)


@dataclass(frozen=True, slots=True)
class Trial:
    """A question whose right answer is known, and how its candidates came out.

    `best` is the highest probability; `right` is the place of the right entry in the order of
    probabilities, None when it is not there or the question is `outside`. `shown` is False where
    the best candidate is a signpost: it says "not mine" and is no answer.
    """

    best: float
    right: int | None
    outside: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Bands:
    """Answer from `answer` on, clarify from `clarify` on, else unknown."""

    answer: float
    clarify: float


def fit_bands(trials: Sequence[Trial]) -> Bands:
    """The two thresholds under which questions like the trials are worth most.

    What a threshold is worth changes little over a wide range, so the best one of a single
    sample jumps about with every edit of the FAQ. The median over resamples does not.
    """
    best, outside, answered, clarified = _worth(trials)
    random = np.random.default_rng(0)
    draws = (random.integers(len(trials), size=len(trials)) for _ in range(_RESAMPLES))
    bands = [_best(best[d], outside[d], answered[d], clarified[d]) for d in draws]
    answer, clarify = np.median([(band.answer, band.clarify) for band in bands], axis=0)
    return Bands(float(answer), float(clarify))


def best_bands(trials: Sequence[Trial]) -> Bands:
    """The two thresholds under which these very trials are worth most."""
    return _best(*_worth(trials))


def _worth(trials: Sequence[Trial]) -> tuple[Doubles, Flags, Doubles, Doubles]:
    """Columns of the trials: best probability, outside, worth answered, worth clarified."""
    return (
        np.array([trial.best for trial in trials]),
        np.array([trial.outside for trial in trials]),
        np.array([_answered(trial) for trial in trials]),
        np.array([_clarified(trial) for trial in trials]),
    )


def _best(best: Doubles, outside: Flags, answered: Doubles, clarified: Doubles) -> Bands:
    weights = np.where(
        outside,
        _OUTSIDE_SHARE / max(outside.sum(), 1),
        (1 - _OUTSIDE_SHARE) / max((~outside).sum(), 1),
    )
    answered, clarified = weights * answered, weights * clarified
    order = np.argsort(-best, kind="stable")
    best = best[order]
    gain_answer = np.concatenate([[0], np.cumsum(answered[order])])
    gain_clarify = np.concatenate([[0], np.cumsum(clarified[order])])
    # Equal probabilities cannot be told apart: cut only between different ones.
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(best)) + 1, [len(best)]])
    edges = np.array([1.0, *((best[cuts[1:-1] - 1] + best[cuts[1:-1]]) / 2), 0.0])
    gain_answer, gain_clarify = gain_answer[cuts], gain_clarify[cuts]
    # Answering the first a and clarifying up to the first c is worth
    # answer[a] - clarify[a] + clarify[c], for any c from a on.
    later = np.maximum.accumulate(gain_clarify[::-1])[::-1]
    a = int(np.argmax(gain_answer - gain_clarify + later))
    c = a + int(np.argmax(gain_clarify[a:]))
    return Bands(answer=float(edges[a]), clarify=float(edges[c]))


def _answered(trial: Trial) -> float:
    if not trial.shown:
        return 0.0 if trial.outside else _VALUE["clarified_without_right"]
    if trial.outside:
        return _VALUE["answered_outside"]
    return _VALUE["answered_right" if trial.right == 0 else "answered_wrong"]


def _clarified(trial: Trial) -> float:
    if trial.outside:
        return _VALUE["clarified_outside"]
    within = trial.right is not None and trial.right < MOST_CHOICES
    return _VALUE["clarified_with_right" if within else "clarified_without_right"]
