"""Texts that nobody means but somebody sends, by what they are a burden for; always the same."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING

from bot.messages import readable
from intents.text import MAX_QUESTION
from tests.faq import FOLDER, repository_faq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Piece = Callable[[], str]

LENGTHS = (1000, MAX_QUESTION, 10_000, 1_000_000)
ROUNDS = 8  # texts of each kind and length
BYTE_STRINGS, BYTES = 10_000, (40, 400, 400, 4000)
PLANES, PER_PLANE = 17, 60
MARKS = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
LATIN = "abcdefghiklmnopqrstuvxy"
KEYS = "sfrxjw"
JOINED = 40  # letters; longer words are not taken apart
TAIL = " phải làm sao? như thế nào? ở đâu?"  # each question takes along what is told before


def kinds() -> dict[str, Iterator[str]]:
    """The texts by kind."""
    source = random.Random(0)  # no secret
    return {
        "random bytes": _bytes(source),
        **{name: _texts(piece) for name, piece in _pieces(source).items()},
        "every plane of Unicode": _planes(source),
    }


def strange_words(count: int) -> Iterator[str]:
    """Texts of words that nobody knows; after some dozens, nothing else is remembered."""
    source = random.Random(1)  # no secret
    for _ in range(count):
        yield _text(lambda: _letters(source, LATIN, 3, 8) + " ", MAX_QUESTION)


def _bytes(source: random.Random) -> Iterator[str]:
    """As the program takes bytes that are no UTF-8: what cannot be read is replaced."""
    for _ in range(BYTE_STRINGS):
        raw = source.randbytes(source.randrange(1, source.choice(BYTES)))
        yield readable(raw.decode("utf-8", "replace"))


def _planes(source: random.Random) -> Iterator[str]:
    for plane in range(PLANES):
        for _ in range(PER_PLANE):
            length = source.choice((60, MAX_QUESTION))
            yield "".join(chr(plane << 16 | source.randrange(0x10000)) for _ in range(length))


def _texts(piece: Piece) -> Iterator[str]:
    for length in LENGTHS:
        for _ in range(ROUNDS):
            yield _text(piece, length)


def _text(piece: Piece, length: int) -> str:
    """A text of that many characters; of a very long one the middle, which nobody reads, repeats."""
    made, size = [], 0
    while size < min(length, 4 * MAX_QUESTION):
        made.append(piece())
        size += len(made[-1])
    text = "".join(made)
    return (text * (length // len(text) + 1))[: length - len(TAIL)] + TAIL


def _letters(source: random.Random, alphabet: str, least: int, most: int) -> str:
    return "".join(source.choice(alphabet) for _ in range(source.randrange(least, most)))


def _pieces(source: random.Random) -> dict[str, Piece]:
    """Ways to make a long text."""
    pick = source.choice
    entries = repository_faq().catalog.entries.values()
    phrasings = [text for entry in entries for text in entry.phrasings]
    words = [word for text in phrasings for word in text.split()]
    bare = [_bare(word) for word in words if 1 < len(_bare(word)) < 8]
    listed = re.findall(r"[\w …]+", (FOLDER / "_lexicon.yaml").read_text("utf-8"))
    short = [word for word in map(str.strip, listed) if word.isascii() and 1 < len(word) < 7]

    def slip() -> str:
        word = pick(words)
        return pick((word[:1] + word[2:], word + pick(KEYS), word[:1] * 2 + word[1:]))

    def near() -> str:
        word = pick(bare)
        return word[:2] + pick("bcdgklmnp") + word[2:]

    def joined() -> str:
        made = ""
        while len(made) < JOINED:
            made += pick(bare)
        return made[:JOINED]

    return {
        "words of the FAQ": lambda: pick(words) + " ",
        "the same, commas": lambda: pick(words) + ",",
        "the same, never a space": lambda: pick(words),
        "each word a question": lambda: pick(words) + "? ",
        "phrasings": lambda: pick(phrasings) + "? ",
        "a numbered list": lambda: f"\n{source.randrange(99)}) {pick(phrasings)}",
        "what the lexicon lists": lambda: pick(listed) + " ",
        "abbreviations": lambda: pick(short) + " ",
        "slips": lambda: slip() + " ",
        "slips, commas": lambda: slip() + ", ",
        "slips, each a question": lambda: slip() + "? ",
        "nearly words": lambda: near() + " ",
        "keys left over": lambda: pick(bare) + pick(KEYS + "123456789") + " ",
        "joined words": lambda: joined() + " ",
        "joined one way or another": lambda: (
            (pick(("an", "hoa", "tang", "ieu")) * 20)[:JOINED] + " "
        ),
        "doubled letters": lambda: "".join(pick(LATIN) * 2 for _ in range(4)) + " ",
        "words nobody knows": lambda: _letters(source, LATIN, 3, 25) + " ",
        "letters at random": lambda: _letters(source, LATIN + "ăâđêôơư ", 1, 9),
        "digits and full stops": lambda: _letters(source, "0123456789.) ", 1, 9),
        "addresses": lambda: "@a.;a;a? ",
        "one letter each": lambda: pick("aeoud") + " ",
        "combining marks": lambda: pick("aeoud") + _letters(source, MARKS, 0, 4),
        "letters that grow": lambda: pick("İ\ufb2c\U0001d160"),
        "nothing but marks": lambda: pick("?\u0301\n"),
    }


def _bare(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
