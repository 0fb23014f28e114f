"""One version of the FAQ's files: what the checker finds in it, and what the bot says with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.faq import load_faq
from bot.proposals.files import digests
from intents.evaluate import Outcome
from intents.examples import Examples
from intents.problems import CatalogError, Problem, Severity
from intents.unseen import solved

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.faq import Faq
    from intents.catalog import Catalog
    from intents.evaluate import Case
    from intents.ridge import SparseRidge
    from intents.ridge_fit import HeldOut
    from intents.verdict import Verdict

Findings = dict[tuple[str, str, str], dict[str, Any]]  # by file, rule, sentence: lines move


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out of a version, so that a later trial need not do it again."""

    name: str  # see `name_of`
    findings: Findings
    verdicts: Mapping[str, Verdict]  # by question


def name_of(texts: Mapping[str, str], day: dt.date) -> str:
    """Name a version: the same files are found the same on the same day."""
    said = f"{day.isoformat()} {digests(texts)}"
    return hashlib.sha256(said.encode()).hexdigest()


class Version:
    """A folder of files. Takes from `known`, the newest last, what was found out of it before."""

    def __init__(
        self, folder: Path, cache: Path, name: str, day: dt.date, known: Sequence[Known] = ()
    ) -> None:
        self._folder = folder
        self._cache = cache
        self._name = name
        self._day = day
        mine = [one for one in known if one.name == name]
        self._findings = mine[-1].findings if mine else None
        self._verdicts = dict(mine[-1].verdicts) if mine else {}
        self._asked: dict[str, Verdict] = {}
        self._faq: Faq | None = None
        self._solved: tuple[SparseRidge, HeldOut] | None = None

    def load(self) -> str | None:
        """Load it, fitting if that is new; if it cannot be used, the first reason why."""
        try:
            self._faq = load_faq(self._folder, self._cache, solve=self._solve)
        except CatalogError as error:
            first = str(error.problems[0]) if error.problems else "không đọc được FAQ"
            return first.replace(f"{self._folder}/", "")
        return None

    def findings(self) -> Findings:
        """What the checker finds, errors and warnings."""
        if self._findings is None:
            from bot import show  # noqa: PLC0415  # a bot that answers needs none of this
            from intents.lint.check import check  # noqa: PLC0415  # as above

            checked = check(
                self._folder,
                self._day,
                lambda catalog, entry: show.as_message(catalog, entry, self._day),
                read=self._examples,
                solve=self._solve,
            )
            self._findings = {
                (p.file.rsplit("/", 1)[-1], p.rule, p.what): _told(p, self._folder)
                for p in checked.problems
            }
        self._solved = None  # hundreds of megabytes
        return self._findings

    def says(self, cases: Sequence[Case]) -> list[Outcome]:
        """Ask every question of it, once it is loaded."""
        assert self._faq is not None, "load() comes first"
        outcomes = []
        for case in cases:
            verdict = self._verdicts.get(case.text) or self._faq.matcher.match(case.text)
            outcome = Outcome.of(case, verdict, self._faq.catalog)
            verdict = outcome.verdict  # kept for later trials without what they do not look at
            self._asked[case.text] = replace(verdict, ranking=verdict.ranking[:1])
            outcomes.append(outcome)
        return outcomes

    def known(self) -> Known:
        """What was found out, without what nobody asked this time."""
        return Known(self._name, self.findings(), self._asked)

    def _examples(self, catalog: Catalog) -> Examples:
        return self._faq.knowledge.examples if self._faq else Examples.of(catalog)

    def _solve(self, examples: Examples) -> tuple[SparseRidge, HeldOut]:
        """Solve once for fitting and checking, which come one after the other."""
        if self._solved is None:
            self._solved = solved(examples)
        return self._solved


def _told(problem: Problem, folder: Path) -> dict[str, Any]:
    return {
        "file": problem.file.removeprefix(f"{folder}/"),
        "line": problem.line,
        "severity": "error" if problem.severity is Severity.ERROR else "warning",
        "what": problem.what.replace(f"{folder}/", ""),
        "mend": problem.mend,
    }
