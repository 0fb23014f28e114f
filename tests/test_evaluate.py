"""The report counts every question once, under the keys that others read."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from intents.calibration import Bands
from intents.catalog import Catalog, load
from intents.evaluate import (
    Case,
    CaseError,
    InScope,
    Miss,
    OutOfScope,
    ask,
    evaluate,
    read_cases,
)
from intents.fitted import Fitted
from intents.fitting import fit
from intents.knowledge import Knowledge
from intents.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAQ = """\
entries:
  - id: kich_hoat
    title: Kích hoạt tài khoản
    phrasings: [kích hoạt vneid, kích hoạt tài khoản định danh, cách kích hoạt mức 2,
      bấm kích hoạt không được, kích hoạt bị lỗi, chưa kích hoạt tài khoản, kích hoạt ở đâu,
      kich hoat the nao]
    answer: Mở ứng dụng và bấm Kích hoạt.
  - id: mat_the
    title: Cấp lại thẻ căn cước bị mất
    phrasings: [mất thẻ căn cước, rơi mất thẻ, cấp lại thẻ căn cước, làm lại thẻ bị mất,
      mất căn cước thì làm sao, xin cấp lại căn cước, bị mất ví có thẻ căn cước, mat can cuoc]
    answer: Đến Công an cấp xã.
  - id: the_bhyt
    title: Thẻ bảo hiểm y tế trên điện thoại
    phrasings: [thẻ bảo hiểm y tế điện tử, xem bảo hiểm y tế trên điện thoại,
      dùng thẻ bảo hiểm y tế trên ứng dụng, bảo hiểm y tế không hiện, tra bảo hiểm y tế,
      khám bệnh bằng thẻ bảo hiểm điện tử, bảo hiểm y tế ở mục nào, the bao hiem y te dien tu]
    answer: Mở Ví giấy tờ.
  - id: ho_so_rieng
    kind: signpost
    title: Tra hồ sơ của riêng bạn
    phrasings: [hồ sơ của tôi tới đâu rồi, tra mã hồ sơ, hồ sơ của tôi sao chưa xong,
      hồ sơ tôi nộp bị trễ hẹn, bao giờ hồ sơ của tôi có kết quả, xem hồ sơ tôi đã nộp,
      hồ sơ chưa trả kết quả, ho so cua toi]
    answer: Gõ mã hồ sơ trên Cổng.
  - id: chao
    kind: small_talk
    title: Chào hỏi
    phrasings: [xin chào trợ lý, hello bot]
    answer: Chào bạn.
"""
OUTSIDE = (
    "questions: [hôm nay trời mưa không, giá vàng, tỉ số bóng đá, nấu phở bò, mua xe máy cũ]\n"
)
KEYS = {"n", "answered_right", "answered_wrong", "clarified_with_right"}
KEYS |= {"clarified_without_right", "unknown", "top1", "top3"}
EVERYTHING = Bands(answer=0.0, share=0.0, clarify=0.0)
NOTHING = Bands(answer=2.0, share=2.0, clarify=2.0)
ASK_BACK = Bands(answer=2.0, share=2.0, clarify=0.0)
CASES = [
    Case("kích hoạt vneid", frozenset({"kich_hoat"}), "plain"),
    Case("rơi mất thẻ", frozenset({"mat_the", "the_bhyt"}), "plain"),
    Case("mat can cuoc", frozenset({"the_bhyt"}), "no_accents"),
    Case("hồ sơ của tôi tới đâu rồi", frozenset({"ho_so_rieng"})),
    Case("xin chào trợ lý", frozenset({"kich_hoat"})),
    Case("xin chào trợ lý", frozenset({"chao"})),
    Case("tra mã hồ sơ", frozenset()),
    Case("giá vàng", frozenset()),
    Case("hello bot", frozenset()),
]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, Fitted]:
    """A small FAQ and what is learned from it."""
    folder: Path = tmp_path_factory.mktemp("faq")
    (folder / "t.yaml").write_text(FAQ, encoding="utf-8")
    (folder / "_out_of_scope.yaml").write_text(OUTSIDE, encoding="utf-8")
    catalog = load(folder)
    return catalog, fit(Knowledge.of(catalog))


@pytest.fixture
def asked(learned: tuple[Catalog, Fitted]) -> Callable[[Bands], Matcher]:
    """A matcher with bands set by hand, so that every outcome can be had."""
    catalog, fitted = learned
    judge = fitted.judge
    return lambda bands: Matcher(
        Knowledge.of(catalog),
        dataclasses.replace(fitted, judge=dataclasses.replace(judge, bands=bands)),
    )


def ticking() -> Callable[[], float]:
    """A clock by which every question takes two thousandths of a second."""
    ticks = itertools.count(1)
    return lambda: next(ticks) * 0.002


def test_a_line_names_one_entry_several_or_none() -> None:
    """Empty lines are skipped, the style is optional, other keys are let through."""
    lines = [
        '{"text": "a", "entry": "x"}\n',
        "\n",
        '{"text": "b", "any_of": ["x", "y"], "style": "typo"}\n',
        '  {"text": "c", "entry": null, "note": 1}',
        '{"text": "", "entry": null, "style": null}',
    ]
    assert read_cases(lines) == [
        Case("a", frozenset({"x"})),
        Case("b", frozenset({"x", "y"}), "typo"),
        Case("c", frozenset()),
        Case("", frozenset()),
    ]
    assert read_cases([]) == []


NEEDED = 'cần "text" và một trong "entry": "mã", "entry": null, "any_of": ["mã", …]'


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "không phải JSON ("),
        ("text: a", "không phải JSON ("),
        ('{"text": "a", "entry": "x"} {}', "không phải JSON ("),
        ("[" * 100_000, "không phải JSON ("),
        ("[]", NEEDED),
        ('"a"', NEEDED),
        ("null", NEEDED),
        ('{"text": "a"}', NEEDED),
        ('{"entry": "x"}', NEEDED),
        ('{"text": 1, "entry": "x"}', NEEDED),
        ('{"text": "a", "entry": 1}', NEEDED),
        ('{"text": "a", "entry": ["x"]}', NEEDED),
        ('{"text": "a", "any_of": []}', NEEDED),
        ('{"text": "a", "any_of": "x"}', NEEDED),
        ('{"text": "a", "any_of": ["x", 1]}', NEEDED),
        ('{"text": "a", "entry": "x", "style": 1}', '"style" phải là chữ'),
    ],
)
def test_a_malformed_line_is_told_with_its_number(line: str, what: str) -> None:
    """The number counts empty lines too."""
    with pytest.raises(CaseError) as caught:
        read_cases(['{"text": "a", "entry": null}', "", line, "{"])
    assert str(caught.value).startswith(f"dòng 3: {what}")


def test_every_question_is_counted_once(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """When everything is answered: right, wrong, and small talk as unknown."""
    report = evaluate(asked(EVERYTHING), learned[0], CASES, ticking())
    assert report.in_scope == InScope(
        n=6, answered_right=4, answered_wrong=1, unknown=1, top1=0.6667, top3=report.in_scope.top3
    )
    assert 0.6667 <= report.in_scope.top3 <= 0.8333
    assert report.out_of_scope == OutOfScope(n=3, answered=1, unknown=2)
    assert report.misses == [Miss(CASES[2], "mat_the")]


def test_asking_back_is_counted_by_whether_the_right_entry_is_among_the_choices(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """Small talk is never asked back."""
    cases = [
        Case("kích hoạt vneid", frozenset({"kich_hoat"})),
        Case("kích hoạt vneid", frozenset({"no_such_entry"})),
        Case("xin chào trợ lý", frozenset({"kich_hoat"})),
        Case("giá vàng", frozenset()),
    ]
    report = evaluate(asked(ASK_BACK), learned[0], cases, ticking())
    assert report.in_scope == InScope(
        n=3, clarified_with_right=1, clarified_without_right=1, unknown=1, top1=0.3333, top3=0.3333
    )
    assert report.out_of_scope == OutOfScope(n=1, clarified=1)
    assert report.misses == []


def test_unknown_is_counted_while_the_ranking_still_counts(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """`top1` looks at the ranking, not at what was said."""
    cases = [Case("kích hoạt vneid", frozenset({"kich_hoat"})), Case("giá vàng", frozenset())]
    report = evaluate(asked(NOTHING), learned[0], cases, ticking())
    assert report.in_scope == InScope(n=1, unknown=1, top1=1, top3=1)
    assert report.out_of_scope == OutOfScope(n=1, unknown=1)


def test_an_outcome_tells_how_sure_an_answer_would_be(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """Whatever was decided; small talk and signposts are no answers unless the line names them."""
    matcher = asked(NOTHING)
    outcomes = ask(matcher, learned[0], CASES, ticking())
    for outcome in outcomes:
        first, *_ = matcher.match(outcome.case.text).ranking
        is_answer = first.entry not in {"chao", "ho_so_rieng"}
        named = first.entry in outcome.case.right
        assert outcome.sureness == (first.score if is_answer or named else None)
        assert (outcome.first, outcome.found(1)) == (first.entry, named)
        assert not any(candidate.parts for candidate in outcome.verdict.ranking)
    assert [outcome.sureness is None for outcome in outcomes[3:]] == [
        *(False, True, False, True),
        *(outcomes[-2].sureness is None, True),
    ]


def test_styles_are_counted_apart(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """In-scope questions that tell a style, in the order of the names."""
    report = evaluate(asked(EVERYTHING), learned[0], CASES, ticking())
    assert list(report.styles) == ["no_accents", "plain"]
    assert report.styles["plain"] == InScope(n=2, answered_right=2, top1=1, top3=1)
    assert report.styles["no_accents"].answered_wrong == 1


def test_the_published_report_has_these_keys(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """It survives JSON; what a citizen asked is not in it."""
    published = evaluate(asked(EVERYTHING), learned[0], CASES, ticking()).as_json()
    assert json.loads(json.dumps(published)) == published
    assert set(published) == {"in_scope", "out_of_scope", "ms", "styles"}
    assert set(published["in_scope"]) == KEYS
    assert set(published["styles"]["plain"]) == KEYS
    assert set(published["out_of_scope"]) == {"n", "answered", "clarified", "unknown"}
    assert published["ms"] == {"p50": 2.0, "p95": 2.0, "p99": 2.0}
    assert "vneid" not in json.dumps(published)


@pytest.mark.parametrize("bands", [EVERYTHING, ASK_BACK, NOTHING])
def test_the_outcomes_add_up(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher], bands: Bands
) -> None:
    """No question is lost or counted twice."""
    counts = evaluate(asked(bands), learned[0], CASES, ticking()).as_json()
    for part in (counts["in_scope"], counts["out_of_scope"], *counts["styles"].values()):
        assert part["n"] == sum(
            count for name, count in part.items() if name not in {"n", "top1", "top3"}
        )


def test_no_questions_make_an_empty_report(
    learned: tuple[Catalog, Fitted], asked: Callable[[Bands], Matcher]
) -> None:
    """Zeros, no division by zero."""
    report = evaluate(asked(EVERYTHING), learned[0], [], ticking())
    assert report.as_json() == {
        "in_scope": dataclasses.asdict(InScope()),
        "out_of_scope": {"n": 0, "answered": 0, "clarified": 0, "unknown": 0},
        "ms": {"p50": 0.0, "p95": 0.0, "p99": 0.0},
        "styles": {},
    }


def test_what_was_learned_survives_being_kept(learned: tuple[Catalog, Fitted]) -> None:
    """Arrays and back: the same verdicts, number for number."""
    catalog, fitted = learned
    knowledge = Knowledge.of(catalog)
    kept = Fitted.from_arrays(fitted.arrays())
    for case in CASES:
        assert Matcher(knowledge, kept).match(case.text) == Matcher(knowledge, fitted).match(
            case.text
        )
