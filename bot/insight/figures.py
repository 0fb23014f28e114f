"""The figures of a period, made from counts and the FAQ. Pure: no database, no clock."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.messages import Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from bot.insight.periods import Period
    from bot.store.figures import Counts
    from intents.catalog import Catalog

TOP = 20
_OTHER = "(không thuộc chủ đề nào)"


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of the questions of a period, or of a part of it. Rates are None without any."""

    people: int
    questions: int
    answered: int
    clarified: int
    unknown: int
    signposted: int

    def rate(self, part: int) -> float | None:
        """A part as a share of the questions."""
        return part / self.questions if self.questions else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is shown of one period."""

    period: Period
    at: dt.datetime
    total: Totals
    chosen: int
    useful: int
    rated: int
    p50: int | None
    p95: int | None
    by_day: Mapping[dt.date, Totals]
    by_hour: tuple[int, ...]
    by_channel: Mapping[str, Totals]
    by_topic: tuple[tuple[str, str, int, int, int], ...]  # id, title, answers, 👍, rated
    top_entries: tuple[tuple[str, str, int, int, int], ...]

    @property
    def satisfaction(self) -> float | None:
        """The share of 👍 among the ratings."""
        return self.useful / self.rated if self.rated else None

    @property
    def chosen_rate(self) -> float | None:
        """The share of clarified questions after which one was chosen."""
        return self.chosen / self.total.clarified if self.total.clarified else None


def figures(counts: Counts, period: Period, catalog: Catalog, at: dt.datetime) -> Figures:
    """Make the figures of a period, counted at a moment."""
    days: dict[dt.date, Counter[str]] = {day: Counter() for day in period.all_days}
    channels: dict[str, Counter[str]] = {}
    hours = [0] * 24
    every: Counter[str] = Counter()
    for (day, hour, channel, status), number in counts.questions.items():
        days[day][status] += number
        channels.setdefault(channel, Counter())[status] += number
        hours[hour] += number
        every[status] += number
    return Figures(
        period,
        at,
        _totals(every, counts.people),
        counts.chosen,
        counts.useful.total(),
        counts.useful.total() + counts.useless.total(),
        percentile(counts.latencies, 0.5),
        percentile(counts.latencies, 0.95),
        {day: _totals(each, counts.people_by_day.get(day, 0)) for day, each in days.items()},
        tuple(hours),
        {
            name: _totals(each, counts.people_by_channel.get(name, 0))
            for name, each in sorted(channels.items())
        },
        _by_topic(counts, catalog),
        _top_entries(counts, catalog),
    )


def percentile(histogram: Mapping[int, int], share: float) -> int | None:
    """The least value that is not below `share` of all (nearest rank); None of nothing."""
    rank = math.ceil(sum(histogram.values()) * share)
    for value in sorted(histogram):
        rank -= histogram[value]
        if rank <= 0:
            return value
    return None


def change(now: float | None, before: float | None) -> float | None:
    """How much more it is than before, as a share of before; None where that says nothing."""
    return None if now is None or not before else (now - before) / before


def as_json(now: Figures, before: Figures) -> dict[str, Any]:
    """Write the figures of a period and of the one before as plain data."""
    return {
        "period": {"from": now.period.first.isoformat(), "to": now.period.last.isoformat()},
        "computed_at": now.at.isoformat(),
        "now": _plain(now),
        "before": _plain(before),
        "by_day": [{"day": d.isoformat()} | _numbers(t) for d, t in now.by_day.items()],
        "by_hour": list(now.by_hour),
        "by_channel": [{"channel": name} | _numbers(t) for name, t in now.by_channel.items()],
        "by_topic": _rows(now.by_topic),
        "top_entries": _rows(now.top_entries),
    }


def _rows(rows: Iterable[tuple[str, str, int, int, int]]) -> list[dict[str, Any]]:
    names = ("id", "title", "answers", "useful", "rated")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _plain(figures: Figures) -> dict[str, Any]:
    total = figures.total
    return _numbers(total) | {
        "answered_rate": total.rate(total.answered),
        "clarified_rate": total.rate(total.clarified),
        "unknown_rate": total.rate(total.unknown),
        "chosen_after_clarified": figures.chosen,
        "chosen_rate": figures.chosen_rate,
        "satisfaction": figures.satisfaction,
        "rated": figures.rated,
        "latency_p50_ms": figures.p50,
        "latency_p95_ms": figures.p95,
    }


def _numbers(total: Totals) -> dict[str, Any]:
    return {
        "people": total.people,
        "questions": total.questions,
        "answered": total.answered,
        "clarified": total.clarified,
        "unknown": total.unknown,
        "signposted": total.signposted,
    }


def _totals(by_status: Counter[str], people: int) -> Totals:
    unknown = sum(n for status, n in by_status.items() if status.startswith("unknown:"))
    return Totals(
        people,
        by_status.total(),
        by_status[Status.ANSWERED],
        by_status[Status.CLARIFIED],
        unknown,
        by_status[Status.SIGNPOSTED],
    )


def _by_topic(counts: Counts, catalog: Catalog) -> tuple[tuple[str, str, int, int, int], ...]:
    titles = {topic.id: topic.title for topic in catalog.topics}
    shown, useful, rated = Counter[str](), Counter[str](), Counter[str]()
    for entry in counts.shown.keys() | counts.useful.keys() | counts.useless.keys():
        topic = catalog.topic_of.get(entry, "")
        shown[topic] += counts.shown[entry]
        useful[topic] += counts.useful[entry]
        rated[topic] += counts.useful[entry] + counts.useless[entry]
    return tuple(
        (topic, titles.get(topic, _OTHER), shown[topic], useful[topic], rated[topic])
        for topic in sorted(shown, key=lambda each: (-shown[each], each))
    )


def _top_entries(counts: Counts, catalog: Catalog) -> tuple[tuple[str, str, int, int, int], ...]:
    def row(entry: str) -> tuple[str, str, int, int, int]:
        known = catalog.entries.get(entry)
        useful = counts.useful[entry]
        return (
            entry,
            known.title if known else entry,
            counts.shown[entry],
            useful,
            useful + counts.useless[entry],
        )

    order = sorted(counts.shown, key=lambda each: (-counts.shown[each], each))
    return tuple(row(entry) for entry in order[:TOP])
