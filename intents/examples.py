"""The catalog as training rows: every title and phrasing with its entry, then the out-of-scope questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from intents.embedding import MAX_EMBEDDED
from intents.entry import Kind
from intents.prepared import Prepared

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from intents.catalog import Catalog
    from intents.entry import Entry
    from intents.lexical import Vectorizer
    from intents.lexicon import Question


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows lie in the order of `entries`, out-of-scope questions last.

    `starts` has one more item than `entries`: rows `starts[i]` to `starts[i + 1]` are entry i's.
    Small talk is not among the entries: it is matched by its whole text.
    """

    entries: tuple[Entry, ...]
    topics: tuple[str, ...]
    topic_of: NDArray[np.intp]  # entry → topic
    starts: NDArray[np.intp]
    prepared: Prepared

    @classmethod
    def of(cls, catalog: Catalog, prepared: Prepared | None = None) -> Self:
        """Read every phrasing of a catalog, or take what was `prepared` of the very same one.

        Raises:
            ValueError: when that was of another one.
        """
        entries = tuple(e for e in catalog.entries.values() if e.kind is not Kind.SMALL_TALK)
        texts = [(entry.title, *entry.phrasings) for entry in entries]
        everything = [text for group in (*texts, catalog.out_of_scope) for text in group]
        prepared = prepared or Prepared.of(catalog.lexicon, everything)
        if len(prepared.questions) != len(everything):
            raise ValueError("prepared of another catalog")
        topics = tuple(sorted({catalog.topic_of[entry.id] for entry in entries}))
        return cls(
            entries=entries,
            topics=topics,
            topic_of=np.array([topics.index(catalog.topic_of[e.id]) for e in entries], np.intp),
            starts=np.cumsum([0, *map(len, texts)]).astype(np.intp),
            prepared=prepared,
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.prepared.questions

    @property
    def vectorizer(self) -> Vectorizer:
        return self.prepared.vectorizer

    @property
    def rows(self) -> sparse.csr_array:
        return self.prepared.rows

    @property
    def meant(self) -> tuple[str, ...]:
        """The texts whose vectors tell what the rows mean, one per row."""
        return tuple(question.meant[:MAX_EMBEDDED] for question in self.questions)

    @property
    def inside(self) -> int:
        """How many rows belong to an entry; the rest is out of scope."""
        return int(self.starts[-1])

    def rows_of(self, entry: int) -> slice:
        """The rows of an entry."""
        return slice(int(self.starts[entry]), int(self.starts[entry + 1]))

    def entry_of(self, row: int) -> int:
        """The entry a row belongs to, −1 for an out-of-scope question."""
        return (
            int(np.searchsorted(self.starts, row, side="right")) - 1 if row < self.inside else -1
        )

    @property
    def label_count(self) -> int:
        """How many labels there are: entries, then topics, then "out of scope"."""
        return len(self.entries) + len(self.topics) + 1

    def labels(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The label of every row among the entries and "out of scope"; among the topics, or −1."""
        count = len(self.entries)
        outside = np.full(len(self.questions) - self.inside, self.label_count - 1)
        entries = np.repeat(np.arange(count), np.diff(self.starts))
        no_topic = np.full(len(outside), -1)
        return (
            np.concatenate([entries, outside]).astype(np.int32),
            np.concatenate([count + self.topic_of[entries], no_topic]).astype(np.int32),
        )

    def targets(self) -> NDArray[np.float32]:
        """Rows × labels: 1 where the row belongs, else 0."""
        targets = np.zeros((len(self.questions), self.label_count), np.float32)
        for labels in self.labels():
            rows = np.flatnonzero(labels >= 0)
            targets[rows, labels[rows]] = 1
        return targets
