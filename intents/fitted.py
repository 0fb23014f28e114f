"""What was learned from a catalog, as plain numbers: it can be kept, and restored at every start."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from intents.calibration import Bands, Choice, Scope, Sure
from intents.centroids import Centroids
from intents.meaning import Space
from intents.ridge import Ridge, SparseRidge

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Judge:
    """What turns the parts of the candidates into a decision."""

    scope: Scope
    choice: Choice
    bands: Bands
    sure: Sure

    @classmethod
    def silent(cls, parts: int) -> Self:
        """The judge of a FAQ without a single question: never answers."""
        blank = np.zeros(parts)
        scope = Scope(blank, blank + 1, np.zeros(parts + 1))
        return cls(scope, Choice(blank + 1, blank), Bands(1, 1, 1), Sure(1, 1))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was learned from the vectors of a language model."""

    space: Space
    ridge: Ridge
    judge: Judge


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `fit` learned: from the words, and from the meaning where vectors were given.

    Plain arrays, so that it can be kept on disk (`arrays`, `from_arrays`).
    """

    words: SparseRidge | Centroids
    judge: Judge
    meaning: Meaning | None = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The learned numbers by name."""
        arrays = _named("words", _model_arrays(self.words) | _judge_arrays(self.judge))
        if self.meaning:
            learned, space = self.meaning, self.meaning.space
            arrays |= _named(
                "meaning", _model_arrays(learned.ridge) | _judge_arrays(learned.judge)
            )
            arrays["space"] = np.append(space.mean, np.float32(space.spread))
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Fitted:
        """The reverse of `arrays`."""
        words = _without_name("words", arrays)
        meaning = None
        if "space" in arrays:
            space = arrays["space"].astype(np.float32)
            part = _without_name("meaning", arrays)
            ridge = Ridge(part["weights"], part["bias"])
            meaning = Meaning(Space(space[:-1], float(space[-1])), ridge, _restored_judge(part))
        return cls(_restored_words(words), _restored_judge(words), meaning)


_Arrays = dict[str, "NDArray[Any]"]


def _named(name: str, arrays: _Arrays) -> _Arrays:
    return {f"{name}_{key}": array for key, array in arrays.items()}


def _without_name(name: str, arrays: _Arrays) -> _Arrays:
    return {k.removeprefix(f"{name}_"): v for k, v in arrays.items() if k.startswith(f"{name}_")}


def _model_arrays(model: Ridge | SparseRidge | Centroids) -> _Arrays:
    if not isinstance(model, Centroids):
        return {field.name: getattr(model, field.name) for field in fields(model)}
    means = model.means
    return {
        "data": means.data,
        "indices": means.indices,
        "indptr": means.indptr,
        "shape": np.array(means.shape),
    }


def _restored_words(arrays: _Arrays) -> SparseRidge | Centroids:
    if "dual" in arrays:
        return SparseRidge(*(arrays[field.name] for field in fields(SparseRidge)))
    rows, columns = arrays["shape"].astype(int)
    parts = (arrays["data"].astype(np.float32), arrays["indices"], arrays["indptr"])
    return Centroids(sparse.csr_array(parts, shape=(int(rows), int(columns))))


def _judge_arrays(judge: Judge) -> _Arrays:
    return {
        "scope": np.stack([judge.scope.mean, judge.scope.scale, judge.scope.weights[:-1]]),
        "intercept": judge.scope.weights[-1:],
        "choice": np.stack([judge.choice.scale, judge.choice.weights]),
        "bands": np.array([getattr(judge.bands, f.name) for f in fields(Bands)]),
        "sure": np.array([getattr(judge.sure, f.name) for f in fields(Sure)]),
    }


def _restored_judge(arrays: _Arrays) -> Judge:
    mean, scale, weights = arrays["scope"].astype(np.float64)
    return Judge(
        Scope(mean, scale, np.append(weights, arrays["intercept"])),
        Choice(*arrays["choice"].astype(np.float64)),
        Bands(*map(float, arrays["bands"])),
        Sure(*map(float, arrays["sure"])),
    )
