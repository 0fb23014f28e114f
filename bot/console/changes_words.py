"""How proposals are put into words for officials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.proposals.proposal import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATES = {
    State.WAITING: "chờ duyệt",
    State.APPROVED: "đã duyệt",
    State.PUBLISHING: "đang công bố",
    State.PUBLISHED: "đã công bố",
    State.WITHDRAWN: "đã rút lại",
    State.ROLLED_BACK: "đã hoàn tác",
}
FILTERS = {"": "Tất cả", "mo": "Chưa công bố", "da-cong-bo": "Đã công bố", "da-dong": "Đã đóng"}
GROUPS = {
    "golden": "Câu hỏi kiểm tra",
    "out_of_scope": "Câu ngoài phạm vi",
    "recent": "Câu thật của 30 ngày qua",
}
TRENDS = {"better": "tốt lên", "worse": "xấu đi", "other": "khác đi"}
KINDS = {"answer": "trả lời", "clarify": "hỏi lại", "unknown": "không biết"}


def waiting(count: int) -> str:
    """The first page's line."""
    return f"{count} thay đổi chưa công bố." if count else "Không có thay đổi nào chờ công bố."


def state(
    value: str, *, errors: int | None, trying: bool, failed: bool, stale: bool = False
) -> str:
    """How far a change came; of a draft also what is known of it (`errors`: None if untried).

    `stale`: the FAQ is no longer what it was tried on.
    """
    if State(value) is not State.DRAFT:
        return STATES[State(value)]
    if trying:
        return "đang thử"
    if errors is None:
        return "chưa thử được" if failed else "chưa thử"
    tried = "đã thử trên bản cũ" if stale else "đã thử"
    return f"{tried}, còn lỗi" if errors else tried


def lines(diff: str) -> Iterator[tuple[str, str]]:
    """The lines of a difference, each with its kind: add, del, place or same."""
    for line in diff.splitlines():
        if line.startswith(("+++", "---")):
            continue
        kind = {"+": "add", "-": "del", "@": "place"}.get(line[:1], "same")
        yield kind, line


def verdict(told: Mapping[str, Any], entries: Mapping[str, Any]) -> str:
    """What was said to a question: the kind, and the titles."""
    titles = [entries[one].title if one in entries else one for one in told["entries"]]
    kind = KINDS[told["kind"]]
    return f"{kind}: {'; '.join(titles)}" if titles else kind
