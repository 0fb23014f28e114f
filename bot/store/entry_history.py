"""What was proposed for an entry, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.store.office_schema import proposals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

_LOOKED_AT = 500  # proposals, the newest
_PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that touches an entry."""

    id: int
    title: str
    author: str
    state: str
    at: datetime


def entry_history(connection: Connection, entry: str, *, limit: int) -> list[Proposed]:
    """Find the newest proposals in which an entry is edited. Reads hundreds: `long` reads only."""
    query = (
        select(
            proposals.c.id,
            proposals.c.title,
            proposals.c.author,
            proposals.c.state,
            proposals.c.changed_at,
            proposals.c.edits,
        )
        .order_by(proposals.c.id.desc())
        .limit(_LOOKED_AT)
    )
    found = [
        Proposed(*row)
        for *row, edits in connection.execute(query)
        if any(_is_of(edit, entry) for edit in edits)
    ]
    return found[:limit]


def mendings(connection: Connection, entry: str) -> list[datetime]:
    """Tell when the answer of an entry was changed by what stands published, the newest first.

    More ways to ask, and questions to check, mend no answer. Reads hundreds: `long` reads only.
    """
    query = (
        select(proposals.c.published_at, proposals.c.edits)
        .where(proposals.c.state == _PUBLISHED, proposals.c.published_at.is_not(None))
        .order_by(proposals.c.id.desc())
        .limit(_LOOKED_AT)
    )
    found = [
        at
        for at, edits in connection.execute(query)
        if any(_is_of(edit, entry) and _changes_answer(edit) for edit in edits)
    ]
    return sorted(found, reverse=True)


def _changes_answer(edit: Mapping[str, Any]) -> bool:
    fields = edit.get("fields", {}).keys()
    return edit.get("edit") == "new_entry" or bool(fields - {"phrasings"})


def published_entries(connection: Connection, proposal: int) -> set[str]:
    """Name the entries that a proposal edits; none if it is not published (any more)."""
    query = select(proposals.c.edits).where(
        proposals.c.id == proposal, proposals.c.state == _PUBLISHED
    )
    edits = connection.execute(query).scalar() or []
    return {entry for edit in edits if (entry := _entry_of(edit))}


def _is_of(edit: Mapping[str, Any], entry: str) -> bool:
    return _entry_of(edit) == entry


def _entry_of(edit: Mapping[str, Any]) -> str | None:
    touched = edit.get("entry")
    return touched.get("id") if isinstance(touched, dict) else touched
