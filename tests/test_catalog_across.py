"""Faults between files, reminders, and many faults at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from intents.problems import CatalogError
from tests.small_faq import SITES, problems, topic, write

if TYPE_CHECKING:
    from pathlib import Path


def test_an_id_may_stand_once_in_all_files(tmp_path: Path) -> None:
    """Both places are named."""
    files = {"a.yaml": topic("x", "y"), "b.yaml": topic("z", "y")}
    assert problems(tmp_path, files) == ["b.yaml:6:9: mã “y” đã dùng ở a.yaml:6 – đặt một mã khác"]


def test_a_related_entry_must_exist(tmp_path: Path) -> None:
    """In any file; the nearest id is suggested."""
    files = {
        "a.yaml": topic("can_cuoc_mat", more="    related: [bhyt_mat, can_cuoc_mt, xyz]\n"),
        "b.yaml": topic("bhyt_mat"),
    }
    assert problems(tmp_path, files) == [
        (
            "a.yaml:6:25: không có mục nào mang mã “can_cuoc_mt”"
            " – có phải bạn muốn viết “can_cuoc_mat”?"
        ),
        "a.yaml:6:38: không có mục nào mang mã “xyz” – bỏ mã này",
    ]


def test_a_value_must_be_declared(tmp_path: Path) -> None:
    """In the lead and in every facet; the nearest name is suggested."""
    more = "    facets: {steps: [một, 'hai {lg_co_so}'], fee: '{luong_co_so} {x}'}\n"
    files = {
        "t.yaml": topic("a", more=more).replace("Trả lời a.", "'{y}'"),
        "_values.yaml": "values:\n  luong_co_so:\n    title: L\n    series: [{from: 2025-07-01, value: 1}]\n",
    }
    assert problems(tmp_path, files) == [
        "t.yaml:5:13: không có giá trị dùng chung “y” – khai báo nó trong _values.yaml",
        "t.yaml:6:27: không có giá trị dùng chung “lg_co_so” – có phải {luong_co_so}?",
        "t.yaml:6:51: không có giá trị dùng chung “x” – khai báo nó trong _values.yaml",
    ]


def test_a_topic_is_declared_one_way(tmp_path: Path) -> None:
    """The same twice is harmless, two different ones are not."""
    same = "topic: {id: t, title: T}\n"
    files = {"a.yaml": topic("a", head=same), "b.yaml": topic("b", head=same)}
    assert len(load(write(tmp_path, files)).topics) == 1
    files["b.yaml"] = topic("b", head="topic: {id: t, title: U}\n")
    assert problems(tmp_path, files) == [
        "b.yaml:1:13: chủ đề “t” đã khai báo khác ở tệp khác – chỉ khai báo chủ đề ở một tệp"
    ]


def test_a_file_name_with_a_space_makes_a_topic_id_without(tmp_path: Path) -> None:
    """Such a file may declare its topic too."""
    assert load(write(tmp_path, {"bao hiem.yaml": topic("a")})).topic_of == {"a": "bao_hiem"}
    head = "topic: {id: bh, title: Bảo hiểm}\n"
    assert load(write(tmp_path, {"bao hiem.yaml": topic("a", head=head)})).topic_of == {"a": "bh"}


def test_a_long_title_is_only_a_reminder(tmp_path: Path) -> None:
    """The FAQ works; a button would cut the title."""
    fits, long = "t" * 60, "t" * 61
    content = topic("a", "b").replace("Câu a", fits).replace("Câu b", long)
    [warning] = load(write(tmp_path, {"t.yaml": content})).warnings
    assert str(warning) == (
        f"{tmp_path}/t.yaml:7:12: tên câu hỏi dài 61 ký tự, nút bấm chỉ hiện 60 – rút ngắn lại"
    )
    assert warning.severity == "nhắc"


def test_reminders_are_told_beside_errors(tmp_path: Path) -> None:
    """One run tells everything."""
    content = topic("a", more="    related: [x]\n").replace("Câu a", "t" * 61)
    assert problems(tmp_path, {"t.yaml": content}) == [
        "t.yaml:3:12: tên câu hỏi dài 61 ký tự, nút bấm chỉ hiện 60 – rút ngắn lại",
        "t.yaml:6:15: không có mục nào mang mã “x” – bỏ mã này",
    ]


def test_every_problem_of_every_file_is_told_in_order(tmp_path: Path) -> None:
    """By file, line and column. An id that may stand in an unreadable file is not missed."""
    files = {
        "b.yaml": topic("x", more="    verified: hôm qua\n    kind: hỏi\n    fee: 1\n"),
        "a.yaml": topic("y", "z", more="    related: [q]\n").replace("Trả lời y.", "'{v}'"),
        "c.yaml": "entries: [\n",
        "_sites.yaml": "offical: [gov.vn]\n",
    }
    places = [problem.split(" ")[0] for problem in problems(tmp_path, files)]
    assert places == [
        "_sites.yaml:1:1:",
        "_sites.yaml:1:1:",
        "a.yaml:5:13:",
        "b.yaml:6:15:",
        "b.yaml:7:11:",
        "b.yaml:8:5:",
        "c.yaml:2:1:",
    ]


def test_a_broken_file_does_not_make_others_look_broken(tmp_path: Path) -> None:
    """Whoever followed "remove this id" would spoil a file that is right."""
    files = {
        "a.yaml": topic("x", more="    related: [y]\n").replace("Trả lời x.", "'{phi}'"),
        "b.yaml": topic("y", more="    verified: 2026-02-30\n"),
        "_values.yaml": "values: {phi: {title: P, sries: []}}\n",
    }
    files_told = {problem.split(":")[0] for problem in problems(tmp_path, files)}
    assert files_told == {"_values.yaml", "b.yaml"}


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    """Shared files alone make no FAQ."""
    with pytest.raises(CatalogError) as caught:
        load(write(tmp_path, {"_sites.yaml": SITES, ".x.yaml": "", "a.txt": ""}))
    assert str(caught.value) == (
        f"{tmp_path}:1:1: thư mục không có tệp YAML nào – thêm ít nhất một tệp <chủ đề>.yaml"
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """So is a file in its place."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "gone", tmp_path / "file"):
        with pytest.raises(CatalogError) as caught:
            load(folder)
        assert str(caught.value) == (
            f"{folder}:1:1: không có thư mục này – kiểm tra đường dẫn của FAQ"
        )
