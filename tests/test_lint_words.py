"""Sentences, words and accents of an answer, as the checker reads them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from intents.lint.sentences import cited, plain, sentences, words
from intents.problems import Rule
from tests.faq_faults import entry, faq, told

if TYPE_CHECKING:
    from pathlib import Path

TERMS = """\
known_abbreviations: [VNeID, BHYT]
outdated:
  - term: [công an huyện, công an quận]
    instead: Công an xã
    unless: [trước đây, không còn]
  - {term: Sở Tư pháp, instead: Công an tỉnh, beside: [lý lịch tư pháp]}
"""


def block(text: str) -> str:
    """A text as a YAML block of an entry."""
    return "|\n" + "".join(f"      {line}\n" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Một câu. Hai câu? Ba câu!", ["Một câu.", "Hai câu?", "Ba câu!"]),
        ("**Đậm.** Tiếp theo.", ["Đậm.", "Tiếp theo."]),
        ("Cần mang:\n- Thẻ căn cước\n- Ảnh", ["Cần mang:", "Thẻ căn cước", "Ảnh"]),
        ("1. Mở ứng dụng\n2) Bấm nút", ["Mở ứng dụng", "Bấm nút"]),
        ("Một câu dài\nxuống dòng.", ["Một câu dài xuống dòng."]),
        ("Đoạn một\n\nđoạn hai", ["Đoạn một", "đoạn hai"]),
        ("Phí 15.000 đồng.", ["Phí 15.000 đồng."]),
        ("Ở TP. Hồ Chí Minh thì khác.", ["Ở TP. Hồ Chí Minh thì khác."]),
        ("Ngày 01/7/2026. 50% mức hưởng.", ["Ngày 01/7/2026.", "50% mức hưởng."]),
        ("Gọi “113”. “Đợi máy.” Xong.", ["Gọi “113”.", "“Đợi máy.”", "Xong."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_a_text_falls_into_sentences(text: str, split: list[str]) -> None:
    """Items of a list are sentences; a wrapped line, a number and a short form are not."""
    assert sentences(text) == split


def test_links_and_values_count_by_what_citizens_read() -> None:
    """A long address is no long sentence."""
    text = "Vào **[Cổng Dịch vụ công](https://dichvucong.gov.vn/a/b)** hoặc https://a.vn, phí {phi} – hết."
    assert plain(text) == "Vào Cổng Dịch vụ công hoặc trang, phí số – hết."
    assert len(words(plain(text))) == 10


def test_a_long_text_is_cited_by_its_beginning() -> None:
    """Cut between words."""
    assert cited("ngắn thôi") == "“ngắn thôi”"
    assert cited("một hai " * 20) == "“" + "một hai " * 7 + "một…”"


@pytest.mark.parametrize(("count", "found"), [(30, 0), (31, 1)])
def test_a_sentence_may_have_thirty_words(tmp_path: Path, count: int, found: int) -> None:
    """In the lead and in every facet except the legal basis."""
    long = ("bước " * count).strip()
    files = faq(
        entry(more=f"    facets: {{steps: [ngắn, {long}], legal_basis: {'luật ' * 40}}}\n")
    )
    assert len(told(tmp_path, files, Rule.LONG_SENTENCE)) == found


@pytest.mark.parametrize(
    "text",
    [
        "Gọi {tong_dai_vneid}.",
        "VNeID, VssID",
        "App Store, CH Play, iOS, Android",
        "Đi xe ra xa.",
        "I accept the terms and conditions of this service.",
        "https://dichvucong.gov.vn",
        "Khong lo.",
    ],
)
def test_text_without_accents_may_be_right(tmp_path: Path, text: str) -> None:
    """Names, another language, and sentences too short to tell."""
    files = faq(entry(answer=block(text)))
    assert told(tmp_path, files, Rule.UNACCENTED) == []


def test_accents_beside_their_letters_are_named(tmp_path: Path) -> None:
    """The letter is shown as it should be; other scripts may compose as they like."""
    decomposed = unicodedata.normalize("NFD", "thẻ")
    found = told(tmp_path, faq(entry(title=f"Mất {decomposed}")), Rule.DECOMPOSED)
    assert found == [
        (
            "can_cuoc.yaml:3:12: chữ “ẻ” có dấu rời (Unicode tổ hợp)"
            " – gõ lại đoạn này, chọn bảng mã Unicode dựng sẵn"
        )
    ]
    assert told(tmp_path, faq(entry(answer="\u0915\u093c \u05e9\u05c1")), Rule.DECOMPOSED) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mở VNeID, xem thẻ BHYT.",
        "Theo 69/2024/NĐ-CP và 26/2023/QH15.",
        "Điều IV, lớp A1, mẫu TK01-TS, phòng C06.",
        "HSSV (học sinh, sinh viên) đóng một nửa. HSSV nộp ở trường.",
        "Học sinh, sinh viên (HSSV) đóng ở trường.",
        "Gọi [Trung tâm hành chính công](https://TTHCC.gov.vn).",
        "Ông Nguyễn Văn A KHÔNG CẦN đến.",
    ],
)
def test_abbreviations_that_everybody_can_read(tmp_path: Path, text: str) -> None:
    """Known ones, those explained in the entry, numbers of laws, codes, plain capitals."""
    files = faq(entry(answer=block(text)), terms=TERMS)
    assert told(tmp_path, files, Rule.ABBREVIATION) == []


def test_an_abbreviation_is_told_once_an_entry(tmp_path: Path) -> None:
    """At its first place, titles included; one may be part of a longer word."""
    files = faq(
        entry(title="Thẻ HSSV", answer="HSSV đóng ở trường, HSSV-TNXP cũng vậy."),
        entry("khac", "Khác", "[khác]", "HSSV."),
        terms=TERMS,
    )
    found = told(tmp_path, files, Rule.ABBREVIATION)
    assert [one.split(" – ")[0] for one in found] == [
        "can_cuoc.yaml:3:12: chữ viết tắt “HSSV” chưa được giải thích",
        "can_cuoc.yaml:5:13: chữ viết tắt “TNXP” chưa được giải thích",
        "can_cuoc.yaml:9:13: chữ viết tắt “HSSV” chưa được giải thích",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nộp ở Công an  Huyện.", ["Công an Huyện"]),
        ("Ra công an quận nhé.", ["công an quận"]),
        ("Trước đây nộp ở công an huyện.", []),
        ("Công an huyện không còn làm việc này.", []),
        ("Công an huyện làm. Trước đây thì khác.", ["Công an huyện"]),
        ("Công an huyện cũ không còn. Ra công an quận.", ["công an quận"]),
        ("Công an huyệnx, xcông an huyện.", []),
        ("Sở Tư pháp cấp phiếu lý lịch tư pháp.", ["Sở Tư pháp"]),
        ("Sở Tư pháp trợ giúp pháp lý.", []),
    ],
)
def test_old_names_are_found_by_sentence(tmp_path: Path, text: str, found: list[str]) -> None:
    """As whole words, in capitals or not; not where the sentence says that it is past."""
    files = faq(entry(answer=block(text)), terms=TERMS)
    told_ = told(tmp_path, files, Rule.OUTDATED)
    assert [one.split(" ", 1)[1].split(" không")[0] for one in told_] == [f"“{x}”" for x in found]


def test_people_may_ask_in_old_words_and_laws_keep_their_names(tmp_path: Path) -> None:
    """Phrasings, sources and the legal basis are let pass."""
    more = (
        "    facets: {legal_basis: Quyết định của Công an huyện}\n"
        "    sources: [{document: Quyết định của Công an huyện}]\n"
    )
    files = faq(entry(phrasings="[ra công an huyện à]", more=more), terms=TERMS)
    assert told(tmp_path, files, Rule.OUTDATED) == []


def test_without_the_terms_file_nothing_is_said_of_words(tmp_path: Path) -> None:
    """A FAQ made elsewhere has its own abbreviations."""
    files = faq(entry(answer="HSSV ra Công an huyện."))
    assert told(tmp_path, files, Rule.ABBREVIATION) == []
    assert told(tmp_path, files, Rule.OUTDATED) == []
