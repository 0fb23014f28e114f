"""Why questions were missed, in words for officials."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.feedback import reason_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST = 3
_REASONS = {
    "feedback": "Có câu trả lời, nhưng người hỏi bấm 👎.",
    "abandoned": "Bot hỏi lại để chọn, nhưng người hỏi bỏ dở.",
    "unknown:none_fits": "Bot đưa ra vài mục, người hỏi nói không mục nào đúng.",
    "unknown:expired": "Mục gần nhất đã hết hiệu lực.",
    "unknown:no_subject": "Câu hỏi không nói rõ về việc gì.",
    "unknown:out_of_scope": "Bot cho là ngoài phạm vi của bộ câu hỏi",
    "unknown:weak": "Không mục nào đủ gần",
}


def why(readings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say why, the most frequent reason first; with the numbers of the newest turn of each.

    A reading is {reason, verdict as it is stored, said: why an answer was disliked, or None}.
    """
    counted = Counter(reading["reason"] for reading in readings)
    sentences = []
    for reason, count in counted.most_common(_MOST):
        newest = next(one for one in readings if one["reason"] == reason)
        sentence = _REASONS.get(reason, "Câu hỏi chưa được trả lời").rstrip(".")
        numbers = _numbers(reason, newest["verdict"] or {}) or _said(readings, reason)
        more = f" ({count} trong {len(readings)} lượt gần đây)" if len(counted) > 1 else ""
        sentences.append(f"{sentence}{numbers}{more}.")
    return sentences


def _said(readings: Sequence[Mapping[str, Any]], reason: str) -> str:
    """What people told of the answers that they disliked."""
    said = Counter(one["said"] for one in readings if one["reason"] == reason and one.get("said"))
    told = [f"{reason_label(why)} ({count})" for why, count in said.most_common()]
    return f": {', '.join(told)}" if told else ""


def _numbers(reason: str, verdict: Mapping[str, Any]) -> str:
    reading, ranking = verdict.get("reading") or {}, verdict.get("ranking") or []
    bands = reading.get("bands") or {}
    if reason in {"unknown:out_of_scope", "unknown:weak"}:
        return _below(reading.get("scope"), bands.get("clarify"), "hỏi lại")
    if reason == "abandoned":
        below = _below(reading.get("scope"), bands.get("answer"), "trả lời")
        return below or _close(ranking)
    return ""


def _below(scope: float | None, needed: float | None, band: str) -> str:
    if scope is None or needed is None or scope >= needed:
        return ""
    return f": khả năng thuộc phạm vi {_comma(scope)}, dưới ngưỡng {band} {_comma(needed)}"


def _close(ranking: Sequence[Mapping[str, Any]]) -> str:
    if len(ranking) < 2:
        return ""
    first, second = (_comma(one["score"]) for one in ranking[:2])
    return f": hai mục gần nhau, {first} và {second}"


def _comma(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
