"""Finds an entry by any words of its id, title or phrasings, typed with accents or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.entry_words import EntryWords, asked_words

if TYPE_CHECKING:
    from intents.catalog import Catalog
    from intents.entry import Entry

_MOST = 12


class EntrySearch:
    """Keeps the folded texts of one catalog: searching while somebody types stays quick."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._said = {name: EntryWords(entry) for name, entry in catalog.entries.items()}

    def find(self, words: str) -> list[Entry]:
        """Entries that hold every word: those named so, then those asked for so, then the rest."""
        wanted = asked_words(words[:200])
        if not wanted:
            return []
        ranks = {name: said.rank(wanted) for name, said in self._said.items()}
        found = sorted(
            (rank, place, name)
            for place, (name, rank) in enumerate(ranks.items())
            if rank is not None
        )
        return [self.catalog.entries[name] for _, _, name in found[:_MOST]]
