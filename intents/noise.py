"""Noisy variants of a question: what the same person might have typed in haste, or with the IME off.

Every variant is a pure function of the text, the noise and a seed, so that two measurements hear
the same questions. Teencode is taken from the lexicon, read backwards.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

from intents.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

_WORDS_PER_SLIP = 8
_SPACES_LOST = 0.25  # of all spaces

_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_HORNED_START = re.compile(r"\b(?:đ|[ưừứửữựơờớởỡợ])(?=[^\W\d_])", re.IGNORECASE)

_TONES = "\u0301\u0300\u0309\u0303\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI = {**dict(zip(_TONES, "12345", strict=True)), _CIRCUMFLEX: "6", _HORN: "7", _BREVE: "8"}
_TELEX = {**dict(zip(_TONES, "sfrxj", strict=True)), _HORN: "w", _BREVE: "w"}

_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONFUSED_STARTS = "tr/ch ch/tr s/x x/s gi/d d/gi l/n n/l".split()
_CONFUSED_ENDS = "ng/n n/ng c/t t/c i/y y/i".split()
_HOOK_AND_TILDE = str.maketrans("\u0309\u0303", "\u0303\u0309")

# No subject stands in these sentences, and nothing that a FAQ of public services answers.
_GREETINGS = (
    "Xin chào anh chị.",
    "Dạ em chào anh chị ạ.",
    "Chào ad.",
    "Kính chào các anh chị cán bộ.",
    "Dạ cho em hỏi với ạ.",
    "Chào bạn, mình nhờ bạn một chút.",
)
_BEFORE = (
    "Nhà em neo người mà em lại hay bận, giờ mới ngồi yên được một lúc để nhắn.",
    "Mấy hôm nay tôi hỏi bạn bè xung quanh mà mỗi người nói một kiểu.",
    "Em đọc trên mạng mấy bài rồi mà càng đọc càng rối.",
    "Bác nói hơi dài dòng một chút, mong mọi người thông cảm.",
    "Hôm trước tôi cũng định hỏi mà lu bu công chuyện rồi quên mất.",
    "Cả nhà cứ giục mãi mà em chưa biết bắt đầu từ đâu.",
)
_AFTER = (
    "Anh chị nói rõ giúp em với, em cảm ơn nhiều ạ.",
    "Mong anh chị trả lời sớm giúp, tôi chờ.",
    "Nếu em hỏi gì chưa rõ thì anh chị cứ nhắn lại em nhé.",
    "Cảm ơn ad, chúc ad một ngày vui vẻ.",
    "Có gì bạn chỉ giúp mình từng chút một cho dễ hiểu nha.",
)

ALL_NOISES = "all"
"""What stands for every kind where kinds are named."""


class Noise(StrEnum):
    """The kinds of noise."""

    NO_ACCENTS = "no_accents"  # every accent missing
    TYPOS = "typos"  # about one slip in eight words
    TEENCODE = "teencode"  # the lexicon's teencode, backwards
    TELEX = "telex"  # accented words as Telex keys that were never turned into accents
    VNI = "vni"  # the same with VNI keys
    JOINED = "joined"  # some spaces lost
    NO_FIRST_D = "no_first_d"  # words lose a first đ, ư or ơ, as in some web clients
    STORY = "story"  # a greeting, and sentences around that say nothing


class NoiseMaker:
    """Makes variants; the same for the same text, noise and seed, on any machine."""

    def __init__(self, teencode: Mapping[str, str], seed: int = 0) -> None:
        """`teencode`: what is typed → what it stands for."""
        self._seed = seed
        self._short: dict[str, list[str]] = defaultdict(list)
        for typed, meant in teencode.items():
            self._short[meant].append(typed)
        longest_first = sorted(self._short, key=lambda meant: (-len(meant), meant))
        either = "|".join(map(re.escape, longest_first)) or r"(?!)"
        self._meant = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
        self._makers: dict[Noise, Callable[[str, Random], str]] = {
            Noise.NO_ACCENTS: lambda text, _: fold(text),
            Noise.TYPOS: _slipped,
            Noise.TEENCODE: self._shortened,
            Noise.TELEX: lambda text, _: _each_word(as_telex, text),
            Noise.VNI: lambda text, _: _each_word(as_vni, text),
            Noise.JOINED: _joined,
            Noise.NO_FIRST_D: lambda text, _: _HORNED_START.sub("", text),
            Noise.STORY: _told,
        }

    def variant(self, text: str, noise: Noise) -> str:
        """The text with one noise, on one line. Total; what has nothing to spoil stays."""
        text = clean(text)
        pick = random.Random(f"{self._seed} {noise} {text}")  # noqa: S311  # a seed, no secret
        return self._makers[noise](text, pick)

    def _shortened(self, text: str, pick: Random) -> str:
        def shorten(found: re.Match[str]) -> str:
            return pick.choice(self._short.get(found[0].lower(), [found[0]]))

        return self._meant.sub(shorten, text)


def _each_word(change: Callable[[str], str], text: str) -> str:
    return _LETTERS.sub(lambda found: change(found[0]), text)


def as_telex(word: str) -> str:
    """A word as the Telex keys that make it: marks behind their letter, the tone at the end."""
    return _keyed(word, _TELEX, "d")


def as_vni(word: str) -> str:
    """A word as the VNI keys that make it: marks behind their letter, the tone at the end."""
    return _keyed(word, _VNI, "9")


def _keyed(word: str, keys: Mapping[str, str], stroke: str) -> str:
    typed, tone = "", ""
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = keys[char]
        elif char in {"đ", "Đ"}:
            typed += ("d" if char == "đ" else "D") + stroke
        elif char == _CIRCUMFLEX and char not in keys:
            typed += typed[-1:].lower()  # Telex doubles the letter
        else:
            typed += keys.get(char, char)
    typed = unicodedata.normalize("NFC", typed + tone)
    return typed.upper() if len(word) > 1 and word.isupper() else typed


def _slipped(text: str, pick: Random) -> str:
    words = list(_LONG_WORD.finditer(text))
    slips = max(1, round(len(text.split()) / _WORDS_PER_SLIP))
    chosen = pick.sample(words, min(slips, len(words)))
    for word in sorted(chosen, key=lambda match: -match.start()):
        text = text[: word.start()] + _slip(word[0], pick) + text[word.end() :]
    return text


def _slip(word: str, pick: Random) -> str:
    """A word of three letters or more with one slip."""
    at = pick.randrange(len(word) - 1)
    slips = [
        *_neighbours(word, at),
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        *pick.sample(confused := _confused(word), min(1, len(confused))),
    ]
    return pick.choice([slip for slip in slips if slip != word])


def _neighbours(word: str, at: int) -> list[str]:
    for row in _KEY_ROWS:
        key = row.find(word[at].lower())
        if key >= 0:
            near = row[key + 1] if key + 1 < len(row) else row[key - 1]
            return [word[:at] + near + word[at + 1 :]]
    return []


def _confused(word: str) -> list[str]:
    """Spellings that sound alike somewhere in the country."""
    swapped = unicodedata.normalize("NFD", word).translate(_HOOK_AND_TILDE)
    words = [unicodedata.normalize("NFC", swapped)]
    for pair in _CONFUSED_STARTS:
        right, wrong = pair.split("/")
        rest = word.removeprefix(right)
        if rest != word and fold(rest[0]) in "aeiouy":
            words.append(wrong + rest)
    for pair in _CONFUSED_ENDS:
        right, wrong = pair.split("/")
        if word.endswith(right):
            words.append(word.removesuffix(right) + wrong)
    return [other for other in words if other != word]


def _joined(text: str, pick: Random) -> str:
    gaps = [at for at, char in enumerate(text) if char == " "]
    if not gaps:
        return text
    lost = {gap for gap in gaps if pick.random() < _SPACES_LOST} or {pick.choice(gaps)}
    return "".join(char for at, char in enumerate(text) if at not in lost)


def _told(text: str, pick: Random) -> str:
    told = text if text[-1:] in ".?!…" else f"{text}."
    around = [pick.choice(_GREETINGS), pick.choice(_BEFORE), told, pick.choice(_AFTER)]
    if pick.random() < 0.5:
        del around[pick.choice([1, 3])]
    if text == fold(text):  # who types no accents types none
        around = [fold(sentence) if sentence is not told else told for sentence in around]
    return " ".join(around)
