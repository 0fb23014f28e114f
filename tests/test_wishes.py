"""Which words ask for the privacy notice or for erasure, and which say yes or no: whole messages only."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.plain import to_text
from bot.wishes import answer_to_erase_offer, wish
from intents.text import fold
from tests.dialog import Press, Talk
from tests.faq import repository_faq
from tests.test_golden import CASES

PRIVACY = [
    "riêng tư",
    "Quyền riêng tư",
    "QUYỀN RIÊNG TƯ?",
    "rieng tu",
    "riengtu",
    "cho em xem quyền riêng tư ạ",
    "chính sách quyền riêng tư",
    "chính sách bảo mật",
]
ERASE = [
    "xóa dữ liệu",
    "xoá dữ liệu",
    "xóa dữ liệu của tôi",
    "xoa du lieu cua toi",
    "Xóa dữ liệu của mình giúp mình nhé!",
    "em muốn xóa hết dữ liệu của em đi ạ",
    "xóa toàn bộ dữ liệu trò chuyện",
    "xóa lịch sử trò chuyện",
    "xóa dữ liệu cá nhân của tôi",
    "xoadulieu",
]
NEITHER = [
    "",
    "?",
    "xóa",
    "dữ liệu",
    "yêu cầu xóa dữ liệu cá nhân của tôi ở đâu",
    "yêu cầu xóa dữ liệu cá nhân",
    "làm sao xóa dữ liệu của tôi",
    "xóa dữ liệu vneid",
    "xóa dữ liệu của bạn tôi",
    "xóa dữ liệu của tôi. mất căn cước làm lại ở đâu",
    "không xóa dữ liệu của tôi",
    "đừng xóa dữ liệu",
    "riêng tư là gì",
    "quyền riêng tư của trẻ em",
    "xóa đăng ký thường trú",
    "xóa dữ liệu [số giấy tờ]",
]
YES = ["có", "Có", "co", "CÓ, XÓA HẾT!", "dạ có ạ", "vâng", "đồng ý", "dong y", "ok", "xoá hết đi"]
NO = ["không", "khong", "Không ạ", "ko", "thôi", "đừng", "dung", "không xóa nữa", "dạ thôi ạ"]
UNSURE = ["", "dạ", "cô", "cờ", "có không", "có nên xóa không", "đúng", "không có", "1", "có có"]


def id_of(text: str) -> str | None:
    wished = wish(text)
    return wished.id if wished else None


def answer(text: str) -> str | None:
    said = answer_to_erase_offer(text)
    return said.id if said else None


@pytest.mark.parametrize(
    ("texts", "choice"),
    [(PRIVACY, "privacy"), (ERASE, "erase"), (NEITHER, None)],
    ids=["privacy", "erase", "neither"],
)
def test_only_a_message_that_says_nothing_else_is_a_wish(
    texts: list[str], choice: str | None
) -> None:
    """Also without accents and in decomposed characters; a question goes to the FAQ."""
    for text in texts:
        for written in (text, fold(text), unicodedata.normalize("NFD", text), f"  {text} \n"):
            assert (written, id_of(written)) == (written, choice)


@pytest.mark.parametrize(
    ("texts", "choice"),
    [(YES, "erase:yes"), (NO, "erase:no"), (UNSURE, None)],
    ids=["yes", "no", "unsure"],
)
def test_yes_and_no_are_read_only_where_they_are_plain(
    texts: list[str], choice: str | None
) -> None:
    """Nothing is erased on a word that only resembles a yes."""
    for text in texts:
        for written in (text, unicodedata.normalize("NFD", text)):
            assert (written, answer(written)) == (written, choice)


def test_every_no_is_a_no_without_accents_too() -> None:
    """Also "đừng", which becomes "dung"."""
    assert {answer(fold(text)) for text in NO} == {"erase:no"}


def test_no_question_of_the_faq_is_taken_for_a_wish() -> None:
    """Neither a phrasing or title of an entry nor a golden question is kept from the matcher."""
    entries = repository_faq().catalog.entries.values()
    asked = [text for entry in entries for text in (entry.title, *entry.phrasings)]
    asked += [question["text"] for _, question in CASES]
    assert len(asked) > 5000
    assert [text for text in asked if wish(text)] == []


def test_a_question_about_erasing_finds_its_entry_of_the_faq() -> None:
    """Who asks where to have personal data erased is told, and told of the command."""
    faq = repository_faq()
    talk = Talk(faq)
    talk.say("yêu cầu xóa dữ liệu cá nhân của tôi ở đâu")
    assert talk.decision is not None
    verdict = talk.decision.verdict
    assert verdict is not None
    assert verdict.ranking[0].entry == "rut_dong_y_xoa_du_lieu"
    assert "/xoadulieu" in to_text(talk.say(Press("e:rut_dong_y_xoa_du_lieu")))


@given(st.text() | st.text("xóadữlieucủti ạnhé", max_size=60))
def test_any_text_is_read(text: str) -> None:
    """A text is at most one of the two wishes, and reading it never fails."""
    assert id_of(text) in {None, "privacy", "erase"}
    assert answer(text) in {None, "erase:yes", "erase:no"}


@given(st.sampled_from(YES + NO), st.sampled_from(["mất", "căn cước", "vneid", "ở đâu", "7"]))
def test_a_further_word_makes_it_no_answer(said: str, more: str) -> None:
    """A yes inside a question erases nothing."""
    assert answer(f"{said} {more}") is answer(f"{more} {said}") is None


@pytest.mark.parametrize(
    "text",
    ["xóa " * 300_000, "a" * 1_000_000, "cho em " * 200_000, "/" * 9999, "dạ " + "ạ " * 99_999],
    ids=lambda text: text[:8],
)
def test_a_long_text_is_no_wish(text: str) -> None:
    """However long a message is, it is read to an end."""
    assert wish(text) is None
    assert answer_to_erase_offer(text) is None
