"""Choices made in words: asking for the privacy notice, for erasure or for no more news, and yes or no.

Only a whole message counts. "Yêu cầu xóa dữ liệu cá nhân của tôi ở đâu" is a question for the FAQ.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.offers import STOP
from bot.privacy_replies import ERASE, ERASE_NO, ERASE_YES, PRIVACY
from intents.text import clean, fold, tokens

if TYPE_CHECKING:
    from bot.messages import Choice

# Patterns for words without accents, one space between them.
_ME = r"(?:toi|minh|em|anh|chi|tui|to|chau|con)"
_BEFORE = rf"(?:(?:da|a|oi|bot|ad|ban|xin|hay|vui long|lam on|cho|giup|nho|muon|can|{_ME}) )*+"
_AFTER = rf"(?: (?:di|nhe|nha|a|voi|giup|cho|ho|ngay|luon|ban|bot|ad|{_ME})\b)*+"
_NOTICE = re.compile(
    rf"{_BEFORE}(?:xem |doc |hoi )?+(?:ve )?+"
    rf"(?:(?:quyen |chinh sach )?rieng ?tu|chinh sach (?:quyen rieng tu|bao mat)){_AFTER}"
)
_CHAT = r"(?:tro chuyen|chat|hoi dap)"
_WHAT = (
    rf"(?:du ?lieu(?: {_CHAT})?(?: cua {_ME})?|(?:du ?lieu|thong tin) ca nhan cua {_ME}"
    rf"|(?:lich su|cuoc|doan) {_CHAT}(?: cua {_ME})?)"
)
_ERASURE = re.compile(
    rf"{_BEFORE}xoa ?(?:(?:bo|sach|het|tat ca|toan bo|moi) )*+{_WHAT}(?: o day)?+{_AFTER}"
)
_NO_NEWS = re.compile(
    rf"{_BEFORE}(?:thoi|dung|ngung|huy|khong) ?(?:bao(?: tin)?|thong bao)(?: cho {_ME})?(?: nua)?{_AFTER}"
)

_YES = (
    "có|vâng|ừ|đồng ý|nhất trí|chắc chắn|ok|oke|okay|yes|xóa|xóa hết|có xóa|có xóa hết|vâng xóa hết"
    "|đồng ý xóa|đồng ý xóa hết"
)
_NO = (
    "không|ko|k|hông|hổng|thôi|đừng|hủy|no|không xóa|đừng xóa|không đồng ý|thôi không|thôi không xóa"
    "|không xóa nữa|thôi đừng xóa"
)
_POLITE_FIRST = {"dạ", "da"}
_POLITE_LAST = {"ạ", "a", "nhé", "nhe", "nha", "đi", "di", "bạn", "ban"}


def wish(text: str) -> Choice | None:
    """The choice that the whole text asks for in words; None if it says anything else."""
    said = fold(" ".join(tokens(clean(text))))
    if _NOTICE.fullmatch(said):
        return PRIVACY
    if _NO_NEWS.fullmatch(said):
        return STOP
    return ERASE if _ERASURE.fullmatch(said) else None


def answer_to_erase_offer(text: str) -> Choice | None:
    """Yes or no, where `erase_offer` was the question; None if the text is neither."""
    said = tokens(clean(text))
    if len(said) > 1 and said[0] in _POLITE_FIRST:
        said = said[1:]
    while len(said) > 1 and said[-1] in _POLITE_LAST:
        said = said[:-1]
    for choice, phrases in ((ERASE_YES, _PHRASES_YES), (ERASE_NO, _PHRASES_NO)):
        if any(_same(said, phrase) for phrase in phrases):
            return choice
    return None


def _same(said: list[str], phrase: list[str]) -> bool:
    """With its accents or without, but not with others: "cô" and "cỏ" are no "có"."""
    return len(said) == len(phrase) and all(
        word in {right, fold(right)} for word, right in zip(said, phrase, strict=True)
    )


_PHRASES_YES = [tokens(phrase) for phrase in _YES.split("|")]
_PHRASES_NO = [tokens(phrase) for phrase in _NO.split("|")]
