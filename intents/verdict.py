"""What the matcher says of a question: Answer, Clarify or Unknown.

Values only; how they come about is told in `matcher`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a question was not answered."""

    NO_SUBJECT = "no_subject"  # empty, or only filler and stop words
    WEAK = "weak"  # something is near, but not near enough
    OUT_OF_SCOPE = "out_of_scope"  # nothing is near


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant.

    `score` is the calibrated probability (0 to 1) that this entry answers the question;
    `parts` are the raw numbers it was made from, by name.
    """

    entry: str
    score: float
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry fits. `ranking` is sorted, best first, at most ten long.

    `asked` names the facets that the question asks for ("fee", "where", …), in its order.
    """

    entry: str
    ranking: tuple[Candidate, ...]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two to four entries are close: ask back. `choices` are entry ids, best first."""

    choices: tuple[str, ...]
    ranking: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing fits, and why. The ranking may still hold what came nearest."""

    reason: Reason
    ranking: tuple[Candidate, ...] = ()


Verdict = Answer | Clarify | Unknown
