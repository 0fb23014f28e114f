"""The commands as people and scripts use them: output, exit codes, and sentences for every fault."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
import socket
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import main
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.show_review import show_rows
from bot.store import Store
from tests.logs import logging_as
from tests.sample_faq import install, sample_faq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PASSWORD = "quên mật khẩu vneid thì làm sao"
RIVER = "sông nào dài nhất việt nam"
ID_NUMBER = "001099012345"
ASKED = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with the sample FAQ in faq/ and what was fitted in data/."""
    for name in [name for name in os.environ if name.startswith("HOIDAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOIDAP_EMBEDDINGS", "off")
    monkeypatch.setenv("COLUMNS", "200")
    install(tmp_path)
    monkeypatch.chdir(tmp_path)
    with logging_as():
        yield tmp_path


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Run `hoidap` with these words. An exception that escapes is a traceback: the test fails."""

    def command(*words: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["hoidap", *words])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            code = 0
        captured = capsys.readouterr()
        assert code is None or isinstance(code, int)
        return Result(code or 0, captured.out, captured.err)

    return command


# ask


def test_ask_prints_the_answer_as_plain_text(run: Callable[..., Result]) -> None:
    """What a citizen would read, without marks of Markdown or colour."""
    result = run("ask", "quen mat khau vneid")
    assert result.code == 0
    assert result.out.startswith(
        "Bạn tự đặt lại mật khẩu ngay trên ứng dụng.\n\n"
        "👣 Cách làm:\n1. Mở VNeID, bấm Quên mật khẩu.\n"
    )
    assert "\x1b" not in result.out


def test_ask_prints_json_with_fixed_keys(run: Callable[..., Result]) -> None:
    """Programs rely on them; --explain adds one."""
    asked = run("ask", PASSWORD, "--json").json
    assert list(asked) == ["status", "text", "entry", "choices", "sources"]
    assert (asked["status"], asked["entry"]) == ("answered", "vneid_quen_mat_khau")
    assert asked["choices"][0] == {
        "id": "e:vneid_khong_nhan_otp",
        "title": "Không nhận được mã OTP của VNeID",
    }
    assert asked["sources"][1] == {"name": "Hướng dẫn của Bộ Công an", "url": None}
    explained = run("ask", PASSWORD, "--json", "--explain").json
    assert list(explained) == ["status", "text", "entry", "choices", "sources", "explain"]
    assert list(explained["explain"]) == [
        *("text", "words", "verdict", "asked", "scope", "bands", "by_meaning", "ranking"),
        *("parts", "told"),
    ]
    assert explained["explain"]["ranking"][0]["entry"] == "vneid_quen_mat_khau"


def test_ask_explains_its_answer(run: Callable[..., Result]) -> None:
    """The repaired question, the band, and the ranking with its parts."""
    out = run("ask", "Quen mk VNeID", "--explain").out
    assert "Câu đã sửa  quên mật khẩu vneid" in out
    assert re.search(
        r"Kết luận +trả lời: thuộc phạm vi \d\.\d+ \(trả lời từ 0\.\d+, hỏi lại từ", out
    )
    assert re.search(r"\d\d[.,]\d%  vneid_quen_mat_khau\n +linear ", out)


def test_ask_tells_what_was_asked_for(run: Callable[..., Result]) -> None:
    """The parts of the answer that the question names."""
    question = "quên mật khẩu VNeID gọi số nào, đặt lại có mất tiền không"
    out = run("ask", question, "--explain").out
    assert re.search(r"Hỏi về +Tổng đài, Chi phí\n", out)
    assert run("ask", question, "--json", "--explain").json["explain"]["asked"] == [
        "hotline",
        "fee",
    ]


@pytest.mark.parametrize("question", ["", " ", "🙂", "[/bold] [red]x", "-- ;", "a\ud83db", "{x}"])
@pytest.mark.parametrize("options", [[], ["--explain"], ["--json", "--explain"]])
def test_ask_takes_any_question(
    run: Callable[..., Result], question: str, options: list[str]
) -> None:
    """Square brackets are no markup and half a character is no crash."""
    result = run("ask", *options, "--", question)
    assert (result.code, result.err) == (0, "")
    assert len(result.out) > 20


def test_ask_masks_personal_data(run: Callable[..., Result]) -> None:
    """It says so, as it would to a citizen."""
    out = run("ask", f"{PASSWORD} {ID_NUMBER}", "--explain").out
    assert "Bạn vừa gửi thông tin cá nhân" in out
    assert ID_NUMBER not in out


def test_ask_stores_nothing(run: Callable[..., Result], home: Path) -> None:
    """Trying out leaves no turn behind."""
    run("ask", PASSWORD)
    assert not (home / "data" / "hoidap.db").exists()


def test_the_faq_can_be_elsewhere(
    run: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By --faq, by variable, by file; the nearer to the command wins."""
    (home / "faq").rename(home / "khac")
    assert run("ask", PASSWORD).code == 1
    assert run("ask", PASSWORD, "--faq", "khac").code == 0
    (home / "them.yaml").write_text("faq_dir: khac\n", encoding="utf-8")
    assert run("ask", PASSWORD, "--config", "them.yaml").code == 0
    monkeypatch.setenv("HOIDAP_FAQ_DIR", "khac")
    assert run("ask", PASSWORD).code == 0
    assert run("ask", PASSWORD, "--faq", "khong_co").code == 1


# faq


def test_faq_check_says_that_all_is_well(run: Callable[..., Result]) -> None:
    """With what there is, and exit code 0; JSON is then an empty list."""
    result = run("faq", "check")
    assert (result.code, result.out) == (
        0,
        "faq: không có lỗi. 8 mục, 63 cách hỏi, 4 chủ đề, 0 điều cần xem lại.\n",
    )
    assert run("faq", "check", "--json").json == []
    assert run("faq", "check", "faq").code == 0


def test_faq_check_tells_every_fault_with_its_place(
    run: Callable[..., Result], home: Path
) -> None:
    """file:line:column, what is wrong and how to mend it; exit code 1; the same as JSON."""
    path = home / "faq" / "bhyt.yaml"
    text = (
        path.read_text("utf-8")
        .replace("    title:", "    titel:")
        .replace("2026-11-22", "hôm qua")
    )
    path.write_text(text, encoding="utf-8")
    other = home / "faq" / "can_cuoc.yaml"
    other.write_text(other.read_text("utf-8").replace("{le_phi}", "{le_phy}"), encoding="utf-8")
    result = run("faq", "check")
    lines = result.out.splitlines()
    assert result.code == 1
    assert all(re.match(r"faq/\w+\.yaml:\d+:\d+: lỗi: .+ – .+", line) for line in lines[:-1])
    assert "faq/bhyt.yaml:4:5: lỗi: không có mục “titel” – có phải bạn muốn viết “title”?" in lines
    assert (
        "faq/bhyt.yaml:16:15: lỗi: “hôm qua” không phải là một ngày có thật"
        " – viết năm-tháng-ngày, ví dụ 2026-11-22"
    ) in lines
    assert sum("không có giá trị dùng chung “le_phy”" in line for line in lines) == 2
    assert lines[-1] == f"faq: {len(lines) - 1} lỗi, FAQ chưa dùng được."
    found = run("faq", "check", "--json")
    assert found.code == 1
    assert [set(problem) for problem in found.json] == [
        {"file", "line", "column", "what", "mend", "severity", "rule"}
    ] * (len(lines) - 1)
    assert {problem["severity"] for problem in found.json} == {"error"}


def test_faq_check_lets_a_warning_pass(run: Callable[..., Result], home: Path) -> None:
    """A long title is told, and is no reason to fail."""
    path = home / "faq" / "bhyt.yaml"
    long = "Khám bệnh BHYT bằng căn cước " * 3
    path.write_text(
        path.read_text("utf-8").replace("Khám bệnh BHYT bằng căn cước", long), encoding="utf-8"
    )
    result = run("faq", "check")
    assert result.code == 0
    assert result.out.startswith("faq/bhyt.yaml:4:12: nhắc: tên câu hỏi dài 86 ký tự")
    assert result.out.endswith(" 1 điều cần xem lại.\n")


def test_faq_check_counts_many_findings_by_rule(run: Callable[..., Result], home: Path) -> None:
    """After the last of them, the most frequent first."""
    path = home / "faq" / "can_cuoc.yaml"
    path.write_text(
        path.read_text("utf-8").replace("26-11-22", "26-11-22\n    review_by: 2026-11-23")
    )
    (home / "faq" / "_sites.yaml").write_text("official: [chinhphu.vn, gov.vn]\n")
    result = run("faq", "check", "--today", "2026-11-30")
    assert result.code == 1
    assert result.out.endswith(
        "\n\n"
        "    6  ít cách hỏi\n"
        "    4  thiếu nguồn\n"
        "    2  quá hạn rà soát\n\n"
        "faq: 4 lỗi phải sửa trước khi công bố. "
        "8 mục, 63 cách hỏi, 4 chủ đề, 8 điều cần xem lại.\n"
    )


def test_faq_check_looks_ahead(run: Callable[..., Result]) -> None:
    """As if it were another day; a day that is none is refused."""
    found = run("faq", "check", "--today", "2027-01-01", "--json").json
    assert [one["rule"] for one in found] == ["value_lapsed"]
    assert run("faq", "check", "--today", "2026-12-31", "--json").json == []
    assert run("faq", "check", "--today", "1/1/2027").code == 2


def test_faq_check_strict_allows_ten_warnings(run: Callable[..., Result], home: Path) -> None:
    """And says so when there are more; without it warnings never fail."""
    path = home / "faq" / "tro_chuyen.yaml"
    text = path.read_text("utf-8")
    for repeats, code in ((10, 0), (11, 1)):
        path.write_text(text.replace("[cảm ơn bạn,", f"[cảm ơn bạn,{' cam on ban,' * repeats}"))
        assert run("faq", "check").code == 0
        result = run("faq", "check", "--strict")
        assert result.code == code
    assert result.err == "--strict: còn 11 điều cần xem lại, chỉ cho phép 10.\n"


def test_faq_calendar_tells_the_dates_to_come(run: Callable[..., Result], home: Path) -> None:
    """A row each, and the same as JSON with fixed keys."""
    path = home / "faq" / "_values.yaml"
    more = "      - {from: 2027-01-01, value: 50000}\n"
    path.write_text(path.read_text("utf-8") + more, encoding="utf-8")
    words = ("faq", "calendar", "--today", "2026-11-22", "--months", "2")
    result = run(*words)
    assert result.code == 0
    assert re.search(
        r"01/01/2027 +giá trị đổi +le_phi +Lệ phí thẻ căn cước: "
        r"từ 25\.000 đồng thành 50\.000 đồng; dùng ở can_cuoc_cap_lai, can_cuoc_doi",
        result.out,
    )
    assert run(*words, "--json").json == [
        {
            "day": "2027-01-01",
            "kind": "value_changes",
            "name": "le_phi",
            "title": "Lệ phí thẻ căn cước",
            "before": "25.000 đồng",
            "after": "50.000 đồng",
            "used_by": ["can_cuoc_cap_lai", "can_cuoc_doi"],
        }
    ]
    quiet = run("faq", "calendar", "--today", "2026-11-22", "--months", "1")
    assert quiet.out == "Trong 1 tháng tới không có ngày nào cần nhớ.\n"


def test_faq_new_begins_an_entry(run: Callable[..., Result], home: Path) -> None:
    """Says where it stands and what comes next; a second of the same id is refused."""
    result = run("faq", "new", "can_cuoc_hong", "--topic", "can_cuoc", "--title", "Thẻ bị hỏng")
    text = (home / "faq" / "can_cuoc.yaml").read_text("utf-8")
    line = text.splitlines().index("  - id: can_cuoc_hong") + 1
    assert (result.code, result.out) == (
        0,
        (
            f"Đã thêm mục “can_cuoc_hong” vào faq/can_cuoc.yaml:{line}.\n"
            "Điền các chỗ “CẦN ĐIỀN”, rồi chạy: hoidap faq check\n"
        ),
    )
    again = run("faq", "new", "can_cuoc_hong", "--topic", "bhyt")
    assert (again.code, again.out) == (1, "")
    assert again.err == (
        f"đã có mục mang mã “can_cuoc_hong” ở faq/can_cuoc.yaml:{line} – chọn mã khác\n"
    )
    check = run("faq", "check")
    assert check.code == 1
    assert "lỗi: mục “can_cuoc_hong” còn chỗ chưa điền ở “answer”" in check.out


def test_faq_show_shows_an_entry_to_editors(run: Callable[..., Result]) -> None:
    """The answer as citizens see it, then phrasings and dates."""
    result = run("faq", "show", "vneid_quen_mat_khau")
    assert result.code == 0
    for part in (
        "Quên mật khẩu VNeID  vneid_quen_mat_khau\n",
        "☎️ Tổng đài: 1900 0368",
        "Cách hỏi (8)\n  • quên mật khẩu vneid thì làm sao\n",
        "kiểm tra 22/11/2026, độ tin cậy medium",
    ):
        assert part in result.out


def test_faq_show_suggests_the_entry_that_was_meant(run: Callable[..., Result]) -> None:
    """A typing error in an id is mended by the sentence."""
    result = run("faq", "show", "vneid_quen_mat_khu")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "không có mục “vneid_quen_mat_khu” – có phải bạn muốn xem “vneid_quen_mat_khau”?\n"
    )
    assert run("faq", "show", "zzz").err == "không có mục “zzz”\n"


def test_faq_schema_writes_where_it_is_told(run: Callable[..., Result], home: Path) -> None:
    """For editors that complete while one types."""
    assert run("faq", "schema", "luoc_do.json").code == 0
    assert json.loads((home / "luoc_do.json").read_text("utf-8"))["type"] == "object"


# evaluate


IN_SCOPE = {
    "n",
    "answered_right",
    "answered_wrong",
    "clarified_with_right",
    "clarified_without_right",
    "unknown",
    "top1",
    "top3",
}
CASES = [
    {"text": PASSWORD, "entry": "vneid_quen_mat_khau", "style": "co_dau"},
    {"text": "mat can cuoc lam lai", "any_of": ["x", "can_cuoc_cap_lai"], "style": "khong_dau"},
    {"text": PASSWORD, "entry": "can_cuoc_doi", "style": "co_dau"},
    {"text": "cảm ơn bạn", "entry": "vneid_doi_so"},
    {"text": "gọi xe cấp cứu số mấy", "entry": "khan_cap"},
    {"text": RIVER, "entry": None},
    {"text": "gọi xe cấp cứu số mấy", "entry": None},
    {"text": "cảm ơn bạn", "entry": None, "style": "co_dau"},
    {"text": "gia hạn thẻ căn cước", "entry": None},
]


def questions(home: Path, *lines: object) -> str:
    path = home / "cau_hoi.jsonl"
    written = [
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in lines
    ]
    path.write_text("\n".join(written), encoding="utf-8")
    return str(path)


def test_evaluate_prints_the_contract_and_nothing_else(
    run: Callable[..., Result], home: Path
) -> None:
    """One JSON object on standard output, with all keys; counts add up."""
    result = run("evaluate", questions(home, *CASES), "--faq", "faq", "--no-semantic", "--json")
    assert (result.code, result.err) == (0, "")
    report = result.json
    assert list(report) == [
        "in_scope",
        "out_of_scope",
        "ms",
        "styles",
        "entries",
        "phrasings",
        "semantic",
        "build_seconds",
        "rss_mb",
    ]
    assert report["in_scope"] == {
        "n": 5,
        "answered_right": 3,
        "answered_wrong": 1,
        "clarified_with_right": 0,
        "clarified_without_right": 0,
        "unknown": 1,
        "top1": 0.6,
        "top3": 0.6,
    }
    assert report["out_of_scope"] == {"n": 4, "answered": 1, "clarified": 0, "unknown": 3}
    assert set(report["styles"]) == {"co_dau", "khong_dau"}
    assert all(set(counts) == IN_SCOPE for counts in report["styles"].values())
    assert (report["styles"]["co_dau"]["n"], report["styles"]["khong_dau"]["n"]) == (2, 1)
    assert set(report["ms"]) == {"p50", "p95", "p99"}
    assert (report["entries"], report["phrasings"], report["semantic"]) == (8, 63, False)
    assert report["build_seconds"] >= 0
    assert report["rss_mb"] > 10


def test_evaluate_takes_an_empty_file(run: Callable[..., Result], home: Path) -> None:
    """Nothing asked is nothing counted."""
    report = run("evaluate", questions(home, "", "  "), "--json").json
    assert set(report["in_scope"].values()) == {0}
    assert report["out_of_scope"] == {"n": 0, "answered": 0, "clarified": 0, "unknown": 0}
    assert report["styles"] == {}


def test_evaluate_takes_any_faq_of_the_least_form(run: Callable[..., Result], home: Path) -> None:
    """JSON inside YAML, another language, ids of any script, one entry."""
    entries = [{"id": "mật_khẩu", "title": "Pwd", "phrasings": ["reset it"], "answer": "Here."}]
    (home / "en").mkdir()
    (home / "en" / "a.yaml").write_text(json.dumps({"entries": entries}), encoding="utf-8")
    path = questions(home, {"text": "reset it", "entry": "mật_khẩu"})
    report = run("evaluate", path, "--faq", "en", "--json").json
    assert (report["entries"], report["phrasings"], report["in_scope"]["n"]) == (1, 1, 1)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\ufeff", "\u200b"])
def test_evaluate_reads_lines_as_json_lines_are(
    run: Callable[..., Result], home: Path, odd: str
) -> None:
    """Only a line feed ends a line; other separators stand inside real questions."""
    escaped = json.dumps(f"{RIVER} {odd} {RIVER}", ensure_ascii=False)
    report = run("evaluate", questions(home, f'{{"text": {escaped}, "entry": null}}'), "--json")
    assert (report.code, report.err) == (0, "")
    assert report.json["out_of_scope"]["n"] == 1


def test_evaluate_takes_a_byte_order_mark_and_other_line_ends(
    run: Callable[..., Result], home: Path
) -> None:
    """Files saved on Windows are read too."""
    line = json.dumps(CASES[0], ensure_ascii=False)
    (home / "win.jsonl").write_bytes(f"\ufeff{line}\r\n\r\n{line}\r\n".encode())
    assert run("evaluate", "win.jsonl", "--json").json["in_scope"]["n"] == 2


@pytest.mark.parametrize(
    "line",
    [
        "khong phai json",
        '{"text": "a", "entry": null',
        '"a"',
        "[]",
        "null",
        '{"text": "a"}',
        '{"entry": "a"}',
        '{"text": 5, "entry": null}',
        '{"text": "a", "entry": 5}',
        '{"text": "a", "any_of": []}',
        '{"text": "a", "any_of": "b"}',
        '{"text": "a", "any_of": ["b", 5]}',
        '{"text": "a", "entry": null, "style": 5}',
        "[" * 100_000,
    ],
    ids=lambda line: line[:40],
)
def test_evaluate_names_a_malformed_line(
    run: Callable[..., Result], home: Path, line: str
) -> None:
    """Exit code 2, the line's number and what is wrong; nothing on standard output."""
    result = run("evaluate", questions(home, CASES[0], "", line, CASES[0]), "--json")
    assert (result.code, result.out) == (2, "")
    assert re.match(r"\S+cau_hoi\.jsonl: dòng 3: \S.{5,}", result.err)


def test_evaluate_says_what_it_cannot_read(run: Callable[..., Result], home: Path) -> None:
    """No file, a folder, and bytes that are no UTF-8 are exit code 2 too."""
    (home / "latin.jsonl").write_bytes(b'{"text": "\xe0", "entry": null}')
    for path in ("khong_co.jsonl", ".", "latin.jsonl"):
        result = run("evaluate", path, "--json")
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"{path}: không đọc được (")


def test_evaluate_prints_tables_for_people(run: Callable[..., Result], home: Path) -> None:
    """Shares, times, and the questions that got a wrong answer."""
    result = run("evaluate", questions(home, *CASES))
    assert result.code == 0
    assert re.search(
        r"tất cả +5 +60\.0% +20\.0% +0\.0% +0\.0% +20\.0% +60\.0% +60\.0%", result.out
    )
    assert "ngoài phạm vi  n 4, trả lời 1 (25.0%)" in result.out
    assert f"  {PASSWORD} → vneid_quen_mat_khau\n" in result.out


NOISES = "no_accents typos teencode telex vni joined no_first_d story".split()
CONTRACT = (
    "in_scope out_of_scope ms styles entries phrasings semantic build_seconds rss_mb".split()
)


def test_evaluate_asks_again_in_every_noise(run: Callable[..., Result], home: Path) -> None:
    """The contract's keys stand as they are; each noise counts the same questions."""
    path = questions(home, *CASES)
    plain = run("evaluate", path, "--json").json
    report = run("evaluate", path, "--json", "--noise", "all").json
    assert list(report) == [*CONTRACT, "noise"]
    assert (report["in_scope"], report["styles"]) == (plain["in_scope"], plain["styles"])
    assert list(report["noise"]) == NOISES
    for noisy in report["noise"].values():
        assert list(noisy) == ["changed", "in_scope", "out_of_scope"]
        assert set(noisy["in_scope"]) == IN_SCOPE
        assert (noisy["in_scope"]["n"], noisy["out_of_scope"]["n"]) == (5, 4)
    assert report["noise"]["no_accents"]["changed"] == len(CASES) - 1
    assert report["noise"]["story"]["changed"] == len(CASES)


def test_evaluate_takes_some_noises_and_a_seed(run: Callable[..., Result], home: Path) -> None:
    """Only those, in that order; the same seed hears the same."""
    words = ("evaluate", questions(home, *CASES), "--noise", "typos, telex,typos", "--json")
    first, again = (run(*words, "--seed", "7").json["noise"] for _ in range(2))
    assert list(first) == ["typos", "telex"]
    assert first == again


def test_evaluate_shows_noise_beside_the_clean_questions(
    run: Callable[..., Result], home: Path
) -> None:
    """One row each."""
    out = run("evaluate", questions(home, *CASES), "--noise", "no_accents,story").out
    assert re.search(
        r"gõ nhiễu .*\n clean +0 +5 +60\.0% .*\n no_accents +8 +5 .*\n story +9 +5 ", out
    )


def test_evaluate_tests_the_faq_without_a_file(run: Callable[..., Result]) -> None:
    """Every title and phrasing but small talk, each as if it had never been written."""
    report = run("evaluate", "--leave-one-out", "--json").json
    facts = ["entries", "phrasings", "semantic", "build_seconds", "rss_mb"]
    assert list(report) == [*facts, "leave_one_out"]
    left_out = report["leave_one_out"]
    assert set(left_out) == {"in_scope", "out_of_scope"}
    assert left_out["in_scope"]["n"] > left_out["in_scope"]["answered_right"] > 0
    assert left_out["out_of_scope"]["n"] > 0
    some = run("evaluate", "--leave-one-out", "--sample", "5", "--json").json["leave_one_out"]
    assert some["in_scope"]["n"] == 5
    out = run("evaluate", "--leave-one-out", "--sample", "5").out
    assert re.search(r"Bỏ từng cách hỏi.*\n cách hỏi của FAQ .*\n tất cả +5 ", out)


def test_evaluate_can_leave_one_out_beside_a_file(run: Callable[..., Result], home: Path) -> None:
    """The file's report stays the first."""
    path = questions(home, *CASES)
    report = run("evaluate", path, "--leave-one-out", "--sample", "3", "--json").json
    assert list(report) == [*CONTRACT, "leave_one_out"]
    assert report["in_scope"]["n"] == 5


def older(home: Path) -> str:
    """A folder with the FAQ before somebody wrote about passwords."""
    shutil.copytree(home / "faq", home / "faq_cu")
    path = home / "faq_cu" / "vneid.yaml"
    text = path.read_text("utf-8")
    begin, end = text.index("  - id: vneid_quen_mat_khau"), text.index("  - id: vneid_khong_nhan")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")
    return "faq_cu"


def test_evaluate_compares_with_another_faq(run: Callable[..., Result], home: Path) -> None:
    """Both reports, what moved, and each question that gets another verdict."""
    cases = questions(home, *CASES)
    report = run("evaluate", cases, "--compare", older(home), "--json").json
    assert list(report) == [*CONTRACT, "compare"]
    compared = report["compare"]
    assert list(compared) == ["before", "after", "better", "worse", "other", "moves", "changes"]
    assert compared["after"]["in_scope"] == report["in_scope"]
    assert compared["before"]["in_scope"]["answered_right"] == 2
    assert compared["better"] >= 1
    assert len(compared["changes"]) == sum(compared[k] for k in ("better", "worse", "other"))
    assert sum(move["count"] for move in compared["moves"]) == len(compared["changes"])
    first = compared["changes"][0]
    assert (first["text"], first["right"]) == (PASSWORD, ["vneid_quen_mat_khau"])
    assert (first["trend"], first["after"]) == (
        "better",
        {"result": "answered_right", "said": ["vneid_quen_mat_khau"]},
    )


def test_evaluate_tells_a_comparison_ready_to_read(run: Callable[..., Result], home: Path) -> None:
    """Counts, moves, and the list; the same FAQ twice has nothing to tell."""
    cases = questions(home, *CASES)
    out = run("evaluate", cases, "--compare", older(home)).out
    assert re.search(r"So với FAQ cũ\n.*\n FAQ cũ +5 +40\.0%.*\n FAQ này +5 +60\.0%", out)
    assert re.search(r"\d câu đổi kết luận: \d tốt lên, \d xấu đi, \d khác đi\.\n", out)
    assert re.search(rf"Tốt lên \(\d\)\n  {PASSWORD}: .* → đúng \(vneid_quen_mat_khau\)\n", out)
    assert "0 câu đổi kết luận" in run("evaluate", cases, "--compare", "faq").out


def test_evaluate_tells_details(run: Callable[..., Result], home: Path) -> None:
    """Confusions with an example, entries that were missed, and the curve."""
    cases = questions(home, *CASES)
    out = run("evaluate", cases, "--details").out
    assert f"  can_cuoc_doi → vneid_quen_mat_khau (1, 1)\n      {PASSWORD}\n" in out
    assert re.search(r"mục bị bỏ sót .*\n can_cuoc_doi +1 +0 ", out)
    assert re.search(r"độ bao phủ +độ chính xác .*\n 30% +\d+\.\d% ", out)
    report = run("evaluate", cases, "--details", "--json").json
    assert list(report) == [*CONTRACT, "details"]
    details = report["details"]
    assert list(details) == ["confusions", "missed", "curve", "operating_point"]
    assert {one["entry"] for one in details["missed"]} >= {"can_cuoc_doi", "vneid_doi_so"}
    assert details["curve"][-1]["coverage"] <= 1


def test_evaluate_draws_the_curve(run: Callable[..., Result], home: Path) -> None:
    """As SVG, without a word on standard output beyond the report; without a file too."""
    run("evaluate", questions(home, *CASES), "--curve", "duong.svg", "--json").json["in_scope"]
    picture = (home / "duong.svg").read_text("utf-8")
    assert picture.startswith("<svg ")
    assert "5 câu hỏi; 4 câu ngoài phạm vi" in picture
    run("evaluate", "--leave-one-out", "--sample", "4", "--curve", "duong.svg")
    assert "4 cách hỏi của FAQ" in (home / "duong.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "thiếu tệp câu hỏi – thêm tệp JSONL, hoặc dùng --leave-one-out"),
        ("--noise all --leave-one-out", "--noise cần tệp câu hỏi"),
        ("--compare faq --leave-one-out", "--compare cần tệp câu hỏi"),
        ("q.jsonl --sample 5", "--sample chỉ dùng cùng --leave-one-out"),
        ("q.jsonl --seed 5", "--seed chỉ dùng cùng --noise"),
        ("q.jsonl --noise typo", "--noise: không có kiểu nhiễu “typo” – có phải “typos”?"),
        ("q.jsonl --noise --json", "--noise: không có kiểu nhiễu “--json”. Các kiểu: all, no_acc"),
        ("q.jsonl --noise typos,", "--noise: không có kiểu nhiễu “”"),
        ("q.jsonl --curve a.png", "--curve a.png: chỉ vẽ được tệp .svg"),
        ("q.jsonl --curve khong/a.svg", "--curve khong/a.svg: không có thư mục khong"),
    ],
)
def test_evaluate_refuses_options_that_do_not_fit(
    run: Callable[..., Result], words: str, said: str
) -> None:
    """Exit code 2 and a sentence, before anything is read."""
    result = run("evaluate", *words.split())
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(said)


def test_evaluate_names_the_faults_of_the_other_faq(
    run: Callable[..., Result], home: Path
) -> None:
    """A folder that is not there, as with --faq."""
    result = run("evaluate", questions(home, *CASES), "--compare", "khong_co", "--json")
    assert (result.code, result.out) == (1, "")
    assert "khong_co" in result.err
    assert "không có thư mục này" in result.err


# review


def asked(*questions: tuple[str, str]) -> None:
    """Let people ask, a minute after each other."""

    async def fill() -> None:
        store = await Store.open("sqlite+aiosqlite:///data/hoidap.db")
        now = [ASKED]
        desk = FrontDesk(sample_faq(), store, secret=b"0123456789abcdef", now=lambda: now[0])
        for user, text in questions:
            await desk.respond(Incoming("web", user, Content.TEXT, text))
            now[0] += timedelta(minutes=1)
        await store.close()

    asyncio.run(fill())


def test_review_lists_what_most_people_asked_in_vain_first(run: Callable[..., Result]) -> None:
    """People, turns, the question and when; answered questions are not there."""
    asked(("lan", RIVER), ("minh", RIVER), ("lan", "giá vàng hôm nay"), ("an", PASSWORD))
    result = run("review", "list")
    header, first, second, count = result.out.splitlines()
    assert result.code == 0
    assert header.split()[:4] == ["Số", "Câu", "hỏi", "Người"]
    assert re.match(rf" 1 +{RIVER} +2 +2 +22/11 12:01", first)
    assert re.match(r" 2 +giá vàng hôm nay +1 +1 +22/11 12:02", second)
    assert count.startswith("2 nhóm.")


def test_review_cuts_no_entry_that_the_next_command_needs(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a narrow window an id goes on in the next line; the moment is Vietnam's and whole."""
    monkeypatch.setenv("COLUMNS", "80")
    entry = "vneid_dang_ky_tai_khoan_muc_hai_o_dau"
    row = {"id": 1, "title": RIVER * 3, "people": 3, "turns": 5, "entry": entry}
    show_rows([{**row, "last_at": "2026-11-27T20:43:50+00:00"}])
    header, *lines = capsys.readouterr().out.splitlines()
    column = header.index("Mục gần nhất")
    assert "".join(line[column:].strip() for line in lines) == entry
    assert " 28/11 03:43 " in lines[0]
    asked(("lan", RIVER))
    run("review", "list")
    assert re.search(r"^ +0,\d\d  \w+$", run("review", "show", "1").out, re.MULTILINE)


def test_review_names_the_command_line_or_whoever_it_is_done_for(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account of the machine is no official; a machine's number without a name is no error."""
    asked(("lan", RIVER))
    run("review", "list")

    def newest() -> str:
        account: str = run("review", "show", "1", "--json").json["history"][0]["account"]
        return account

    monkeypatch.setattr("getpass.getuser", lambda: "root")
    run("review", "ignore", "1")
    assert newest() == "dòng lệnh (root)"
    run("review", "reopen", "1", "--as", "minh")
    assert newest() == "minh"

    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    run("review", "ignore", "1")
    assert newest() == "dòng lệnh"


def test_review_groups_what_asks_the_same_in_other_words(run: Callable[..., Result]) -> None:
    """The command sees the clusters that the running bot would make."""
    asked(("lan", "khóa pát cốt vneid rồi"), ("minh", "khoa pat cot vneid roi a"))
    (row,) = run("review", "list", "--json").json
    assert (row["people"], row["turns"]) == (2, 2)


def test_review_as_json_is_masked(run: Callable[..., Result]) -> None:
    """The same for programs; nothing personal is in it."""
    asked(("lan", RIVER), ("minh", f"{RIVER} {ID_NUMBER}"), ("lan", "giá vàng hôm nay"))
    rows = run("review", "list", "--json").json
    assert ID_NUMBER not in str(rows)
    shown = run("review", "show", "1", "--json").json
    assert shown["row"]["state"] == "open"
    assert [one["turns"] for one in shown["samples"]] == [2]


def test_review_as_csv_runs_nothing_in_a_spreadsheet(run: Callable[..., Result]) -> None:
    """Whatever a citizen begins a question with, a cell shows it and does not compute it."""
    formulas = [
        '=HYPERLINK("http://xau.vn";"a") thuế ruộng',
        "+1+cmd|' /C calc'!A0 thuế nhà",
        "-2+3 thuế xe",
        "@SUM(A1) thuế chợ",
        "\t=1+1 thuế đò",
        "\r=1+1 thuế cầu",
        "\n=1+1 thuế cá",
    ]
    asked(*((f"p{n}", text) for n, text in enumerate(formulas)))
    result = run("review", "list", "--csv")
    rows = list(csv.DictReader(io.StringIO(result.out, newline="")))
    cells = [row["title"] for row in rows]
    assert result.code == 0
    assert rows
    assert [cell for cell in cells if cell.lstrip()[0] in "=+-@"] == []
    assert all(value is not None for row in rows for value in row.values())


def test_review_sends_nothing_to_the_terminal_but_text(run: Callable[..., Result]) -> None:
    """A question cannot clear an operator's screen, rename the window or paint itself."""
    asked(("lan", "giá vàng \x1b[2J\x1b]0;x\x07 hôm\x9b31m nay [bold]đậm[/bold] [/]"))
    for arguments in (("list",), ("show", "1")):
        result = run("review", *arguments)
        assert result.code == 0
        assert "[bold]đậm[/bold] [/]" in result.out
        assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", result.out) == []


def test_review_says_that_there_is_nothing(run: Callable[..., Result]) -> None:
    """An empty store is good news, in every form."""
    assert run("review", "list").out == "Không có nhóm câu hỏi nào đang chờ.\n"
    assert run("review", "list", "--json").json == []
    assert run("review", "list", "--csv").out.splitlines() == [
        "id,title,people,turns,last_at,state,entry"
    ]


def test_review_decides_and_takes_back(run: Callable[..., Result]) -> None:
    """Ignored, taken back, accepted into a proposal; an entry that is none is refused."""
    asked(("lan", RIVER))
    run("review", "list")
    assert "Đã bỏ qua nhóm 1." in run("review", "ignore", "1", "--as", "minh").out
    assert run("review", "list", "--json").json == []
    assert "Đã hoàn tác" in run("review", "undo", "1", "--as", "minh").out
    refused = run("review", "accept", "1", "--entry", "khong_co")
    assert (refused.code, "Không có mục" in refused.err) == (1, True)
    accepted = run("review", "accept", "1", "--entry", "vneid_quen_mat_khau", "--json")
    assert accepted.json == {"cluster": 1, "result": 1}
    assert RIVER in run("faq", "diff", "1").out
    assert "Không có nhóm 9" in run("review", "show", "9").err


def test_review_finds_like_clusters_and_merges_them(run: Callable[..., Result]) -> None:
    """What may ask the same is listed, merged, and taken back."""
    asked(("lan", RIVER), ("minh", "sông hồng chảy qua mấy tỉnh"))
    run("review", "list")
    assert "hoidap review merge SỐ 1" in run("review", "near", "1").out
    assert [row["id"] for row in run("review", "near", "1", "--json").json] == [2]
    assert "Đã gộp nhóm 2 vào nhóm 1." in run("review", "merge", "2", "1").out
    assert "Không có nhóm nào khác" in run("review", "near", "1").out
    for command in (("near", "2"), ("show", "2"), ("undo", "2")):
        assert "Nhóm 2 đã được gộp vào nhóm 1" in run("review", *command).err
    assert "Đã hoàn tác" in run("review", "undo", "1").out
    assert [row["id"] for row in run("review", "list", "--json").json] == [2, 1]


def test_review_releases_a_title_for_the_open_data(run: Callable[..., Result]) -> None:
    """Released, said again as JSON, taken back once; a title with personal data is refused."""
    asked(("lan", RIVER))
    run("review", "list")
    title = "Hỏi về con sông dài nhất"
    released = run("review", "release", "1", title, "--as", "minh")
    assert f"đã công bố tiêu đề “{title}”" in released.out
    assert "open_data: true" in released.out  # it is switched off here
    assert run("review", "release", "1", title, "--json").json == {"cluster": 1, "title": title}
    assert "đã gỡ" in run("review", "release", "1", "--take-back").out
    assert "chưa được công bố" in run("review", "release", "1", "--take-back").err
    assert "dữ liệu cá nhân" in run("review", "release", "1", f"Số {ID_NUMBER} hỏi gì").err
    assert "--take-back" in run("review", "release", "1").err


# help


COMMANDS = {
    "": "Hỏi đáp dịch vụ công số",
    "run": "Chạy bot: trang chat trên web",
    "chat": "Trò chuyện với bot ngay trong cửa sổ dòng lệnh",
    "ask": "Hỏi thử một câu",
    "evaluate": "Đo bot trả lời đúng, sai, hỏi lại và từ chối bao nhiêu",
    "review": "Câu hỏi chưa được trả lời, gom thành nhóm",
    "review list": "Xem các nhóm câu hỏi",
    "review accept": "Thêm các câu của nhóm làm cách hỏi của một mục",
    "users": "Tài khoản của trang quản trị",
    "users add": "Thêm một tài khoản",
    "report": "",
    "faq": "Kiểm tra và xem bộ câu hỏi",
    "faq check": "Kiểm tra mọi tệp FAQ",
    "faq show": "Xem một mục như người dân thấy",
    "faq schema": "Ghi lược đồ JSON",
}


@pytest.mark.parametrize(("command", "said"), COMMANDS.items())
def test_every_command_explains_itself(
    run: Callable[..., Result], command: str, said: str
) -> None:
    """`--help` says in Vietnamese what the command does."""
    result = run(*command.split(), "--help")
    assert (result.code, result.err) == (0, "")
    assert said in result.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option_in_vietnamese(
    run: Callable[..., Result], command: str
) -> None:
    """No option is left without words, none is explained in English."""
    told = run(*command.split(), "--help").out
    assert "Show this message" not in told
    options = re.findall(r"^│[ *]+(--[a-z-]+)(.*)│$", told, re.MULTILINE)
    assert "--help" in dict(options)
    assert [name for name, text in options if not re.search(r"[à-ỹđ]", text)] == []


def test_without_words_the_commands_are_listed(run: Callable[..., Result]) -> None:
    """Whoever types only `hoidap` learns what there is."""
    result = run()
    assert all(command in result.out + result.err for command in ("run", "ask", "review"))


# faults


def stand_on_a_file(home: Path) -> None:
    (home / "data").rename(home / "cu")
    (home / "data").write_text("x", encoding="ascii")


def damage_database(home: Path) -> None:
    (home / "data" / "hoidap.db").write_bytes(b"khong phai SQLite\n" * 500)


def remove_faq(home: Path) -> None:
    (home / "faq").rename(home / "cu")


def empty_faq(home: Path) -> None:
    remove_faq(home)
    (home / "faq").mkdir()


def break_faq(home: Path) -> None:
    (home / "faq" / "vneid.yaml").write_text("entries: [", encoding="utf-8")


def break_config(home: Path) -> None:
    (home / "config.yaml").write_text("prot: 1\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "spoil", "said"),
    [
        ("ask x", remove_faq, "faq:1:1: không có thư mục này – kiểm tra đường dẫn"),
        ("ask x", empty_faq, "faq:1:1: thư mục không có tệp YAML nào – thêm ít nhất một"),
        ("ask x", break_faq, "faq/vneid.yaml:1:"),
        ("ask x", break_config, "config.yaml:1:1: không có mục “prot”"),
        ("chat", remove_faq, "faq:1:1: không có thư mục này"),
        ("run", break_config, "config.yaml:1:1: không có mục “prot”"),
        ("faq show vneid_doi_so", break_faq, "faq/vneid.yaml:1:"),
        ("chat", stand_on_a_file, "không đọc ghi được data/secret.key"),
        ("review list", stand_on_a_file, "Không tạo được thư mục data cho kho dữ liệu"),
        ("chat", damage_database, "Kho dữ liệu data/hoidap.db không phải cơ sở dữ liệu SQLite"),
        ("review list", damage_database, "Kho dữ liệu data/hoidap.db không phải"),
        ("review list --config khong_co.yaml", lambda _: None, "khong_co.yaml:1:1: không đọc"),
        ("faq schema khong_co/x.json", lambda _: None, "khong_co/x.json"),
        ("faq check khong_co", lambda _: None, ""),
    ],
)
def test_a_fault_is_a_sentence(
    run: Callable[..., Result],
    home: Path,
    words: str,
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    """Exit code 1, what and where on standard error, never a traceback."""
    spoil(home)
    result = run(*words.split())
    assert result.code == 1
    assert said in result.err


def test_the_faq_is_served_though_nothing_can_be_kept(
    run: Callable[..., Result], home: Path
) -> None:
    """Without a place for what was learned, `ask` only takes longer."""
    stand_on_a_file(home)
    result = run("ask", PASSWORD)
    assert result.code == 0
    assert result.out.startswith("Bạn tự đặt lại mật khẩu")


def test_a_port_in_use_is_told_at_once(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the address, and the variable that changes it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        monkeypatch.setenv("HOIDAP_PORT", port)
        result = run("run")
    assert result.code == 1
    assert result.err.startswith(f"không mở được 127.0.0.1:{port} (Address already in use) – ")
    assert "HOIDAP_PORT" in result.err


@pytest.mark.parametrize("host", ["203.0.113.7", "a..b", "a" * 70, "1.2.3.4.5", ""])
def test_a_host_that_is_not_ours_is_told(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Whatever stands there, the sentence names it."""
    monkeypatch.setenv("HOIDAP_HOST", host)
    monkeypatch.setenv("HOIDAP_PORT", "1")
    result = run("run")
    assert result.code == 1
    assert f"{host}:1" in result.err


def test_a_short_secret_is_told(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anybody's question is stored under a weak name."""
    monkeypatch.setenv("HOIDAP_SECRET_KEY", "ngan")
    result = run("chat")
    assert result.code == 1
    assert "HOIDAP_SECRET_KEY quá ngắn" in result.err
