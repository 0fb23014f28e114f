"""Every kind of fault in a file is told with its place and how to mend it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from tests.small_faq import problems, topic, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            "entries:\n  - id: a\n    title: b: c\n",
            (
                "t.yaml:3:13: YAML viết sai (mapping values are not allowed in this context)"
                " – xem lại thụt lề, dấu hai chấm và ngoặc kép ở dòng này và dòng trên"
            ),
        ),
        (
            "entries:\n\t- id: a\n",
            (
                "t.yaml:2:1: YAML viết sai (found character that cannot start any token)"
                " – xem lại thụt lề, dấu hai chấm và ngoặc kép ở dòng này và dòng trên"
            ),
        ),
        (
            topic("a", more="    title: Lần hai\n"),
            "t.yaml:6:5: mục “title” viết hai lần – giữ lại một, xóa cái kia",
        ),
        (
            topic("a", more="    tags: &x [a]\n    related: *x\n"),
            "t.yaml:6:11: có neo YAML (& hoặc *) – chép nội dung ra thay cho neo",
        ),
        (
            topic("a", more="    tags: [a\x00]\n"),
            "t.yaml:6:13: có ký tự không được phép (U+0000) – xóa ký tự đó",
        ),
        ("", "t.yaml:1:1: thiếu mục bắt buộc “entries” – thêm dòng “entries: …”"),
        (
            "- id: a\n",
            (
                "t.yaml:1:1: “tệp” phải gồm các dòng “tên: nội dung”"
                " – xem lại cách thụt lề và dấu hai chấm"
            ),
        ),
        (
            "entries: a\n",
            "t.yaml:1:10: “entries” phải là danh sách – viết mỗi ý một dòng, bắt đầu bằng “- ”",
        ),
        (
            topic("a", head="topc: {id: x}\n"),
            "t.yaml:1:1: không có mục “topc” – có phải bạn muốn viết “topic”?",
        ),
        (
            topic("a", head="topic: {id: x}\n"),
            "t.yaml:1:8: thiếu mục bắt buộc “title” – thêm dòng “title: …”",
        ),
        (
            topic("a", head="topic: {id: x, title: X, ordr: 1}\n"),
            "t.yaml:1:26: không có mục “ordr” – có phải bạn muốn viết “order”?",
        ),
        (
            "entries:\n  - id: a\n    title: A\n    phrasings: [a]\n",
            "t.yaml:2:5: thiếu mục bắt buộc “answer” – thêm dòng “answer: …”",
        ),
        (
            topic("a", more="    fasets: {fee: a}\n"),
            "t.yaml:6:5: không có mục “fasets” – có phải bạn muốn viết “facets”?",
        ),
        (
            topic("a", more="    facets: {fees: [a]}\n"),
            "t.yaml:6:14: không có mục “fees” – có phải bạn muốn viết “fee”?",
        ),
        (
            topic("a", more="    sources: [{dokument: a, document: b}]\n"),
            "t.yaml:6:16: không có mục “dokument” – có phải bạn muốn viết “document”?",
        ),
        (
            topic("a", more="    valid_until: 2026-02-30\n"),
            (
                "t.yaml:6:18: “2026-02-30” không phải là một ngày có thật"
                " – viết năm-tháng-ngày, ví dụ 2026-11-22"
            ),
        ),
        (
            topic("a", more="    kind: anser\n"),
            (
                "t.yaml:6:11: “anser” không dùng được cho “kind”"
                " – chọn một trong: 'answer', 'small_talk' hoặc 'signpost'"
            ),
        ),
        (
            topic("a").replace("[hỏi a]", "[true]"),
            (
                "t.yaml:4:17: “phrasings” phải là chữ"
                " – viết thành chữ; nếu có dấu hai chấm thì đặt cả câu trong ngoặc kép"
            ),
        ),
        (
            topic("a b"),
            (
                "t.yaml:2:9: “a b” không dùng được cho “id”"
                " – mã chỉ gồm chữ thường không dấu, số và gạch dưới"
            ),
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_mend(tmp_path: Path, content: str, found: str) -> None:
    """File, line, column, what is wrong, what to do; once."""
    assert problems(tmp_path, {"t.yaml": content}) == [found]


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    """The line of the first byte that is wrong."""
    (tmp_path / "t.yaml").write_bytes(b"# a\nentries: \xe3\n")
    mend = "tệp không phải UTF-8 – lưu lại tệp với mã UTF-8"
    assert problems(tmp_path, {}) == [f"t.yaml:2:1: {mend}"]


def test_phrasings_are_texts(tmp_path: Path) -> None:
    """A number is a text ("113"), "no" is a word; true, nothing, a list and a block are not."""
    written = "[113, no, true, null, [a], {b: c}]"
    content = topic("a").replace("[hỏi a]", written)
    sentence = (
        "“phrasings” phải là chữ – viết thành chữ; nếu có dấu hai chấm thì đặt cả câu trong "
        "ngoặc kép"
    )
    assert problems(tmp_path, {"t.yaml": content}) == [
        f"t.yaml:4:{column}: {sentence}" for column in (26, 32, 38, 43)
    ]
    catalog = load(write(tmp_path, {"t.yaml": topic("a").replace("[hỏi a]", "[113, no]")}))
    assert catalog.entries["a"].phrasings == ("113", "no")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("_sites.yaml", "", "1:1: thiếu mục bắt buộc “official” – thêm dòng “official: …”"),
        (
            "_out_of_scope.yaml",
            "question: [a]\n",
            "1:1: không có mục “question” – có phải bạn muốn viết “questions”?",
        ),
        (
            "_lexicon.yaml",
            "teencod: {a: b}\n",
            "1:1: không có mục “teencod” – có phải bạn muốn viết “teencode”?",
        ),
        (
            "_lexicon.yaml",
            "facets:\n  fees: [lệ phí]\n",
            "2:3: không có mục “fees” – có phải bạn muốn viết “fee”?",
        ),
        (
            "_lexicon.yaml",
            "teencode:\n  no: không\n  k: true\n",
            (
                "3:6: “k” phải là chữ – viết thành chữ;"
                " nếu có dấu hai chấm thì đặt cả câu trong ngoặc kép"
            ),
        ),
        (
            "_values.yaml",
            "values:\n  phi: {title: P, unt: đ, series: [{from: 2025-07-01, value: 1}]}\n",
            "2:19: không có mục “unt” – có phải bạn muốn viết “unit”?",
        ),
        (
            "_values.yaml",
            (
                "values:\n  phi:\n    title: P\n    series:\n"
                "      - {from: 2025-07-01, value: 1}\n      - {from: 2025-01-01, value: 1}\n"
            ),
            "3:5: “phi”: các mốc “from” phải tăng dần và không trùng – sửa lại giá trị",
        ),
        (
            "_values.yaml",
            "values: {phi: {title: P, series: [{from: 2026-02-30, value: 1}]}}\n",
            (
                "1:42: “2026-02-30” không phải là một ngày có thật"
                " – viết năm-tháng-ngày, ví dụ 2026-11-22"
            ),
        ),
        (
            "_values.yaml",
            "values: {phi: {title: P, series: [{form: 2025-01-01, from: 2026-02-03, value: 1}]}}\n",
            "1:36: không có mục “form” – có phải bạn muốn viết “from”?",
        ),
    ],
)
def test_faults_of_shared_files_are_told(
    tmp_path: Path, name: str, content: str, found: str
) -> None:
    """Like those of a topic file; once."""
    files = {"t.yaml": topic("a"), name: content}
    assert problems(tmp_path, files) == [f"{name}:{found}"]


def test_a_value_that_is_none_is_one_problem(tmp_path: Path) -> None:
    """In words for an editor, not three times in words for a programmer."""
    values = "values: {phi: {title: P, series: [{from: 2026-02-03, value: null}]}}\n"
    [found] = problems(tmp_path, {"t.yaml": topic("a"), "_values.yaml": values})
    assert found.startswith("_values.yaml:1:61: “value”")
