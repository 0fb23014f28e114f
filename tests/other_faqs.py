"""FAQs of other sizes and another language, with questions that they never saw.

A FAQ here is a folder of one file with nothing but entries: no lexicon, no out-of-scope questions.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from intents.entry import Kind
from intents.evaluate import Case
from intents.noise import Noise, NoiseMaker
from tests.english import ASPECTS, ELSEWHERE, THINGS, say
from tests.faq import FOLDER, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

ASKED = 3  # of an entry; they are not among its phrasings
NOISES = (Noise.NO_ACCENTS, Noise.TYPOS, Noise.TEENCODE, Noise.TELEX, Noise.STORY)


@dataclass(frozen=True, slots=True)
class OtherFaq:
    """Phrasings by entry, what is asked of them, and what they do not answer.

    `near` are questions that entries of the same kind would answer, which were left out.
    """

    phrasings: Mapping[str, Sequence[str]]
    asked: Sequence[Case]
    outside: Sequence[Case]
    near: Sequence[Case]

    def write(self, folder: Path) -> Path:
        """Write the FAQ as the least that its format asks for."""
        entries = [
            {"id": name, "title": texts[0][:60], "phrasings": texts, "answer": f"{name}."}
            for name, texts in self.phrasings.items()
        ]
        text = json.dumps({"entries": entries}, ensure_ascii=False)
        (folder / "faq.yaml").write_text(text, "utf-8")
        return folder


def vietnamese(entries: int, phrasings: int, seed: int = 0) -> OtherFaq:
    """Some entries of the repository's FAQ with so many of their phrasings.

    Where an entry has too few, noisy variants of those that are there are added.
    """
    source = random.Random(seed)  # no secret
    known = _repository()
    chosen = source.sample(sorted(known), entries)
    noise = NoiseMaker(_teencode(), seed)
    taught, asked = {}, []
    for name in chosen:
        texts = source.sample(known[name], len(known[name]))
        asked += [Case(text, frozenset({name})) for text in texts[:ASKED]]
        taught[name] = _so_many(texts[ASKED:], phrasings, noise)
    left_out = [text for name in sorted(known.keys() - set(chosen)) for text in known[name]]
    near = source.sample(left_out, 300)
    outside = yaml.safe_load((QUESTIONS / "out_of_scope.yaml").read_text("utf-8"))["questions"]
    return OtherFaq(taught, asked, _nowhere(q["text"] for q in outside), _nowhere(near))


def english(phrasings: int, seed: int = 0) -> OtherFaq:
    """What a town hall is asked: every aspect of every thing is an entry, but for a few things."""
    source = random.Random(seed)  # no secret
    things = source.sample(sorted(THINGS), len(THINGS))
    taught, asked, near = {}, [], []
    for at, thing in enumerate(things):
        for aspect in ASPECTS:
            name = f"{thing}_{aspect}"
            texts = say(thing, aspect, source, phrasings + ASKED)
            if at < len(things) // 5:
                near += texts[:ASKED]
                continue
            asked += [Case(text, frozenset({name})) for text in texts[:ASKED]]
            taught[name] = texts[ASKED:]
    return OtherFaq(taught, asked, _nowhere(ELSEWHERE), _nowhere(near))


def _nowhere(texts: Iterable[str]) -> list[Case]:
    return [Case(text, frozenset()) for text in texts]


def _so_many(texts: Sequence[str], count: int, noise: NoiseMaker) -> list[str]:
    made = dict.fromkeys(texts[:count])
    for kind in NOISES:
        made |= dict.fromkeys(noise.variant(text, kind) for text in texts)
    return list(made)[:count]


@cache
def _repository() -> dict[str, list[str]]:
    """The phrasings of the entries that answer."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.yaml")):
        for entry in yaml.safe_load(path.read_text("utf-8"))["entries"]:
            if entry.get("kind", Kind.ANSWER) == Kind.ANSWER:
                found[entry["id"]] = entry["phrasings"]
    return found


@cache
def _teencode() -> dict[str, str]:
    lexicon: dict[str, dict[str, str]] = yaml.safe_load(
        (FOLDER / "_lexicon.yaml").read_text("utf-8")
    )
    return lexicon["teencode"]
