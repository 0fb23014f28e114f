"""How the review queue is put into words for officials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import replies
from bot.channels.names import NAMES
from bot.review.cluster import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.review.cluster import Cluster, Decision, Row, Waiting

STATES = {
    State.OPEN: "đang chờ",
    State.ACCEPTED: "chờ công bố",
    State.DRAFTED: "đang soạn mục mới",
    State.OUT_OF_SCOPE: "ngoài phạm vi",
    State.CASE_DATA: "cần hồ sơ cá nhân",
    State.IGNORED: "đã bỏ qua",
    State.CLOSED: "đã trả lời được",
}
CHANNELS = {"web": "Web"} | {name: label for name, (label, _) in NAMES.items()}
REASONS = {
    status.value: label
    for status, label in replies.LABELS.items()
    if status.value.startswith("unknown:")
} | {"feedback": "chê câu trả lời", "abandoned": "bỏ dở khi được hỏi lại"}
ACTIONS = {
    "accept": "thêm vào mục",
    "draft": "soạn mục mới",
    "out_of_scope": "đánh dấu ngoài phạm vi",
    "case_data": "đánh dấu cần hồ sơ cá nhân",
    "ignore": "bỏ qua",
    "reopen": "mở lại",
    "merge": "gộp",
    "split": "tách",
    "move": "chuyển câu sang nhóm khác",
    "close": "tự đóng",
}
_REGROUPED = {
    "merge": "gộp nhóm {} vào nhóm này",
    "split": "tách từ nhóm {}",
    "move": "chuyển câu từ nhóm {} sang nhóm này",
}


def done(made: Decision, here: int) -> str:
    """What somebody did, as the page of a cluster tells it."""
    if made.cluster != here and made.action in _REGROUPED:
        return _REGROUPED[made.action].format(made.cluster)
    what = ACTIONS.get(made.action, made.action)
    if made.action == "close" and made.proposal:
        what = f"đóng khi công bố thay đổi {made.proposal}"
    detail = f"nhóm {made.detail}" if made.action in _REGROUPED else made.detail
    return f"{what} ({detail})" if made.detail else what


def counts(cluster: Cluster) -> Mapping[str, int]:
    """How often each reason was found, unless the sentences above tell as much."""
    told = len(cluster.reasons) <= len(cluster.why) and (
        len(cluster.reasons) == 1 or sum(cluster.reasons.values()) <= cluster.readings
    )
    return {} if told else cluster.reasons


def trend(row: Row) -> tuple[str, str]:
    """An arrow and a word: more, fewer or as many people as the week before; or that it is new."""
    if row.is_new:
        return "", "mới"
    if row.trend >= 1.25:
        return "↑", "tăng"
    return ("↓", "giảm") if row.trend <= 0.8 else ("→", "đều")


def ago(then: datetime, now: datetime) -> str:
    """How long it is since; the day is told in a `title` beside it."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 2:
        return "vừa xong"
    if minutes < 60:
        return f"{minutes} phút trước"
    if minutes < 24 * 60:
        return f"{minutes // 60} giờ trước"
    return f"{minutes // (24 * 60)} ngày trước"


def number(value: int) -> str:
    """With points between thousands, as numbers are written in Vietnam."""
    return f"{value:,}".replace(",", ".")


def channels(counts: Mapping[str, int]) -> str:
    """The channels, the busiest first."""
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return ", ".join(CHANNELS.get(name, name) for name in ranked)


def waiting(told: Waiting) -> str:
    """The start page's line."""
    if not told.open:
        return "Không còn nhóm câu hỏi nào đang chờ."
    fresh = f", {number(told.new_today)} nhóm mới hôm nay" if told.new_today else ""
    return f"{number(told.open)} nhóm đang chờ{fresh}."
