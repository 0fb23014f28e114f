"""Outcomes written by hand, for tests of what is counted from them."""

from __future__ import annotations

from intents.evaluate import Case, Outcome, Result
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict


def outcome(
    right: str, ranking: str, result: Result, *, text: str = "câu hỏi", said: str = "answer"
) -> Outcome:
    """An outcome of entries that are all answers.

    `right` and `ranking` are words; a ranking tells scores, as in "a:0.9 b:0.2".
    """
    pairs = [item.split(":") for item in ranking.split()]
    found = tuple(Candidate(entry, float(score)) for entry, score in pairs)
    verdict: Verdict = Unknown(Reason.WEAK, found)
    if said == "answer":
        verdict = Answer(found[0].entry, found)
    elif said == "clarify":
        verdict = Clarify(tuple(candidate.entry for candidate in found), found)
    case = Case(text, frozenset(right.split()))
    return Outcome(case, verdict, result, found[0].score if found else None)


def right(ranking: str = "a:0.9", *, text: str = "đúng") -> Outcome:
    """Entry a is asked for and answered."""
    return outcome("a", ranking, Result.ANSWERED_RIGHT, text=text)


def wrong(ranking: str = "b:0.8 a:0.1", *, asked: str = "a", text: str = "sai") -> Outcome:
    """Another entry is answered."""
    return outcome(asked, ranking, Result.ANSWERED_WRONG, text=text)


def unknown(ranking: str = "", *, asked: str = "a", text: str = "chưa biết") -> Outcome:
    """Nothing is answered."""
    return outcome(asked, ranking, Result.UNKNOWN, text=text, said="unknown")


def clarified(ranking: str = "b:0.5 a:0.4", *, asked: str = "a", text: str = "hỏi lại") -> Outcome:
    """All of the ranking is offered."""
    offered = {item.split(":")[0] for item in ranking.split()}
    result = Result.CLARIFIED
    if asked:
        within = offered & set(asked.split())
        result = Result.CLARIFIED_WITH_RIGHT if within else Result.CLARIFIED_WITHOUT_RIGHT
    return outcome(asked, ranking, result, text=text, said="clarify")


def answered_outside(ranking: str = "b:0.7", *, text: str = "ngoài") -> Outcome:
    """An out-of-scope question that got an answer."""
    return outcome("", ranking, Result.ANSWERED, text=text)
