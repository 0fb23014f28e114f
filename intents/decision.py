"""Candidates → probabilities → answer, ask back, or say that it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from intents.calibration import MOST_CHOICES, SIGNPOSTED
from intents.entry import Kind
from intents.evidence import MEANING_PARTS
from intents.facets import asked_facets
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intents.evidence import View
    from intents.fitted import Judge
    from intents.knowledge import Knowledge
    from intents.lexicon import Question
    from intents.verdict import Verdict

_CLOSE = 0.2  # a choice is offered when it is at least this likely, relative to the best


def decide(
    knowledge: Knowledge,
    judge: Judge,
    question: Question,
    views: Sequence[View],
    *,
    own: int = -1,
) -> tuple[Verdict, float]:
    """The verdict on a question, and the probability that it is about the FAQ at all.

    `own` is told of a question that was taken from the catalog: see `Evidence.parts`.
    """
    entries = knowledge.examples.entries
    candidates = knowledge.evidence.candidates(views)
    parts = knowledge.evidence.parts(question, views, candidates, own=own)
    scope, shares = judge.scope(parts), judge.choice(parts)
    order = np.argsort(-shares, kind="stable")
    rounded = parts.round(4).tolist()
    ranking = tuple(
        Candidate(
            entries[candidates.entries[i]].id,
            float(scope * shares[i]),
            dict(zip(MEANING_PARTS, rounded[i], strict=False)),
        )
        for i in order
    )
    bands, best = judge.bands, float(shares[order[0]])
    signposts = [i for i in order if entries[candidates.entries[i]].kind is Kind.SIGNPOST]
    if scope >= bands.clarify and shares[signposts].sum() >= SIGNPOSTED:
        return Answer(entries[candidates.entries[signposts[0]]].id, ranking), scope
    if bands.answers(scope, best):
        return Answer(ranking[0].entry, ranking, asked_facets(question, knowledge.lexicon)), scope
    if scope >= bands.clarify and len(ranking) > 1:
        close = int((shares[order[:MOST_CHOICES]] >= best * _CLOSE).sum())
        return Clarify(tuple(c.entry for c in ranking[: max(close, 2)]), ranking), scope
    reason = Reason.WEAK if scope >= bands.clarify / 2 else Reason.OUT_OF_SCOPE
    return Unknown(reason, ranking), scope
