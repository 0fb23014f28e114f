"""The browser of the FAQ (/quan-tri/muc) and the page of one entry."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import Response
from starlette.routing import Route

from bot.console.changes_words import STATES
from bot.console.entry_desk import VIETNAM
from bot.console.entry_figures import LONG
from bot.console.entry_list import CARES, KINDS, ORDERS, PAGE, Care, Filters, Order
from bot.console.frame import guarded, render
from bot.console.office import Role
from bot.drafts.draft import Draft
from bot.feedback import reason_label
from bot.proposals.proposal import State
from bot.spreadsheet import spreadsheet_safe
from bot.store import StoreError
from bot.store.dislikes import Dislikes, dislikes
from bot.store.entry_history import entry_history
from bot.store.entry_stats import near_clusters
from intents.upcoming import EventKind, upcoming

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from starlette.requests import Request

    from bot.console.entry_desk import EntryDesk
    from bot.console.entry_list import Row
    from bot.console.office import Office, Person
    from bot.store.entry_history import Proposed
    from bot.store.entry_stats import NearCluster

HOME = "/quan-tri/muc"
_SOON = timedelta(days=30)
_DUE = (EventKind.ENDS, EventKind.REVIEW)
_MOST_FOUND = 20
_MOST_MISSES = 20

_CSV = (
    "mã",
    "tên",
    "chủ đề",
    "loại",
    "số cách hỏi",
    "độ tin cậy",
    "kiểm tra",
    "rà soát trước",
    "đúng đến hết",
    "lượt 30 ngày",
    "lượt 90 ngày",
    "có ích",
    "chưa đúng",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an entry: where it failed people, and what was proposed for it."""

    dislikes: Dislikes
    near: Sequence[NearCluster]
    history: Sequence[Proposed]


class EntriesArea:
    """Everybody who may log in may read."""

    name = "Câu hỏi và trả lời"
    path = "/muc"
    role = Role.VIEWER

    def __init__(self, office: Office, desk: EntryDesk) -> None:
        self._office = office
        self._desk = desk

    def routes(self) -> list[Route]:
        """The list, its table for a spreadsheet, suggestions while typing; one entry comes last."""
        return [
            Route("/muc", guarded(self.list, Role.VIEWER)),
            Route("/muc.csv", guarded(self.table, Role.VIEWER)),
            Route("/muc/tim", guarded(self.found, Role.VIEWER)),
            Route("/muc/{entry:path}", guarded(self.one, Role.VIEWER)),
        ]

    async def summary(self) -> str:
        """How many there are, and how many need a look soon, for the first page."""
        catalog, day = self._office.faq().catalog, self._desk.today()
        events = upcoming(catalog, day, day + _SOON)
        soon = len({event.name for event in events if event.kind in _DUE})
        due = f", {soon} mục đến hạn xem lại trong 30 ngày" if soon else ""
        return f"{len(catalog.entries)} mục{due}."

    async def list(self, request: Request, person: Person) -> Response:
        """A page of entries."""
        filters = Filters.read(lambda name: request.query_params.get(name, ""))
        listing, stats = await self._desk.listing(), await self._desk.figures.all()
        today, takes_feedback = self._desk.today(), self._office.settings.feedback
        rows = listing.rows(filters, stats, today)
        counts = listing.counts(filters, stats, today)
        pages = max((len(rows) + PAGE - 1) // PAGE, 1)
        filters = replace(filters, page=min(filters.page, pages))
        return render(
            request,
            "entries.html",
            rows=rows[(filters.page - 1) * PAGE : filters.page * PAGE],
            found=len(rows),
            total=len(listing.faq.entries),
            filters=filters,
            pages=pages,
            counts=[
                (care, label, counts[care])
                for care, label in CARES.items()
                if takes_feedback or care is not Care.DISLIKED
            ],
            topics=listing.faq.topics,
            kinds=KINDS,
            orders={
                order: "khớp nhất trước" if filters.words and order is Order.FILE else label
                for order, label in ORDERS.items()
                if takes_feedback or order is not Order.SATISFACTION
            },
            takes_feedback=takes_feedback,
            counting=stats is None,
            today=today,
            may_edit=person.role.covers(Role.EDITOR),
            link=lambda **fields: link(filters, **fields),
        )

    async def table(self, request: Request, person: Person) -> Response:
        """The same entries, all of them, for a spreadsheet."""
        del person
        filters = Filters.read(lambda name: request.query_params.get(name, ""))
        listing, stats = await self._desk.listing(), await self._desk.figures.all()
        rows = listing.rows(filters, stats, self._desk.today())
        text = await asyncio.to_thread(_as_csv, rows)
        return Response(
            text.encode("utf-8-sig"),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="muc-faq.csv"'},
        )

    async def found(self, request: Request, person: Person) -> Response:
        """Entries to choose from, for a field that asks for an id."""
        del person
        # htmx sends a field under its own name
        names = ("q", "related", "entry")
        asked = next((value for one in names if (value := request.query_params.get(one))), "")
        listing = await self._desk.listing()
        found = listing.found(asked[:200], _MOST_FOUND) if asked.strip() else []
        return render(request, "entry_options.html", found=found)

    async def one(self, request: Request, person: Person) -> Response:
        """One entry: as citizens see it, what it rests on, how it fares."""
        faq = await self._desk.written()
        written = faq.entries.get(request.path_params["entry"])
        if written is None:
            return render(
                request, "entry_missing.html", status=404, entry=request.path_params["entry"]
            )
        looked, shown = await self._desk.look(Draft.of(written.data, written.topic), new=False)
        name = written.entry.id
        return render(
            request,
            "entry.html",
            written=written,
            entry=written.entry,
            topic=faq.topic_title(written.topic),
            kind=KINDS[written.entry.kind],
            related=[(other, faq.entries.get(other)) for other in written.entry.related],
            findings=looked.findings,
            previews=shown,
            stats=await self._desk.figures.of(name),
            known=await self._known(name),
            states={State.DRAFT: "bản nháp"} | STATES,
            reason_label=reason_label,
            zone=VIETNAM,
            takes_feedback=self._office.settings.feedback,
            today=self._desk.today(),
            may_edit=person.role.covers(Role.EDITOR),
        )

    async def _known(self, entry: str) -> Known | None:
        """None when the store cannot be read: the page shows the rest."""
        since = self._office.now() - LONG

        def read(connection: Connection) -> Known:
            return Known(
                dislikes(connection, entry, since=since, limit=_MOST_MISSES),
                near_clusters(connection, entry, limit=_MOST_MISSES),
                entry_history(connection, entry, limit=_MOST_MISSES),
            )

        try:
            return await self._office.store.read(read, long=True)
        except StoreError:
            return None


def address(entry: str, more: str = "") -> str:
    """Where the page of an entry is."""
    return f"{HOME}/{quote(entry, safe='')}{more}"


def link(filters: Filters, **fields: object) -> str:
    """The list with other filters; it begins anew at its first page."""
    query = replace(filters, **({"page": 1} | fields)).query()  # type: ignore[arg-type]  # a template names the fields
    return f"{HOME}?{urlencode(query)}" if query else HOME


def _as_csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(_CSV)
    for row in rows:
        entry, stats = row.written.entry, row.stats
        figures = (stats.lately, stats.hits, stats.useful, stats.useless) if stats else ("",) * 4
        cells = (
            entry.id,
            entry.title,
            row.topic,
            KINDS[entry.kind],
            len(entry.phrasings),
            entry.confidence.value,
            entry.verified or "",
            entry.review_by or "",
            entry.valid_until or "",
            *figures,
        )
        sheet.writerow([spreadsheet_safe(cell) for cell in cells])
    return out.getvalue()
