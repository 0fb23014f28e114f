"""Puts questions that ask the same thing into one group, one question at a time.

Two questions are alike as far as they share words, the rarer the more, and as far as the matcher
found the same entries near them. A question joins the group whose members are most like it on
average, or none. What was placed before never moves: whoever looked at a group finds it again.
The figures behind the numbers here are in docs/review.md.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nlargest
from math import log, sqrt
from typing import TYPE_CHECKING, Self
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from intents.knowledge import Knowledge
    from intents.lexicon import Lexicon

JOINS = 0.45
"""How like the members of a group a question must be to join it, by default."""

_ENTRIES = 0.6  # what the nearest entries say of the likeness, of 1; words say the rest
_CLEAR = sqrt(0.2)  # the root of a score from which on they say all of it …
_WEAK = 0.5  # … and how much of it they say at least
_NEAREST = 8  # entries that count
_LEAST = 1e-9  # a score below says nothing
_REMEMBERED = 12  # members of a group that others are compared with: its first ones
_VISITED = 2000  # mentions of words and entries that are looked up for one question
_COMPARED = 24  # groups that a question is compared with exactly
_ADDED_UP = 4  # members from which on their sum is kept: a sum takes as much memory as they do
_NEAR = 3  # groups that are told of

Likely = tuple[tuple[str, float], ...]
"""The entries that the matcher found nearest to a question, with their scores."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a question belongs.

    `group` is None when it is like no group, and `like` is that member of the group which is most
    like it. `near` are the groups that come nearest with their likeness, the best first.
    """

    group: int | None
    like: str | None
    near: tuple[tuple[int, float], ...]


class _Row:
    """Features with their weights, in little memory: there may be a hundred thousand rows."""

    __slots__ = ("features", "weights")

    def __init__(self, weights: Mapping[int, float]) -> None:
        self.features = array("I", weights)  # hashes of 32 bits
        self.weights = array("f", weights.values())

    def dot(self, other: Mapping[int, float]) -> float:
        get = other.get
        return sum(
            get(feature, 0.0) * weight
            for feature, weight in zip(self.features, self.weights, strict=True)
        )

    def weighed(self) -> dict[int, float]:
        return dict(zip(self.features, self.weights, strict=True))


class _Group:
    """Members by key, at most _REMEMBERED; what many weigh together is kept added up."""

    __slots__ = ("_sums", "members")

    def __init__(self) -> None:
        self.members: dict[str, _Row] = {}
        self._sums: dict[int, float] = {}

    def add(self, key: str, row: _Row) -> None:
        self.members[key] = row
        if len(self.members) >= _ADDED_UP:
            for member in (row,) if self._sums else self.members.values():
                self._count(member)

    def remove(self, key: str) -> None:
        del self.members[key]
        self._sums = {}
        if len(self.members) >= _ADDED_UP:
            for member in self.members.values():
                self._count(member)

    def likeness(self, row: Mapping[int, float]) -> float:
        """The average over the members."""
        if not self._sums:
            dots = [member.dot(row) for member in self.members.values()]
            return sum(dots) / len(dots)
        get = self._sums.get
        return sum([get(feature, 0.0) * weight for feature, weight in row.items()]) / len(
            self.members
        )

    def most_like(self, row: Mapping[int, float]) -> str:
        return max(self.members, key=lambda key: self.members[key].dot(row))

    def _count(self, member: _Row) -> None:
        for feature, weight in zip(member.features, member.weights, strict=True):
            self._sums[feature] = self._sums.get(feature, 0.0) + weight


class Grouping:
    """Groups of questions, each question under a key of its own.

    The same questions added in the same order make the same grouping, in any process.
    """

    def __init__(
        self, lexicon: Lexicon, rarity: Mapping[str, float], *, joins: float = JOINS
    ) -> None:
        """`rarity`: how much a folded word says; one that is missing says the most."""
        self._lexicon = lexicon
        self._rarity = rarity
        self._rarest = max(rarity.values(), default=1.0)
        self._joins = joins
        self._groups: dict[int, _Group] = {}
        self._group_of: dict[str, int] = {}
        self._mentions: dict[int, array[int]] = defaultdict(lambda: array("q"))

    @classmethod
    def of(cls, knowledge: Knowledge, *, joins: float = JOINS) -> Self:
        """An empty grouping that knows a FAQ's words."""
        vectorizer = knowledge.examples.vectorizer
        weighed = zip(vectorizer.features, vectorizer.idf, strict=True)
        words = {
            name[2:]: idf
            for name, idf in weighed
            if name.startswith("w ") and name.count(" ") == 1
        }
        return cls(knowledge.lexicon, words, joins=joins)

    def __len__(self) -> int:
        """How many questions are remembered."""
        return len(self._group_of)

    @property
    def known(self) -> tuple[str, ...]:
        """The keys of all questions that are remembered."""
        return tuple(self._group_of)

    def group_of(self, key: str) -> int | None:
        """The group of a question; None when it is unknown or not remembered."""
        return self._group_of.get(key)

    def place(self, text: str, likely: Likely = ()) -> Placement:
        """Find the group of a question. Total, and bounded however many groups there are."""
        row = self._row(text, likely)
        found = [(self._groups[at].likeness(row), at) for at in self._candidates(row)]
        near = sorted(found, key=lambda one: (-one[0], one[1]))[:_NEAR]
        told = tuple((at, likeness) for likeness, at in near)
        if not told or told[0][1] < self._joins:
            return Placement(None, None, told)
        return Placement(told[0][0], self._groups[told[0][0]].most_like(row), told)

    def near(self, keys: Iterable[str], most: int) -> tuple[tuple[str, float], ...]:
        """Find groups that may ask the same as these questions, the likest first.

        Each is named by that member which is most like them, with the average likeness between the
        two sides: a person has to look. Keys that are not remembered say nothing.
        """
        ours = {key: self._group_of[key] for key in keys if key in self._group_of}
        rows = [self._groups[group].members[key].weighed() for key, group in ours.items()]
        others = {group for row in rows for group in self._candidates(row)} - set(ours.values())
        found = [
            (sum(self._groups[group].likeness(row) for row in rows) / len(rows), group)
            for group in others
        ]
        best = nlargest(most, found, key=lambda one: (one[0], -one[1]))
        middle = _sum(rows)
        return tuple((self._groups[group].most_like(middle), like) for like, group in best)

    def add(self, key: str, group: int, text: str, likely: Likely = ()) -> None:
        """Note that a question belongs to a group, which begins with its first question."""
        if key in self._group_of:
            return
        known = self._groups.setdefault(group, _Group())
        if len(known.members) < _REMEMBERED:
            self._remember(key, group, _Row(self._row(text, likely)))

    def move(self, key: str, group: int) -> None:
        """Note that somebody put a question into another group: what is like it follows."""
        before = self._group_of.get(key)
        if before is None or before == group:
            return
        row = self._groups[before].members[key]
        self.remove(key)
        self._remember(key, group, row)

    def remove(self, key: str) -> None:
        """Forget a question."""
        group = self._group_of.pop(key, None)
        if group is None:
            return
        self._groups[group].remove(key)
        if not self._groups[group].members:
            del self._groups[group]

    def _remember(self, key: str, group: int, row: _Row) -> None:
        known = self._groups.setdefault(group, _Group())
        known.add(key, row)
        self._group_of[key] = group
        for feature in row.features:
            mentions = self._mentions[feature]
            if group not in mentions[-1:]:
                mentions.append(group)

    def _candidates(self, row: Mapping[int, float]) -> Iterable[int]:
        """The groups that share the weightiest features; of too many, the newest."""
        shared: defaultdict[int, float] = defaultdict(float)
        left = _VISITED
        for feature, weight in sorted(row.items(), key=lambda one: (-one[1], one[0])):
            mentions = self._mentions.get(feature, ())
            for group in set(mentions[-left:]):
                shared[group] += weight * weight
            left -= min(left, len(mentions))
            if not left:
                break
        alive = [(weight, -group) for group, weight in shared.items() if group in self._groups]
        return [-group for _, group in nlargest(_COMPARED, alive)]

    def _row(self, text: str, likely: Likely) -> dict[int, float]:
        words = self._lexicon.read(text).folded
        near = {
            f"entry:{entry}": sqrt(min(score, 1.0))
            for entry, score in likely[:_NEAREST]
            if score >= _LEAST
        }
        # Where all entries are far off, which of them is nearest is half chance.
        entries = _ENTRIES * max(_WEAK, min(1.0, max(near.values(), default=0.0) / _CLEAR))
        return _joined((1 - entries, self._weigh(words)), (entries, near))

    def _weigh(self, words: Sequence[str]) -> dict[str, float]:
        rarity, rarest = self._rarity, self._rarest
        return {
            word: (1 + log(count)) * rarity.get(word, rarest) ** 2
            for word, count in Counter(words).items()
        }


def _sum(rows: Iterable[Mapping[int, float]]) -> dict[int, float]:
    total: defaultdict[int, float] = defaultdict(float)
    for row in rows:
        for feature, weight in row.items():
            total[feature] += weight
    return total


def _joined(*kinds: tuple[float, Mapping[str, float]]) -> dict[int, float]:
    """One row of unit length, in which each kind of features has its share."""
    row: dict[int, float] = {}
    lengths = [sum(value * value for value in features.values()) for _, features in kinds]
    shares = sum(share for (share, _), length in zip(kinds, lengths, strict=True) if length)
    for (share, features), length in zip(kinds, lengths, strict=True):
        scale = sqrt(share / shares / length) if length else 0.0
        # A hash, not a number of its own: nothing has to be remembered of a word.
        row |= {crc32(name.encode()): value * scale for name, value in features.items() if value}
    return row
