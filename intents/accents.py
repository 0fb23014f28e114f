"""Accents put back where a question was typed without: the likeliest forms, by Viterbi.

Learned from nothing but accented text of the FAQ, so its own words come out right; a word never
seen there stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, pairwise
from math import log
from typing import TYPE_CHECKING, Self

from intents.text import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Option = tuple[str, float, "Mapping[str, float]"]
"""A form, its log-probability alone, and what each word before it adds to that."""

_MOST_FORMS = 6
_PAIR = 0.9  # how much the word before says, beside how frequent a form is
_UNSEEN = 0.5  # added to every form's count


class Accents:
    """Restores accents."""

    def __init__(self, options: Mapping[str, Sequence[Option]]) -> None:
        """`options`: the forms of every folded word."""
        self.options = options

    @classmethod
    def of(cls, lines: Iterable[Sequence[str]]) -> Self:
        """Learn from lines that have their accents."""
        lines = list(lines)
        counts = Counter(chain.from_iterable(lines))
        followed = Counter(chain.from_iterable(line[:-1] for line in lines))
        pairs = Counter(chain.from_iterable(map(pairwise, lines)))
        forms: dict[str, list[str]] = defaultdict(list)
        for form, _ in counts.most_common():
            forms[fold_word(form)].append(form)
        total = counts.total()
        share = {form: (1 - _PAIR) * count / total for form, count in counts.items()}
        gains: dict[str, dict[str, float]] = defaultdict(dict)
        for (before, form), count in pairs.items():
            if len(forms[fold_word(before)]) > 1 or len(forms[fold_word(form)]) > 1:
                pair = _PAIR * count / (followed[before] + _UNSEEN)
                gains[form][before] = log(1 + pair / share[form])
        return cls(
            {
                bare: [
                    (form, log(share[form]), gains.get(form, {})) for form in found[:_MOST_FORMS]
                ]
                for bare, found in forms.items()
            }
        )

    def restore(self, words: Sequence[str]) -> list[str]:
        """Lower-case words with the accents they probably lack; typed accents stay."""
        trail: list[dict[str, str]] = []
        best = {"": 0.0}
        for word in words:
            known = self.options.get(fold_word(word), ())
            # What was typed with an accent stays, but tells which words stand beside it.
            options = [o for o in known if word.isascii() or o[0] == word] or [(word, 0.0, {})]
            before: dict[str, str] = {}
            reached: dict[str, float] = {}
            last = max(best, key=best.__getitem__)
            for form, alone, gains in options:
                before[form], top = last, best[last]
                for previous in best.keys() & gains.keys():
                    reach = best[previous] + gains[previous]
                    if reach > top:
                        before[form], top = previous, reach
                reached[form] = top + alone
            trail.append(before)
            best = reached
        form = max(best, key=lambda last: best[last])
        restored: list[str] = []
        for before in reversed(trail):
            restored.append(form)
            form = before[form]
        return restored[::-1]
