"""Which entries the browser of the FAQ lists, in which order: filters over what is written.

Pure: the FAQ, the figures and the day in; rows out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.console.entry_words import EntryWords, asked_words
from bot.store.entry_stats import EntryStats
from intents.entry import Confidence, Kind
from intents.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.drafts.written import Written, WrittenFaq

PAGE = 50
DAYS = 30  # unless told otherwise
MOST_DAYS = 730
_LEAST_OPINIONS = 3  # of fewer, one bad day says too much
_LOW_SATISFACTION = 0.6


class Care(StrEnum):
    """Why an entry may need somebody's care. The value stands in addresses."""

    ENDING = "sap-het-han"
    OVERDUE = "qua-han-ra-soat"
    REVIEW = "sap-ra-soat"
    LOW_CONFIDENCE = "do-tin-cay-thap"
    DISLIKED = "bi-che"
    NEVER_HIT = "chua-ai-hoi"


CARES = {
    Care.ENDING: "hết hiệu lực",
    Care.OVERDUE: "quá hạn rà soát",
    Care.REVIEW: "sắp đến hạn rà soát",
    Care.LOW_CONFIDENCE: "độ tin cậy thấp",
    Care.DISLIKED: "ít người hài lòng",
    Care.NEVER_HIT: "chưa ai hỏi",
}
KINDS = {
    Kind.ANSWER: "câu trả lời",
    Kind.SMALL_TALK: "trò chuyện",
    Kind.SIGNPOST: "hướng dẫn sang nơi khác",
}


class Order(StrEnum):
    """How rows are sorted. The value stands in addresses."""

    FILE = "chu-de"
    TITLE = "ten"
    HITS = "luot-hoi"
    SATISFACTION = "hai-long"
    REVIEW = "ra-soat"


ORDERS = {
    Order.FILE: "theo chủ đề",  # while somebody searches: how near it is
    Order.HITS: "hỏi nhiều nhất",
    Order.SATISFACTION: "ít hài lòng nhất",
    Order.REVIEW: "rà soát sớm nhất",
    Order.TITLE: "theo tên",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What an official asked for; what cannot be understood counts as not asked for."""

    words: str = ""
    topic: str = ""
    kind: Kind | None = None
    care: Care | None = None
    days: int = DAYS
    order: Order = Order.FILE
    page: int = 1

    @classmethod
    def read(cls, get: Callable[[str], str]) -> Filters:
        """Read the fields of an address."""
        return cls(
            words=clean(get("q"))[:200],
            topic=get("chu_de")[:100],
            kind=next((kind for kind in Kind if kind == get("loai")), None),
            care=next((care for care in Care if care == get("can_xem")), None),
            days=min(_number(get("ngay"), DAYS), MOST_DAYS),
            order=next((order for order in Order if order == get("xep")), Order.FILE),
            page=max(_number(get("trang"), 1), 1),
        )

    def query(self) -> dict[str, str]:
        """The reverse of `read`, without what is as usual."""
        fields = {
            "q": self.words,
            "chu_de": self.topic,
            "loai": self.kind or "",
            "can_xem": self.care or "",
            "ngay": "" if self.days == DAYS else str(self.days),
            "xep": "" if self.order is Order.FILE else self.order.value,
            "trang": "" if self.page == 1 else str(self.page),
        }
        return {name: str(value) for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with what is known of it. `stats` is None while it is still being counted."""

    written: Written
    topic: str
    stats: EntryStats | None


class Listing:
    """The entries of a FAQ, made ready to be searched."""

    def __init__(self, faq: WrittenFaq) -> None:
        self.faq = faq
        self._said = {
            name: EntryWords(one.entry, one.entry.texts) for name, one in faq.entries.items()
        }
        self._rank = {topic.id: rank for rank, topic in enumerate(faq.topics)}

    def rows(
        self, filters: Filters, stats: Mapping[str, EntryStats] | None, today: date
    ) -> list[Row]:
        """Everything that the filters let through, sorted; all pages of it.

        What was searched for stands in the order of how near it is, unless another was asked for.
        """
        found = [row for row in self._rows(stats) if self._passes(row, filters, today)]
        found.sort(key=lambda row: self._key(row, filters.order))
        words = asked_words(filters.words)
        if words and filters.order is Order.FILE:
            found.sort(key=lambda row: self._said[row.written.entry.id].rank(words) or 0)
        return found

    def counts(
        self, filters: Filters, stats: Mapping[str, EntryStats] | None, today: date
    ) -> dict[Care, int]:
        """How many entries each care would list beside the other filters."""
        plain = replace(filters, care=None)
        rows = [row for row in self._rows(stats) if self._passes(row, plain, today)]
        return {care: sum(_needs(row, care, filters, today) for row in rows) for care in Care}

    def found(self, words: str, limit: int) -> list[Written]:
        """The first entries in which all words stand, the nearest first."""
        asked = asked_words(words)
        ranks = {name: said.rank(asked) for name, said in self._said.items()}
        holding = {name: rank for name, rank in ranks.items() if rank is not None}
        nearest = sorted(holding, key=holding.__getitem__)[:limit]
        return [self.faq.entries[name] for name in nearest]

    def _rows(self, stats: Mapping[str, EntryStats] | None) -> Iterable[Row]:
        for name, one in self.faq.entries.items():
            known = None if stats is None else stats.get(name, EntryStats())
            yield Row(one, self.faq.topic_title(one.topic), known)

    def _passes(self, row: Row, filters: Filters, today: date) -> bool:
        entry = row.written.entry
        words = asked_words(filters.words)
        return (
            (not filters.topic or row.written.topic == filters.topic)
            and (filters.kind is None or entry.kind is filters.kind)
            and (not words or self._said[entry.id].rank(words) is not None)
            and (filters.care is None or _needs(row, filters.care, filters, today))
        )

    def _key(self, row: Row, order: Order) -> tuple[object, ...]:
        entry, stats = row.written.entry, row.stats or EntryStats()
        place = (self._rank.get(row.written.topic, len(self._rank)), row.written.line)
        match order:
            case Order.HITS:
                return (-stats.hits, *place)
            case Order.SATISFACTION:
                share = stats.satisfaction
                return (share is None, share or 0.0, -stats.useless, *place)
            case Order.REVIEW:
                return (entry.review_by or date.max, *place)
            case Order.TITLE:
                return (fold(entry.title), *place)
            case Order.FILE:
                return place


def _needs(row: Row, care: Care, filters: Filters, today: date) -> bool:
    entry, stats = row.written.entry, row.stats
    until = today + timedelta(days=filters.days)
    match care:
        case Care.ENDING:
            return entry.valid_until is not None and entry.valid_until <= until
        case Care.OVERDUE:
            return entry.review_due(today)
        case Care.REVIEW:
            return entry.review_by is not None and today <= entry.review_by <= until
        case Care.LOW_CONFIDENCE:
            return entry.confidence is Confidence.LOW
        case Care.DISLIKED:
            share = stats.satisfaction if stats else None
            return (
                stats is not None
                and share is not None
                and stats.opinions >= _LEAST_OPINIONS
                and share < _LOW_SATISFACTION
            )
        case Care.NEVER_HIT:
            return stats is not None and stats.hits == 0


def _number(text: str, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual
