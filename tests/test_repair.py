"""What was mistyped is repaired by the FAQ's own words; what may be right is left alone."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intents.catalog import load
from intents.repair import Repairer
from intents.text import MAX_QUESTION, clean, fold_word, tokens
from intents.typing_keys import is_syllable
from intents.vocabulary import Counts, Vocabulary, well_typed
from tests.faq import FOLDER, QUESTIONS
from tests.vietnamese import WORDS

WRITTEN = (
    """
đăng ký tạm trú cho con; thẻ bảo hiểm y tế; kích hoạt tài khoản định danh mức 2 trên VNeID;
mất căn cước làm lại ở đâu; làm sao kích hoạt VNeID mức 2; đổi số điện thoại; có được cấp lại không;
khai sinh cho con; ứng dụng VNeID; chụp ảnh căn cước; chủ hộ; trường hợp ưu tiên; bảo vệ môi trường;
BHYT cho con; được cấp thẻ căn cước; thẻ bhyt trên vneid; bão lụt; xong rồi; so sánh mức 1 và mức 2
""".replace("\n", "").split(";")
    * 6
)
REPAIRER = Repairer(Vocabulary(Counts.of(well_typed(WRITTEN, [])), ["ko", "đc", "cccd"]))
CATALOG = load(FOLDER)


def repair(text: str) -> str:
    """The repaired words, by a small vocabulary."""
    return " ".join(REPAIRER.repair(tokens(clean(text))))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vneiddd", "vneid"),
        ("cănnnn cướccc", "căn cước"),
        ("bảooo hiểmm y tếế", "bảo hiểm y tế"),
        ("đđược cấpp", "được cấp"),
        ("cannnn cuocc", "can cuoc"),
        ("coong", "coong"),
        ("goong xoong", "goong xoong"),
        ("kkk", "kkk"),
        ("google", "google"),
    ],
)
def test_doubled_letters_are_taken_out(typed: str, meant: str) -> None:
    """Where that leaves a word, and the word as typed is none."""
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ăng ký tạm trú", "đăng ký tạm trú"),
        ("ổi số iện thoại", "đổi số điện thoại"),
        ("có ược cấp", "có được cấp"),
        ("ịnh anh", "định anh"),
        ("ng dụng vneid", "ứng dụng vneid"),
        ("ở âu", "ở đâu"),
        ("châu âu", "châu âu"),
        ("ảo", "ảo"),
        ("anh ấy", "anh ấy"),
    ],
)
def test_a_lost_first_letter_comes_back(typed: str, meant: str) -> None:
    """đ, ư and ơ, where the FAQ has the word beside its neighbour, or nothing like the rest."""
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cancuoc", "can cuoc"),
        ("căncước", "căn cước"),
        ("lamsaokichhoat", "lam sao kich hoat"),
        ("dangkytamtru", "dang ky tam tru"),
        ("vneidmuc2", "vneid muc 2"),
        ("bhytchocon", "bhyt cho con"),
        ("sosanh", "so sanh"),
        ("vneid", "vneid"),
        ("khai", "khai"),
        ("samsung", "samsung"),
        ("cuoccon", "cuoccon"),
        ("cancuoc" * 6, "cancuoc" * 6),
    ],
)
def test_joined_words_are_split(typed: str, meant: str) -> None:
    """Into words that are neighbours in the FAQ, and not beyond the longest."""
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("căn cướt", "căn cước"),
        ("can cuot", "can cuoc"),
        ("tạm chú", "tạm trú"),
        ("bão hiểm", "bảo hiểm"),
        ("bão lụt", "bão lụt"),
        ("đăng kí", "đăng ký"),
        ("khai xinh", "khai sinh"),
        ("chụp ảnh", "chụp ảnh"),
        ("chú ý", "chú ý"),
        ("trường hợp", "trường hợp"),
        ("tahng truong", "tahng truong"),
    ],
)
def test_confused_sounds_are_put_right(typed: str, meant: str) -> None:
    """A syllable changes only where another one, and never this, belongs beside its neighbour."""
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kihc hoạt", "kich hoạt"),
        ("đienj thọai", "điện thọai"),
        ("trưfờng hợp", "trường hợp"),
        ("được cấpl", "được cấp"),
        ("ddịnh danh", "định danh"),
        ("khoarn", "khoản"),
        ("vnied", "vneid"),
        ("kohng", "khong"),
        ("samsung", "samsung"),
    ],
)
def test_slips_of_one_letter_are_corrected(typed: str, meant: str) -> None:
    """Toward a frequent word of the FAQ, with the accents that were typed."""
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("căn vước", "căn cước"),
        ("mất căm cước", "mất căn cước"),
        ("lhai sinh cho con", "khai sinh cho con"),
        ("đăng lý tạm trú", "đăng lý tạm trú"),
        ("số điện toại", "số điện thoại"),
        ("thẻ bảo iểm y tế", "thẻ bảo hiểm y tế"),
        ("con lý tưởng", "con lý tưởng"),
        ("xe máy", "xe máy"),
        ("vước", "vước"),
    ],
)
def test_the_neighbours_say_which_word_was_meant(typed: str, meant: str) -> None:
    """One slip anywhere, also in the first letter, where only the other word belongs there."""
    assert repair(typed) == meant


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_without_a_faq_well_typed_words_stay(words: list[str]) -> None:
    """Nothing is known, so nothing is better known."""
    typed = tokens(" ".join(words))
    assert Repairer(Vocabulary(Counts.of([]))).repair(typed) == typed


TYPED = sorted({word for line in WRITTEN for word in tokens(line)})
PIECES = st.one_of(
    st.sampled_from([*TYPED, *map(fold_word, TYPED), "ko", "cướt", "chú", "ăng", "bão", "coòngg"]),
    st.text("aăâeêioôơuưyđdngchtsrxfjw0123ạảãáà", min_size=1, max_size=9),
    st.lists(st.sampled_from(TYPED), min_size=2, max_size=5).map("".join),
)


@given(st.lists(PIECES, max_size=10).map(" ".join))
def test_repairing_twice_is_repairing_once(text: str) -> None:
    """What was repaired needs no repair."""
    once = REPAIRER.repair(tokens(clean(text)))
    assert REPAIRER.repair(once) == once


FAQ = CATALOG.lexicon
GOLDEN = yaml.safe_load((QUESTIONS / "golden.yaml").read_text("utf-8"))


@given(st.lists(PIECES, max_size=10).map(" ".join))
def test_repairing_twice_is_repairing_once_with_a_whole_faq(text: str) -> None:
    """Thousands of pairs disagree no more than a few."""
    once = FAQ.repair(tokens(clean(text)))
    assert FAQ.repair(once) == once


@pytest.mark.parametrize(
    "text",
    [q["text"] for questions in GOLDEN.values() for q in questions if q["style"] == "plain"],
)
def test_a_well_typed_question_is_never_changed(text: str) -> None:
    """Golden questions, which no table was made of."""
    assert FAQ.repair(tokens(clean(text))) == tokens(clean(text))


ADDRESS = re.compile(r"https?://|\w\.(gov|vn|com)\b")
ENTRIES = CATALOG.entries.values()


def test_what_editors_wrote_is_never_changed() -> None:
    """Titles and answers, every word; web addresses are no words."""
    for entry in ENTRIES:
        for text in (entry.title, *entry.texts):
            words = tokens(clean(text))
            assert ADDRESS.search(text) or FAQ.repair(words) == words


def test_phrasings_in_good_spelling_stay() -> None:
    """Of those that look well typed only the slips change that editors put there on purpose."""
    phrasings = [tokens(clean(text)) for entry in ENTRIES for text in entry.phrasings]
    good = [words for words in phrasings if all(map(_well_typed, words)) and _accented(words)]
    changed = [words for words in good if FAQ.repair(words) != words]
    assert len(good) > 3000
    assert len(changed) <= len(good) / 100, changed


def _well_typed(word: str) -> bool:
    return is_syllable(word) or word.isdigit()


def _accented(words: list[str]) -> bool:
    return sum(not word.isascii() for word in words) * 2 >= len(words)


@given(st.text(st.characters(exclude_categories=())))
def test_repairing_is_total(text: str) -> None:
    """Any text, and no word becomes empty."""
    repaired = REPAIRER.repair(tokens(clean(text)))
    assert all(repaired)


@pytest.mark.parametrize("text", ["căncước" * 500, "kihc " * 1000, "chú " * 1000, "aabb" * 1000])
def test_long_texts_are_repaired_in_part(text: str) -> None:
    """No repair lets a text grow."""
    assert len(" ".join(REPAIRER.repair(tokens(clean(text))))) <= 2 * MAX_QUESTION
