"""What personal data looks like: patterns, and the kind of a number.

The patterns are for the shadow of a text that `privacy` makes: no accents, lower case, ASCII
digits. Every one is linear: bounded, possessive, or beginning at a word's edge only.
Replacing is done in `privacy`.
"""

import re
from collections.abc import Iterator
from enum import StrEnum, auto


class PersonalData(StrEnum):
    """What was found."""

    ID_CARD = auto()
    PHONE = auto()
    INSURANCE = auto()
    EMAIL = auto()
    BANK_CARD = auto()  # and every other number of nine digits or more
    SECRET = auto()  # OTP, password, PIN
    CASE_CODE = auto()


Span = tuple[int, int, PersonalData]  # from, to, what

_MAILBOX = r"(?:gmail|yahoo|hotmail|outlook|icloud)"
_DOMAIN = r"(?:[a-z0-9-]++\.)+[a-z]{2,24}(?![a-z0-9-])"
_AT = rf"(?:@{_DOMAIN}| ?@ ?{_MAILBOX}(?:[ .]com(?:\.vn)?)?(?![\w-]))"
EMAIL = re.compile(rf"(?<![\w.+%-])[\w.+%-]++(?<=\w){_AT}(?:[\w.+%-]*+{_AT})*+")
_BHYT_GROUPS = (
    "bt|ca|cb|cc|ch|ck|cn|cs|ct|cy|dk|dn|dt|gd|hc|hd|hg|hn|hs|ht|hx|kc|ld|ls|ms|nd|nn|no|pv|qn|"
    "sv|ta|tb|tc|te|tk|tn|tq|ts|tv|ty|xb|xd|xk|xn|xv"
)
CODE = re.compile(
    r"(?<![a-z0-9])(?:"
    r"(?P<case_code>(?:\d{3}\.\d{2}\.\d{2}\.)?"
    r"[a-z]\d{2}(?:\.\d{1,3}){0,4} ?- ?\d{6} ?- ?\d{3,6})"
    rf"|(?P<insurance>(?:[a-z]{{2}}|(?:{_BHYT_GROUPS})[ .-]{{1,3}})(?:\d[ .-]{{0,3}}){{12}}\d)"
    r")(?!\d)"
)

# A number that is nobody's: tried before `RUN`, at the same place.
_DATE = r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d(?![.-]?\d)"
_PROCEDURE = r"[1-3]\.\d{6}(?:\.000\.00\.00)?(?![.-]?\d)"  # of the national database
_HOTLINE = r"1[89]00[ .-]?\d\d[ .-]?\d\d"
_AMOUNT = r"(?:[1-9]\d?[.,]\d{3}[.,]\d\d0|[1-9]\d{0,2}[.,]\d\d0)"
_SHORT = rf"(?:{_HOTLINE}|11[1-5]|1022|(?:19|20)\d\d)"
_HARMLESS = (
    rf"{_DATE}|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![.-]?\d)"
    r"|\d{1,3}/(?:\d{1,2}/)?(?:19|20)\d\d(?![.-]?\d|[ .-]{1,3}\d{5}(?!\d))"  # 22/11/2026, 69/2024/NĐ-CP
    rf"|\d{{1,3}}/\d{{1,4}}(?:/\d{{1,4}}){{0,6}}(?![.-]?\d|[ .-]{{1,3}}(?!{_HOTLINE})\d)"  # 24/7
    rf"|{_PROCEDURE}"
    r"|[1-9]\d{0,2}(?:[.,]?\d{3}){0,3}[.,]?\d00(?= ?(?:d|dong|vnd|k|trieu|tr|ty)(?![a-z0-9]))"
    rf"|{_AMOUNT}(?: ?- ?{_AMOUNT}){{0,12}}+(?![.,-]?\d)"
    rf"|{_SHORT}(?:[ ,-]{{1,3}}{_SHORT}){{1,12}}+(?![ .-]{{0,3}}\d)"
    rf"|{_HOTLINE}(?!\d|[.-]\d| \d{{1,2}}(?![\d/:h]))"
)
_RUN_TEXT = (
    r"(?:\((?=[+\d ]{1,8}\)))?\+?\d++"
    rf"(?:(?! (?:{_DATE}|{_PROCEDURE}))[ ._()-]{{1,3}}\d++)*+"
)
RUN = re.compile(_RUN_TEXT)
HARMLESS = re.compile(_HARMLESS)
_NUMBER_TEXT = (
    rf"(?<!\d)(?P<benign>{_HARMLESS})"
    r"|(?<!\d)(?P<phone>0\d{2,3}(?P<sep>[,/])\d{3}(?P=sep)\d{3,4}(?!\d))"
    rf"|(?P<run>{_RUN_TEXT})"
)
NUMBER = re.compile(_NUMBER_TEXT)

_KEYWORD = (
    r"(?:otp|ma ?(?:so )?(?:xac (?:thuc|nhan|minh)|bi mat|bao mat|kich hoat|pin|otp)"
    r"|mat ?(?:khau|ma)|mk|pass(?:word|code|wd)?|pwd|pw|pin)"
)
_FILLER = (
    r"(?:la|is|so|cua|toi|minh|em|e|anh|chi|moi|cu|nay|day|vua|nhan|duoc|dc|gui|ve|den|vneid|zalo"
    r"|facebook|fb|gmail|email|dvc|dich vu cong|ngan hang|tai khoan|tk|app|ung dung|dang nhap"
    r"|smart|sms|nhu sau|sau)"
)
_GLUE = r"[ \n:=>,\"'(-]"
SECRET_OR_NUMBER = re.compile(
    rf"(?<![a-z])(?P<secret>(?:{_KEYWORD}|ma|code)(?![a-z])"
    rf"(?:{_GLUE}{{0,3}}(?:{_KEYWORD}|{_FILLER}|ma|code)(?![a-z0-9]))*+{_GLUE}{{0,4}})"
    r"|(?<![\w.,/-])(?P<told>\d{4,8})(?= (?:chinh )?la "
    rf"(?:ma )?(?:so )?(?:{_KEYWORD}|xac (?:thuc|nhan))(?![a-z0-9]))"
    rf"|{_NUMBER_TEXT}"
)
STRONG_CONTEXT = re.compile(_KEYWORD)
TOLD = re.compile(r"[:=]|(?<![a-z])(?:la|is)(?![a-z])")
TOKEN = re.compile(r"[^\s\[\]]{4,64}")
BARE_CODE = re.compile(r"(?!(?:19|20)\d\d(?!\d)|1022(?!\d))\d{4,8}(?![\w/]|[.-]\d)")
PASSWORD = re.compile(r"(?=.*\d).{4,}|[a-z]{8,}|(?=.+[@#$%^&*!]).{6,}")
PASSWORD_UNTOLD = re.compile(
    r"(?!\d{1,3}(?:s|giay|phut|gio|ngay|lan|so|ky))(?=.*\d.*[\d@#$%^&*!]|.*[@#$%^&*!].*\d).{5,}"
)

CHUNK = re.compile(r"\+?\d(?:[^ ]*\d)?")
COMPLETE = re.compile(r"0\d{11}|0[35789]\d{8}")
_PHONE = re.compile(
    r"0[35789]\d{8}|01\d{9}|02\d{8,9}|(?:00)?84(?:0?[35789]\d{8}|2\d{8,9})|[5789]\d{8}"
)
_ABOUT = re.compile(
    r"(?P<insurance>bhxh|bhyt|bao hiem)|sdt|dien thoai|phone|zalo|goi|so may|lien he|hotline"
)


def numbers(plain: str, hit: re.Match[str]) -> Iterator[Span]:
    if hit["phone"]:
        yield hit.start(), hit.end(), PersonalData.PHONE
    elif hit["run"] and len(digits := digits_of(hit["run"])) >= 9:
        chunks = [c for c in CHUNK.finditer(plain, *hit.span()) if len(digits_of(c.group())) >= 9]
        if _is_one_number(digits, chunks):
            yield (
                hit.start(),
                hit.end(),
                kind_of(digits, plain[max(0, hit.start() - 40) : hit.start()]),
            )
        else:
            yield from _split(plain, hit, chunks)


def _is_one_number(digits: str, chunks: list[re.Match[str]]) -> bool:
    if any(COMPLETE.fullmatch(digits_of(chunk.group())) for chunk in chunks):
        return len(chunks) == 1 and digits_of(chunks[0].group()) == digits
    return not chunks or kind_of(digits) is not PersonalData.BANK_CARD or is_card(digits)


def _split(plain: str, hit: re.Match[str], chunks: list[re.Match[str]]) -> Iterator[Span]:
    """Several numbers in a row: the long ones are masked, what is between is looked at again."""
    at = hit.start()
    for chunk in chunks:
        for between in NUMBER.finditer(plain, at, chunk.start()):
            yield from numbers(plain, between)
        yield (
            chunk.start(),
            chunk.end(),
            kind_of(digits_of(chunk.group()), plain[max(0, at - 40) : at]),
        )
        at = chunk.end()
    for after in NUMBER.finditer(plain, at, hit.end()):
        yield from numbers(plain, after)


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text)


def kind_of(digits: str, before: str = "") -> PersonalData:
    insurance = [hit["insurance"] for hit in _ABOUT.finditer(before)][-1:]
    if len(digits) == 10 and insurance and insurance[0]:
        return PersonalData.INSURANCE
    if _PHONE.fullmatch(digits):
        return PersonalData.PHONE
    if len(digits) in {9, 12}:
        return PersonalData.ID_CARD
    return PersonalData.INSURANCE if len(digits) == 10 else PersonalData.BANK_CARD


def is_card(digits: str) -> bool:
    """Luhn's check, for numbers as long as cards and beginning like one."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "34569":
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0
