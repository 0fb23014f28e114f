"""Clusters as reviewers see them, whatever shows them: the console's pages, or a command.

Nothing here knows how questions are gathered and stored. Texts are masked already, but as hostile
as citizens can write them: whoever shows them escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class State(StrEnum):
    """What became of a cluster."""

    OPEN = "open"
    ACCEPTED = "accepted"  # its questions wait in a proposal for an entry
    DRAFTED = "drafted"  # a new entry for it is being written
    OUT_OF_SCOPE = "out_of_scope"
    CASE_DATA = "case_data"  # only whoever has the citizen's file can answer
    IGNORED = "ignored"
    CLOSED = "closed"  # the FAQ answers it now


class ReviewError(Fault):
    """It cannot be done; the message (Vietnamese) says what, where and how to mend it."""


class StaleError(ReviewError):
    """Somebody was faster: the message says who did what. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which clusters to list; empty means all."""

    state: str = State.OPEN
    channel: str = ""
    topic: str = ""
    reason: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that may answer, and how sure the matcher is (0 to 1)."""

    entry: str
    score: float

    @property
    def worth_proposing(self) -> bool:
        """Whether to propose it unasked; at a lower score it is hardly ever right."""
        return self.score >= 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """A wording, masked, and how often it was asked."""

    id: int
    text: str
    turns: int
    people: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody did with a cluster."""

    id: int
    cluster: int
    at: datetime
    account: str
    action: str
    detail: str = ""  # the entry, or the other cluster
    undone_by: str | None = None
    proposal: int | None = None  # what it rests on
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A cluster in the list. `trend`: people of these 7 days per those of the 7 before."""

    id: int
    version: int
    state: State
    title: str
    people: int
    turns: int
    trend: float
    last_at: datetime
    channels: Mapping[str, int]
    likely: Likely | None
    viewer: str | None = None  # who is looking at it just now
    is_new: bool = False  # it began in these 7 days: there is nothing to compare with


@dataclass(frozen=True, slots=True)
class Near:
    """Another cluster that may ask the same, and how like it is (0 to 1)."""

    row: Row
    likeness: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as its own page shows it; `why` are sentences that say why it was missed."""

    row: Row
    first_at: datetime
    reasons: Mapping[str, int]
    why: Sequence[str]
    readings: int  # newest turns that `why` tells of
    likely: Sequence[Likely]
    samples: Sequence[Sample]  # the most asked first
    more: int  # wordings that are not shown
    history: Sequence[Decision]  # the newest first
    entry: str | None = None  # what answers it now
    proposal: int | None = None
    told: int = 0  # subscribers who were told


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and how many there are in all."""

    rows: Sequence[Row]
    found: int
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much is left to decide."""

    open: int
    new_today: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the gathering of questions came."""

    done: int
    total: int
