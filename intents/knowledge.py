"""A catalog made ready for matching: what fitting and matching both work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from intents.entry import Kind
from intents.evidence import Evidence
from intents.examples import Examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intents.catalog import Catalog
    from intents.lexicon import Lexicon
    from intents.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`small_talk` maps what is said, word for word, to the entry that replies."""

    lexicon: Lexicon
    examples: Examples
    evidence: Evidence
    small_talk: Mapping[str, str]

    @classmethod
    def of(cls, catalog: Catalog, prepared: Prepared | None = None) -> Self:
        """Read every phrasing, seconds for thousands of them, or take what was `prepared`.

        Raises:
            ValueError: when that was prepared of another catalog.
        """
        examples = Examples.of(catalog, prepared)
        small_talk = {
            catalog.lexicon.read(text).said: entry.id
            for entry in catalog.entries.values()
            if entry.kind is Kind.SMALL_TALK
            for text in entry.phrasings
        }
        return cls(catalog.lexicon, examples, Evidence(examples, catalog.lexicon), small_talk)
