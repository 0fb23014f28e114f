"""Why a question was missed, as officials read it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.review.why import why

BANDS = {"answer": 0.61, "share": 0.5, "clarify": 0.3}


def reading(reason: str, scope: float | None = None, *scores: float) -> dict[str, Any]:
    verdict = {
        "reading": {"scope": scope, "bands": BANDS},
        "ranking": [{"entry": "một", "score": score} for score in scores],
    }
    return {"reason": reason, "verdict": verdict}


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        (
            reading("unknown:weak", 0.204, 0.2),
            "Không mục nào đủ gần: khả năng thuộc phạm vi 0,20, dưới ngưỡng hỏi lại 0,30.",
        ),
        (
            reading("unknown:out_of_scope", 0.05),
            (
                "Bot cho là ngoài phạm vi của bộ câu hỏi: "
                "khả năng thuộc phạm vi 0,05, dưới ngưỡng hỏi lại 0,30."
            ),
        ),
        (
            reading("abandoned", 0.42, 0.4, 0.02),
            (
                "Bot hỏi lại để chọn, nhưng người hỏi bỏ dở: "
                "khả năng thuộc phạm vi 0,42, dưới ngưỡng trả lời 0,61."
            ),
        ),
        (
            reading("abandoned", 0.9, 0.42, 0.4),
            "Bot hỏi lại để chọn, nhưng người hỏi bỏ dở: hai mục gần nhau, 0,42 và 0,40.",
        ),
        (reading("feedback", 0.9, 0.9), "Có câu trả lời, nhưng người hỏi bấm 👎."),
        (
            reading("feedback", 0.9, 0.9) | {"said": "outdated"},
            "Có câu trả lời, nhưng người hỏi bấm 👎: Đã cũ (1).",
        ),
        ({"reason": "unknown:weak", "verdict": None}, "Không mục nào đủ gần."),
        (reading("unknown:of_tomorrow"), "Câu hỏi chưa được trả lời."),
    ],
)
def test_the_reason_is_told_with_the_numbers_that_decided(
    missed: dict[str, Any], said: str
) -> None:
    """Which number was below which threshold, or that two entries were close; else the reason alone."""
    assert why([missed]) == [said]


def test_the_most_frequent_reason_comes_first() -> None:
    """Each with how many of the newest turns it holds for."""
    told = why([reading("feedback"), reading("unknown:weak"), reading("unknown:weak")])
    assert told == [
        "Không mục nào đủ gần (2 trong 3 lượt gần đây).",
        "Có câu trả lời, nhưng người hỏi bấm 👎 (1 trong 3 lượt gần đây).",
    ]
