"""What is wrong with a FAQ file, where, and how to mend it: sentences for editors, in Vietnamese."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails


class Severity(StrEnum):
    ERROR = "lỗi"  # must be mended
    WARNING = "nhắc"  # somebody should look


class Rule(StrEnum):
    """What a finding is about. The value is its name for editors, as in docs/bien-tap.md."""

    FORM = "khuôn mẫu"
    UNFINISHED = "chưa điền xong"
    UNKNOWN_RELATED = "mã liên quan"
    UNKNOWN_VALUE = "giá trị chưa khai báo"
    LINK = "liên kết"
    LONG_TITLE = "tên quá dài"
    SAME_TITLE = "tên trùng"
    REPEATED_ELSEWHERE = "cách hỏi trùng mục khác"
    REPEATED_WITHIN = "cách hỏi lặp lại"
    NEAR_DUPLICATE = "cách hỏi gần giống"
    FEW_PHRASINGS = "ít cách hỏi"
    PREFERS_ANOTHER = "dễ nhầm mục"
    MASKED = "chỗ đã che"
    NO_SOURCE = "thiếu nguồn"
    NOT_VERIFIED = "thiếu ngày kiểm tra"
    EXPIRED = "hết hiệu lực"
    REVIEW_DUE = "quá hạn rà soát"
    REVIEW_TOO_FAR = "hạn rà soát quá xa"
    VALUE_LAPSED = "giá trị hết hạn"
    LONG_ANSWER = "câu trả lời quá dài"
    LONG_SENTENCE = "câu quá dài"
    ABBREVIATION = "chữ viết tắt"
    DECOMPOSED = "dấu rời"
    UNACCENTED = "thiếu dấu"
    OUTDATED = "từ đã cũ"

    @property
    def severity(self) -> Severity:
        """How grave every finding of the rule is."""
        return Severity.ERROR if self in _ERRORS else Severity.WARNING


_ERRORS = {
    Rule.FORM,
    Rule.UNFINISHED,
    Rule.UNKNOWN_RELATED,
    Rule.UNKNOWN_VALUE,
    Rule.LINK,
    Rule.SAME_TITLE,
    Rule.REPEATED_ELSEWHERE,
    Rule.NO_SOURCE,
    Rule.DECOMPOSED,
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    what: str
    mend: str
    severity: Severity = Severity.ERROR
    rule: Rule = Rule.FORM

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what} – {self.mend}"


class CatalogError(Exception):
    """The FAQ cannot be used. `problems` holds every finding of every file, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


# pydantic's error type → what, how to mend. {name}, {input} and the error's own context are filled in.
_TOO_LONG = ("“{name}” dài quá {max_length} ký tự", "rút ngắn lại")
_TOO_MANY = ("“{name}” nhiều quá {max_length}", "bớt đi")
_EMPTY = ("“{name}” đang để trống", "viết nội dung, hoặc bỏ hẳn mục này")
_NOT_A_DATE = ("“{input}” không phải là một ngày có thật", "viết năm-tháng-ngày, ví dụ 2026-11-22")
_NOT_A_LIST = ("“{name}” phải là danh sách", "viết mỗi ý một dòng, bắt đầu bằng “- ”")
_NOT_A_BLOCK = (
    "“{name}” phải gồm các dòng “tên: nội dung”",
    "xem lại cách thụt lề và dấu hai chấm",
)
_NOT_A_NUMBER = ("“{name}” phải là số nguyên", "viết số, không kèm chữ")
_NOT_A_CHOICE = ("“{input}” không dùng được cho “{name}”", "chọn một trong: {expected}")
_NOT_TEXT = (
    "“{name}” phải là chữ",
    "viết thành chữ; nếu có dấu hai chấm thì đặt cả câu trong ngoặc kép",
)
_SENTENCES = {
    "missing": ("thiếu mục bắt buộc “{name}”", "thêm dòng “{name}: …”"),
    "enum": _NOT_A_CHOICE,
    "literal_error": _NOT_A_CHOICE,
    "date_from_datetime_parsing": _NOT_A_DATE,
    "date_from_datetime_inexact": _NOT_A_DATE,
    "date_parsing": _NOT_A_DATE,
    "date_type": _NOT_A_DATE,
    "string_type": _NOT_TEXT,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "string_too_long": _TOO_LONG,
    "too_long": _TOO_MANY,
    "string_pattern_mismatch": (
        "“{input}” không dùng được cho “{name}”",
        "mã chỉ gồm chữ thường không dấu, số và gạch dưới",
    ),
    "tuple_type": _NOT_A_LIST,
    "list_type": _NOT_A_LIST,
    "dict_type": _NOT_A_BLOCK,
    "model_type": _NOT_A_BLOCK,
    "model_attributes_type": _NOT_A_BLOCK,
    "path_type": ("“{name}” phải là một đường dẫn", "viết đường dẫn, ví dụ /var/lib/hoidap"),
    "int_type": _NOT_A_NUMBER,
    "int_parsing": _NOT_A_NUMBER,
    "int_from_float": _NOT_A_NUMBER,
    "greater_than_equal": ("“{name}” quá nhỏ: {input}", "ít nhất là {ge}"),
    "less_than_equal": ("“{name}” quá lớn: {input}", "nhiều nhất là {le}"),
    "url_scheme": (
        "“{input}” không phải địa chỉ trang",
        "viết đầy đủ, bắt đầu bằng http:// hoặc https://",
    ),
    "url_parsing": (
        "“{input}” không phải địa chỉ trang",
        "viết đầy đủ, bắt đầu bằng http:// hoặc https://",
    ),
    "value_error": ("“{name}”: {error}", "sửa lại giá trị"),
}
_OTHER = ("“{name}” không hợp lệ ({message})", "xem mẫu trong faq/schema.json")


def explain(error: ErrorDetails, allowed: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    """Say a pydantic error as (what, how to mend).

    `allowed` maps the name of a block ("entries", "facets", "") to the keys it may hold.
    """
    place = [part for part in error["loc"] if part != "[key]"]
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "tệp")
    if error["type"] == "extra_forbidden":
        return unknown_key(name, allowed.get(_block(place, allowed), ()))
    if error["type"] == "enum" and error["loc"][-1] == "[key]":
        return unknown_key(name, allowed.get("facets", ()))
    what, mend = _SENTENCES.get(error["type"], _OTHER)
    if error["type"] == "string_pattern_mismatch" and name == "url":
        mend = "địa chỉ phải bắt đầu bằng https:// và không có dấu cách"
    context = error.get("ctx", {})
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", " hoặc ")
    facts = {
        **context,
        "name": name,
        "input": str(error["input"])[:80],
        "message": error["msg"],
    }
    return what.format(**facts), mend.format(**facts)


def _block(place: list[int | str], allowed: Mapping[str, Iterable[str]]) -> str:
    """The name of the block that holds the last key: "entries" for entries[3].titel."""
    around = (str(part) for part in reversed(place[:-1]) if isinstance(part, str))
    return next((name for name in around if name in allowed), "")


def unknown_key(name: str, allowed: Iterable[str]) -> tuple[str, str]:
    """Say (what, how to mend) of a key that is none of those allowed."""
    keys = sorted(allowed)
    guess = nearest(name, keys)
    if guess:
        return f"không có mục “{name}”", f"có phải bạn muốn viết “{guess}”?"
    if keys:
        return f"không có mục “{name}”", f"dùng một trong: {', '.join(keys)}"
    return f"không có mục “{name}”", "bỏ dòng này"
