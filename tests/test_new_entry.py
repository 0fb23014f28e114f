"""A new entry: added at the end, never changing what stands before, and honest about what is missing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from bot.new_entry import Begun, NewEntryError, begin_entry
from intents.catalog import load
from intents.entry import TopicFile
from intents.problems import CatalogError, Rule
from intents.yaml_source import read_yaml
from tests.faq_faults import checked
from tests.small_faq import SITES, topic, write

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 22)


def begin(folder: Path, entry: str, in_topic: str = "t", title: str | None = None) -> Begun:
    """Begin an entry on a fixed day."""
    return begin_entry(folder, entry, in_topic, title, TODAY)


def refused(folder: Path, entry: str, in_topic: str = "t", title: str | None = None) -> str:
    """Why an entry cannot be begun; no file may have changed."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(NewEntryError) as caught:
        begin(folder, entry, in_topic, title)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    "old",
    [
        topic("a", "b"),
        topic("a").rstrip("\n"),
        topic("a") + "\n\n# cuối tệp\n",
        topic("a", head="# chú thích\ntopic: {id: t, title: T}\n"),
        "entries:\n- id: a\n  title: A\n  phrasings: [a]\n  answer: A\n",
        "\ufeff" + topic("a"),
        topic("a").replace("\n", "\r\n"),
        "entries:\n- {id: a, title: A, phrasings: [a], answer: A}\n",
        "entries:\n    -   id: a\n        title: A\n        phrasings:\n        - a\n        answer: |\n            A\n",
    ],
    ids=["two", "no_end", "comment", "topic", "flush", "bom", "crlf", "flow_item", "deep"],
)
def test_what_stood_there_stands_there_still(tmp_path: Path, old: str) -> None:
    """Byte for byte, and the new entry is read after it."""
    path = tmp_path / "t.yaml"
    path.write_bytes(old.encode())
    begun = begin(tmp_path, "moi", title="Câu hỏi: mới?")
    new = path.read_bytes()
    assert new.startswith(old.encode())
    file = TopicFile.model_validate(read_yaml(path, "t.yaml").data)
    assert [one.id for one in file.entries][-1] == "moi"
    assert file.entries[-1].title == "Câu hỏi: mới?"
    assert begun == Begun(path, begun.line, created=False)
    assert new.decode("utf-8-sig").splitlines()[begun.line - 1].strip() == "- id: moi"
    assert (b"\r\n" in new) == ("\r\n" in old)
    assert new.count(b"\r\n") in {0, new.count(b"\n")}


def test_the_checker_tells_what_is_still_to_fill_in(tmp_path: Path) -> None:
    """And nothing is served until it is done."""
    write(tmp_path, {"t.yaml": topic("a", more="    kind: signpost\n"), "_sites.yaml": SITES})
    begin(tmp_path, "moi")
    found = checked(tmp_path, {}).problems
    assert [(one.line, one.rule) for one in found] == [
        (8, Rule.NO_SOURCE),
        (8, Rule.NOT_VERIFIED),
        (9, Rule.UNFINISHED),
        (11, Rule.FEW_PHRASINGS),
        (11, Rule.UNFINISHED),
        (12, Rule.UNFINISHED),
        (13, Rule.UNFINISHED),
        (14, Rule.UNFINISHED),
    ]
    with pytest.raises(CatalogError, match="còn chỗ chưa điền"):
        load(tmp_path)


def test_an_entry_that_was_filled_in_is_right(tmp_path: Path) -> None:
    """The hints that are commented out can be used as they stand."""
    write(tmp_path, {"t.yaml": topic("a")})
    begin(tmp_path, "moi", title="Mới")
    path = tmp_path / "t.yaml"
    text = path.read_text("utf-8").replace("CẦN ĐIỀN: ", "")
    text = text.replace("  # related: [mã_mục_khác]", "  related: [a]")
    lines = [
        line.replace("# ", "", 1)
        if (line.strip().startswith("# ") and ":" in line) or "#   " in line
        else line
        for line in text.splitlines()
        if "Giữ phần nào" not in line
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "_values.yaml").write_text(
        "values: {tong_dai_dvc: {title: T, series: [{from: 2020-01-01, value: '1'}]}}\n"
    )
    entry = load(tmp_path).entries["moi"]
    assert len(entry.facets) == 8
    assert entry.verified == TODAY
    assert entry.review_by == dt.date(2027, 5, 22)


def test_a_topic_without_a_file_gets_one(tmp_path: Path) -> None:
    """Its name on the menu is to be filled in too."""
    write(tmp_path, {"t.yaml": topic("a"), "schema.json": "{}"})
    begun = begin(tmp_path, "ket_hon", "ho_tich", "Đăng ký kết hôn")
    assert begun == Begun(tmp_path / "ho_tich.yaml", 4, created=True)
    text = begun.path.read_text("utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=schema.json\n"
        'topic: {id: ho_tich, title: "CẦN ĐIỀN: tên chủ đề", order: 50}\n'
        "entries:\n  - id: ket_hon\n    title: Đăng ký kết hôn  # "
    )
    unfinished = [one for one in checked(tmp_path, {}).problems if one.rule is Rule.UNFINISHED]
    assert (unfinished[0].line, unfinished[0].what) == (2, "tên chủ đề chưa điền")
    assert begin(tmp_path, "ly_hon", "ho_tich").path == begun.path


def test_a_topic_is_found_by_its_id_wherever_it_is(tmp_path: Path) -> None:
    """In a file of another name, or in the last of a folder."""
    files = {
        "a.yaml": topic("x", head="topic: {id: ho_tich, title: H}\n"),
        "cu_tru/1.yaml": topic("y"),
        "cu_tru/2.yaml": topic("z"),
    }
    write(tmp_path, files)
    assert begin(tmp_path, "m", "ho_tich").path == tmp_path / "a.yaml"
    assert begin(tmp_path, "n", "cu_tru").path == tmp_path / "cu_tru" / "2.yaml"


@pytest.mark.parametrize("entry", ["true", "null", "123", "1.5", "đổi_số", "a-b", "#a", "[x", "'"])
def test_any_id_the_faq_may_have_is_written_so_that_it_is_read(tmp_path: Path, entry: str) -> None:
    """Words and numbers of YAML in quotation marks."""
    write(tmp_path, {"t.yaml": topic("a")})
    begun = begin(tmp_path, entry, title='"Dấu" # và: {lạ}')
    file = TopicFile.model_validate(read_yaml(begun.path, "t.yaml").data)
    assert (file.entries[-1].id, file.entries[-1].title) == (entry, '"Dấu" # và: {lạ}')


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Naming where it stands, in whatever topic."""
    write(tmp_path, {"t.yaml": topic("a"), "u.yaml": topic("b")})
    assert refused(tmp_path, "b") == "đã có mục mang mã “b” ở u.yaml:2 – chọn mã khác"


@pytest.mark.parametrize(
    ("entry", "in_topic", "title", "why"),
    [
        ("a b", "t", None, "“a b” không dùng được cho “id”"),
        ("", "t", None, "“id” đang để trống"),
        ("x" * 61, "t", None, "mã dài quá 60 byte"),
        ("x", "t", "t" * 201, "“title” dài quá 200"),
        ("x", "../t", None, "“../t” không dùng làm tên chủ đề được"),
        ("x", "_values", None, "“_values” không dùng làm tên chủ đề được"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(
    tmp_path: Path, entry: str, in_topic: str, title: str | None, why: str
) -> None:
    """By a sentence, before anything is written."""
    write(tmp_path, {"t.yaml": topic("a")})
    assert why in refused(tmp_path, entry, in_topic, title)


@pytest.mark.parametrize(
    "old",
    [
        "entries: [{id: a, title: A, phrasings: [a], answer: A}]\n",
        topic("a") + "topic: {id: t, title: T}\n",
        topic("a") + "...\n",
        '{"entries": [{"id": "a", "title": "\\u0041", "phrasings": ["a"], "answer": "A"}]}',
    ],
    ids=["one_line", "topic_last", "end_mark", "json"],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(tmp_path: Path, old: str) -> None:
    """The sentence says how it must look."""
    write(tmp_path, {"t.yaml": old})
    assert refused(tmp_path, "x").startswith("t.yaml: không thêm được vào cuối tệp – để “entries”")


def test_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    """Its faults are for the checker to tell."""
    write(tmp_path, {"t.yaml": "entries: [\n", "u.yaml": topic("a")})
    assert "chạy “hoidap faq check”" in refused(tmp_path, "x")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """As a sentence."""
    write(tmp_path, {"t.yaml": topic("a")})
    (tmp_path / "moi.yaml").symlink_to(tmp_path / "khong_co" / "moi.yaml")
    assert "không ghi được" in refused(tmp_path, "x", "moi")
