"""What a change of the FAQ does: its difference, what the checker finds, what the bot says then."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.editing import GOLDEN
from bot.proposals.aim import Aim
from bot.proposals.files import Files, diff
from bot.proposals.meaning import Remembering, Vectors
from bot.proposals.versions import Known, Version, name_of
from bot.web.answers import today
from intents.comparison import compare, said
from intents.embedding import EmbeddingError
from intents.evaluate import Case
from intents.verdict import Answer, Clarify
from intents.yaml_source import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bot.editing import Edit
    from bot.proposals.versions import Findings
    from intents.comparison import Change
    from intents.embedding import Embedder
    from intents.verdict import Verdict

_MOST_SHOWN = 200  # changes of one group
_REAL = "recent"  # the group of what citizens asked
_ORDER = [(aimed, trend) for aimed in (True, False) for trend in ("worse", "better", "other")]


@dataclass(frozen=True, slots=True)
class Job:
    """What is tried: edits and the files that they change, and the questions that citizens asked."""

    golden: Path
    cache: Path
    old: Mapping[str, str]
    changed: Mapping[str, str]
    recent: Sequence[str]
    edits: Sequence[Edit] = ()
    embedder: Callable[[], Embedder | None] | None = None  # called in the trial's own process
    known: Sequence[Known] = ()  # of earlier trials
    vectors: Vectors = field(default_factory=Vectors)  # of earlier trials


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found, as it is stored, and what it leaves to later ones."""

    result: dict[str, Any]
    known: tuple[Known, ...]
    vectors: Vectors


def tried(job: Job, home: Path, progress: Callable[[int, str], None]) -> Tried:
    """Find the difference, the findings and the effect of a change. Takes seconds, or more.

    Both versions are written into `home`, an empty folder.
    """
    names = sorted(job.changed)
    shown = {name: diff(job.old.get(name), job.changed[name], name) for name in names}
    before, after = _versions(job, home)
    embedder, unusable = _embedder(job)
    progress(5, "Soát FAQ đang dùng")
    usable_before = before.load() is None
    found = before.findings()
    progress(25, "Khớp lại câu hỏi")
    why = after.load()
    aim = Aim.of(job.edits)
    asked, by_meaning = _asked(job, aim), False
    if usable_before and not why and embedder:
        progress(40, "Học nghĩa của câu hỏi")
        by_meaning = _learn(embedder, before, after, asked)
    progress(50, "Soát lỗi")
    result = {"diff": shown, "effect": None, "by_words": False, **_news(found, after.findings())}
    if why:
        result["errors"] = max(result["errors"], 1)
        result["why"] = why
    elif usable_before:
        result["effect"] = _effect(aim, asked, before, after, progress)
        result["by_words"] = (unusable or embedder is not None) and not by_meaning
    known = (before.known(), after.known())
    progress(100, "Xong")
    return Tried(result, known, embedder.vectors if embedder else job.vectors)


def _embedder(job: Job) -> tuple[Remembering | None, bool]:
    """The model that is asked for, and whether there is one that cannot be used."""
    try:
        embedder = job.embedder() if job.embedder else None
    except EmbeddingError:
        return None, True
    return (Remembering(embedder, job.cache, job.vectors) if embedder else None), False


def _asked(job: Job, aim: Aim) -> dict[str, list[Case]]:
    return {
        "golden": golden_cases(job.changed.get(GOLDEN, job.old.get(GOLDEN, ""))),
        "out_of_scope": out_of_scope_cases(job.golden.parent / "out_of_scope.yaml"),
        _REAL: [aim.case(text) for text in job.recent],
    }


def _learn(
    embedder: Remembering, before: Version, after: Version, asked: Mapping[str, Sequence[Case]]
) -> bool:
    """Ask both by their meaning, if the one that is served is; else both by the words alone."""
    if not before.knows_meaning(embedder):
        return False
    try:
        for version in (before, after):
            version.learn_meaning(embedder)
            for group, cases in asked.items():
                version.prepare(cases, of_citizens=group == _REAL)
    except EmbeddingError:
        before.forget_meaning()
        after.forget_meaning()
        return False
    return True


def _versions(job: Job, home: Path) -> tuple[Version, Version]:
    """Write both versions into a folder."""
    old, new, day = home / "old" / "faq", home / "new" / "faq", today()
    Files(old, old.parent / "golden.yaml").write(job.old)
    shutil.copytree(old.parent, new.parent)
    Files(new, new.parent / "golden.yaml").write(job.changed)
    after = name_of({**job.old, **job.changed}, day)
    return (
        Version(old, job.cache, name_of(job.old, day), day, job.known),
        Version(new, job.cache, after, day, job.known),
    )


def _news(before: Findings, after: Findings) -> dict[str, Any]:
    new = [found for key, found in after.items() if key not in before]
    return {
        "new": new,
        "gone": [found for key, found in before.items() if key not in after],
        "errors": sum(one["severity"] == "error" for one in new),
    }


def _effect(
    aim: Aim,
    asked: Mapping[str, Sequence[Case]],
    before: Version,
    after: Version,
    progress: Callable[[int, str], None],
) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    for done, (group, cases) in enumerate(asked.items()):
        progress(60 + 13 * done, "Hỏi lại các câu đã lưu")
        compared = compare(before.says(cases), after.says(cases))
        told = [_change(one, aim, known=group != _REAL) for one in compared.changes]
        told.sort(key=lambda one: _ORDER.index((one["aimed"], one["trend"])))
        groups[group] = {"asked": len(cases), **_counts(told), "changes": told[:_MOST_SHOWN]}
    return groups


def _counts(told: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many became what by the aim of the edits, and how many moved elsewhere."""
    elsewhere = [one["trend"] for one in told if not one["aimed"]]
    aimed = [one["trend"] for one in told if one["aimed"]]
    return {
        **{kind: aimed.count(kind) for kind in ("better", "worse", "other")},
        "elsewhere": len(elsewhere),
        "elsewhere_worse": elsewhere.count("worse"),
    }


def _change(change: Change, aim: Aim, *, known: bool) -> dict[str, Any]:
    text = change.case.text
    before, after = change.before.verdict, change.after.verdict
    return {
        "text": text,
        "right": sorted(change.case.right),
        "trend": change.trend.value if known or aim.names(text) else "other",
        "aimed": aim.names(text)
        or aim.concerns(*said(before), *said(after))
        or (aim.refuses and not said(after)),
        "before": _verdict(before),
        "after": _verdict(after),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    match verdict:
        case Answer():
            kind = "answer"
        case Clarify():
            kind = "clarify"
        case _:
            kind = "unknown"
    return {"kind": kind, "entries": list(said(verdict))}


def golden_cases(text: str) -> list[Case]:
    """Read golden questions: entry → questions. What is no question is passed over."""
    data = parse_yaml(text.encode(), "golden.yaml").data
    if not isinstance(data, dict):
        return []
    return [
        Case(str(one["text"]), frozenset(one.get("any_of", [entry])), one.get("style"))
        for entry, questions in data.items()
        if isinstance(questions, list)
        for one in questions
        if isinstance(one, dict) and "text" in one
    ]


def out_of_scope_cases(path: Path) -> list[Case]:
    """Read the out-of-scope questions that nothing is fitted on; none without the file."""
    if not path.is_file():
        return []
    data = parse_yaml(path.read_bytes(), path.name).data
    questions = data.get("questions") if isinstance(data, dict) else None
    return [
        Case(str(one["text"]), frozenset(), one.get("style"))
        for one in questions or []
        if isinstance(one, dict) and "text" in one
    ]
