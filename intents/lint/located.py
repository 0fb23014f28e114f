"""An entry together with the place where it was written: what every rule looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.entry import Facet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intents.entry import Entry
    from intents.problems import Problem, Rule
    from intents.yaml_source import Place, YamlSource


@dataclass(frozen=True, slots=True)
class Located:
    """An entry and where it was written: the file, and its index there."""

    entry: Entry
    source: YamlSource
    index: int

    def problem(self, rule: Rule, place: Place, what: str, mend: str) -> Problem:
        """A problem at a place inside the entry."""
        return self.source.problem(("entries", self.index, *place), what, mend, rule=rule)

    def where(self, place: Place) -> str:
        """A place inside the entry as file:line."""
        line, _ = self.source.place(("entries", self.index, *place))
        return f"{self.source.name}:{line}"

    def texts(self) -> Iterator[tuple[Place, str]]:
        """Every text of the answer with its place."""
        yield ("answer",), self.entry.answer
        for facet, texts in self.entry.facets.items():
            for i, text in enumerate(texts):
                yield ("facets", facet.value, i), text

    def prose(self) -> Iterator[tuple[Place, str]]:
        """What an editor put into words: the title and the answer without its legal basis.

        Names of laws are as long and as old as their authors made them.
        """
        yield ("title",), self.entry.title
        for place, text in self.texts():
            if place[1:2] != (Facet.LEGAL_BASIS.value,):
                yield place, text
