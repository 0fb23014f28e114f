"""Part 6: unanswered questions into groups, by quality and by time.

The questions have a right group: the entry that answers them. Two cases are told apart. "known":
the FAQ has the right entry, the bot just did not dare to answer. "new": nobody wrote that entry
yet, so it is taken out of what the matcher found near.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import yaml
from rapidfuzz import fuzz, process
from rich.table import Table

from bot.review.neighbours import LEAST, MOST
from intents.grouping import JOINS, Grouping, Likely
from intents.noise import Noise, NoiseMaker
from tests.bench.partition import Agreement
from tests.bench.timing import in_fresh_process, megabytes
from tests.faq import QUESTIONS, repository_faq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.console import Console

TURNS = 20_000
ORDERS = 3
FOLDS = 5
OUT_OF_SCOPE = 200  # questions
NEAREST = 5  # entries that the review stores with a question
ALIKE = 85  # token_set_ratio of the rival
TRIED = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its right group and what the matcher found near."""

    text: str
    truth: str
    known: Likely
    new: Likely


def measure(console: Console, *, questions: Path | None = None) -> None:
    """The golden questions, or those of a file: {"text": …, "topic": …} on each line."""
    if questions is not None:
        _show(console, questions.name, _of_topics(questions))
        return
    golden = _golden()
    _show(console, "golden questions", [_case(text, *right) for text, right in golden])
    _show(
        console, "the same, each with a noise", [_case(t, *right) for t, right in _spoilt(golden)]
    )
    _show(console, "out of scope, three noises each", _out_of_scope())
    with console.status(f"{TURNS:,} turns …"):
        found = in_fresh_process("tests.bench.grouping", str(TURNS))
    console.print(
        f"{TURNS:,} noisy turns on one core: {found['matched']:.0f} s matched, {found['placed']:.0f} s "
        f"put into {found['groups']:,} groups, {found['restored']:.1f} s to restore "
        f"{found['kept']:,} of them; {found['grown']:.0f} MB more."
    )


def _show(console: Console, name: str, cases: Sequence[Case]) -> None:
    rows: dict[str, Callable[[list[Case]], list[int]]] = {
        "the same folded words": exact,
        f"token_set_ratio ≥ {ALIKE}, single link": fuzzy,
        "Grouping, entry known": lambda some: grouped(some, known=True),
        "Grouping, entry new": lambda some: grouped(some, known=False),
        "… known, offers merged": lambda some: merged(some, known=True),
        "… new, offers merged": lambda some: merged(some, known=False),
    }
    table = Table("", "groups", "precision", "recall", "F1", "adjusted Rand", box=None)
    for label, method in rows.items():
        with console.status(f"{label} …"):
            found = _averaged(cases, method)
        groups, *figures = found
        table.add_row(label, f"{groups:.0f}", *(f"{figure:.3f}" for figure in figures))
    console.rule(f"Groups of unanswered questions: {name}")
    console.print(table)
    truths = len({case.truth for case in cases})
    console.print(f"{len(cases)} questions, {truths} right groups, mean of {ORDERS} orders.")
    with console.status("cross-validation …"):
        console.print(_validated(cases))


def exact(cases: Sequence[Case]) -> list[int]:
    """One group for each normalised text."""
    read = repository_faq().knowledge.lexicon.read
    seen: dict[str, int] = {}
    return [seen.setdefault(read(case.text).normalised, len(seen)) for case in cases]


def fuzzy(cases: Sequence[Case]) -> list[int]:
    """Each joins the group of the most alike text before it."""
    read = repository_faq().knowledge.lexicon.read
    texts: list[str] = []
    groups: list[int] = []
    for at, case in enumerate(cases):
        text = read(case.text).normalised
        like = process.extractOne(text, texts, scorer=fuzz.token_set_ratio, score_cutoff=ALIKE)
        groups.append(groups[like[2]] if like else at)
        texts.append(text)
    return groups


def grouped(cases: Sequence[Case], *, known: bool, joins: float = JOINS) -> list[int]:
    """What the review does, one question at a time."""
    return _filled(cases, known=known, joins=joins)[1]


def merged(cases: Sequence[Case], *, known: bool) -> list[int]:
    """The same, then a reviewer opens each group, the largest first, and merges what belongs to it.

    Only what the page offers can be merged; what a group mostly asks decides.
    """
    grouping, groups = _filled(cases, known=known, joins=JOINS)
    members: dict[int, list[int]] = defaultdict(list)
    for at, group in enumerate(groups):
        members[group].append(at)
    asks = {
        group: Counter(cases[at].truth for at in some).most_common(1)[0][0]
        for group, some in members.items()
    }
    for group in sorted(members, key=lambda group: -len(members[group])):
        while group in members and (others := _offered(grouping, members[group], asks, group)):
            for other in others:
                for at in members[other]:
                    grouping.move(str(at), group)
                members[group] += members.pop(other)
    group_of = {at: group for group, some in members.items() for at in some}
    return [group_of[at] for at in range(len(cases))]


def _offered(
    grouping: Grouping, members: Sequence[int], asks: dict[int, str], group: int
) -> list[int]:
    near = [key for key, likeness in grouping.near(map(str, members), MOST) if likeness >= LEAST]
    found = [at for key in near if (at := grouping.group_of(key)) is not None]
    return [other for other in found if asks[other] == asks[group]]


def _filled(cases: Sequence[Case], *, known: bool, joins: float) -> tuple[Grouping, list[int]]:
    grouping = _empty(joins)
    groups: list[int] = []
    for at, case in enumerate(cases):
        likely = case.known if known else case.new
        placed = grouping.place(case.text, likely)
        groups.append(at if placed.group is None else placed.group)
        grouping.add(str(at), groups[-1], case.text, likely)
    return grouping, groups


def _empty(joins: float) -> Grouping:
    return Grouping.of(repository_faq().knowledge, joins=joins)


def _averaged(cases: Sequence[Case], method: Callable[[list[Case]], list[int]]) -> list[float]:
    rows = []
    for seed in range(ORDERS):
        order = _shuffled(cases, seed)
        found = Agreement.of(method(order), [case.truth for case in order])
        rows.append((found.groups, found.precision, found.recall, found.f1, found.rand))
    return [sum(column) / ORDERS for column in zip(*rows, strict=True)]


def _validated(cases: Sequence[Case]) -> str:
    """Choose the threshold on the other right groups, measure on those that were held out."""
    truths = _shuffled(sorted({case.truth for case in cases}), 0)
    chosen, rand = [], []
    for fold in range(FOLDS):
        held = set(truths[fold::FOLDS])
        learned = {
            joins: _rand([c for c in cases if c.truth not in held], joins) for joins in TRIED
        }
        best = max(TRIED, key=lambda joins: (learned[joins], joins))
        chosen.append(best)
        rand.append(_rand([c for c in cases if c.truth in held], best))
    return (
        f"Threshold by {FOLDS}-fold cross-validation over right groups: {', '.join(map(str, chosen))}; "
        f"adjusted Rand of held-out groups {sum(rand) / FOLDS:.3f} (known and new, averaged)."
    )


def _rand(cases: Sequence[Case], joins: float) -> float:
    order = _shuffled(cases, 0)
    truth = [case.truth for case in order]
    both = (grouped(order, known=known, joins=joins) for known in (True, False))
    return sum(Agreement.of(found, truth).rand for found in both) / 2


def _shuffled(things: Sequence[T], seed: int) -> list[T]:
    return random.Random(seed).sample(things, len(things))  # a seed, no secret


def _golden() -> list[tuple[str, tuple[str, set[str]]]]:
    golden = yaml.safe_load((QUESTIONS / "golden.yaml").read_text("utf-8"))
    return [
        (question["text"], (entry, {entry, *question.get("any_of", ())}))
        for entry, asked in golden.items()
        for question in asked
    ]


def _spoilt(asked: Sequence[tuple[str, T]]) -> list[tuple[str, T]]:
    noise, kinds = NoiseMaker(repository_faq().catalog.lexicon.teencode), list(Noise)
    return [
        (noise.variant(text, kinds[at % len(kinds)]), right)
        for at, (text, right) in enumerate(asked)
    ]


def _out_of_scope() -> list[Case]:
    """Variants of one question belong together; no entry is right."""
    asked = yaml.safe_load((QUESTIONS / "out_of_scope.yaml").read_text("utf-8"))["questions"]
    noise, kinds = NoiseMaker(repository_faq().catalog.lexicon.teencode), list(Noise)
    return [
        _case(noise.variant(one["text"], kinds[(at + 3 * n) % len(kinds)]), one["text"], set())
        for at, one in enumerate(asked[:OUT_OF_SCOPE])
        for n in range(3)
    ]


def _of_topics(file: Path) -> list[Case]:
    entries = yaml.safe_load((QUESTIONS / "topics.yaml").read_text("utf-8"))
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [
        _case(one["text"], one["topic"], set(entries.get(one["topic"]) or ())) for one in lines
    ]


def _case(text: str, truth: str, right: set[str]) -> Case:
    found = _nearest(text)
    return Case(
        text, truth, found[:NEAREST], tuple(e for e in found if e[0] not in right)[:NEAREST]
    )


@cache
def _nearest(text: str) -> Likely:
    ranking = repository_faq().matcher.match(text).ranking
    return tuple((candidate.entry, candidate.score) for candidate in ranking)


def hurry(turns: int) -> dict[str, float]:
    """Match and place so many noisy turns; seconds of processor time."""
    faq = repository_faq()
    texts = [text for text, _ in _golden()]
    texts += [phrasing for e in faq.catalog.entries.values() for phrasing in e.phrasings]
    pick, kinds = random.Random(0), list(Noise)
    noises = [NoiseMaker(faq.catalog.lexicon.teencode, seed) for seed in range(100)]
    asked = [
        pick.choice(noises).variant(pick.choice(texts), pick.choice(kinds)) for _ in range(turns)
    ]
    asked = list(dict.fromkeys(asked))  # the same words are found without grouping
    started = time.process_time()
    likely = [_nearest(text)[:NEAREST] for text in asked]
    matched, before = time.process_time(), megabytes()["now"]
    cases = [Case(text, "", near, near) for text, near in zip(asked, likely, strict=True)]
    groups = grouped(cases, known=True)
    placed = time.process_time()
    restored = _empty(JOINS)
    for at, (case, group) in enumerate(zip(cases, groups, strict=True)):
        restored.add(str(at), group, case.text, case.known)
    done = time.process_time()
    return {
        "matched": matched - started,
        "placed": placed - matched,
        "restored": done - placed,
        "kept": len(asked),
        "groups": len(set(groups)),
        "grown": megabytes()["now"] - before,
    }


if __name__ == "__main__":
    print(json.dumps(hurry(int(sys.argv[1]))))
