"""Why questions were missed, in words for officials."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

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

    A reading is {reason, verdict as it is stored}.
    """
    counted = Counter(reading["reason"] for reading in readings)
    sentences = []
    for reason, count in counted.most_common(_MOST):
        newest = next(one for one in readings if one["reason"] == reason)
        sentence = _REASONS.get(reason, "Câu hỏi chưa được trả lời").rstrip(".")
        numbers = _numbers(reason, newest["verdict"] or {})
        more = f" ({count} trong {len(readings)} lượt gần đây)" if len(counted) > 1 else ""
        sentences.append(f"{sentence}{numbers}{more}.")
    return sentences


def _numbers(reason: str, verdict: Mapping[str, Any]) -> str:
    reading, ranking = verdict.get("reading") or {}, verdict.get("ranking") or []
    bands = reading.get("bands") or {}
    scope, needed = reading.get("scope"), bands.get("clarify")
    if reason == "unknown:out_of_scope" and scope is not None:
        limit = f", dưới ngưỡng {_comma(needed)}" if needed is not None else ""
        return f": khả năng thuộc phạm vi {_comma(scope)}{limit}"
    if reason in {"unknown:weak", "abandoned"} and ranking:
        first = ranking[0]["score"]
        if len(ranking) > 1:
            return f": hai mục đầu {_comma(first)} và {_comma(ranking[1]['score'])}"
        return f": mục đầu {_comma(first)}"
    return ""


def _comma(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
