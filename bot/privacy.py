"""Personal data out of text, people out of identifiers: before anything is stored or logged.

Matching runs on a shadow of the text (no accents, lower case, ASCII digits, no invisible
characters) whose every character knows where it came from; the text itself is left as typed.
When in doubt a long number is masked. Addresses and names are not looked for.
Every regular expression is linear: bounded, or possessive, or starting at a word's edge only.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from bot.personal_data import (
    BARE_CODE,
    CODE,
    EMAIL,
    HARMLESS,
    PASSWORD,
    PASSWORD_UNTOLD,
    RUN,
    SECRET_OR_NUMBER,
    STRONG_CONTEXT,
    TOKEN,
    TOLD,
    PersonalData,
    Span,
    digits_of,
    kind_of,
    numbers,
)

__all__ = [
    "Masked",
    "PersonalData",
    "mask",
    "personal",
    "placeholders",
    "pseudonym",
    "without_placeholders",
]


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and what was taken out of it."""

    text: str
    found: frozenset[PersonalData]


_LABELS = {
    PersonalData.ID_CARD: "[số giấy tờ]",
    PersonalData.PHONE: "[số điện thoại]",
    PersonalData.INSURANCE: "[mã thẻ BHYT]",
    PersonalData.EMAIL: "[email]",
    PersonalData.BANK_CARD: "[số thẻ ngân hàng]",
    PersonalData.SECRET: "[mã bí mật]",
    PersonalData.CASE_CODE: "[mã hồ sơ]",
}


_PLACEHOLDER = re.compile("|".join(map(re.escape, _LABELS.values())))


def mask(text: str) -> Masked:
    """Replace personal data by short words in brackets; other text comes back untouched."""
    found: set[PersonalData] = set()
    left = text
    for _, spans, left in _passes(text):  # noqa: B007  # the last is what may be stored
        found.update(kind for _, _, kind in spans)
    return Masked(left, frozenset(found))


def personal(text: str) -> tuple[str, ...]:
    """The pieces that `mask` takes out of a text, as typed: for whoever typed them, never kept."""
    taken = [shadow.typed(span).strip() for shadow, spans, _ in _passes(text) for span in spans]
    return tuple(taken)


def placeholders(text: str) -> tuple[str, ...]:
    """The short words in brackets that `mask` left in a text."""
    return tuple(_PLACEHOLDER.findall(text))


def without_placeholders(text: str) -> str:
    """A masked text without what `mask` left, on one line."""
    return " ".join(_PLACEHOLDER.sub(" ", text).split())


def pseudonym(secret: bytes, channel: str, user: str) -> str:
    """Name a person for the store, in a way that nobody turns back without the secret."""
    if not secret:
        raise ValueError("Thiếu khóa bí mật để tạo bí danh người dùng.")
    name, person = (part.encode("utf-8", "surrogatepass") for part in (channel, user))
    message = len(name).to_bytes(4, "big") + name + person
    return hmac.digest(secret, message, "sha256").hex()[:32]


@dataclass(frozen=True, slots=True)
class _Shadow:
    """The text as the patterns see it; `origin[i]` is where its character i comes from."""

    text: str
    plain: str
    origin: list[int]

    @classmethod
    def of(cls, text: str) -> Self:
        plain = [_plain(char) for char in text]
        origin = [at for at, chars in enumerate(plain) for _ in chars]
        return cls(text, "".join(plain), [*origin, len(text)])

    def typed(self, span: Span) -> str:
        first, last = self._place(span)
        return self.text[first:last]

    def _place(self, span: Span) -> tuple[int, int]:
        start, end, _ = span
        return self.origin[start], max(self.origin[end], self.origin[end - 1] + 1)

    def replace(self, spans: list[Span]) -> str:
        pieces: list[str] = []
        done = 0
        for span in spans:
            first, last = self._place(span)
            pieces += [self.text[done : max(first, done)], _LABELS[span[2]]]
            done = last
        return "".join([*pieces, self.text[done:]])


def _passes(text: str) -> Iterator[tuple[_Shadow, list[Span], str]]:
    """What is found, where, and the text without it; a pass that finds nothing is left out."""
    shadow = _Shadow.of(text)
    for find in (_emails, _codes, _secrets_and_numbers, _emails):  # a number may have hidden one
        if spans := list(find(shadow)):
            text = shadow.replace(spans)
            yield shadow, spans, text
            shadow = _Shadow.of(text)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    if category == "Pd" or char == "−":
        return "-"
    if char in "·•∙‧・":
        return "."
    if char in "\r\n":
        return "\n"
    folded = unicodedata.normalize("NFKD", char.casefold()).replace("đ", "d")
    return "".join(c for c in folded if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc"})


def _emails(shadow: _Shadow) -> Iterator[Span]:
    for hit in EMAIL.finditer(shadow.plain):
        yield hit.start(), hit.end(), PersonalData.EMAIL


def _codes(shadow: _Shadow) -> Iterator[Span]:
    for hit in CODE.finditer(shadow.plain):
        yield hit.start(), hit.end(), PersonalData(hit.lastgroup or "")


def _secrets_and_numbers(shadow: _Shadow) -> Iterator[Span]:
    at = 0
    while hit := SECRET_OR_NUMBER.search(shadow.plain, at):
        at = hit.end()
        if hit["secret"]:
            end = _secret_end(shadow, hit)
            if end:
                yield at, end, PersonalData.SECRET
                at = end
        elif hit["told"]:
            yield hit.start(), at, PersonalData.SECRET
        else:
            yield from numbers(shadow.plain, hit)


def _secret_end(shadow: _Shadow, context: re.Match[str]) -> int | None:
    """Where the secret that follows the context ends; None if no secret follows."""
    plain, start = shadow.plain, context.end()
    if not STRONG_CONTEXT.search(context.group()):
        code = BARE_CODE.match(plain, start)
        return code.end() if code and _is_code(shadow, context) else None
    told = TOLD.search(context.group()) is not None
    if not told and HARMLESS.match(plain, start):
        return None
    token = TOKEN.match(plain, start)
    value = token.group().rstrip(".,;:!?)\"'") if token else ""
    run = RUN.match(plain, start)
    if run and run.end() >= start + len(value):
        return _digits_end(run)
    pattern = PASSWORD if told else PASSWORD_UNTOLD
    return start + len(value) if pattern.fullmatch(value) else None


def _is_code(shadow: _Shadow, context: re.Match[str]) -> bool:
    """Tell "mã" and "ma" from "mà", "má", "mạ"."""
    at = shadow.origin[context.start()]
    word = unicodedata.normalize("NFC", shadow.text[at : at + 3]).casefold()
    return word.startswith(("mã", "ma", "co"))


def _digits_end(run: re.Match[str]) -> int | None:
    digits = digits_of(run.group())
    if len(digits) <= 8:
        return run.end() if len(digits) >= 4 else None
    if kind_of(digits) is not PersonalData.BANK_CARD:
        return None  # an ID or a phone number: masked under its own name
    first = run.group().split(" ", 1)[0]
    return run.start() + len(first) if 4 <= len(digits_of(first)) <= 8 else None
