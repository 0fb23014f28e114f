"""The pages of figures: dashboard, the turns behind a number, exports, the printed report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console.csv_file import csv_file
from bot.console.figures_tables import TABLES, Shown
from bot.console.frame import guarded, render
from bot.console.office import Role
from bot.console.plots import plot_of_channels, plot_of_hours, plots_of_days
from bot.console.queue_words import CHANNELS
from bot.insight.figures import as_json, change
from bot.insight.insight import Insight
from bot.insight.periods import (
    PRESETS,
    VIETNAM,
    Period,
    PeriodError,
    between,
    last_days,
    month,
    month_of,
    so_far,
    today,
)
from bot.insight.report import duration, percent, sentences, to_do, whole
from bot.replies import LABELS
from bot.store.figures import KINDS, listed

if TYPE_CHECKING:
    import datetime as dt

    from starlette.requests import Request

    from bot.console.office import Office, Person
    from bot.insight.figures import Figures

_TURNS_SHOWN = 200
_AHEAD = 2 * max(map(int, PRESETS))  # days: the longest period and the one before it
_SATISFIED = "Hài lòng"
_HERE = "/quan-tri/so-lieu"


class Tile(NamedTuple):
    """A number, its change against the period before, and where it leads.

    `good` is None where neither more nor less is better.
    """

    label: str
    value: str
    changed: str
    good: bool | None
    link: str
    note: str = ""


class FiguresArea:
    """Everybody who may log in may see figures; the masked turns are for editors."""

    name = "Số liệu"
    path = "/so-lieu"
    role = Role.VIEWER

    def __init__(self, office: Office) -> None:
        self._office = office
        self._insight = Insight(office.store, lambda: office.faq().catalog, office.now)

    def routes(self) -> list[Route]:
        """What is served below /quan-tri."""
        return [
            Route("/so-lieu", guarded(self.dashboard, Role.VIEWER)),
            Route("/so-lieu.json", guarded(self.json, Role.VIEWER)),
            Route("/so-lieu/bao-cao", guarded(self.report, Role.VIEWER)),
            Route("/so-lieu/luot", guarded(self.turns, Role.EDITOR)),
            Route("/so-lieu/{table}.csv", guarded(self.csv, Role.VIEWER)),
        ]

    async def summary(self) -> str:
        """Today in one line, for the first page."""
        total = (await self._insight.of(last_days(1, self._today()))).total
        if not total.questions:
            return "Hôm nay chưa có câu hỏi nào."
        answered = percent(total.rate(total.answered))
        return (
            f"Hôm nay: {whole(total.questions)} câu hỏi của {whole(total.people)} người, "
            f"trả lời ngay {answered}."
        )

    async def dashboard(self, request: Request, person: Person) -> Response:
        """Show the figures of a period; a wrong one is explained beside the last week's."""
        problem = ""
        try:
            period = self._period(request)
        except PeriodError as error:
            problem, period = str(error), last_days(7, self._today())
        now, before = await self._both(period)
        self._insight.prepare(last_days(_AHEAD, self._today()))
        return render(
            request,
            "figures.html",
            status=400 if problem else 200,
            problem=problem,
            presets=PRESETS,
            chosen=request.query_params.get("ky", "7"),
            months=_months(self._today()),
            tiles=self._tiles(now, before, see_turns=person.role.covers(Role.EDITOR)),
            clusters=await self._insight.clusters(),
            expiring=self._insight.expiring(),
            see_turns=person.role.covers(Role.EDITOR),
            **_shown(now, before),
        )

    async def json(self, request: Request, person: Person) -> Response:
        """Give the same figures to machines."""
        del person
        try:
            now, before = await self._both(self._period(request))
        except PeriodError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(as_json(now, before))

    async def csv(self, request: Request, person: Person) -> Response:
        """Give one table to a spreadsheet."""
        del person
        name = request.path_params["table"]
        if name not in TABLES:
            return RedirectResponse(_HERE, 303)
        try:
            now = await self._insight.of(self._period(request))
        except PeriodError as error:
            return Response(str(error), 400, media_type="text/plain")
        shown = Shown(now, await self._insight.clusters(), self._insight.expiring())
        table = TABLES[name]
        file = f"{name}_{now.period.first}_{now.period.last}"
        return csv_file(file, table.head, table.rows(shown))

    async def report(self, request: Request, person: Person) -> Response:
        """Show the report of a month, made to be printed."""
        del person
        problem = ""
        try:
            written = request.query_params.get("thang", "")
            whole_month = month(written) if written else month_of(self._today())
        except PeriodError as error:
            problem, whole_month = str(error), month_of(self._today())
        period, past = so_far(whole_month, self._today())
        now, before = await self._insight.of(period), await self._insight.of(past)
        clusters = await self._insight.clusters()
        return render(
            request,
            "report.html",
            status=400 if problem else 200,
            problem=problem,
            sentences=sentences(now, before, takes_feedback=self._office.settings.feedback),
            to_do=to_do(now, self._insight.expiring(), clusters),
            tiles=self._tiles(now, before, see_turns=False),
            **_shown(now, before),
        )

    async def turns(self, request: Request, person: Person) -> Response:
        """List the newest masked turns that a number counts."""
        del person
        kind = request.query_params.get("loai", "questions")
        kind = kind if kind in KINDS else "questions"
        channel = request.query_params.get("kenh", "")[:40]
        entry = request.query_params.get("muc", "")[:64]
        problem = ""
        try:
            period = self._period(request)
        except PeriodError as error:
            problem, period = str(error), last_days(7, self._today())
        rows = await self._office.store.read(
            lambda connection: listed(
                connection,
                period.start,
                period.end,
                kind=kind,
                channel=channel,
                entry=entry,
                limit=_TURNS_SHOWN,
            ),
            long=True,
        )
        return render(
            request,
            "figures_turns.html",
            status=400 if problem else 200,
            problem=problem,
            period=period,
            title=KINDS[kind][0],
            entry=entry,
            channel=channel,
            labels=LABELS,
            entries=self._office.faq().catalog.entries,
            rows=rows,
            limit=_TURNS_SHOWN,
            channel_name=channel_name,
        )

    def _tiles(self, now: Figures, before: Figures, *, see_turns: bool) -> list[Tile]:
        tiles = _tiles(now, before, see_turns=see_turns)
        if self._office.settings.feedback:
            return tiles
        return [
            tile._replace(note="đánh giá đang tắt") if tile.label == _SATISFIED else tile
            for tile in tiles
        ]

    async def _both(self, period: Period) -> tuple[Figures, Figures]:
        return await self._insight.of(period), await self._insight.of(period.before)

    def _period(self, request: Request) -> Period:
        asked = request.query_params
        if asked.get("thang"):
            return month(asked["thang"])
        if asked.get("tu") or asked.get("den"):
            return between(asked.get("tu", ""), asked.get("den", ""))
        days = asked.get("ky", "7")
        if days not in PRESETS:
            raise PeriodError(f"Không có kỳ “{days[:20]}”. Hãy chọn một kỳ ở trên.")
        return last_days(int(days), self._today())

    def _today(self) -> dt.date:
        return today(self._office.now())


def channel_name(channel: str) -> str:
    """What officials call a channel."""
    return CHANNELS.get(channel, channel)


def query_of(period: Period) -> str:
    """The part of an address that asks for a period."""
    return f"tu={period.first}&den={period.last}"


def _shown(now: Figures, before: Figures) -> dict[str, Any]:
    query = query_of(now.period)
    return {
        "now": now,
        "before": before,
        "query": query,
        "at": now.at.astimezone(VIETNAM),
        "day_plots": plots_of_days(now, before),
        "hour_plot": plot_of_hours(now, before),
        "channel_plot": plot_of_channels(now, before, channel_name, query),
        "percent": percent,
        "whole": whole,
        "channel_name": channel_name,
    }


def _months(day: dt.date) -> list[str]:
    """The last twelve months, the newest first, as YYYY-MM."""
    period, found = month_of(day), []
    for _ in range(12):
        found.append(f"{period.first:%Y-%m}")
        period = period.before
    return found


def _tiles(now: Figures, before: Figures, *, see_turns: bool) -> list[Tile]:
    total, past = now.total, before.total

    def turns(kind: str) -> str:
        return f"{_HERE}/luot?{query_of(now.period)}&loai={kind}" if see_turns else ""

    def count(label: str, new: int, old: int, kind: str) -> Tile:
        return Tile(label, whole(new), _changed(change(new, old)), None, turns(kind))

    def rate(label: str, new: float | None, old: float | None, kind: str, more: int) -> Tile:
        differs = None if new is None or old is None else new - old
        good = None if not differs or not more else (differs > 0) == (more > 0)
        return Tile(label, percent(new), _points(differs), good, turns(kind))

    return [
        count("Người hỏi", total.people, past.people, "questions"),
        count("Câu hỏi", total.questions, past.questions, "questions"),
        rate("Trả lời ngay", total.rate(total.answered), past.rate(past.answered), "answered", 1),
        rate("Hỏi lại", total.rate(total.clarified), past.rate(past.clarified), "clarified", 0),
        rate(
            "Hướng dẫn sang nơi khác",
            total.rate(total.signposted),
            past.rate(past.signposted),
            "signposted",
            0,
        ),
        rate(
            "Chưa trả lời được", total.rate(total.unknown), past.rate(past.unknown), "unknown", -1
        ),
        rate("Chọn được sau khi hỏi lại", now.chosen_rate, before.chosen_rate, "clarified", 1),
        rate(_SATISFIED, now.satisfaction, before.satisfaction, "rated", 1)._replace(
            note=f"{whole(now.rated)} lượt đánh giá"
        ),
        Tile("Thời gian trả lời", duration(now.p50), "", None, "", f"95%: {duration(now.p95)}"),
    ]


def _changed(share: float | None) -> str:
    if share is None:
        return ""
    return "= kỳ trước" if not round(share, 3) else f"{_arrow(share)} {percent(abs(share))}"


def _points(differs: float | None) -> str:
    if differs is None:
        return ""
    if not round(differs, 3):
        return "= kỳ trước"
    return f"{_arrow(differs)} {abs(differs) * 100:.1f} điểm".replace(".", ",")


def _arrow(number: float) -> str:
    return "▲" if number > 0 else "▼"
