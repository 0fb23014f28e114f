"""Telex and VNI left-overs: words whose typing keys were never turned into accents.

Keys are replayed one by one as an input method would; what comes out counts only when it has
the shape of a Vietnamese syllable.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from intents.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_TELEX_TONES = {"s": _ACUTE, "f": _GRAVE, "r": _HOOK, "x": _TILDE, "j": _DOT}
_VNI_TONES = {"1": _ACUTE, "2": _GRAVE, "3": _HOOK, "4": _TILDE, "5": _DOT}
_ALL_TONES = frozenset(_TELEX_TONES.values())
_VNI_MARKS = {"6": ("aeo", "âêô"), "7": ("uo", "ươ"), "8": ("a", "ă"), "9": ("d", "đ")}

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_OPEN = (  # nothing can follow these
    *"oai oay oao oeo uyu uây uya uôi ươi ươu iêu yêu ai ao au ay âu ây eo êu ia iu".split(),
    *"oi ôi ơi ua uơ ưa ui ưi ưu".split(),
)
_NUCLEI = (*"uyê oa oă oe oo uâ uê uy uô ươ iê yê a ă â e ê i o ô ơ u ư y".split(), *_OPEN)
_CODA = "ch|ng|nh|[cmnpt]"
_LONGEST = 24  # characters, with room for marks that stand apart; "nghiêng" has seven letters


_HORNS = re.compile("ưo|(?<!q)uơ(?=[a-z])")  # ươ takes both marks at once; thuở stands open


def _shape(nuclei: Iterable[str], closed: Iterable[str]) -> re.Pattern[str]:
    """Onset, nucleus, coda; a coda stands only behind `closed`, and always behind oo ("xoong")."""
    every, before_coda = (
        "|".join(sorted(set(n), key=len, reverse=True)) for n in (set(nuclei) - {"oo"}, closed)
    )
    return re.compile(f"({_ONSET})?(?:({before_coda})({_CODA})|({every}))")


_CLOSED = [nucleus for nucleus in _NUCLEI if nucleus not in _OPEN]
_MARKED = _shape(_NUCLEI, _CLOSED)
_BARE = _shape(map(fold, _NUCLEI), map(fold, _CLOSED))


def is_syllable(word: str) -> bool:
    """Whether a lower-case word has the shape of a Vietnamese syllable, accents typed or not."""
    return split_syllable(word) is not None


def split_syllable(word: str) -> tuple[str, str, str, str] | None:
    """Onset, nucleus, coda and tone of a lower-case syllable; None when it is none."""
    return _parts(word) if len(word) <= _LONGEST else None


@lru_cache(maxsize=8192)  # a word is looked at several times on its way through the repairs
def _parts(word: str) -> tuple[str, str, str, str] | None:
    base, tone = _split_tone(word)
    shape = _MARKED.fullmatch(base) or _BARE.fullmatch(base)
    if not shape or (tone and not _tone_fits(base, tone)):
        return None
    onset, closed, coda, nucleus = shape.groups("")
    return onset, closed or nucleus, coda, tone


def decode(word: str) -> str | None:
    """Read a lower-case word as Telex or VNI keys: "kichs" → "kích", "dang9" → "đang".

    None when it holds no such keys or does not become a Vietnamese syllable.
    """
    has_digits = any(char.isdigit() for char in word)
    if not word[:1].isalpha() or not 2 <= len(word) <= 12:
        return None
    if len(word) == 2 and word[0] in "ae" and word[1] in _VNI_TONES:
        return None  # "a1" is a class of driving licence, not "á"
    # An input method that gave up half-way leaves some accents: "mâts", "ddiện".
    half, typed = _split_tone(word)
    base, tone = _replay_vni(half) if has_digits else _replay_telex(half)
    base = _HORNS.sub("ươ", base)
    if (base, tone) == (half, "") or (tone and typed) or not _MARKED.fullmatch(base):
        return None
    return put_tone(base, tone or typed)


def _replay_telex(word: str) -> tuple[str, str]:
    base, tone = "", ""
    for key in word:
        if key in _TELEX_TONES and _has_vowel(base):
            tone = _TELEX_TONES[key]
        elif key == "w":
            base = _mark_last(base, "auo", "ăươ") or base + "ư"
        elif key in "aeo" and re.search(
            f"{key}[^aeiouy]*$", base
        ):  # beside its letter, or after the coda
            base = _mark_last(base, key, dict(zip("aeo", "âêô", strict=True))[key]) or base
        elif key == "d" and base.startswith("d"):
            base = "đ" + base[1:]
        else:
            base += key
    return base, tone


def _replay_vni(word: str) -> tuple[str, str]:
    base, tone = "", ""
    for key in word:
        if key in _VNI_TONES and _has_vowel(base):
            tone = _VNI_TONES[key]
        elif key in _VNI_MARKS:
            base = _mark_last(base, *_VNI_MARKS[key]) or base + key
        else:
            base += key
    return base, tone


def _mark_last(base: str, plain: str, marked: str) -> str | None:
    """Put the mark on the last letter that takes it."""
    at = max(base.rfind(letter) for letter in plain)
    if at < 0:
        return None
    return base[:at] + marked[plain.index(base[at])] + base[at + 1 :]


def _has_vowel(base: str) -> bool:
    return any(letter in "aăâeêioôơuưy" for letter in base)


def put_tone(base: str, tone: str) -> str | None:
    """Put a tone mark on the letter that carries it; None where the tone cannot be."""
    if not tone:
        return base
    shape = _MARKED.fullmatch(base)
    if not shape or not _tone_fits(base, tone):
        return None
    group = 2 if shape.group(2) else 4
    nucleus, coda = shape.group(group), shape.group(3)
    at = 1 if len(nucleus) == 3 or (len(nucleus) == 2 and coda) else 0
    for place, letter in enumerate(nucleus):
        if letter in "ăâêôơư":
            at = place  # the last marked letter: ươ carries it on ơ
    at += shape.start(group) + 1
    return unicodedata.normalize("NFC", base[:at] + tone + base[at:])


def _split_tone(word: str) -> tuple[str, str]:
    if word.isascii():
        return word, ""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(letter for letter in letters if letter in _ALL_TONES)
    base = "".join(letter for letter in letters if letter not in _ALL_TONES)
    return unicodedata.normalize("NFC", base), tone


def _tone_fits(base: str, tone: str) -> bool:
    """One tone, and a syllable that ends in a stop (c, ch, p, t) takes only sắc or nặng."""
    return len(tone) == 1 and (not base.endswith(("c", "ch", "p", "t")) or tone in {_ACUTE, _DOT})
