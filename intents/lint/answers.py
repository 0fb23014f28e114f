"""How an answer is written: sentences short enough, accents there and composed."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from intents.entry import Kind
from intents.lint.sentences import cited, sentences, words
from intents.problems import Rule
from intents.typing_keys import is_syllable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from intents.entry import Entry
    from intents.lint.located import Located
    from intents.problems import Problem

MAX_WORDS = 30
MAX_ANSWER = 2000
"""Characters of one Zalo message, the shortest of all channels."""

_DECOMPOSED = re.compile("[^\\W\\d_][\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 5  # of fewer, all may well have no accent
_SYLLABLES = 0.8  # of the words; else the sentence is in another language


def check_composed(entries: Sequence[Located]) -> Iterator[Problem]:
    """An accent that stands beside its letter shows as a box, and is found by no search."""
    for one in entries:
        for place, text in (("title",), one.entry.title), *one.texts():
            found = _DECOMPOSED.search(text)
            if found:
                letter = unicodedata.normalize("NFC", found[0])
                what = f"chữ “{letter}” có dấu rời (Unicode tổ hợp)"
                mend = "gõ lại đoạn này, chọn bảng mã Unicode dựng sẵn"
                yield one.problem(Rule.DECOMPOSED, place, what, mend)


def check_accents(entries: Sequence[Located]) -> Iterator[Problem]:
    """Citizens may leave out accents; an answer may not."""
    for one in entries:
        for place, text in one.prose():
            for sentence in sentences(text):
                if _is_unaccented(sentence):
                    what = f"câu viết không dấu: {cited(sentence)}"
                    yield one.problem(Rule.UNACCENTED, place, what, "viết đủ dấu tiếng Việt")


def check_sentences(entries: Sequence[Located]) -> Iterator[Problem]:
    """A sentence that is too long is not understood."""
    for one in entries:
        for place, text in one.prose():
            for sentence in sentences(text):
                count = len(words(sentence))
                if count > MAX_WORDS:
                    what = f"câu dài {count} chữ, nhiều nhất nên là {MAX_WORDS}: {cited(sentence)}"
                    mend = "tách thành hai câu, hoặc đưa thành các dòng “- ”"
                    yield one.problem(Rule.LONG_SENTENCE, place, what, mend)


def check_lengths(
    entries: Sequence[Located], written: Callable[[Entry], str]
) -> Iterator[Problem]:
    """An answer with all its parts should fit one message. `written` makes the message's text."""
    for one in entries:
        length = len(written(one.entry)) if one.entry.kind is Kind.ANSWER else 0
        if length > MAX_ANSWER:
            what = (
                f"câu trả lời với mọi phần dài {length} ký tự, một tin Zalo chỉ chứa {MAX_ANSWER}"
            )
            mend = "cắt ý phụ, hoặc tách thành hai mục và nối bằng “related”"
            yield one.problem(Rule.LONG_ANSWER, ("answer",), what, mend)


def _is_unaccented(sentence: str) -> bool:
    spoken = _LETTERS.findall(sentence)
    return (
        len(spoken) >= _LEAST_WORDS
        and sentence.isascii()
        and sum(is_syllable(word.lower()) for word in spoken) >= _SYLLABLES * len(spoken)
    )
