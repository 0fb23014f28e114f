"""Any text becomes clean, bounded, comparable text: whatever a phone, a keyboard or an attacker sends."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intents.text import MAX_QUESTION, MAX_WORDS, clean, fold, place_tones, shorten, tokens

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # all planes, surrogates and controls too


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Làm   căn cước\n\n ở\tđâu ", "Làm căn cước ở đâu"),
        ("một\r\nhai\u2028ba\u00a0bốn\u3000năm", "một hai ba bốn năm"),
        ("vne\u200bid\ufeff", "vneid"),
        ("\u202ethẻ\u202c \u2067căn cước\u2069\u200f", "thẻ căn cước"),
        ("mã\x00 OTP\x07", "mã OTP"),
        ("bị lỗi \ud83d nữa", "bị lỗi ? nữa"),
        ("thẻ 💳 🪪", "thẻ 💳 🪪"),
        ("\ue000\U0010ffff", ""),
        ("\x00\u200b\u202e", ""),
        ("", ""),
    ],
)
def test_clean_keeps_what_is_seen_on_one_line(typed: str, read: str) -> None:
    """White space of any kind is one space; controls, marks of direction and zero width go."""
    assert clean(typed) == read


def test_composed_and_decomposed_text_are_the_same_text() -> None:
    """A phone that sends NFD asks the same question as one that sends NFC."""
    typed = "Kích hoạt tài khoản định danh điện tử mức 2 ở đâu, cần những giấy tờ gì?"
    assert clean(unicodedata.normalize("NFD", typed)) == typed


def test_a_mark_behind_a_zero_width_character_still_joins_its_letter() -> None:
    """What stands between letter and mark is dropped first, then the two are composed."""
    assert clean("e\u200b\u0301 y te\u200d\u0302\u0301") == "é y tế"


@given(ANY_TEXT)
@example("e\u200b\u0301")
@example("a\u0323\u200b\u0302")
@example("\x00\ud800\udfff\u202e")
def test_clean_is_total_and_canonical(text: str) -> None:
    """Any text becomes NFC on one line, without surrogates, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    assert not [char for char in cleaned if unicodedata.category(char)[0] == "C"]
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_048_576,
        "thẻ căn cước " * 80_000,
        "🪪" * 10_000,
        "\x00" * 100_000,
        "\u0301" * 100_000,
        "e" + "\u0301" * 100_000,
        "\U0001d160" * 100_000,  # one character that NFC writes as three
        "\ufdfa" * 100_000,
        "\ud800" * 100_000,
    ],
)
def test_clean_bounds_its_output(text: str) -> None:
    """However long a message is, what is read of it fits the bound, also when read again."""
    cleaned = clean(text)
    assert len(cleaned) <= MAX_QUESTION + 1  # the two halves and a space
    assert clean(cleaned) == cleaned


def test_of_a_long_text_the_first_and_the_last_part_are_read() -> None:
    """Long stories ask at the beginning or at the end."""
    cleaned = clean("Cấp lại thẻ. " + "x" * 5000 + " Hết bao nhiêu tiền?")
    assert cleaned.startswith("Cấp lại thẻ. xxx")
    assert cleaned.endswith("xxx Hết bao nhiêu tiền?")


LONG_LINES = st.lists(
    st.one_of(
        st.sampled_from(["thẻ", "a1", "\n", ". ", "ở\u0301", "\u200b", "İ"]), st.text(max_size=5)
    ),
    min_size=MAX_WORDS // 2,
    max_size=3 * MAX_WORDS,
)


@given(LONG_LINES)
def test_of_many_words_the_first_and_the_last_are_read(pieces: list[str]) -> None:
    """A message of at most so many words stands as it is; of a longer one both ends are left."""
    text = " ".join(pieces)
    words, read = tokens(clean(text)), tokens(clean(shorten(text)))
    half = MAX_WORDS // 2
    if len(words) <= MAX_WORDS:
        assert shorten(text) == text
    else:
        assert read == words[:half] + words[-half:]


@given(ANY_TEXT)
def test_a_message_that_is_no_longer_than_that_many_characters_stands_as_it_is(text: str) -> None:
    """Most messages are, and pay nothing."""
    assert shorten(text[:MAX_WORDS]) == text[:MAX_WORDS]


@pytest.mark.parametrize(
    "text",
    [
        "a " * 500_000,
        "a\n" * 500_000,
        "İ" * 1_000_000,
        "\ufb2c" * 100_000,  # one letter that NFC writes with marks, which end a word
        "\u0301a" * 100_000,
        "mã\u200b" * 100_000,
        "\ud800a" * 100_000,
        "中" * 100_000,
    ],
)
def test_no_message_has_more_words(text: str) -> None:
    """However they are told apart; and shortening twice changes nothing more."""
    short = shorten(text)
    assert len(tokens(clean(short))) <= MAX_WORDS
    assert shorten(short) == short


def test_a_shortened_message_keeps_its_lines() -> None:
    """A line ends what is asked, and the two ends are no one sentence."""
    lines = [f"dòng {number} của câu chuyện" for number in range(100)]
    assert shorten("\n".join(lines)).split("\n") == lines[:20] + lines[80:]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký THƯỜNG TRÚ", "dang ky thuong tru"),
        ("ưỡn ẹo ẳng ặc ỵ", "uon eo ang ac y"),
        ("đĐ", "dd"),
        ("Ｖｎｅｉｄ café Straße", "ｖｎｅｉｄ cafe straße"),
        ("İ", "i"),
        ("한국", "한국"),
        ("", ""),
    ],
)
def test_fold_leaves_bare_lower_case_letters(text: str, folded: str) -> None:
    """Every Vietnamese accent goes, đ becomes d; other scripts stay as they are."""
    assert fold(text) == folded


@given(ANY_TEXT)
def test_fold_is_idempotent_and_total(text: str) -> None:
    """Folded text has nothing left to fold."""
    folded = fold(text)
    assert fold(folded) == folded


def test_fold_is_idempotent_for_every_character() -> None:
    """Every character that Unicode has, one by one."""
    characters = map(chr, range(sys.maxunicode + 1))
    assert [char for char in characters if fold(fold(char)) != fold(char)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("thuý", "thúy"),
        ("uỷ", "ủy"),
        ("hoá", "hóa"),
        ("loã xoã", "lõa xõa"),
        ("loè", "lòe"),
        ("thuỵ", "thụy"),
    ],
)
def test_both_ways_to_place_a_tone_are_one_word(old: str, new: str) -> None:
    """The new spelling becomes the old one, and the old one stays."""
    assert place_tones(old) == new
    assert place_tones(new) == new


@pytest.mark.parametrize(
    "word", ["quà", "quý", "quẻ", "hoàn", "hoài", "loét", "huých", "của", "mùa", "toán", "thuở"]
)
def test_words_with_one_spelling_keep_it(word: str) -> None:
    """After qu, and before a final letter, the tone has only one place."""
    assert place_tones(word) == word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VNeID mức 2, thì sao?", ["vneid", "mức", "2", "thì", "sao"]),
        ("hoà-bình_xã/phường", ["hòa", "bình", "xã", "phường"]),
        ("30.000đ", ["30", "000đ"]),
        ("💳🪪 !!! ...", []),
        ("ĐỊNH DANH", ["định", "danh"]),
        ("身份证 удостоверение", ["身份证", "удостоверение"]),
        ("", []),
    ],
)
def test_tokens_are_runs_of_letters_and_digits(text: str, found: list[str]) -> None:
    """Lower case, tones placed, of any script; punctuation and emoji only separate."""
    assert tokens(text) == found


@given(ANY_TEXT)
def test_tokens_are_total_and_stable(text: str) -> None:
    """Tokens of a cleaned text, joined by spaces, are the same tokens."""
    found = tokens(clean(text))
    assert tokens(" ".join(found)) == found
