"""The review queue (/quan-tri/cau-hoi): what citizens asked and got no good answer to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.routing import Route

from bot.console import batch
from bot.console import queue_words as words
from bot.console.batch import whole
from bot.console.cluster import ClusterPages
from bot.console.cluster_near import HOME
from bot.console.frame import form, guarded, redirect, render
from bot.console.office import Role
from bot.errors import Fault
from bot.review.cluster import Filters, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.office import Office, Person
    from bot.review.desk import Desk

_LAST_PAGE = 10_000
_FIELDS = {
    "state": "trang_thai",
    "channel": "kenh",
    "topic": "chu_de",
    "reason": "ly_do",
    "words": "q",
    "page": "trang",
}
_ALL = "tat_ca"


class QueueArea:
    """Viewers may look; reviewers decide."""

    name = "Câu hỏi chưa được trả lời"
    path = "/cau-hoi"
    role = Role.VIEWER

    def __init__(self, office: Office, desk: Desk) -> None:
        self._office = office
        self._desk = desk
        self._pages = ClusterPages(office, desk)

    def routes(self) -> list[Route]:
        """The list, its batch of actions, undo, progress; then the pages of one cluster."""
        return [
            Route("/cau-hoi", guarded(self.list, Role.VIEWER)),
            Route("/cau-hoi/nhieu", guarded(self.batch, Role.REVIEWER), methods=["POST"]),
            Route("/cau-hoi/hoan-tac", guarded(self.undo, Role.REVIEWER), methods=["POST"]),
            Route("/cau-hoi/tien-do", guarded(self.progress, Role.VIEWER)),
            *self._pages.routes(),
        ]

    async def summary(self) -> str:
        """What waits, for the start page."""
        return words.waiting(await self._desk.waiting())

    async def list(self, request: Request, person: Person) -> Response:
        """A page of clusters, those that matter to most people first."""
        filters = _read(request.query_params)
        page = await self._desk.queue(filters)
        catalog = self._office.faq().catalog
        may = person.role.covers(Role.REVIEWER)
        return render(
            request,
            "queue.html",
            page=page,
            pages=max(-(-page.found // page.size), 1),
            filters=filters,
            words=words,
            takes_feedback=self._office.settings.feedback,
            topics=catalog.topics,
            entries=catalog.entries,
            now=self._office.now(),
            progress=await self._desk.progress(),
            last=await self._desk.last_of(person.name) if may else None,
            may=may,
            may_edit=person.role.covers(Role.EDITOR),
            me=person.name,
            link=lambda **other: _link(filters, **other),
        )

    async def progress(self, request: Request, person: Person) -> Response:
        """How far the gathering came, asked for again and again by the page."""
        del person
        progress = await self._desk.progress()
        return render(request, "queue_progress.html", progress=progress, words=words)

    async def batch(self, request: Request, person: Person) -> Response:
        """Ignore or merge several clusters; what somebody else changed is left, and told."""
        sent = await form(request)
        back = _link(_read(_queried(sent.get("ve"))))
        chosen = batch.chosen(sent)
        merging = sent.get("act") == "merge"
        if not chosen or (merging and len(chosen) < 2):
            need = "ít nhất hai nhóm để gộp" if merging else "ít nhất một nhóm"
            return redirect(back, notice=f"Chưa làm gì: bạn hãy chọn {need} trong danh sách.")
        if merging:
            target = chosen.pop(0)[0]
            act = partial(self._desk.merge, by=person.name, other=target)
            done, left = await batch.each(chosen, act)
            return redirect(back, notice=f"Đã gộp {done} nhóm vào nhóm {target}.{left}")
        done, left = await batch.each(chosen, partial(self._desk.ignore, by=person.name))
        return redirect(back, notice=f"Đã bỏ qua {done} nhóm.{left}")

    async def undo(self, request: Request, person: Person) -> Response:
        """Take back the decision that is named."""
        sent = await form(request)
        number = sent.get("decision")
        try:
            cluster = await self._desk.undo(whole(number), by=person.name)
        except Fault as error:
            return redirect(HOME, notice=str(error))
        page = whole(sent.get("ve"))
        back = f"{HOME}/{page}" if page else HOME
        return redirect(back, notice=f"Đã hoàn tác; nhóm {cluster} trở lại như trước.")


def _read(query: Mapping[str, str]) -> Filters:
    """Filters from an address; whatever is not understood is left out."""

    def get(field: str) -> str:
        return query.get(_FIELDS[field], "").strip()[:200]

    state = get("state") or State.OPEN.value
    return Filters(
        state="" if state == _ALL else state if state in set(State) else State.OPEN,
        channel=get("channel"),
        topic=get("topic"),
        reason=get("reason"),
        words=get("words"),
        page=min(max(whole(get("page")), 1), _LAST_PAGE),
    )


def _link(filters: Filters, **other: object) -> str:
    """The list's address with these filters, of which some are changed; the first page at that."""
    changed = replace(filters, **({"page": 1} if other else {}) | other)  # type: ignore[arg-type]
    empty = Filters()
    query = {
        name: getattr(changed, field) or _ALL
        for field, name in _FIELDS.items()
        if getattr(changed, field) != getattr(empty, field)
    }
    return f"{HOME}?{urlencode(query)}" if query else HOME


def _queried(address: str) -> Mapping[str, str]:
    """The query of an address that a form carried; it is never followed itself."""
    try:
        return dict(parse_qsl(urlsplit(address[:2000]).query))
    except ValueError:
        return {}
