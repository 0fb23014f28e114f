"""Any file becomes data with places, or problems with places; never an exception."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intents.yaml_source import YamlSource, read_yaml


def read(folder: Path, content: str | bytes) -> YamlSource:
    """Read a file `a.yaml` of this content."""
    path = folder / "a.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_yaml(path, "a.yaml")


def problems(folder: Path, content: str | bytes) -> list[str]:
    """What is wrong with a file of this content, as an editor reads it."""
    return list(map(str, read(folder, content).problems))


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("true money là gì", "true money là gì"),
        ("falsehood", "falsehood"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nullable", "nullable"),
        ("~5 ngày", "~5 ngày"),
        ("2026-02-30", "2026-02-30"),
        ("22:30", "22:30"),
        ("0368", "0368"),
        ("1900 0368", "1900 0368"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("1e5", "1e5"),
        ("2.530.000", "2.530.000"),
        ("4,5", "4,5"),
        ("4.5", 4.5),
        ("-12", -12),
        ("0", 0),
        ("=", "="),
        ("<<", "<<"),
        ('"12"', "12"),
        ("'thẻ: cũ'", "thẻ: cũ"),
        ("[a, 1, {b: c}]", ["a", 1, {"b": "c"}]),
    ],
)
def test_words_stay_words(tmp_path: Path, written: str, data: object) -> None:
    """Only true, false, null and plain figures are more than text; a date is read by its model."""
    source = read(tmp_path, f"a: {written}\n")
    assert (source.data, source.problems) == ({"a": data}, [])


def test_json_is_yaml(tmp_path: Path) -> None:
    """A file made by a program, with accents escaped, emoji, and tabs between."""
    data = {"a": [{"id": "x", "n": 1, "t": "Căn cước"}, True, None], "b": "💳"}
    assert read(tmp_path, json.dumps(data, ensure_ascii=False)).data == data
    assert read(tmp_path, json.dumps(data, ensure_ascii=False, indent="\t")).data == data
    assert read(tmp_path, json.dumps({"a": "Căn cước"})).data == {"a": "Căn cước"}


def test_every_value_and_key_has_its_place(tmp_path: Path) -> None:
    """Lines and columns count from 1, in characters, also behind accents and Windows line ends."""
    source = read(tmp_path, "# ghi chú\r\ncăn cước: {thẻ: mới}\r\nb:\r\n  - một\r\n  - hai: 2\r\n")
    assert source.values == {
        (): (2, 1),
        ("căn cước",): (2, 11),
        ("căn cước", "thẻ"): (2, 17),
        ("b",): (4, 3),
        ("b", 0): (4, 5),
        ("b", 1): (5, 5),
        ("b", 1, "hai"): (5, 10),
    }
    assert source.keys == {
        ("căn cước",): (2, 1),
        ("căn cước", "thẻ"): (2, 12),
        ("b",): (3, 1),
        ("b", 1, "hai"): (5, 5),
    }


def test_a_problem_stands_at_the_nearest_place_the_file_has(tmp_path: Path) -> None:
    """A value, a key, and what surrounds something missing."""
    source = read(tmp_path, "a:\n  - b: 1\n")
    assert str(source.problem(("a", 0, "b"), "sai", "sửa")) == "a.yaml:2:8: sai – sửa"
    assert str(source.problem(("a", 0, "b"), "sai", "sửa", at_key=True)).startswith("a.yaml:2:5:")
    assert str(source.problem(("a", 0, "c", "d"), "thiếu", "thêm")).startswith("a.yaml:2:5:")
    assert str(source.problem(("a", 7), "thiếu", "thêm", at_key=True)).startswith("a.yaml:2:3:")
    assert str(YamlSource("a.yaml").problem((), "trống", "viết")) == "a.yaml:1:1: trống – viết"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: b: c\n", "a.yaml:1:5"),
        ("a:\n\t- b\n", "a.yaml:2:1"),
        ("a: 'b\n\nc: d\n", "a.yaml:4:1"),
        ("a: [1, 2\nb: 3\n", "a.yaml:2:2"),
        ("a: 1\n b: 2\n", "a.yaml:2:3"),
        ("a:\n  - b\n c\n", "a.yaml:3:2"),
        ("a: @b\n", "a.yaml:1:4"),
    ],
)
def test_broken_yaml_is_told_with_its_place(tmp_path: Path, content: str, place: str) -> None:
    """One problem, at the line where reading stopped, and where to look."""
    [problem] = problems(tmp_path, content)
    assert problem.startswith(f"{place}: YAML viết sai (")
    assert problem.endswith(
        ") – xem lại thụt lề, dấu hai chấm và ngoặc kép ở dòng này và dòng trên"
    )


@pytest.mark.parametrize(
    "written",
    [
        "!!int abc",
        "!!float x",
        "!!bool maybe",
        "!!timestamp 2026-02-30",
        "!!timestamp x",
    ],
)
def test_a_tag_that_does_not_fit_its_value_is_a_problem(tmp_path: Path, written: str) -> None:
    """Not an exception, whatever the library does with it."""
    [problem] = problems(tmp_path, f"b: 1\na: {written}\n")
    assert problem.startswith("a.yaml:2:4: ")


def test_a_key_may_stand_once(tmp_path: Path) -> None:
    """At every depth, told where the second one stands."""
    content = "a: 1\nb:\n  - {c: 1, d: 2, c: 3}\na: 2\n"
    assert problems(tmp_path, content) == [
        "a.yaml:3:18: mục “c” viết hai lần – giữ lại một, xóa cái kia",
        "a.yaml:4:1: mục “a” viết hai lần – giữ lại một, xóa cái kia",
    ]


def test_anchors_are_refused_before_they_unfold(tmp_path: Path) -> None:
    """The "billion laughs": ten lines that would be a billion words."""
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    found = problems(tmp_path, "\n".join(lines))
    assert found[0] == "a.yaml:1:5: có neo YAML (& hoặc *) – chép nội dung ra thay cho neo"
    assert len(found) == 1


@pytest.mark.parametrize("content", ["a: &x [1]\nb: *x\n", "a: &x {b: 1}\nc: *x\n", "&x [*x]\n"])
def test_an_anchor_is_told_where_it_is_used(tmp_path: Path, content: str) -> None:
    """Lists, blocks, and a list that holds itself."""
    [problem] = problems(tmp_path, content)
    assert problem.endswith(": có neo YAML (& hoặc *) – chép nội dung ra thay cho neo")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: căn\nb: cước".encode("utf-16"), "a.yaml:1:1: "),
        ("a: 1\nb: căn".encode("cp1258", "replace") + b"\xff", "a.yaml:2:1: "),
        (b"a: 1\nb: 2\nc: \xe1\xbb", "a.yaml:3:1: "),
    ],
)
def test_other_encodings_are_told(tmp_path: Path, content: bytes, problem: str) -> None:
    """The line of the first wrong byte, and how to save the file."""
    mend = "tệp không phải UTF-8 – lưu lại tệp với mã UTF-8"
    assert problems(tmp_path, content) == [problem + mend]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    """Windows editors write one."""
    assert read(tmp_path, "a: căn cước".encode("utf-8-sig")).data == {"a": "căn cước"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: *b\n", "a.yaml:1:4: có neo YAML (& hoặc *) – chép nội dung ra thay cho neo"),
        ("a: 1\n---\nb: 2\n", "a.yaml:3:1: tệp có hai phần ngăn bởi --- – tách thành hai tệp"),
        (
            "a: !!python/object:os.system ls\n",
            (
                "a.yaml:1:4: không dùng được thẻ YAML tag:yaml.org,2002:python/object:os.system"
                " – xóa thẻ bắt đầu bằng dấu !"
            ),
        ),
        (
            "a: !thing 1\n",
            "a.yaml:1:4: không dùng được thẻ YAML !thing – xóa thẻ bắt đầu bằng dấu !",
        ),
    ],
)
def test_what_goes_beyond_plain_data_is_refused(
    tmp_path: Path, content: str, problem: str
) -> None:
    """Anchors, tags and several documents have no place in a FAQ."""
    assert problems(tmp_path, content) == [problem]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: 1\nb: 2\x00\n", "a.yaml:2:5: có ký tự không được phép (U+0000) – xóa ký tự đó"),
        (
            "a: căn cước\nb: định danh\x00\n",
            "a.yaml:2:13: có ký tự không được phép (U+0000) – xóa ký tự đó",
        ),
        (
            "a: 💳 điện tử\n\nb: định\x07 danh\n",
            "a.yaml:3:8: có ký tự không được phép (U+0007) – xóa ký tự đó",
        ),
    ],
)
def test_control_characters_are_told(tmp_path: Path, content: str, problem: str) -> None:
    """A NUL or a bell, also behind letters that take several bytes."""
    assert problems(tmp_path, content) == [problem]


@pytest.mark.parametrize("content", ["", "\n\n", "# chỉ có ghi chú\n", "---\n"])
def test_an_empty_file_holds_nothing(tmp_path: Path, content: str) -> None:
    """That is for the model to judge."""
    source = read(tmp_path, content)
    assert (source.data, source.problems) == (None, [])


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """A folder with a file's name, a file that is gone."""
    (tmp_path / "folder.yaml").mkdir()
    [folder] = read_yaml(tmp_path / "folder.yaml", "folder.yaml").problems
    [gone] = read_yaml(tmp_path / "gone.yaml", "gone.yaml").problems
    assert str(folder).startswith("folder.yaml:1:1: không đọc được tệp (")
    assert str(gone).startswith("gone.yaml:1:1: không đọc được tệp (")
    assert str(gone).endswith(") – kiểm tra quyền đọc")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """Before it is parsed."""
    assert problems(tmp_path, b"#" * (32 * 1024 * 1024 + 1)) == [
        "a.yaml:1:1: tệp lớn hơn 32 MB – chia thành nhiều tệp trong một thư mục"
    ]


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_a_deep_file_is_refused_and_ends_no_process(tmp_path: Path, opening: str) -> None:
    """A hundred thousand brackets; in a process of its own, for a parser may overflow its stack."""
    path = tmp_path / "a.yaml"
    path.write_text(opening * 100_000)
    code = (
        "import sys; from pathlib import Path; from intents.yaml_source import read_yaml; "
        "print(len(read_yaml(Path(sys.argv[1]), 'a.yaml').problems))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert (ran.returncode, ran.stdout) == (0, "1\n")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(), st.text("ab:-[]{}&*!|>'\"#%@`,? \n\t~<=0123456789\x00ố").map(str.encode)
    )
)
@example(b"a: true love")
@example("á: ố\nb: \0".encode())
@example(b"a: !!int x")
@example(b"? [a]\n: b")
@example(b"!!set {a}")
@example(b"a: " + b"1" * 5000)
@example(b"!!binary x")
def test_reading_is_total(tmp_path: Path, content: bytes) -> None:
    """Any bytes: data, or problems inside the file."""
    source = read(tmp_path, content)
    lines = content.count(b"\n") + content.count(b"\r") + 2
    assert all(1 <= problem.line <= lines for problem in source.problems)
    assert all(problem.column >= 1 for problem in source.problems)
