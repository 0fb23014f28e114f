"""What an editor changed between the entry as it was opened and as it was sent back.

Only fields that changed become edits, so that the files' diff is as small as the change.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from bot.drafts.days import as_shown
from bot.drafts.draft import DATES, LABELS, Draft, SourceRow, as_lines
from bot.editing import AddPhrasings, NewEntry, RemovePhrasings, SetFields

if TYPE_CHECKING:
    from bot.drafts.written import Written
    from bot.editing import Edit

FIXED = ("id", "topic", "kind")
"""What is chosen once, when an entry is new."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two versions of an entry hold differently, as text."""

    name: str
    label: str
    mine: str
    theirs: str


def changed(before: Draft, after: Draft) -> list[str]:
    """The names of the fields that differ, in the order of the form."""
    return [
        one.name
        for one in fields(Draft)
        if one.name not in FIXED and getattr(before, one.name) != getattr(after, one.name)
    ]


def edits(written: Written, before: Draft, after: Draft) -> list[Edit]:
    """The edits that make an entry what was typed; none when nothing was changed.

    `before` is what the file says now.
    """
    entry, data = written.entry.id, after.data(written.data)
    changes = changed(before, after)
    made: list[Edit] = []
    added = tuple(text for text in after.phrasings if text not in before.phrasings)
    removed = tuple(text for text in before.phrasings if text not in after.phrasings)
    if added:  # first, so that there is never an entry without any
        made.append(AddPhrasings(entry, added))
    if removed:
        made.append(RemovePhrasings(entry, removed))
    kept = {name: data.get(name) for name in changes if name != "phrasings"}
    if kept:
        was = {name: written.data.get(name) for name in kept}
        made.append(SetFields(entry, kept, json.loads(json.dumps(was, default=str))))
    return made


def new_entry(draft: Draft) -> NewEntry:
    """The edit that adds the entry to its topic."""
    return NewEntry(draft.topic, draft.data())


def collisions(opened: Draft, mine: Draft, theirs: Draft) -> list[Difference]:
    """The fields that both the editor and somebody else changed, not to the same.

    Phrasings are none of them: both versions of these can be kept.
    """
    both = set(changed(opened, mine)) & set(changed(opened, theirs)) & set(changed(mine, theirs))
    return [
        Difference(name, LABELS[name], shown(mine, name), shown(theirs, name))
        for name in LABELS
        if name in both and name != "phrasings"
    ]


def merged(opened: Draft, mine: Draft, theirs: Draft) -> Draft:
    """What the editor typed, and in fields that only somebody else changed, what they wrote.

    Of the phrasings, those that either added or kept.
    """
    own = {*changed(opened, mine), *FIXED}
    values: dict[str, Any] = {
        one.name: getattr(mine if one.name in own else theirs, one.name) for one in fields(Draft)
    }
    gone = {text for text in opened.phrasings if text not in theirs.phrasings}
    kept = [text for text in mine.phrasings if text not in gone]
    kept += [
        text
        for text in theirs.phrasings
        if text not in opened.phrasings and text not in mine.phrasings
    ]
    values["phrasings"] = tuple(kept)
    return Draft(**values)


def shown(draft: Draft, name: str) -> str:
    """A field as text, to be read beside another version of it."""
    value = getattr(draft, name)
    match name:
        case "facets":
            return "\n".join(f"{facet}:\n{as_lines(items)}" for facet, items in value.items())
        case "sources":
            return "\n".join(
                " · ".join(text for one in fields(SourceRow) if (text := _said(row, one.name)))
                for row in value
            )
        case _ if name in DATES:
            return as_shown(value)
        case _:
            return as_lines(value) if isinstance(value, tuple) else str(value)


def _said(row: SourceRow, name: str) -> str:
    text: str = getattr(row, name)
    return as_shown(text) if name == "date" else text
