"""What a proposal is: edits that wait to be tried, approved and published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, Self

from bot.editing import Edit, NewEntry, from_json
from bot.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class State(StrEnum):
    """How far a proposal came."""

    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    APPROVED = "approved"
    PUBLISHING = "publishing"  # its files are being written; found after a start, it is mended
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ROLLED_BACK = "rolled_back"


OPEN = frozenset({State.DRAFT, State.WAITING, State.APPROVED})


class ProposalError(Fault):
    """It cannot be done; the message (Vietnamese) says what, where and how to mend it."""


class StaleError(ProposalError):
    """Somebody else changed the proposal in between. Nothing was done."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Thay đổi {number} vừa được người khác sửa – tải lại trang để xem bản mới rồi làm lại."
        )


class ConflictError(ProposalError):
    """The files changed meanwhile; `theirs` and `ours` hold the texts of those that the edits touch."""

    def __init__(self, message: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.ours = ours


class Person(Protocol):
    """Who does it."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Published:
    """What hooks are told when a proposal was made, given up, published or rolled back.

    `files` are those that were written; `begins` are the entries that it makes.
    """

    proposal: int
    by: str
    entries: tuple[str, ...]
    clusters: tuple[int, ...]
    files: tuple[str, ...]
    begins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it is stored. `trial` is of exactly these edits on exactly that base."""

    id: int
    version: int
    state: State
    title: str
    author: str
    created_at: datetime
    changed_at: datetime
    edits: tuple[Edit, ...]
    base: Mapping[str, str]
    trial: Mapping[str, Any] | None
    clusters: tuple[int, ...]
    note: str
    approved_by: str | None
    approved_at: datetime | None
    published_by: str | None
    published_at: datetime | None
    before: Mapping[str, str | None] | None
    after: Mapping[str, str | None] | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a row."""
        return cls(
            **{
                **row,
                "state": State(row["state"]),
                "edits": tuple(map(from_json, row["edits"])),
                "clusters": tuple(row["clusters"]),
            }
        )

    @property
    def entries(self) -> tuple[str, ...]:
        """The entries that it changes or makes."""
        named = [getattr(edit, "entry", "") for edit in self.edits]
        ids = [one if isinstance(one, str) else one.get("id", "") for one in named]
        return tuple(dict.fromkeys(str(one) for one in ids if one))

    @property
    def begins(self) -> tuple[str, ...]:
        """The entries that it makes."""
        return tuple(str(e.entry.get("id", "")) for e in self.edits if isinstance(e, NewEntry))
