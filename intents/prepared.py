"""Texts read, and their rows of features: what costs seconds at every start, and can be kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from intents.lexical import Vectorizer
from intents.lexicon import Question
from intents.text import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from intents.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Prepared:
    """`rows` has one row per question, as the vectorizer fitted on all of them makes it."""

    questions: tuple[Question, ...]
    vectorizer: Vectorizer
    rows: sparse.csr_array

    @classmethod
    def of(cls, lexicon: Lexicon, texts: Iterable[str]) -> Self:
        """Read every text."""
        questions = tuple(map(lexicon.read, texts))
        vectorizer = Vectorizer.of(questions)
        return cls(questions, vectorizer, vectorizer.matrix(questions))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as plain arrays."""
        questions = [
            (" ".join(q.spoken), " ".join(q.words), q.has_subject, q.meant) for q in self.questions
        ]
        said = json.dumps([questions, self.vectorizer.features]).encode()
        return {
            "read": np.frombuffer(said, np.uint8),
            "idf": np.array(self.vectorizer.idf),
            "row_data": self.rows.data,
            "row_columns": self.rows.indices,
            "row_starts": self.rows.indptr,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """The reverse of `arrays`.

        Raises:
            KeyError, ValueError: when they are not of `arrays`.
        """
        questions, features = json.loads(arrays["read"].tobytes())
        vectorizer = Vectorizer(features, arrays["idf"].tolist())
        parts = (arrays["row_data"], arrays["row_columns"], arrays["row_starts"])
        rows = sparse.csr_array(parts, shape=(len(questions), len(features)))
        return cls(tuple(_question(*question) for question in questions), vectorizer, rows)


def _question(spoken: str, words: str, has_subject: bool, meant: str) -> Question:  # noqa: FBT001
    content = tuple(map(intern, words.split()))  # each word once in memory, not once a question
    return Question(
        spoken=tuple(map(intern, spoken.split())),
        words=content,
        folded=tuple(map(fold_word, content)),
        has_subject=has_subject,
        meant=meant,
    )
