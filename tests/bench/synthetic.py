"""FAQs of any size, made of the repository's own words; the same for the same size and seed.

An entry is three terms (pairs of neighbouring words); its phrasings say two or three of them in
templates. Questions say two of them in other templates, with what people do to words.
"""

from __future__ import annotations

import json
import random
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

from intents.text import fold, tokens
from intents.yaml_source import read_yaml
from tests.faq import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PHRASINGS = 15
ENTRIES_A_TOPIC = 200
SHARED = ("_lexicon.yaml", "_out_of_scope.yaml")
TEMPLATES = (
    "{}",
    "thủ tục {}",
    "{} làm thế nào",
    "cho em hỏi {} ở đâu",
    "{} cần giấy tờ gì",
    "{} mất bao lâu",
    "{} hết bao nhiêu tiền",
    "mình muốn {} thì làm sao",
    "{} được không",
    "bị lỗi {}",
    "{} phải nộp gì",
    "khi nào được {}",
)
ASKED = (
    "{}",
    "ad ơi {} ntn ạ",
    "em cần {} thì đi đâu",
    "{} có mất tiền không",
    "hướng dẫn {} với ạ",
    "tư vấn giúp tôi {} hồ sơ gồm những gì",
)


class Synthetic:
    """A FAQ of so many entries, and questions for it."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self._random = random.Random(seed)  # no secret
        self._words, pairs = _vocabulary()
        self._terms = [self._random.sample(pairs, 3) for _ in range(size)]

    def write(self, folder: Path) -> None:
        """Write the FAQ's files."""
        for name in SHARED:
            shutil.copy(FOLDER / name, folder)
        entries = [
            {
                "id": f"e{number}",
                "title": f"{' '.join(terms)} {number}"[:60],
                "phrasings": self._phrasings(terms),
                "answer": " ".join(terms),
            }
            for number, terms in enumerate(self._terms)
        ]
        for start in range(0, len(entries), ENTRIES_A_TOPIC):
            topic = {"entries": entries[start : start + ENTRIES_A_TOPIC]}
            (folder / f"t{start}.yaml").write_text(json.dumps(topic), "utf-8")

    def questions(self, count: int) -> list[tuple[str, list[str]]]:
        """Questions, each with the entry it is about."""
        entries = [self._random.randrange(len(self._terms)) for _ in range(count)]
        return [(self._question(self._terms[entry]), [f"e{entry}"]) for entry in entries]

    def _phrasings(self, terms: Sequence[str]) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < PHRASINGS:
            said = self._random.sample(terms, self._random.choice((2, 3, 3)))
            made[self._random.choice(TEMPLATES).format(" ".join(said))] = None
        return list(made)

    def _question(self, terms: Sequence[str]) -> str:
        words = " ".join(self._random.sample(terms, 2)).split()
        if self._random.random() < 0.3:
            words.insert(self._random.randrange(len(words)), self._random.choice(self._words))
        if self._random.random() < 0.3:
            at = self._random.randrange(len(words))
            letter = self._random.randrange(len(words[at]))
            words[at] = words[at][:letter] + words[at][letter + 1 :]
        text = self._random.choice(ASKED).format(" ".join(words))
        return fold(text) if self._random.random() < 0.4 else text


def _vocabulary() -> tuple[list[str], list[str]]:
    """Words of the repository's phrasings, and pairs of neighbours."""
    words: dict[str, None] = {}
    pairs: dict[str, None] = {}
    for path in sorted(FOLDER.glob("[a-z]*.yaml")):
        for entry in read_yaml(path, path.name).data["entries"]:
            for text in (entry["title"], *entry["phrasings"]):
                said = [word for word in tokens(text) if len(word) > 1 and word != fold(word)]
                words |= dict.fromkeys(said)
                pairs |= dict.fromkeys(map(" ".join, pairwise(said)))
    return list(words), list(pairs)
