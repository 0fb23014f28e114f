"""The figures of a period, made from counts and the FAQ. Pure: no database, no clock."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.messages import Status
from bot.store.figures import DayCounts

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
    opinions: Mapping[dt.date, tuple[int, int]]  # 👍, rated
    waits: Mapping[dt.date, tuple[int | None, int | None]]  # p50, p95

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
    days = {day: counts.days.get(day) or DayCounts() for day in period.all_days}
    channels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    hours: Counter[int] = Counter()
    latencies: Counter[int] = Counter()
    for each in days.values():
        for (hour, channel, status), number in each.questions.items():
            channels[channel][status] += number
            hours[hour] += number
        latencies.update(each.latencies)
    every = sum(channels.values(), Counter[str]())
    people = {name: _distinct(days.values(), name) for name in channels}
    answers = _answers(days.values(), counts)
    return Figures(
        period,
        at,
        _totals(every, sum(people.values())),
        counts.chosen,
        counts.useful.total(),
        counts.useful.total() + counts.useless.total(),
        percentile(latencies, 0.5),
        percentile(latencies, 0.95),
        {day: _totals_of(each) for day, each in days.items()},
        tuple(hours[hour] for hour in range(24)),
        {name: _totals(each, people[name]) for name, each in sorted(channels.items())},
        _by_topic(answers, catalog),
        _top_entries(answers, catalog),
        _opinions(days, counts),
        {
            day: (percentile(each.latencies, 0.5), percentile(each.latencies, 0.95))
            for day, each in days.items()
        },
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
        "by_day": [
            {"day": day.isoformat()} | _numbers(total) | _opinions_and_waits(now, day)
            for day, total in now.by_day.items()
        ],
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


def _opinions_and_waits(figures: Figures, day: dt.date) -> dict[str, Any]:
    (useful, rated), (p50, p95) = figures.opinions[day], figures.waits[day]
    return {"useful": useful, "rated": rated, "latency_p50_ms": p50, "latency_p95_ms": p95}


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


def _totals_of(day: DayCounts) -> Totals:
    by_status: Counter[str] = Counter()
    for (_, _, status), number in day.questions.items():
        by_status[status] += number
    return _totals(by_status, sum(len(keys) for keys in day.people.values()))


def _distinct(days: Iterable[DayCounts], channel: str) -> int:
    """People of several days, each once."""
    keys = [day.people[channel] for day in days if channel in day.people]
    return int(np.unique(np.concatenate(keys)).size) if keys else 0


def _opinions(days: Iterable[dt.date], counts: Counts) -> dict[dt.date, tuple[int, int]]:
    useful: Counter[dt.date] = Counter()
    useless: Counter[dt.date] = Counter()
    for (day, _), number in counts.useful.items():
        useful[day] += number
    for (day, _), number in counts.useless.items():
        useless[day] += number
    return {day: (useful[day], useful[day] + useless[day]) for day in days}


@dataclass(frozen=True, slots=True)
class _Answers:
    """Entries with how often each was shown and what was thought of it."""

    shown: Counter[str]
    useful: Counter[str]
    rated: Counter[str]


def _answers(days: Iterable[DayCounts], counts: Counts) -> _Answers:
    found = _Answers(Counter(), Counter(), Counter())
    for day in days:
        found.shown.update(day.shown)
    for (_, entry), number in counts.useful.items():
        found.useful[entry] += number
        found.rated[entry] += number
    for (_, entry), number in counts.useless.items():
        found.rated[entry] += number
    return found


def _by_topic(answers: _Answers, catalog: Catalog) -> tuple[tuple[str, str, int, int, int], ...]:
    titles = {topic.id: topic.title for topic in catalog.topics}
    shown, useful, rated = Counter[str](), Counter[str](), Counter[str]()
    for entry in answers.shown.keys() | answers.rated.keys():
        topic = catalog.topic_of.get(entry, "")
        shown[topic] += answers.shown[entry]
        useful[topic] += answers.useful[entry]
        rated[topic] += answers.rated[entry]
    return tuple(
        (topic, titles.get(topic, _OTHER), shown[topic], useful[topic], rated[topic])
        for topic in sorted(shown, key=lambda each: (-shown[each], each))
    )


def _top_entries(
    answers: _Answers, catalog: Catalog
) -> tuple[tuple[str, str, int, int, int], ...]:
    def row(entry: str) -> tuple[str, str, int, int, int]:
        known = catalog.entries.get(entry)
        title = known.title if known else entry
        return entry, title, answers.shown[entry], answers.useful[entry], answers.rated[entry]

    order = sorted(answers.shown, key=lambda each: (-answers.shown[each], each))
    return tuple(row(entry) for entry in order[:TOP])
