"""Findings are sentences with a place, in order, and suggest what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from intents.entry import Entry, Facet
from intents.problems import CatalogError, Problem, Severity, explain, nearest

KEYS = {"": ["entries", "topic"], "facets": [facet.value for facet in Facet], "sources": ["url"]}


class Odd(BaseModel):
    """Faults that the FAQ's own models do not make."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(1, ge=1, le=9)
    even: int = 2
    pair: tuple[int, int] = (1, 2)

    @field_validator("even")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            message = "phải là số chẵn"
            raise ValueError(message)
        return value


def told(model: type[BaseModel], data: object) -> list[tuple[str, str]]:
    """Every fault of the data as (what, how to mend)."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return [explain(error, KEYS) for error in caught.value.errors()]


def entry(**changed: object) -> dict[str, Any]:
    """The least entry, changed."""
    return {"id": "a", "title": "A", "phrasings": ["a"], "answer": "A", **changed}


def test_a_problem_reads_as_place_what_and_mend() -> None:
    """File:line:column first, so that editors and terminals make a link of it."""
    problem = Problem("faq/vneid.yaml", 12, 5, "thiếu mục bắt buộc “title”", "thêm dòng")
    assert str(problem) == "faq/vneid.yaml:12:5: thiếu mục bắt buộc “title” – thêm dòng"
    assert problem.severity is Severity.ERROR


def test_an_error_tells_every_problem_in_order() -> None:
    """By file, then line, then column, as numbers."""
    found = [
        Problem("b.yaml", 1, 1, "một", "x"),
        Problem("a.yaml", 10, 2, "hai", "x"),
        Problem("a.yaml", 9, 30, "ba", "x"),
        Problem("a.yaml", 9, 4, "bốn", "x", Severity.WARNING),
    ]
    error = CatalogError(found)
    assert [problem.what for problem in error.problems] == ["bốn", "ba", "hai", "một"]
    assert str(error) == (
        "a.yaml:9:4: bốn – x\na.yaml:9:30: ba – x\na.yaml:10:2: hai – x\nb.yaml:1:1: một – x"
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [("titel", "title"), ("phrasing", "phrasings"), ("anwser", "answer"), ("xyz", None)],
)
def test_the_nearest_word_is_suggested(word: str, meant: str | None) -> None:
    """Only one that was probably meant."""
    assert nearest(word, ["id", "title", "phrasings", "answer"]) == meant
    assert nearest(word, []) is None


@pytest.mark.parametrize(
    ("changed", "what", "mend"),
    [
        (
            {"answer": None},
            "“answer” phải là chữ",
            "viết thành chữ; nếu có dấu hai chấm thì đặt cả câu trong ngoặc kép",
        ),
        ({"answer": " "}, "“answer” đang để trống", "viết nội dung, hoặc bỏ hẳn mục này"),
        ({"answer": "a" * 4001}, "“answer” dài quá 4000 ký tự", "rút ngắn lại"),
        ({"phrasings": []}, "“phrasings” đang để trống", "viết nội dung, hoặc bỏ hẳn mục này"),
        (
            {"phrasings": "một câu"},
            "“phrasings” phải là danh sách",
            "viết mỗi ý một dòng, bắt đầu bằng “- ”",
        ),
        (
            {"facets": "steps"},
            "“facets” phải gồm các dòng “tên: nội dung”",
            "xem lại cách thụt lề và dấu hai chấm",
        ),
        (
            {"sources": ["Luật"]},
            "“sources” phải gồm các dòng “tên: nội dung”",
            "xem lại cách thụt lề và dấu hai chấm",
        ),
        ({"facets": {"fees": ["a"]}}, "không có mục “fees”", "có phải bạn muốn viết “fee”?"),
        (
            {"facets": {"xyz": ["a"]}},
            "không có mục “xyz”",
            f"dùng một trong: {', '.join(sorted(Facet))}",
        ),
        (
            {"verified": "2026-02-30"},
            "“2026-02-30” không phải là một ngày có thật",
            "viết năm-tháng-ngày, ví dụ 2026-11-22",
        ),
        (
            {"verified": "22/11/2026"},
            "“22/11/2026” không phải là một ngày có thật",
            "viết năm-tháng-ngày, ví dụ 2026-11-22",
        ),
        (
            {"verified": True},
            "“True” không phải là một ngày có thật",
            "viết năm-tháng-ngày, ví dụ 2026-11-22",
        ),
        (
            {"kind": "anser"},
            "“anser” không dùng được cho “kind”",
            "chọn một trong: 'answer', 'small_talk' hoặc 'signpost'",
        ),
        (
            {"id": "a b"},
            "“a b” không dùng được cho “id”",
            "mã chỉ gồm chữ thường không dấu, số và gạch dưới",
        ),
        (
            {"sources": [{"document": "Luật", "url": "http://a.vn"}]},
            "“http://a.vn” không dùng được cho “url”",
            "địa chỉ phải bắt đầu bằng https:// và không có dấu cách",
        ),
    ],
)
def test_a_fault_of_an_entry_is_told_with_its_mend(
    changed: dict[str, object], what: str, mend: str
) -> None:
    """One sentence in Vietnamese and what to do."""
    assert told(Entry, entry(**changed)) == [(what, mend)]


def test_a_missing_key_is_named() -> None:
    """With the line to add."""
    data = entry()
    del data["title"]
    assert told(Entry, data) == [("thiếu mục bắt buộc “title”", "thêm dòng “title: …”")]


@pytest.mark.parametrize(
    ("changed", "what", "mend"),
    [
        ({"number": 0}, "“number” quá nhỏ: 0", "ít nhất là 1"),
        ({"number": 10}, "“number” quá lớn: 10", "nhiều nhất là 9"),
        ({"number": "x"}, "“number” phải là số nguyên", "viết số, không kèm chữ"),
        ({"number": 1.5}, "“number” phải là số nguyên", "viết số, không kèm chữ"),
        ({"even": 3}, "“even”: phải là số chẵn", "sửa lại giá trị"),
        ({"entrys": 1}, "không có mục “entrys”", "có phải bạn muốn viết “entries”?"),
        ({"zzz": 1}, "không có mục “zzz”", "dùng một trong: entries, topic"),
    ],
)
def test_other_faults_are_told_too(changed: dict[str, object], what: str, mend: str) -> None:
    """Bounds, numbers, a model's own rule, unknown keys at the top."""
    assert told(Odd, changed) == [(what, mend)]


def test_a_fault_without_a_sentence_still_names_its_key() -> None:
    """What pydantic says stands in brackets, the schema is the example."""

    class Exact(BaseModel):
        color: bytes

    [(what, mend)] = told(Exact, {"color": []})
    assert what.startswith("“color” không hợp lệ (")
    assert mend == "xem mẫu trong faq/schema.json"


def test_what_an_editor_wrote_is_quoted_in_part_and_as_it_stands() -> None:
    """A long text is cut; braces in it are no placeholders."""
    [(what, _)] = told(Entry, entry(verified="{name}" * 100))
    assert what == f"“{('{name}' * 100)[:80]}” không phải là một ngày có thật"


def test_a_key_with_braces_is_quoted_as_it_stands() -> None:
    """`{0}` is what somebody typed."""
    assert told(Odd, {"{0}": 1}) == [("không có mục “{0}”", "dùng một trong: entries, topic")]


def test_a_wrong_key_is_told_with_the_right_one() -> None:
    """A facet that does not exist is told by its name."""
    assert ("không có mục “fees”", "có phải bạn muốn viết “fee”?") in told(
        Entry, entry(facets={"fees": 5})
    )
