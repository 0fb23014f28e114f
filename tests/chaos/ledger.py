"""What was asked and what came back, as the platforms saw it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Copy:
    """An answer that somebody got: about which subject, from which process, when."""

    subject: int
    process: int
    at: float


@dataclass(slots=True)
class Person:
    """Somebody on a platform."""

    side: str
    id: str
    asked: list[int] = field(default_factory=list)  # subjects, in order
    texts: list[str] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)  # as the platform delivers them
    got: list[Copy] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # what the bot said otherwise
    excused: set[int] = field(default_factory=set)  # handed to a poll that was killed

    @property
    def waiting(self) -> list[int]:
        """The subjects that are not answered yet, and must be."""
        return [subject for subject in self.unanswered if subject not in self.excused]

    @property
    def unanswered(self) -> list[int]:
        known = {copy.subject for copy in self.got}
        return [subject for subject in self.asked if subject not in known]

    def subject_of(self, text: str) -> int:
        return self.asked[self.texts.index(text)]


@dataclass(slots=True)
class Ledger:
    """Everybody, and what was done to the program."""

    people: list[Person]
    process: int = 0  # the number of the process that runs
    kills: dict[int, tuple[str, float]] = field(default_factory=dict)  # by process: moment, time
    injected: Counter[str] = field(default_factory=Counter)
    sends: Counter[str] = field(default_factory=Counter)  # replies that a platform took
    deliveries: Counter[int] = field(default_factory=Counter)  # by status; 0: nobody was there
    lost: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    """Answers that a platform took without saying so, by person."""
    begun: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    @property
    def answered(self) -> int:
        return sum(len({copy.subject for copy in person.got}) for person in self.people)
