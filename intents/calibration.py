"""From parts to probabilities, and from probabilities to the three bands.

Two questions are asked of every message: is it ours at all (`scope`), and if so, which entry is
meant (`choice`)? Both models and the thresholds are fitted on the catalog itself: every phrasing
as a question that the models did not see, phrasings of entries that were hidden as a whole (near
out-of-scope), and the committed out-of-scope questions. The only thing set by hand is what
mistakes cost (`_VALUE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]
    Flags = NDArray[np.bool_]

MOST_CHOICES = 4
_VALUE = {
    "answered_right": 1.0,
    "answered_wrong": -0.6,  # a neighbour's answer, with the related ones as buttons below it
    "answered_outside": -10.0,  # costs a public service more than ten honest "I don't know"
    "clarified_with_right": 0.4,
    "clarified_without_right": -0.2,
    "clarified_outside": -0.7,
}
OUTSIDE_SHARE = 0.3
"""Of all questions, so many are assumed to be out of scope."""
_SURE = 0.98  # the cheap scorer decides alone where it errs no oftener than that
_PENALTY = 10.0  # on the squared weights; flat between 1 and 30
_NEWTON_STEPS = 50
_PLACES = 400  # thresholds that are tried
_LOGISTIC_DEVIATION = np.pi / 3**0.5  # of the standard logistic distribution


@dataclass(frozen=True, slots=True)
class Scope:
    """Parts of the candidates of a question → the probability that it is about the FAQ.

    Each part counts with the best value that any candidate has.
    """

    mean: Doubles
    scale: Doubles
    weights: Doubles  # one per part, then the intercept

    def __call__(self, parts: Doubles) -> float:
        standard = (parts.max(axis=0) - self.mean) / self.scale
        return float(_logistic(standard @ self.weights[:-1] + self.weights[-1]))


@dataclass(frozen=True, slots=True)
class Choice:
    """Parts of the candidates of a question → the share of the probability that each one has."""

    scale: Doubles
    weights: Doubles  # one per part

    def __call__(self, parts: Doubles) -> Doubles:
        said = parts / self.scale @ self.weights
        raised = np.exp(said - said.max())
        shares: Doubles = raised / raised.sum()
        return shares


def fit_scope(tables: Sequence[Doubles], ours: Flags, weights: Doubles) -> Scope:
    """Weighted, penalised maximum likelihood. `ours`: which tables are of in-scope questions."""
    best = np.array([table.max(axis=0) for table in tables])
    mean, scale = best.mean(axis=0), best.std(axis=0) + 1e-9
    rows = np.column_stack([(best - mean) / scale, np.ones(len(best))])
    penalty = np.append(np.full(best.shape[1], _PENALTY), 1e-3)

    def slope(found: Doubles) -> tuple[Doubles, Doubles]:
        p = _logistic(rows @ found)
        gradient = rows.T @ (weights * (p - ours)) + penalty * found
        return gradient, (rows * (weights * p * (1 - p))[:, None]).T @ rows + np.diag(penalty)

    return Scope(mean, scale, _newton(slope, rows.shape[1]))


def fit_choice(tables: Sequence[Doubles], right: Sequence[int]) -> Choice:
    """Conditional logit: `right` is the place of the right candidate in each table."""
    starts = np.cumsum([0, *(len(table) for table in tables)])
    flat = np.concatenate(tables)
    scale = flat.std(axis=0) + 1e-9
    rows = flat / scale
    at = starts[:-1] + np.asarray(right, np.intp)
    group = np.repeat(np.arange(len(tables)), np.diff(starts))
    penalty = np.eye(rows.shape[1]) * _PENALTY

    def slope(found: Doubles) -> tuple[Doubles, Doubles]:
        said = rows @ found
        raised = np.exp(said - np.maximum.reduceat(said, starts[:-1])[group])
        p = raised / np.add.reduceat(raised, starts[:-1])[group]
        weighted = rows * p[:, None]
        mean = np.add.reduceat(weighted, starts[:-1])
        gradient = weighted.sum(axis=0) - rows[at].sum(axis=0) + penalty @ found
        return gradient, rows.T @ weighted - mean.T @ mean + penalty

    return Choice(scale, _newton(slope, rows.shape[1]))


def _logistic(x: Doubles) -> Doubles:
    """From minus to plus infinity → 0 to 1. Not scipy's, which takes as long to load as a FAQ."""
    raised = np.exp(-np.abs(x))  # never above 1
    found: Doubles = np.where(x < 0, raised, 1.0) / (1 + raised)
    return found


def _logit(probabilities: Doubles) -> Doubles:
    held = np.clip(probabilities, 1e-12, 1 - 1e-12)
    found: Doubles = np.log(held / (1 - held))
    return found


def _newton(slope: Callable[[Doubles], tuple[Doubles, Doubles]], size: int) -> Doubles:
    """Minimise a penalised negative log-likelihood, which is convex: damped Newton steps."""
    found = np.zeros(size)
    for _ in range(_NEWTON_STEPS):
        gradient, curvature = slope(found)
        step = np.linalg.solve(curvature, gradient)
        longest = np.abs(step).max()
        found -= step / max(1.0, longest / 2)
        if longest < 1e-6:
            break
    return found


@dataclass(frozen=True, slots=True)
class Trial:
    """A question whose right answer is known, and how its candidates came out.

    `scope` and `share` are those of the likeliest candidate; `right` is the place of the right
    entry in the order of shares, None when it is not there or the question is `outside`. `shown`
    is False where a signpost is shown instead: it says "not mine" and is no answer.
    """

    scope: float
    share: float
    right: int | None
    outside: bool
    shown: bool
    weight: float = 1.0


SIGNPOSTED = 0.5
"""Share of the signposts together from which the likeliest of them is shown, in both bands: it
says "not mine, go there", so it needs no more certainty than that some signpost is right."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Answer where the scope is likely from `answer` on and the best has a share from `share` on.

    Else clarify where the scope is likely from `clarify` on, else unknown.
    """

    answer: float
    share: float
    clarify: float

    def answers(self, scope: float, share: float) -> bool:
        return scope >= self.answer and share >= self.share


def fit_bands(trials: Sequence[Trial], *, outside_share: float = OUTSIDE_SHARE) -> Bands:
    """The thresholds under which questions like the trials are worth most.

    First the share, on in-scope questions alone; then, with it, how likely the scope must be.
    `outside_share`: of all questions, so many are like the trials that are outside.
    """
    weight = np.array([trial.weight for trial in trials])
    outside = np.array([trial.outside for trial in trials], np.bool_)
    low = np.array([_clarified(trial) for trial in trials])
    high = np.array([_answered(trial) for trial in trials])

    shares = _Steps.at(np.array([trial.share for trial in trials if not trial.outside]))
    share = shares.places[shares.worth((weight * (high - low))[~outside]).argmax()]

    weight[outside] *= outside_share / max(weight[outside].sum(), 1e-9)
    weight[~outside] *= (1 - OUTSIDE_SHARE) / max(weight[~outside].sum(), 1e-9)
    reached = np.array([trial.share for trial in trials]) >= share
    scopes = _Steps.at(np.array([trial.scope for trial in trials]))
    answering = scopes.worth(weight * np.where(reached, high - low, 0.0))
    clarifying = scopes.worth(weight * low)
    # Clarifying begins no later than answering: the best place for it from each place on.
    answer = int((answering + np.maximum.accumulate(clarifying[::-1])[::-1]).argmax())
    clarify = answer + int(clarifying[answer:].argmax())
    return Bands(float(scopes.places[answer]), float(share), float(scopes.places[clarify]))


@dataclass(frozen=True, slots=True)
class _Steps:
    """Thresholds of a probability that may be chosen, and how surely each trial reaches them.

    What a threshold is worth on the very trials has many peaks, and the highest is another one
    after every edit of the FAQ. So a trial that lies near a threshold counts as half below it:
    a step from 0 to 1 as wide as the trials are few (Horowitz' smoothed maximum score).
    """

    places: Doubles  # falling, from 1 (never) to 0 (always)
    reached: Doubles  # one row per place, one column per trial

    @classmethod
    def at(cls, probabilities: Doubles) -> _Steps:
        logit = _logit(probabilities)
        if not len(logit):
            return cls(np.array([1.0]), np.zeros((1, 0)))
        width = max(float(logit.std()) * len(logit) ** -0.2 / _LOGISTIC_DEVIATION, 1e-6)
        between = np.linspace(logit.max(), logit.min(), _PLACES)
        reached = _logistic((logit - between[:, None]) / width)
        ends = np.zeros((1, len(logit))), np.ones((1, len(logit)))
        return cls(
            np.concatenate([[1.0], _logistic(between), [0.0]]),
            np.concatenate([ends[0], reached, ends[1]]),
        )

    def worth(self, gains: Doubles) -> Doubles:
        """For each place: the sum of what the trials gain by reaching it."""
        return self.reached @ gains


def _answered(trial: Trial) -> float:
    if not trial.shown:
        if trial.outside:
            return 0.0
        return _VALUE["answered_right" if trial.right == 0 else "clarified_without_right"]
    if trial.outside:
        return _VALUE["answered_outside"]
    return _VALUE["answered_right" if trial.right == 0 else "answered_wrong"]


def _clarified(trial: Trial) -> float:
    if not trial.shown:
        return _answered(trial)
    if trial.outside:
        return _VALUE["clarified_outside"]
    within = trial.right is not None and trial.right < MOST_CHOICES
    return _VALUE["clarified_with_right" if within else "clarified_without_right"]


@dataclass(frozen=True, slots=True)
class Sure:
    """Where the words alone decide, and the meaning need not be looked at.

    An answer is sure from the share `answer` on; "unknown" is sure below the scope `unknown`.
    """

    answer: float
    unknown: float


def fit_sure(trials: Sequence[Trial], bands: Bands) -> Sure:
    """The widest range in which the words err no oftener than accepted, on the trials."""
    inside = [trial for trial in trials if not trial.outside]
    answered = sorted(
        (t for t in inside if bands.answers(t.scope, t.share)), key=lambda t: -t.share
    )
    hits = np.cumsum([trial.right == 0 for trial in answered])
    good = np.flatnonzero(hits >= _SURE * np.arange(1, len(answered) + 1))
    share = answered[good[-1]].share if good.size else 1.0
    unknown = np.quantile([t.scope for t in inside], 1 - _SURE, method="lower") if inside else 0.0
    return Sure(max(share, bands.share), min(float(unknown), bands.clarify))
