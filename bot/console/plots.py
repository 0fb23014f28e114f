"""What the charts of the figures show: the same numbers make a picture and the table beside it.

The picture is drawn in the browser by uPlot (`static/charts.js`); without scripts the table stands
alone. A plot has rows (days, hours, channels) and series, which are its columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.insight.report import duration, percent, whole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from bot.insight.figures import Figures, Totals

PERCENT, MILLISECONDS = "%", "ms"
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

    id: str
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
    return [
        days.plot(
            "cau-hoi",
            "Câu hỏi mỗi ngày",
            days.now("Câu hỏi", "all", lambda total: total.questions, "questions"),
            days.now("Trả lời ngay", "part", lambda total: total.answered, "answered"),
            days.then("Câu hỏi kỳ trước", lambda total: total.questions),
        ),
        days.plot(
            "nguoi-hoi",
            "Người hỏi mỗi ngày",
            days.now("Người hỏi", "all", lambda total: total.people),
            days.then("Người hỏi kỳ trước", lambda total: total.people),
        ),
        days.plot(
            "ti-le",
            "Tỉ lệ trả lời mỗi ngày",
            days.now("Trả lời ngay", "good", lambda t: t.rate(t.answered), "answered"),
            days.now("Hỏi lại", "middle", lambda t: t.rate(t.clarified), "clarified"),
            days.now("Chưa trả lời được", "bad", lambda t: t.rate(t.unknown), "unknown"),
            days.then("Trả lời ngay kỳ trước", lambda t: t.rate(t.answered)),
            unit=PERCENT,
        ),
    ]


def plot_of_hours(now: Figures, before: Figures) -> Plot:
    """When people ask."""
    hours = tuple(f"{hour}h" for hour in range(24))
    series = [Series("Câu hỏi", "all", now.by_hour)]
    if before.total.questions:
        series.append(Series("Câu hỏi kỳ trước", "before", before.by_hour))
    title = "Câu hỏi theo giờ trong ngày"
    return Plot("gio", title, "Giờ", hours, hours, tuple(series))


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
        "kenh",
        "Câu hỏi theo kênh",
        "Kênh",
        names,
        names,
        tuple(series),
        queries=tuple(f"{query}&kenh={each}" for each in ids),
    )


class _Days:
    """Makes plots whose rows are the days of a period."""

    def __init__(self, now: Figures, before: Figures) -> None:
        self._now = now.by_day
        past: Sequence[Totals] = list(before.by_day.values()) if before.total.questions else ()
        self._past = past

    def plot(self, name: str, title: str, *series: Series | None, unit: str = "") -> Plot:
        days: Mapping[dt.date, Totals] = self._now
        return Plot(
            name,
            title,
            "Ngày",
            tuple(f"{day:%d/%m/%Y}" for day in days),
            tuple(f"{day:%d/%m}" for day in days),
            tuple(each for each in series if each),
            unit,
            tuple(f"tu={day}&den={day}" for day in days),
        )

    def now(
        self, name: str, look: str, number: Callable[[Totals], float | None], kind: str = ""
    ) -> Series:
        return Series(name, look, tuple(map(number, self._now.values())), kind)

    def then(self, name: str, number: Callable[[Totals], float | None]) -> Series | None:
        """The period before, day by day; its months may be shorter or longer."""
        if not self._past:
            return None
        values = [number(total) for total in self._past][: len(self._now)]
        missing = len(self._now) - len(values)
        return Series(name, "before", (*values, *[None] * missing))
