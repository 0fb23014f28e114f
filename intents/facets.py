"""Which parts of an answer a question asks for: what it costs, how long it takes, and so on.

The phrases are data (`facets` and `facet_exceptions` in `faq/_lexicon.yaml`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.entry import Facet

if TYPE_CHECKING:
    from intents.lexicon import Lexicon, Question


def asked_facets(question: Question, lexicon: Lexicon) -> tuple[Facet, ...]:
    """The facets that a question asks for, each once, in the order they are asked.

    Steps come last: "làm sao", "thủ tục" are often said by people who want to know something
    else. Where phrases overlap the longer one counts: "quy định ở đâu" does not ask for a place.
    """
    found = (phrase.value for phrase in lexicon.facets.find(question.spoken))
    asked = dict.fromkeys(facet for facet in found if facet is not None)
    return tuple(sorted(asked, key=lambda facet: facet is Facet.STEPS))
