"""The tables of the figures as officials open them in a spreadsheet: heads and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.console.queue_words import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.insight.figures import Figures, Totals
    from intents.upcoming import Event

    _Rows = Iterable[Sequence[object]]

_ANSWERS = ("Lượt xem", "Thấy hữu ích", "Lượt đánh giá")
_TOTALS = (
    "Người hỏi",
    "Câu hỏi",
    "Trả lời ngay",
    "Hỏi lại",
    "Chưa trả lời được",
    "Hướng dẫn sang nơi khác",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows, and so what its tables hold."""

    now: Figures
    clusters: Sequence[dict[str, Any]]
    expiring: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what its columns are called, and how its rows are made."""

    head: tuple[str, ...]
    rows: Callable[[Shown], _Rows]


def _by_day(shown: Shown) -> _Rows:
    now = shown.now
    return [
        (f"{day:%d/%m/%Y}", *_numbers(total), *now.opinions[day], *now.waits[day])
        for day, total in now.by_day.items()
    ]


def _by_channel(shown: Shown) -> _Rows:
    channels = shown.now.by_channel.items()
    return [(CHANNELS.get(name, name), *_numbers(total)) for name, total in channels]


def _clusters(shown: Shown) -> _Rows:
    return [(each["id"], each["title"], each["people"], each["turns"]) for each in shown.clusters]


def _expiring(shown: Shown) -> _Rows:
    return [
        (f"{event.day:%d/%m/%Y}", event.kind.value, event.name, event.title, *_users(event))
        for event in shown.expiring
    ]


def _users(event: Event) -> tuple[str]:
    return (", ".join(event.used_by),)


def _numbers(total: Totals) -> tuple[int, ...]:
    return (
        total.people,
        total.questions,
        total.answered,
        total.clarified,
        total.unknown,
        total.signposted,
    )


TABLES = {
    "by_day": Table(
        (
            "Ngày",
            *_TOTALS,
            "Thấy hữu ích",
            "Lượt đánh giá",
            "Một nửa số câu trong (ms)",
            "95% số câu trong (ms)",
        ),
        _by_day,
    ),
    "by_hour": Table(("Giờ", "Câu hỏi"), lambda shown: list(enumerate(shown.now.by_hour))),
    "by_channel": Table(("Kênh", *_TOTALS), _by_channel),
    "by_topic": Table(("Mã chủ đề", "Chủ đề", *_ANSWERS), lambda shown: shown.now.by_topic),
    "top_entries": Table(("Mã mục", "Mục", *_ANSWERS), lambda shown: shown.now.top_entries),
    "clusters": Table(("Số nhóm", "Câu hỏi", "Người", "Lượt"), _clusters),
    "expiring": Table(("Ngày", "Việc", "Mã", "Tên", "Các mục dùng giá trị này"), _expiring),
}
"""Tables by their name in addresses."""
