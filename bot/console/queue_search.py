"""Finds an entry by any words of its id, title or phrasings, typed with accents or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.text import fold

if TYPE_CHECKING:
    from intents.catalog import Catalog
    from intents.entry import Entry

_MOST = 12


class EntrySearch:
    """Keeps the folded texts of one catalog: searching while somebody types stays quick."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._named = {
            name: fold(f"{name} {name.replace('_', ' ')} {entry.title}")
            for name, entry in catalog.entries.items()
        }
        self._asked = {
            name: fold("\n".join(entry.phrasings)) for name, entry in catalog.entries.items()
        }

    def find(self, words: str) -> list[Entry]:
        """Entries that hold every word; those named so come before those asked for so."""
        wanted = fold(words[:200]).split()
        if not wanted:
            return []
        named = [name for name, text in self._named.items() if all(w in text for w in wanted)]
        seen = set(named)
        asked = [
            name
            for name, text in self._asked.items()
            if name not in seen and all(w in text or w in self._named[name] for w in wanted)
        ]
        return [self.catalog.entries[name] for name in (named + asked)[:_MOST]]
