"""Noise is what people type, comes out the same for the same seed, and never changes what is asked."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.lexicon import Lexicon, LexiconFile
from intents.noise import Noise, NoiseMaker, as_telex, as_vni
from intents.text import MAX_QUESTION, clean, fold, place_tones
from intents.typing_keys import decode
from tests.vietnamese import WORDS

TEENCODE = {
    "ko": "không",
    "hông": "không",
    "đc": "được",
    "dk": "đăng ký",
    "ntn": "như thế nào",
    "tnao": "thế nào",
}
QUESTION = "Đăng ký tạm trú như thế nào, có được làm ở xã không ạ?"
MAKER = NoiseMaker(TEENCODE)
SEEDS = range(40)
noises = st.sampled_from(Noise)
sentences = st.lists(st.sampled_from([*WORDS, "VNeID", "CCCD", "2", "otp,"]), max_size=30).map(
    " ".join
)


@pytest.mark.parametrize(
    ("noise", "spoilt"),
    [
        (Noise.NO_ACCENTS, "dang ky tam tru nhu the nao, co duoc lam o xa khong a?"),
        (
            Noise.TELEX,
            "Ddawng kys tamj trus nhuw thees naof, cos dduwowcj lamf owr xax khoong aj?",
        ),
        (
            Noise.VNI,
            "D9a8ng ky1 tam5 tru1 nhu7 the61 nao2, co1 d9u7o7c5 lam2 o73 xa4 kho6ng a5?",
        ),
        (Noise.NO_FIRST_D, "ăng ký tạm trú như thế nào, có ược làm ở xã không ạ?"),
    ],
)
def test_noise_without_choice(noise: Noise, spoilt: str) -> None:
    """What leaves nothing to chance is the same under every seed."""
    assert {NoiseMaker(TEENCODE, seed).variant(QUESTION, noise) for seed in SEEDS} == {spoilt}


def test_teencode_is_the_lexicon_read_backwards() -> None:
    """The longest phrase first, any of its short forms, whole words only."""
    variants = {NoiseMaker(TEENCODE, seed).variant(QUESTION, Noise.TEENCODE) for seed in SEEDS}
    assert variants == {
        "dk tạm trú ntn, có đc làm ở xã ko ạ?",
        "dk tạm trú ntn, có đc làm ở xã hông ạ?",
    }
    assert MAKER.variant("khôngg đượcc dang ky", Noise.TEENCODE) == "khôngg đượcc dang ky"
    assert NoiseMaker({}).variant(QUESTION, Noise.TEENCODE) == QUESTION


def test_the_lexicon_reads_teencode_back() -> None:
    """What the noise shortens, the same lexicon writes out."""
    lexicon = Lexicon(LexiconFile(teencode=TEENCODE), [QUESTION])
    for seed in SEEDS:
        variant = NoiseMaker(lexicon.teencode, seed).variant(QUESTION, Noise.TEENCODE)
        assert lexicon.read(variant) == lexicon.read(QUESTION)


@pytest.mark.parametrize("word", WORDS)
def test_typing_keys_decode_back(word: str) -> None:
    """Telex and VNI keys are those that make the word."""
    assert decode(as_telex(word)) == place_tones(word)
    assert decode(as_vni(word)) == place_tones(word)


@pytest.mark.parametrize(
    ("word", "telex", "vni"),
    [
        ("Đường", "Dduwowngf", "D9u7o7ng2"),
        ("ĐƯỜNG", "DDUWOWNGF", "D9U7O7NG2"),
        ("Ở", "Owr", "O73"),
        ("vneid", "vneid", "vneid"),
        ("", "", ""),
        ("naïve", "naïve", "naïve"),
    ],
)
def test_typing_keys_keep_capitals_and_foreign_words(word: str, telex: str, vni: str) -> None:
    """Keys of a word in capitals are capitals; what no Vietnamese key makes stays."""
    assert (as_telex(word), as_vni(word)) == (telex, vni)


@pytest.mark.parametrize(
    ("length", "slips"), [(1, 1), (4, 1), (8, 1), (12, 2), (16, 2), (24, 3), (40, 5)]
)
def test_typos_are_one_in_eight_words(length: int, slips: int) -> None:
    """So many words differ, each by one slip; the rest stands."""
    words = [word for word in WORDS if len(word) > 2][:length]
    for seed in SEEDS:
        typed = NoiseMaker({}, seed).variant(" ".join(words), Noise.TYPOS).split()
        assert sum(one != other for one, other in zip(words, typed, strict=True)) == slips


def test_typos_are_of_several_kinds() -> None:
    """Neighbouring key, letter dropped, doubled or swapped, spelling that sounds alike."""
    typed = {NoiseMaker({}, seed).variant("trước", Noise.TYPOS) for seed in range(300)}
    assert {"yrước", "rước", "ttrước", "rtước", "chước", "trướt"} <= typed


def test_joined_loses_spaces_only() -> None:
    """At least one, not all of many."""
    for seed in SEEDS:
        joined = NoiseMaker({}, seed).variant(QUESTION, Noise.JOINED)
        assert joined.replace(" ", "") == QUESTION.replace(" ", "")
        assert 0 < joined.count(" ") < QUESTION.count(" ")
    assert MAKER.variant("thẻ", Noise.JOINED) == "thẻ"
    assert MAKER.variant("mất thẻ", Noise.JOINED) == "mấtthẻ"


def test_a_story_holds_the_question_unchanged() -> None:
    """A sentence or two before it, perhaps one behind."""
    stories = {NoiseMaker({}, seed).variant(QUESTION, Noise.STORY) for seed in SEEDS}
    assert len(stories) > 20
    assert all(QUESTION in story and len(story) > len(QUESTION) + 20 for story in stories)
    assert {story.endswith(QUESTION) for story in stories} == {True, False}


def test_a_story_around_a_question_without_accents_has_none() -> None:
    """Who types no accents types none in the rest of the message."""
    assert MAKER.variant("mat can cuoc", Noise.STORY).isascii()


@given(st.one_of(st.text(), sentences), noises, st.integers())
def test_noise_is_total_and_repeatable(text: str, noise: Noise, seed: int) -> None:
    """Any text, any seed; one line; twice the same."""
    variant = NoiseMaker(TEENCODE, seed).variant(text, noise)
    assert variant == NoiseMaker(TEENCODE, seed).variant(text, noise)
    assert variant == unicodedata.normalize("NFC", variant)
    assert "\n" not in variant
    assert len(variant) <= 3 * MAX_QUESTION


@given(sentences)
def test_what_is_typed_without_the_input_method_is_read_back(text: str) -> None:
    """Telex and VNI spoil accented words only, and every one of them decodes back."""
    for noise in (Noise.TELEX, Noise.VNI):
        typed = MAKER.variant(text, noise)
        for meant, word in zip(text.split(), typed.split(), strict=True):
            accented = fold(meant) != meant.lower()
            assert (decode(word) if accented else word) == (
                place_tones(meant) if accented else meant
            )


@given(sentences, noises)
def test_noise_keeps_the_number_of_words(text: str, noise: Noise) -> None:
    """Only teencode, lost spaces and stories change how many words there are."""
    if noise not in {Noise.TEENCODE, Noise.JOINED, Noise.STORY}:
        assert len(MAKER.variant(text, noise).split()) == len(text.split())


@given(st.text())
def test_what_has_nothing_to_spoil_is_only_cleaned(text: str) -> None:
    """Digits and punctuation are no words."""
    bare = re.sub(r"[^\W\d_]", "", clean(text))
    bare = clean("".join(char for char in bare if not unicodedata.combining(char)))
    for noise in (Noise.TYPOS, Noise.TEENCODE, Noise.TELEX, Noise.VNI, Noise.NO_FIRST_D):
        assert MAKER.variant(bare, noise) == bare
