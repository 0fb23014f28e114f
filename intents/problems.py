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
    ERROR = "lỗi"  # the FAQ cannot be used
    WARNING = "nhắc"  # it can, but somebody should look


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    what: str
    mend: str
    severity: Severity = Severity.ERROR

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


def explain(error: ErrorDetails, allowed: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    """Say a pydantic error as (what, how to mend).

    `allowed` maps the name of a block ("entries", "facets", "") to the keys it may hold.
    """
    place = [part for part in error["loc"] if part != "[key]"]
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "tệp")
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"thiếu mục bắt buộc “{name}”", f"thêm dòng “{name}: …”"
        case "extra_forbidden":
            return _unknown_key(name, _block(place), allowed)
        case "enum" if error["loc"][-1] == "[key]":
            return _unknown_key(name, "facets", allowed)
        case "enum" | "literal_error":
            return f"“{error['input']}” không dùng được cho “{name}”", f"chọn một trong: {context['expected']}"
        case "date_from_datetime_parsing" | "date_parsing" | "date_type" | "date_from_datetime_inexact":
            return (
                f"“{error['input']}” không phải là một ngày có thật",
                "viết theo dạng năm-tháng-ngày, ví dụ 2026-11-22",
            )
        case "string_type":
            return f"“{name}” phải là chữ", "viết thành chữ; nếu có dấu hai chấm thì đặt cả câu trong ngoặc kép"
        case "string_too_short" | "too_short":
            return f"“{name}” đang để trống", "viết nội dung, hoặc bỏ hẳn mục này"
        case "string_too_long":
            return f"“{name}” dài quá {context['max_length']} ký tự", "rút ngắn lại"
        case "string_pattern_mismatch" if name == "url":
            return f"“{error['input']}” không phải địa chỉ https", "viết đầy đủ, bắt đầu bằng https://"
        case "string_pattern_mismatch":
            return f"“{error['input']}” không dùng được cho “{name}”", "bỏ dấu cách, dấu hai chấm và dấu |"
        case "tuple_type" | "list_type":
            return f"“{name}” phải là danh sách", "viết mỗi ý một dòng, bắt đầu bằng “- ”"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"“{name}” phải gồm các dòng “tên: nội dung”", "xem lại cách thụt lề và dấu hai chấm"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"“{name}” phải là số nguyên", "viết số, không kèm chữ"
        case "value_error":
            return f"“{name}”: {context['error']}", "sửa lại giá trị"
        case _:
            return f"“{name}” không hợp lệ ({error['msg']})", "xem mẫu trong faq/schema.json"


def _block(place: list[int | str]) -> str:
    """The name of the block that holds the last key: "entries" for entries[3].titel."""
    names = [str(part) for part in place[:-1] if isinstance(part, str)]
    return names[-1] if names else ""


def _unknown_key(name: str, block: str, allowed: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    keys = sorted(allowed.get(block, ()))
    guess = nearest(name, keys)
    if guess:
        return f"không có mục “{name}”", f"có phải bạn muốn viết “{guess}”?"
    if keys:
        return f"không có mục “{name}”", f"dùng một trong: {', '.join(keys)}"
    return f"không có mục “{name}”", "bỏ dòng này"
