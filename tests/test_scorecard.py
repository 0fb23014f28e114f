"""docs/scorecard.md is of this FAQ, and says what was counted."""

from __future__ import annotations

import re
import time

import pytest

from bot.evaluation import Noisy
from intents.evaluate import Case, Outcome, Report, ask
from intents.noise import Noise
from intents.verdict import Reason, Unknown
from tests.faq import repository_faq
from tests.outcomes import answered_outside, right, unknown, wrong
from tests.scorecard import MEND, PAGE, committed_cases, digests
from tests.scorecard_page import Measured, headline, page

NEARLY = 3  # questions that stand on a threshold may fall otherwise on another machine


def test_the_committed_scorecard_is_of_this_faq_and_these_questions() -> None:
    """Whoever changes an answer or a golden question measures again."""
    assert digests(repository_faq()) in PAGE.read_text("utf-8"), MEND


def test_the_committed_scorecard_tells_what_the_matcher_does() -> None:
    """The headline figures, counted again; the rest of the page was made with them."""
    faq = repository_faq()
    told = dict(re.findall(r"^\| ([\w ,-]+?) \| (\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    now = headline(ask(faq.matcher, faq.catalog, committed_cases(), time.perf_counter))
    assert now["golden questions"] > 1000
    different = {
        name: f"{told.get(name)} on the page, now {count}"
        for name, count in now.items()
        if abs(int(told.get(name, -NEARLY)) - count) > NEARLY
    }
    assert different == {}, MEND


def styled(outcomes: list[Outcome], style: str) -> list[Outcome]:
    return [
        Outcome(Case(o.case.text, o.case.right, style), o.verdict, o.result, o.sureness)
        for o in outcomes
    ]


def made(outcomes: list[Outcome], noisy: list[Outcome]) -> str:
    """A page of hand-made outcomes, in topics named after the entries."""
    return page(
        Measured(
            title="FAQ digest `x`.",
            topic_of={"a": "chủ_đề_a", "b": "chủ_đề_b"},
            outcomes=outcomes,
            noise={Noise.JOINED: Noisy(Report.of(noisy), changed=30)},
            left_out=[right(), unknown("b:0.2 a:0.1", text="hỏi | thế\nnào")],
        )
    )


def test_weak_styles_and_noises_are_named_from_the_numbers() -> None:
    """The weakest first, with its figures; what is as good as the rest is not blamed."""
    good, bad = styled([right()] * 60, "plain"), styled([unknown("a:0.1")] * 30, "story")
    noisy = [right()] * 10 + [unknown()] * 80
    text = made(good + bad, noisy)
    story = "- style story: 0.0% answered right (overall 66.7%), 100.0% not known, 100.0% in first"
    joined = (
        "- noise joined: 11.1% answered right (overall 66.7%), 88.9% not known, 11.1% in first"
    )
    assert text.index(story) < text.index(joined)
    assert "- style plain" not in text
    assert "No style and no noise" in made(good, [right()] * 60)


def test_few_questions_prove_nothing() -> None:
    """A style of a handful of questions is not called weak."""
    text = made(styled([right()] * 60, "plain") + styled([unknown()] * 5, "rare"), [right()])
    assert "style rare" not in text
    assert "| rare | 5 | 0.0% |" in text


@pytest.mark.parametrize(
    "line",
    [
        "| golden questions | 3 | 100.0% |",
        "| answered right | 2 | 66.7% |",
        "| answered wrong | 1 | 33.3% |",
        "| right entry among three | 3 | 100.0% |",
        "| out of scope, answered | 1 | 100.0% |",
        "| clean | 0 | 3 | 66.7% | 33.3% | 0.0% | 0.0% | 0.0% | 66.7% | 100.0% | 100.0% |",
        "| joined | 30 | 1 | 0.0% | 0.0% | 0.0% | 0.0% | 100.0% | 0.0% | 0.0% | 0.0% |",
        "| chủ_đề_a | 3 | 66.7% | 33.3% | 0.0% | 0.0% | 0.0% | 66.7% | 100.0% | 2 | 50.0% |",
        "| a | 2 | 1 | 2 | 1 |",
        "| a | b | 1 | hỏi \\| thế nào |",
        "| sai | b | a |",
        "| ngoài | b | out of scope |",
    ],
)
def test_the_page_tells_what_was_counted(line: str) -> None:
    """Figures, noise, topics, entries that are missed, wrong answers."""
    outcomes = [right(), right(), wrong(), answered_outside()]
    assert f"\n{line}\n" in made(outcomes, [unknown()])


def test_a_page_of_nothing_is_no_fault() -> None:
    """No question at all: zeros, no division by zero."""
    nothing = Outcome(Case("", frozenset()), Unknown(Reason.WEAK), unknown().result, None)
    text = page(Measured("x", {}, [nothing], {}, []))
    assert "| golden questions | 0 | 0.0% |" in text
    assert "None on these questions." in text
