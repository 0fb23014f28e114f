"""What a change would do, found out in a process beside: the bot answers on while it is fitted.

Fitting holds Python for many seconds. What is fitted is kept in the data folder by the digest of
the FAQ, so that a change that was tried is live at once when it is published.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.editing import GOLDEN
from bot.faq import load_faq
from bot.proposals.files import Files, diff
from bot.proposals.proposal import ProposalError
from bot.web.answers import today
from intents.comparison import compare, said
from intents.evaluate import Case, ask
from intents.problems import CatalogError, Problem, Severity
from intents.verdict import Answer, Clarify
from intents.yaml_source import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.connection import Connection

    from intents.comparison import Change
    from intents.verdict import Verdict

_MOST_SHOWN = 200  # changes of one group


@dataclass(frozen=True, slots=True)
class Job:
    """What is tried: the files that change, and the questions that citizens asked."""

    folder: Path
    golden: Path
    cache: Path
    old: Mapping[str, str]
    changed: Mapping[str, str]
    recent: Sequence[str]


async def run(job: Job, progress: Callable[[int, str], None]) -> dict[str, Any]:
    """Try it in a process of its own; cancelling ends that process.

    Raises:
        ProposalError: when the process did not live to tell.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, job), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        while True:
            kind, *told = await asyncio.to_thread(_next, ours)
            if kind == "progress":
                progress(told[0], told[1])
            elif kind == "done":
                result: dict[str, Any] = told[0]
                return result
            else:
                raise ProposalError(
                    f"Không thử được thay đổi ({told[0]}) – thử lại; nếu còn lặp lại, xem bộ nhớ và đĩa còn trống."
                )
    finally:
        process.terminate()
        await asyncio.to_thread(process.join)
        ours.close()


def _next(pipe: Connection) -> tuple[Any, ...]:
    try:
        told: tuple[Any, ...] = pipe.recv()
    except (EOFError, OSError):
        return "ended", "tiến trình thử đã dừng"
    return told


def _child(pipe: Connection, job: Job) -> None:
    try:
        pipe.send(
            ("done", tried(job, lambda percent, what: pipe.send(("progress", percent, what))))
        )
    except ProposalError as error:
        pipe.send(("failed", str(error)))
    except Exception as error:  # noqa: BLE001  # told to the official, by kind: its text may hold questions
        pipe.send(("failed", type(error).__name__))


def tried(job: Job, progress: Callable[[int, str], None]) -> dict[str, Any]:
    """Find the difference, the findings and the effect of a change. Takes seconds, or more."""
    names = sorted(job.changed)
    shown = {name: diff(job.old.get(name), job.changed[name], name) for name in names}
    with tempfile.TemporaryDirectory(prefix="hoidap-trial-") as home:
        old, new = Path(home) / "old" / "faq", Path(home) / "new" / "faq"
        Files(old, old.parent / "golden.yaml").write(job.old)
        shutil.copytree(old.parent, new.parent)
        Files(new, new.parent / "golden.yaml").write(job.changed)
        progress(5, "Soát lỗi")
        before, after = _findings(old), _findings(new)
        result: dict[str, Any] = {
            "diff": shown,
            "new": [found for key, found in after.items() if key not in before],
            "gone": [found for key, found in before.items() if key not in after],
            "effect": None,
        }
        result["errors"] = sum(one["severity"] == "error" for one in result["new"])
        progress(25, "Khớp lại câu hỏi")
        try:
            result["effect"] = _effect(job, old, new, progress)
        except CatalogError as error:
            result["errors"] = max(result["errors"], 1)
            first = str(error.problems[0]) if error.problems else ""
            result["why"] = first.replace(f"{new}/", "").replace(f"{old}/", "")
    progress(100, "Xong")
    return result


def _findings(folder: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    from bot import show  # noqa: PLC0415  # a bot that answers needs none of this
    from intents.lint.check import check  # noqa: PLC0415  # as above

    day = today()
    checked = check(folder, day, lambda catalog, entry: show.as_message(catalog, entry, day))
    return {
        (p.file.rsplit("/", 1)[-1], p.rule, p.what): _told(p, folder) for p in checked.problems
    }


def _told(problem: Problem, folder: Path) -> dict[str, Any]:
    return {
        "file": problem.file.removeprefix(f"{folder}/"),
        "line": problem.line,
        "severity": "error" if problem.severity is Severity.ERROR else "warning",
        "what": problem.what.replace(f"{folder}/", ""),
        "mend": problem.mend,
    }


def _effect(
    job: Job, old: Path, new: Path, progress: Callable[[int, str], None]
) -> dict[str, Any]:
    before, after = load_faq(old, job.cache), load_faq(new, job.cache)
    asked = {
        "golden": golden_cases(job.changed.get(GOLDEN, job.old.get(GOLDEN, ""))),
        "out_of_scope": out_of_scope_cases(job.golden.parent / "out_of_scope.yaml"),
        "recent": [Case(text, frozenset()) for text in job.recent],
    }
    groups: dict[str, Any] = {}
    for done, (group, cases) in enumerate(asked.items()):
        progress(50 + 15 * done, "Hỏi lại các câu đã lưu")
        compared = compare(
            ask(before.matcher, before.catalog, cases, time.perf_counter),
            ask(after.matcher, after.catalog, cases, time.perf_counter),
        )
        told = [_change(one, known=group != "recent") for one in compared.changes]
        counts = {
            kind: sum(one["trend"] == kind for one in told)
            for kind in ("better", "worse", "other")
        }
        groups[group] = {"asked": len(cases), **counts, "changes": told[:_MOST_SHOWN]}
    return groups


def _change(change: Change, *, known: bool) -> dict[str, Any]:
    return {
        "text": change.case.text,
        "right": sorted(change.case.right),
        "trend": change.trend.value if known else "other",
        "before": _verdict(change.before.verdict),
        "after": _verdict(change.after.verdict),
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
