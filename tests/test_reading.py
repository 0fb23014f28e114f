"""A message with a story, or with several questions: what counts of it."""

from __future__ import annotations

import pytest

from intents.calibration import Bands
from intents.reading import Explanation, Reading
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict
from tests.sample_faq import sample_faq

BANDS = Bands(0.5, 0.5, 0.2)
LEXICON = sample_faq().catalog.lexicon


def answer(entry: str) -> Answer:
    return Answer(entry, (Candidate(entry, 0.9),))


UNKNOWN = Unknown(Reason.OUT_OF_SCOPE)
CHOICES = Clarify(("a", "b"), (Candidate("a", 0.4), Candidate("b", 0.3)))


def told(text: str, verdict: Verdict, *, sure: bool = True) -> Explanation:
    return Explanation(text, LEXICON.read(text), verdict, BANDS, scope=0.9, sure=sure)


@pytest.mark.parametrize(
    ("whole", "parts", "chosen"),
    [
        (answer("a"), [], ["whole"]),
        (UNKNOWN, [], ["whole"]),
        (answer("a"), [answer("b")], ["whole"]),  # the whole says as much, with all its words
        (UNKNOWN, [answer("a")], ["mot hai"]),  # the story had hidden the question
        (CHOICES, [answer("a")], ["mot hai"]),
        (CHOICES, [answer("c")], ["whole"]),  # the part leads away from what the whole is about
        (CHOICES, [UNKNOWN], ["whole"]),
        (UNKNOWN, [CHOICES, UNKNOWN], ["whole"]),  # not enough to ask back about
        (UNKNOWN, [answer("a"), answer("b")], ["mot hai", "ba bon"]),
        (CHOICES, [answer("a"), UNKNOWN, answer("b")], ["mot hai", "nam sau"]),
        (answer("b"), [answer("a"), answer("b")], ["mot hai", "ba bon"]),
        (answer("c"), [answer("a"), answer("b")], ["whole"]),  # together they ask a third thing
        (answer("a"), [answer("a"), answer("a")], ["whole"]),  # one question, said twice
        (UNKNOWN, [answer("a"), CHOICES], ["mot hai"]),
    ],
)
def test_what_counts_of_a_message(whole: Verdict, parts: list[Verdict], chosen: list[str]) -> None:
    """The whole, a part that says more, or several parts with answers of their own."""
    texts = ["mot hai", "ba bon", "nam sau"]
    reading = Reading(
        told("whole", whole),
        tuple(told(text, part) for text, part in zip(texts, parts, strict=False)),
    )
    assert [one.text for one in reading.chosen] == chosen


def test_a_part_within_another_is_no_question_of_its_own() -> None:
    """A question alone and the same with its story are one."""
    parts = (told("làm sao", answer("a")), told("mất thẻ làm sao", answer("b")))
    reading = Reading(told("whole", answer("b")), parts)
    assert [one.text for one in reading.chosen] == ["whole"]


def test_only_what_counts_must_be_sure() -> None:
    """A doubt about a part that is not replied to is no reason to look again."""
    unsure = told("ba bon", UNKNOWN, sure=False)
    assert Reading(told("whole", answer("a")), (unsure,)).sure
    assert not Reading(unsure).sure


@pytest.mark.parametrize(
    ("whole", "parts", "telling", "chosen"),
    [
        (UNKNOWN, [], [UNKNOWN, answer("a")], "ba bon"),  # a search amid greetings
        (UNKNOWN, [UNKNOWN], [answer("a")], "whole"),  # what is asked is something else
        (CHOICES, [UNKNOWN], [answer("a")], "mot hai"),
        (CHOICES, [], [answer("c")], "whole"),
        (CHOICES, [answer("b")], [answer("a")], "gi"),  # what asks comes first
        (answer("a"), [], [answer("b"), answer("c")], "whole"),
    ],
)
def test_what_is_told_speaks_where_nothing_that_is_asked_does(
    whole: Verdict, parts: list[Verdict], telling: list[Verdict], chosen: str
) -> None:
    """It is never a second question."""
    reading = Reading(
        told("whole", whole),
        tuple(told("gi", part) for part in parts),
        tuple(told(text, one) for text, one in zip(["mot hai", "ba bon"], telling, strict=False)),
    )
    assert [one.text for one in reading.chosen] == [chosen]


STORY = (
    "Dạ chào anh chị, hôm qua em đi chợ về thì phát hiện bị móc túi. "
    "Trong ví có ít tiền và mấy tờ giấy. Cho em hỏi mất thẻ căn cước làm lại ở đâu ạ?"
)
TWO = "Mất thẻ căn cước làm lại ở đâu? Còn nữa, em quên mật khẩu vneid thì làm sao để lấy lại ạ?"


def test_a_story_is_matched_by_the_sentence_that_asks() -> None:
    """With what was learned of a real FAQ."""
    (only,) = sample_faq().matcher.read(STORY).chosen
    assert isinstance(only.verdict, Answer)
    assert only.verdict.entry == "can_cuoc_cap_lai"


def test_a_search_amid_greetings_is_found() -> None:
    """Nothing in it looks like a question."""
    text = "Kính chào các anh chị cán bộ. Quên mật khẩu VNeID. Hôm qua mưa to nên em đi làm muộn."
    (only,) = sample_faq().matcher.read(text).chosen
    assert isinstance(only.verdict, Answer)
    assert only.verdict.entry == "vneid_quen_mat_khau"


def test_two_questions_have_two_verdicts() -> None:
    """In the order in which they were asked."""
    chosen = sample_faq().matcher.read(TWO).chosen
    assert [one.verdict.ranking[0].entry for one in chosen] == [
        "can_cuoc_cap_lai",
        "vneid_quen_mat_khau",
    ]
    assert all(isinstance(one.verdict, Answer) for one in chosen)
