"""What edits are meant to do: the entries that they touch, and what their own questions should get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.editing import AddGolden, AddOutOfScope, AddPhrasings, NewEntry
from bot.privacy import without_placeholders
from intents.evaluate import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.editing import Edit

_LONGEST = 200  # characters of a phrasing that the review makes of a question


@dataclass(frozen=True, slots=True)
class Aim:
    """`right`: by question, the entries that should answer it now; none for out of scope.

    What changes for other questions between other entries is no work of these edits: the matcher
    is fitted anew on the whole FAQ, and what lies at a threshold moves a little.
    """

    entries: frozenset[str]
    right: Mapping[str, frozenset[str]]
    refuses: bool  # something is said to be out of scope, which may take answers away anywhere

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> Self:
        """The aim of all of them."""
        return cls(
            frozenset(entry for edit in edits for entry in _entries(edit)),
            {_plain(text): right for edit in edits for text, right in _questions(edit)},
            any(isinstance(edit, AddOutOfScope) for edit in edits),
        )

    def names(self, text: str) -> bool:
        """Whether the edits are about this very question."""
        return _plain(text) in self.right

    def case(self, text: str) -> Case:
        """The question with what is right for it, as far as that is known."""
        return Case(text, self.right.get(_plain(text), frozenset()))

    def concerns(self, *entries: str) -> bool:
        """Whether the edits touch one of these entries."""
        return not self.entries.isdisjoint(entries)


def _entries(edit: Edit) -> Iterator[str]:
    if isinstance(edit, NewEntry):
        yield str(edit.entry.get("id", ""))
    elif not isinstance(edit, AddOutOfScope):
        yield edit.entry


def _questions(edit: Edit) -> Iterator[tuple[str, frozenset[str]]]:
    match edit:
        case AddPhrasings(entry=entry, phrasings=phrasings):
            yield from ((text, frozenset({entry})) for text in phrasings)
        case NewEntry(entry=entry):
            own = frozenset({str(entry.get("id", ""))})
            yield from ((str(text), own) for text in entry.get("phrasings") or ())
        case AddOutOfScope(questions=questions):
            yield from ((text, frozenset()) for text in questions)
        case AddGolden(entry=entry, text=text):
            yield text, frozenset({entry})


def _plain(text: str) -> str:
    return without_placeholders(text)[:_LONGEST].strip().casefold()
