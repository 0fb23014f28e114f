"""What the charts of the figures show: the same numbers make a picture and the table beside it.

The picture is drawn in the browser by uPlot (`static/charts.js`); without scripts the table stands
alone. A plot has rows (days, hours, channels) and series, which are its columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.insight.report import duration, percent, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.insight.figures import Figures

    _Number = Callable[[Figures, dt.date], float | None]

PERCENT, MILLISECONDS = "%", "ms"
_WEEK = dt.timedelta(days=7)
_WRITE: dict[str, Callable[[Any], str]] = {
    "": lambda number: "–" if number is None else whole(number),
    PERCENT: percent,
    MILLISECONDS: duration,
}


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each row, None where there is nothing to say.

    `look` is how it is drawn: columns `all` and `part` of them, lines `good`, `middle` and `bad`;
    of the period before, a dashed line `before`, or dots `past` where rows follow no order. `kind` is one of `bot.store.figures.KINDS`, where turns are behind
    the numbers.
    """

    name: str
    look: str
    values: tuple[float | None, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture and its table. `labels` are short, for the axis; `queries` lead to rows' turns."""

    title: str
    head: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    queries: tuple[str, ...] = ()

    @property
    def drawn(self) -> dict[str, Any]:
        """What the browser's script needs."""
        return {
            "labels": self.labels,
            "names": self.names,
            "unit": self.unit,
            "series": [
                {"name": each.name, "look": each.look, "values": each.values}
                for each in self.series
            ],
        }

    def write(self, number: float | None) -> str:
        """Write one of its numbers."""
        return _WRITE[self.unit](number)

    def link(self, row: int, series: Series) -> str:
        """The part of an address that asks for the turns behind a number; empty without any."""
        if not (series.kind and self.queries and series.values[row]):
            return ""
        return f"{self.queries[row]}&loai={series.kind}"


def plots_of_days(now: Figures, before: Figures) -> list[Plot]:
    """What happened each day, beside the same day of the period before."""
    days = _Days(now, before)
    plots = [
        days.plot(
            "Câu hỏi mỗi ngày",
            days.now("Câu hỏi", "all", _questions, "questions"),
            days.now("Trả lời ngay", "part", lambda f, day: f.by_day[day].answered, "answered"),
            days.then("Câu hỏi kỳ trước", _questions),
        ),
        days.plot(
            "Người hỏi mỗi ngày",
            days.now("Người hỏi", "all", _people),
            days.then("Người hỏi kỳ trước", _people),
        ),
        days.plot(
            "Tỉ lệ trả lời mỗi ngày",
            days.now("Trả lời ngay", "good", _share("answered"), "answered"),
            days.now("Hỏi lại", "middle", _share("clarified"), "clarified"),
            days.now("Chưa trả lời được", "bad", _share("unknown"), "unknown"),
            days.then("Trả lời ngay kỳ trước", _share("answered")),
            unit=PERCENT,
        ),
    ]
    if now.rated:
        plots.append(
            days.plot(
                "Đánh giá mỗi ngày",
                days.now("Lượt đánh giá", "all", lambda f, day: f.opinions[day][1], "rated"),
                days.now("Thấy hữu ích", "part", lambda f, day: f.opinions[day][0], "useful"),
                days.then("Lượt đánh giá kỳ trước", lambda f, day: f.opinions[day][1]),
            )
        )
    if now.rated and now.period.days > _WEEK.days:
        plots.append(
            days.plot(
                "Hài lòng, tính trên 7 ngày gần nhất",
                days.now("Hài lòng", "good", _satisfaction),
                days.then("Hài lòng kỳ trước", _satisfaction),
                unit=PERCENT,
            )
        )
    plots.append(
        days.plot(
            "Thời gian trả lời mỗi ngày",
            days.now("Một nửa số câu trong", "good", lambda f, day: f.waits[day][0]),
            days.now("95% số câu trong", "bad", lambda f, day: f.waits[day][1]),
            days.then("95% kỳ trước", lambda f, day: f.waits[day][1]),
            unit=MILLISECONDS,
        )
    )
    return plots


def plot_of_hours(now: Figures, before: Figures) -> Plot:
    """When people ask."""
    hours = tuple(f"{hour}h" for hour in range(24))
    series = [Series("Câu hỏi", "all", now.by_hour)]
    if before.total.questions:
        series.append(Series("Câu hỏi kỳ trước", "before", before.by_hour))
    title = "Câu hỏi theo giờ trong ngày"
    return Plot(title, "Giờ", hours, hours, tuple(series))


def plot_of_channels(
    now: Figures, before: Figures, name: Callable[[str], str], query: str
) -> Plot:
    """Where people ask."""
    ids = tuple(now.by_channel)
    names = tuple(map(name, ids))
    totals = now.by_channel.values()
    series = [
        Series("Câu hỏi", "all", tuple(each.questions for each in totals), "questions"),
        Series("Trả lời ngay", "part", tuple(each.answered for each in totals), "answered"),
    ]
    if before.total.questions:
        past = (before.by_channel.get(each) for each in ids)
        questions = tuple(each.questions if each else 0 for each in past)
        series.append(Series("Câu hỏi kỳ trước", "past", questions))
    return Plot(
        "Câu hỏi theo kênh",
        "Kênh",
        names,
        names,
        tuple(series),
        queries=tuple(f"{query}&kenh={each}" for each in ids),
    )


def _questions(figures: Figures, day: dt.date) -> float:
    return figures.by_day[day].questions


def _people(figures: Figures, day: dt.date) -> float:
    return figures.by_day[day].people


def _share(part: str) -> _Number:
    def share(figures: Figures, day: dt.date) -> float | None:
        total = figures.by_day[day]
        return total.rate(getattr(total, part))

    return share


def _satisfaction(figures: Figures, day: dt.date) -> float | None:
    """Of the days up to this one, at most a week: single days have too few opinions."""
    week = [each for then, each in figures.opinions.items() if day - _WEEK < then <= day]
    rated = sum(rated for _, rated in week)
    return sum(useful for useful, _ in week) / rated if rated else None


class _Days:
    """Makes plots whose rows are the days of a period."""

    def __init__(self, now: Figures, before: Figures) -> None:
        self._now = now
        self._before = before if before.total.questions else None

    def plot(self, title: str, *series: Series | None, unit: str = "") -> Plot:
        days = self._now.period.all_days
        return Plot(
            title,
            "Ngày",
            tuple(f"{day:%d/%m/%Y}" for day in days),
            tuple(f"{day:%d/%m}" for day in days),
            tuple(each for each in series if each),
            unit,
            tuple(f"tu={day}&den={day}" for day in days),
        )

    def now(self, name: str, look: str, number: _Number, kind: str = "") -> Series:
        values = tuple(number(self._now, day) for day in self._now.period.all_days)
        return Series(name, look, values, kind)

    def then(self, name: str, number: _Number) -> Series | None:
        """The period before, day by day; its months may be shorter or longer."""
        if self._before is None:
            return None
        days = self._now.period.days
        values = [number(self._before, day) for day in self._before.period.all_days][:days]
        return Series(name, "before", (*values, *[None] * (days - len(values))))
