"""A folder of files becomes one checked FAQ, or every problem of every file with its place."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from intents.catalog import CatalogError, load
from intents.entry import Topic

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """\
  - id: {id}
    title: Câu {id}
    phrasings: [hỏi {id}]
    answer: Trả lời {id}.
"""
SITES = "official: [gov.vn, apps.apple.com]\n"


def topic(*ids: str, more: str = "", head: str = "") -> str:
    """A topic file with least entries of these ids; `more` is added to the last one."""
    return head + "entries:\n" + "".join(ENTRY.format(id=id_) for id_ in ids) + more


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a FAQ."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def problems(folder: Path, files: dict[str, str]) -> list[str]:
    """What is wrong with these files; names relative to the folder."""
    with pytest.raises(CatalogError) as caught:
        load(write(folder, files))
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


# --- what is read


def test_the_least_faq_is_one_entry(tmp_path: Path) -> None:
    """The topic is named after the file; nothing else is needed."""
    catalog = load(write(tmp_path, {"vneid.yaml": topic("a")}))
    assert list(catalog.entries) == ["a"]
    assert catalog.entries["a"].answer == "Trả lời a."
    assert catalog.topics == (Topic(id="vneid", title="vneid"),)
    assert catalog.topic_of == {"a": "vneid"}
    assert (catalog.values, catalog.out_of_scope, catalog.warnings) == ({}, (), ())


def test_a_topic_may_be_a_folder(tmp_path: Path) -> None:
    """Its files lie in one topic, whichever of them declares it."""
    files = {
        "bhyt/a.yaml": topic("a"),
        "bhyt/b.yaml": topic("b", head="topic: {id: bhyt, title: Bảo hiểm y tế}\n"),
        "bhyt/c.yaml": topic("c"),
    }
    catalog = load(write(tmp_path, files))
    assert catalog.topics == (Topic(id="bhyt", title="Bảo hiểm y tế"),)
    assert [entry.id for entry in catalog.entries_of("bhyt")] == ["a", "b", "c"]


def test_a_folder_without_a_declared_topic_gives_it_its_name(tmp_path: Path) -> None:
    """Not the name of whichever file comes first."""
    catalog = load(write(tmp_path, {"bhyt/a.yaml": topic("a"), "bhyt/b.yaml": topic("b")}))
    assert catalog.topics == (Topic(id="bhyt", title="bhyt"),)


def test_topics_and_entries_come_in_menu_order(tmp_path: Path) -> None:
    """By the topic's number, then by its id; entries as they stand in their file."""
    files = {
        "a.yaml": topic("z", "y", head="topic: {id: last, title: L}\n"),
        "b.yaml": topic("x", head="topic: {id: first, title: F, order: 1, emoji: 💳}\n"),
        "c.yaml": topic("w", head="topic: {id: middle, title: M}\n"),
    }
    catalog = load(write(tmp_path, files))
    assert [one.id for one in catalog.topics] == ["first", "last", "middle"]
    assert list(catalog.entries) == ["x", "z", "y", "w"]


def test_only_answers_are_listed_under_a_topic(tmp_path: Path) -> None:
    """Small talk and signposts are no questions to choose from."""
    more = "    kind: small_talk\n" + ENTRY.format(id="c") + "    kind: signpost\n"
    catalog = load(write(tmp_path, {"t.yaml": topic("a", "b", more=more)}))
    assert [entry.id for entry in catalog.entries_of("t")] == ["a"]
    assert list(catalog.entries) == ["a", "b", "c"]


def test_json_may_stand_in_a_yaml_file(tmp_path: Path) -> None:
    """As a program would write it."""
    entry = {"id": "a", "title": "Căn cước", "phrasings": ["hỏi"], "answer": "Đáp.", "tags": ["x"]}
    catalog = load(write(tmp_path, {"t.yaml": json.dumps({"entries": [entry]}, indent="\t")}))
    assert catalog.entries["a"].title == "Căn cước"


def test_shared_files_are_read(tmp_path: Path) -> None:
    """Values, words, out-of-scope questions, sites."""
    files = {
        "t.yaml": topic(
            "a", more="    facets: {fee: 'Phí {phi}, xem [Cổng](https://dvc.gov.vn/x)'}\n"
        ),
        "_values.yaml": "values: {phi: {title: Phí, series: [{from: 2025-07-01, value: 15000}]}}\n",
        "_lexicon.yaml": "teencode: {ko: không}\nstop_words: [là]\n",
        "_out_of_scope.yaml": "questions: [hôm nay trời mưa không]\n",
        "_sites.yaml": SITES,
    }
    catalog = load(write(tmp_path, files))
    assert list(catalog.values) == ["phi"]
    assert catalog.lexicon.read("ko").words == ("không",)
    assert catalog.out_of_scope == ("hôm nay trời mưa không",)


def test_hidden_and_other_files_are_left_alone(tmp_path: Path) -> None:
    """Editors leave swap files and notes behind; an unknown shared file holds no entries."""
    files = {"t.yaml": topic("a"), ".t.yaml": "a: [", "_ghi_chu.yaml": "a: [", "README.md": "# x"}
    assert list(load(write(tmp_path, files)).entries) == ["a"]


def test_a_catalog_cannot_be_changed(tmp_path: Path) -> None:
    """It is shared by everything that answers."""
    catalog = load(write(tmp_path, {"t.yaml": topic("a")}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.digest = ""  # type: ignore[misc]  # the point of the test


def test_the_digest_tells_any_change(tmp_path: Path) -> None:
    """Content, a file's name, its folder, a shared file; and nothing else changes it."""
    base = {"x/t.yaml": topic("a"), "y/u.yaml": topic("b")}
    variants = [
        base,
        base | {"x/t.yaml": topic("a") + "# ghi chú\n"},
        {"x/v.yaml": topic("a"), "y/u.yaml": topic("b")},
        {"z/t.yaml": topic("a"), "y/u.yaml": topic("b")},
        base | {"_lexicon.yaml": "{}"},
        base | {"_sites.yaml": SITES},
    ]
    digests = []
    for number, files in enumerate(variants):
        for copy in ("first", "second"):
            folder = tmp_path / f"{number}-{copy}"
            folder.mkdir()
            digests.append(load(write(folder, files)).digest)
    assert digests[::2] == digests[1::2]
    assert len(set(digests)) == len(variants)


# --- what is wrong, one by one


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
            "t.yaml:6:11: có neo YAML (& và *) – chép nội dung ra thay cho neo",
        ),
        (
            topic("a", more="    tags: [a\x00]\n"),
            "t.yaml:6:1: có ký tự không được phép (U+0000) – xóa ký tự đó",
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
                " – chọn một trong: 'answer', 'small_talk' or 'signpost'"
            ),
        ),
        (
            topic("a b"),
            (
                "t.yaml:2:9: “a b” không dùng được cho “id”"
                " – bỏ dấu cách, dấu hai chấm và dấu |; địa chỉ trang thì bắt đầu bằng https://"
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


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.vn",
        "https://dvc.gov.vn/a?b=c#d",
        "https://a.b.gov.vn:443/",
        "https://DVC.GOV.VN",
    ],
)
def test_official_links_may_stand(tmp_path: Path, url: str) -> None:
    """The domain itself and what lies under it, with port and path, in any case."""
    files = {
        "t.yaml": topic("a", more=f"    sources: [{{document: D, url: '{url}'}}]\n").replace(
            "Trả lời a.", f"'[a]({url})'"
        ),
        "_sites.yaml": SITES,
    }
    assert load(write(tmp_path, files)).warnings == ()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.com", "evil.com"),
        ("https://gov.vn.evil.com", "gov.vn.evil.com"),
        ("https://dvc-gov.vn", "dvc-gov.vn"),
        ("https://xgov.vn/gov.vn", "xgov.vn"),
        ("https://dvc.gov.vn:x@evil.com/", "evil.com"),
        ("https://dvc.gov.vn@evil.com/", "evil.com"),
        ("https://evil.com?dvc.gov.vn", "evil.com"),
        ("https://evil.com#.gov.vn", "evil.com"),
        ("https://evil.com\\.gov.vn", "evil.com"),
    ],
)
def test_other_links_are_refused(tmp_path: Path, url: str, host: str) -> None:
    """Look-alikes and tricks too, in texts and in sources; the domain is named."""
    files = {
        "t.yaml": topic("a", more=f"    sources: [{{document: D, url: '{url}'}}]\n").replace(
            "Trả lời a.", f"'[a]({url})'"
        ),
        "_sites.yaml": SITES,
    }
    found = problems(tmp_path, files)
    assert [problem.split(" ")[0] for problem in found] == ["t.yaml:5:13:", "t.yaml:6:34:"]
    assert all(host in problem for problem in found)
    assert all("không phải trang chính thức" in problem for problem in found)


def test_without_a_list_of_sites_any_https_link_may_stand(tmp_path: Path) -> None:
    """A FAQ of another country has other domains."""
    content = topic("a").replace("Trả lời a.", "'[a](https://example.com) [b](http://gov.vn)'")
    assert problems(tmp_path, {"t.yaml": content}) == [
        "t.yaml:5:13: liên kết “http://gov.vn” không phải https – viết đầy đủ https://…"
    ]


@pytest.mark.parametrize("url", ["//gov.vn", "gov.vn", "tel:113", "javascript:alert", "/x", ""])
def test_links_are_written_in_full(tmp_path: Path, url: str) -> None:
    """With or without a list of sites."""
    content = topic("a").replace("Trả lời a.", f"'[a]({url})'")
    found = "t.yaml:5:13: liên kết “{}” không phải https – viết đầy đủ https://…"
    assert problems(tmp_path, {"t.yaml": content}) == [found.format(url)]


def test_a_topic_is_declared_one_way(tmp_path: Path) -> None:
    """The same twice is harmless, two different ones are not."""
    same = "topic: {id: t, title: T}\n"
    files = {"a.yaml": topic("a", head=same), "b.yaml": topic("b", head=same)}
    assert len(load(write(tmp_path, files)).topics) == 1
    files["b.yaml"] = topic("b", head="topic: {id: t, title: U}\n")
    assert problems(tmp_path, files) == [
        "b.yaml:1:13: chủ đề “t” đã khai báo khác ở tệp khác – chỉ khai báo chủ đề ở một tệp"
    ]


def test_a_file_name_that_is_no_topic_id_is_told(tmp_path: Path) -> None:
    """Such a file must declare its topic."""
    [found] = problems(tmp_path, {"bao hiem.yaml": topic("a")})
    assert found.startswith("bao hiem.yaml:1:1: ")
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
    assert found.startswith("_values.yaml:1:61: “value” ")


# --- many at once


def test_every_problem_of_every_file_is_told_in_order(tmp_path: Path) -> None:
    """By file, line and column."""
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
        "a.yaml:10:15:",
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
