"""Phrasings across entries: repeated, nearly the same, better at home elsewhere."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from bot.faq import load_faq
from intents.problems import Rule
from tests.faq_faults import EXAMPLES, checked, entry, faq, told
from tests.small_faq import write

if TYPE_CHECKING:
    from pathlib import Path

ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
RIMES = "a an ang ao ay e em en eo i im inh o oi on ong u um un ung y".split()


def two(one: str, other: str, kind: str = "answer") -> dict[str, str]:
    """Two entries, each with one phrasing."""
    more = f"    kind: {kind}\n"
    return faq(
        entry("a", "Một", f"['{one}']", more=more), entry("b", "Hai", f"['{other}']", more=more)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("đổi thẻ ở đâu", "doi the o dau"),
        ("Đổi thẻ, ở đâu?", "đổi thẻ  ở đâu"),
        ("khoẻ hoà", "khỏe hòa"),
    ],
)
def test_equal_after_folding_is_repeated(tmp_path: Path, one: str, other: str) -> None:
    """Accents, capitals, signs and the place of a tone make no difference; told once."""
    assert len(told(tmp_path, two(one, other), Rule.REPEATED_ELSEWHERE)) == 1
    assert told(tmp_path, two(one, other), Rule.NEAR_DUPLICATE) == []
    assert len(told(tmp_path, two(one, other, "small_talk"), Rule.REPEATED_ELSEWHERE)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quên mật khẩu vneid lấy lại", "quên mật khẩu vssid lấy lại"),
        ("thẻ trẻ dưới 6 tuổi", "thẻ trẻ dưới 14 tuổi"),
        ("?!", "?!"),
    ],
)
def test_one_telling_word_makes_another_question(tmp_path: Path, one: str, other: str) -> None:
    """However few letters differ. Signs alone are no phrasing."""
    for rule in (Rule.REPEATED_ELSEWHERE, Rule.NEAR_DUPLICATE):
        assert told(tmp_path, two(one, other), rule) == []


def test_other_order_and_filler_is_nearly_the_same(tmp_path: Path) -> None:
    """The pair is shown with its place, once for each phrasing and entry."""
    files = two("cho em hỏi đổi thẻ hết hạn ở đâu", "ở đâu đổi thẻ hết hạn")
    files["_lexicon.yaml"] = "filler: [cho em hỏi]\n"
    assert told(tmp_path, files, Rule.NEAR_DUPLICATE) == [
        (
            "can_cuoc.yaml:9:17: cách hỏi “ở đâu đổi thẻ hết hạn” gần giống"
            " “cho em hỏi đổi thẻ hết hạn ở đâu” của mục “a” (can_cuoc.yaml:4)"
            " – giữ ở một mục, hoặc nói rõ chỗ khác nhau"
        )
    ]


def test_an_entry_with_few_phrasings_is_not_judged(tmp_path: Path) -> None:
    """Four say too little about each other."""
    asked = "[làm căn cước ở phường, làm căn cước ở xã, làm căn cước mấy giờ, làm căn cước]"
    files = faq(entry("a", "Một", asked), entry("b", "Hai", asked.replace("làm", "xin làm")))
    assert told(tmp_path, files, Rule.PREFERS_ANOTHER) == []


def test_signposts_may_lose_their_phrasings(tmp_path: Path) -> None:
    """They stand for many things."""
    files = EXAMPLES[Rule.PREFERS_ANOTHER].bad
    posts = {
        name: text.replace("    answer:", "    kind: signpost\n    answer:")
        for name, text in files.items()
    }
    assert len(told(tmp_path, files, Rule.PREFERS_ANOTHER)) == 2
    assert told(tmp_path, posts, Rule.PREFERS_ANOTHER) == []


def test_what_is_to_be_filled_in_is_no_phrasing(tmp_path: Path) -> None:
    """Two entries that were only begun do not repeat each other."""
    files = two("CẦN ĐIỀN: câu hỏi", "CẦN ĐIỀN: câu hỏi")
    assert told(tmp_path, files, Rule.REPEATED_ELSEWHERE) == []
    assert len(told(tmp_path, files, Rule.UNFINISHED)) == 2


def test_five_thousand_phrasings_are_checked_in_seconds(tmp_path: Path) -> None:
    """All rules together; a busy machine gets time to spare."""
    pick = random.Random(7)  # the same words every time, and no secret
    syllables = [f"{onset}{rime}" for onset in ONSETS for rime in RIMES]

    def phrasing() -> str:
        return f"'{' '.join(pick.choices(syllables, k=8))}'"

    entries = (
        entry(f"m{i}", f"Mục {i}", f"[{', '.join(phrasing() for _ in range(20))}]")
        for i in range(250)
    )
    started = time.process_time()
    checked(tmp_path, faq(*entries))
    assert time.process_time() - started < 60


def test_a_faq_of_small_talk_alone_can_be_served(tmp_path: Path) -> None:
    """It answers small talk, and nothing is learned."""
    files = two("cảm ơn nhé", "xin chào bạn", "small_talk")
    served = load_faq(write(tmp_path, files), tmp_path / "fits")
    assert served.matcher.match("cam on nhe").ranking[0].entry == "a"
