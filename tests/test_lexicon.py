"""What people type is written out, what is well typed is left alone, filler is no subject."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intents.lexicon import Lexicon, LexiconFile
from intents.text import fold, place_tones
from tests.vietnamese import WORDS

ANY_TEXT = st.text(st.characters(exclude_categories=()))
FILE = LexiconFile(
    teencode={"ko": "không", "dc": "được", "đc": "được", "k": "không", "s": "sao", "e": "em"},
    abbreviations={
        "cccd": "căn cước công dân",
        "bhyt": "bảo hiểm y tế",
        "sđt": "số điện thoại",
        "mk": "mật khẩu",
    },
    phrases={
        "bằng lái": "giấy phép lái xe",
        "bằng lái xe": "giấy phép lái xe",
        "v neid": "vneid",
        "vne id": "vneid",
    },
    filler=("cho em hỏi", "cho em hỏi chút", "chào", "dạ", "ạ", "với ạ", "ad ơi"),
    stop_words=("là", "gì", "có", "thế", "mà", "thì", "làm", "sao", "em", "bao lâu", "chúng tôi"),
)
LEXICON = Lexicon(FILE, ["Kích hoạt VNeID bằng ứng dụng test trên iPhone, visa, OTP, windows"])
REAL = yaml.safe_load(
    (Path(__file__).parents[1] / "faq" / "_lexicon.yaml").read_text(encoding="utf-8")
)


def read(text: str) -> str:
    """The words of a question, as the small lexicon reads it."""
    return " ".join(LEXICON.read(text).words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cccd ko dc", "căn cước công dân không được"),
        ("CCCD Ko Đc", "căn cước công dân không được"),
        ("quên mk, sđt k có", "quên mật khẩu số điện thoại không có"),
        ("bhyt?", "bảo hiểm y tế"),
        ("lam s", "làm sao"),
        ("khongko kop", "khongko kop"),
    ],
)
def test_teencode_and_abbreviations_are_written_out(typed: str, meant: str) -> None:
    """Whole words only, in any case, whatever stands around them."""
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("đổi bằng lái", "đổi giấy phép lái xe"),
        ("đổi bằng lái xe hạng a1", "đổi giấy phép lái xe hạng a1"),
        ("doi bang lai xe", "doi giấy phép lái xe"),
        ("đổi bằng lai xe", "đổi giấy phép lái xe"),
        ("cài vne id", "cài vneid"),
        ("cài v neid", "cài vneid"),
    ],
)
def test_everyday_wording_becomes_the_official_one(typed: str, meant: str) -> None:
    """The longest phrase first, typed with all, some or none of its accents."""
    assert read(typed) == meant


@pytest.mark.parametrize("typed", ["băng lái", "bằng lại xe", "cháo", "cho em hói", "đa", "dã"])
def test_other_accents_are_other_words(typed: str) -> None:
    """An accent that is typed and differs makes neither a synonym nor filler."""
    assert read(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kichs hoatj vneid", "kích hoạt vneid"),
        ("ddawng kys ddinhj danh muwcs 2", "đăng ký định danh mức 2"),
        ("d9ang8 ky1 muc2", "đăng ký muc 2"),
        ("mức2", "mức 2"),
        ("cccd2", "căn cước công dân 2"),
        ("ddc", "ddc"),
    ],
)
def test_keys_that_never_became_accents_are_repaired(typed: str, meant: str) -> None:
    """Telex, VNI, and a number that sticks to its word."""
    assert read(typed) == meant


@pytest.mark.parametrize("word", ["test", "visa", "windows", "otp", "iphone", "vneid"])
def test_foreign_words_of_the_faq_are_never_repaired(word: str) -> None:
    """Once an editor has written "test" or "visa", it is not read as "tét" or "vía"."""
    assert read(word.upper()) == word
    assert Lexicon(FILE, []).read("test").words == ("tét",)


@pytest.mark.parametrize("word", WORDS)
def test_well_typed_words_only_become_lower_case(word: str) -> None:
    """No repair ever touches a Vietnamese word that has its accents."""
    lexicon = Lexicon(LexiconFile(teencode={"ko": "không"}), [])
    assert lexicon.read(word).words == (place_tones(word),)
    assert lexicon.read(word.upper()).words == (place_tones(word),)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_well_typed_sentences_only_become_lower_case(words: list[str]) -> None:
    """Neither does the company of other words change one."""
    lexicon = Lexicon(LexiconFile(teencode={"ko": "không"}), [])
    sentence = " ".join(words)
    assert " ".join(lexicon.read(sentence.title() + "?").words) == place_tones(sentence)


@given(st.lists(st.sampled_from([*WORDS, "ko", "cccd", "kichs", "muc2", "hoà"]), max_size=12))
def test_decomposed_text_is_the_same_question(words: list[str]) -> None:
    """NFC or NFD: equal in every part."""
    sentence = " ".join(words)
    assert LEXICON.read(unicodedata.normalize("NFD", sentence)) == LEXICON.read(sentence)


def test_both_ways_to_place_a_tone_are_the_same_question() -> None:
    """Hoà and hòa, and all lower case as all upper case."""
    assert LEXICON.read("HOÀ thuỷ khoẻ") == LEXICON.read("hòa thủy khỏe")


def test_a_lexicon_may_be_written_decomposed() -> None:
    """An editor's file from a machine that types NFD does the same as one in NFC."""

    def nfd(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    file = LexiconFile(
        teencode={nfd("đc"): nfd("được")},
        abbreviations={nfd("sđt"): nfd("số điện thoại")},
        phrases={nfd("bằng lái"): nfd("giấy phép lái xe")},
        filler=(nfd("cho em hỏi"),),
        stop_words=(nfd("là"),),
    )
    question = Lexicon(file, []).read("cho em hỏi sđt bằng lái đc là")
    assert question.words == tuple("số điện thoại giấy phép lái xe được là".split())


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!...", "🪪" * 10_000, "\x00\u200b", "chào ad ơi", "cho em hỏi chút ạ", "DẠ"],
)
def test_filler_alone_is_nothing(text: str) -> None:
    """Greetings, punctuation and emoji leave no word and no subject."""
    question = LEXICON.read(text)
    assert question.words == ()
    assert question.normalised == ""
    assert not question.has_subject


@pytest.mark.parametrize(
    "text",
    [
        "là gì",
        "la gi",
        "thế thì làm sao",
        "the thi lam sao",
        "chào, cho em hỏi có gì ạ",
        "bao lâu",
        "bao lau",
        "chúng tôi",
    ],
)
def test_stop_words_alone_are_no_subject(text: str) -> None:
    """With or without accents, of one word or of several."""
    assert not LEXICON.read(text).has_subject


@pytest.mark.parametrize("text", ["thẻ", "mã", "thẻ là gì", "có mã gì", "lâu"])
def test_a_thing_is_a_subject_though_it_folds_like_a_stop_word(text: str) -> None:
    """Accents that are typed count: "thế" is a stop word, "thẻ" is not."""
    assert LEXICON.read(text).has_subject


def test_a_question_keeps_what_was_said_beside_what_counts() -> None:
    """`said` holds the filler, `words` and `folded` do not, and the two agree word by word."""
    question = LEXICON.read("Dạ cho em hỏi CCCD hết hạn thì làm sao ạ?")
    assert question.said == "da cho em hoi can cuoc cong dan het han thi lam sao a"
    assert question.words == tuple("căn cước công dân hết hạn thì làm sao".split())
    assert question.folded == tuple("can cuoc cong dan het han thi lam sao".split())
    assert question.normalised == "can cuoc cong dan het han thi lam sao"
    assert question.has_subject


def test_without_a_lexicon_words_are_left_alone() -> None:
    """An English FAQ has no teencode: "test as was" is not Telex there."""
    question = Lexicon(LexiconFile(), []).read("How do I test this as MUC2, ko cccd?")
    assert question.words == tuple("how do i test this as muc2 ko cccd".split())
    assert question.has_subject


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kich hoat vneid bang ung dung", "kích hoạt vneid bằng ứng dụng"),
        ("kick hoat VNeID bang app", "kick hoạt vneid bằng app"),
        ("cho em hoi cccd ko dc a", "cho em hỏi căn cước công dân không được ạ"),
        ("Kích hoạt bang ung dung", "kích hoạt bang ung dung"),
        ("Dạ cho em hỏi CCCD", "dạ cho em hỏi căn cước công dân"),
        ("windows blorp", "windows blorp"),
        ("", ""),
    ],
)
def test_what_was_meant_reads_like_well_typed_text(typed: str, meant: str) -> None:
    """Written out, filler kept, and with its accents put back only where hardly any were typed."""
    assert LEXICON.read(typed).meant == meant


def test_where_none_were_typed_the_words_have_the_accents_they_lack() -> None:
    """Whoever types some of them means the others to be bare."""
    assert LEXICON.read("kich hoat ung dung").words == LEXICON.read("kích hoạt ứng dụng").words
    assert LEXICON.read("kích hoạt ung dụng").words == ("kích", "hoạt", "ung", "dụng")


@given(ANY_TEXT)
def test_reading_is_total_and_bounded(text: str) -> None:
    """Any text; the parts agree; reading cannot grow a text beyond its longest replacements."""
    question = LEXICON.read(text)
    assert len(question.words) == len(question.folded)
    assert tuple(map(fold, question.words)) == question.folded
    assert fold(question.meant) == question.said
    assert not question.has_subject or question.words


@pytest.mark.parametrize(
    "text", ["cccd " * 200_000, "ko" * 500_000, "bằng lái " * 100_000, "a1" * 500_000, "\ud800"]
)
def test_long_texts_are_read_in_part(text: str) -> None:
    """A megabyte of repairs is not repaired beyond the bound."""
    assert len(LEXICON.read(text).words) <= 2000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (typed, meant)
        for part in ("teencode", "abbreviations", "phrases")
        for typed, meant in REAL[part].items()
    ],
)
def test_the_committed_words_are_all_written_out(typed: str, meant: str) -> None:
    """No entry of the lexicon hides another: each alone becomes what it stands for."""
    lexicon = Lexicon(LexiconFile.model_validate(REAL), [])
    assert lexicon.read(typed).said == fold(place_tones(meant))


@pytest.mark.parametrize("text", [*REAL["filler"], *REAL["stop_words"]])
def test_the_committed_filler_and_stop_words_are_no_subject(text: str) -> None:
    """Each of them alone says nothing that an entry could answer."""
    lexicon = Lexicon(LexiconFile.model_validate(REAL), [])
    assert not lexicon.read(text).has_subject
