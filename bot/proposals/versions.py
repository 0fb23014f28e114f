"""One version of the FAQ's files: what the checker finds in it, and what the bot says with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.faq import knows_meaning, load_faq, with_meaning
from bot.proposals.files import digests
from bot.proposals.meaning import key_of
from intents.embedding import MAX_EMBEDDED
from intents.evaluate import Outcome
from intents.examples import Examples
from intents.problems import CatalogError, Problem, Severity
from intents.unseen import solved

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.faq import Faq
    from bot.proposals.meaning import Remembering
    from intents.catalog import Catalog
    from intents.embedding import Embedder
    from intents.evaluate import Case
    from intents.matcher import Matcher
    from intents.ridge import SparseRidge
    from intents.ridge_fit import HeldOut
    from intents.verdict import Verdict

Findings = dict[tuple[str, str, str], dict[str, Any]]  # by file, rule, sentence: lines move


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out of a version, so that a later trial need not do it again."""

    name: str  # see `name_of`
    findings: Findings
    verdicts: Mapping[bytes, Verdict]  # by question, see `key_of`
    model: str = ""  # of meaning, that the verdicts rest on


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
        self._mine = [one for one in known if one.name == name]
        self._findings = self._mine[-1].findings if self._mine else None
        self._asked: dict[bytes, Verdict] = {}
        self._embedder: Remembering | None = None
        self._matcher: Matcher | None = None
        self._faq: Faq | None = None
        self._solved: tuple[SparseRidge, HeldOut] | None = None

    def load(self) -> str | None:
        """Load it, fitting if that is new; if it cannot be used, the first reason why."""
        try:
            self._faq = load_faq(self._folder, self._cache, solve=self._solve)
            self._matcher = self._faq.matcher
        except CatalogError as error:
            first = str(error.problems[0]) if error.problems else "không đọc được FAQ"
            return first.replace(f"{self._folder}/", "")
        return None

    def knows_meaning(self, embedder: Embedder) -> bool:
        """Whether it is answered from by its meaning too, once it is loaded."""
        return knows_meaning(self._loaded, self._cache, embedder)

    def learn_meaning(self, embedder: Remembering) -> None:
        """Ask by the meaning too. Raises EmbeddingError when the model cannot be used."""
        faq = with_meaning(self._loaded, self._cache, embedder, solve=self._solve)
        self._matcher, self._embedder = faq.matcher, embedder

    def forget_meaning(self) -> None:
        """Ask by the words alone again."""
        self._matcher, self._embedder = self._loaded.matcher, None

    @property
    def _loaded(self) -> Faq:
        assert self._faq is not None, "load() comes first"
        return self._faq

    @property
    def _asking(self) -> Matcher:
        assert self._matcher is not None, "load() comes first"
        return self._matcher

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

    def prepare(self, cases: Sequence[Case], *, of_citizens: bool) -> None:
        """Embed together what the words of these questions leave in doubt.

        Raises EmbeddingError when the model cannot be used: then nothing was asked by it yet.
        """
        if self._embedder is None:
            return
        known = self._verdicts()
        new = (case.text for case in cases if key_of(case.text) not in known)
        doubts = [
            part.question.meant[:MAX_EMBEDDED]
            for glance in map(self._asking.glance, new)
            for part in (glance.whole, *glance.parts)
            if not part.sure
        ]
        self._embedder.prepare(doubts, of_citizens=of_citizens)

    def says(self, cases: Sequence[Case]) -> list[Outcome]:
        """Ask every question of it, once it is loaded."""
        verdicts, matcher, catalog = self._verdicts(), self._asking, self._loaded.catalog
        outcomes = []
        for case in cases:
            key = key_of(case.text)
            verdict = verdicts.get(key) or matcher.match(case.text)
            outcome = Outcome.of(case, verdict, catalog)
            verdict = outcome.verdict  # kept for later trials without what they do not look at
            self._asked[key] = replace(verdict, ranking=verdict.ranking[:1])
            outcomes.append(outcome)
        return outcomes

    def _verdicts(self) -> Mapping[bytes, Verdict]:
        found = [one.verdicts for one in self._mine if one.model == self._model]
        return found[-1] if found else {}

    @property
    def _model(self) -> str:
        return self._embedder.name if self._embedder else ""

    def known(self) -> Known:
        """What was found out, without what nobody asked this time."""
        return Known(self._name, self.findings(), self._asked, self._model)

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
