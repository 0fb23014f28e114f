"""The least that anybody would do: the most alike of all phrasings, by rapidfuzz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def fuzzy_scan(phrasings: Mapping[str, str]) -> Callable[[str], str]:
    """What names the entry of the phrasing with the highest token_set_ratio."""
    lowered = {text.lower(): entry for text, entry in phrasings.items()}

    def ask(text: str) -> str:
        found = process.extractOne(text.lower(), lowered.keys(), scorer=fuzz.token_set_ratio)
        return lowered[found[0]]

    return ask
