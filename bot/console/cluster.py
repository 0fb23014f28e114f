"""The page of one cluster (/quan-tri/cau-hoi/{id}): what was asked, why it was missed, what to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from bot.console import queue_words as words
from bot.console.batch import whole
from bot.console.cluster_near import HOME, NearPages
from bot.console.frame import form, guarded, redirect, render
from bot.console.office import Role
from bot.console.queue_search import EntrySearch
from bot.errors import Fault
from bot.open_data.releases import LEAST, MOST, ReleaseError
from bot.review.cluster import ReviewError, StaleError

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.console.frame import Form
    from bot.console.office import Office, Person
    from bot.review.cluster import Cluster
    from bot.review.desk import Desk
    from intents.catalog import Catalog
    from intents.entry import Entry

_MOST_PHRASINGS = 20  # that an address carries to the editor
_LONGEST_PHRASING = 200
_LONGEST_TITLE = 500  # that comes back to be shortened


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen on the page: it is kept when the page comes back with a problem."""

    questions: frozenset[int] | None = None  # none: nothing was sent yet, all are chosen
    entry: str = ""
    other: str = ""
    title: str | None = None  # to be released; none: nothing was sent yet

    def holds(self, question: int) -> bool:
        """Whether a question is ticked."""
        return self.questions is None or question in self.questions


class ClusterPages:
    """Reading, searching for an entry, deciding."""

    def __init__(self, office: Office, desk: Desk) -> None:
        self._office = office
        self._desk = desk
        self._search: EntrySearch | None = None
        self._near = NearPages(desk)

    def routes(self) -> list[Route]:
        """All below a cluster's number."""
        here = "/cau-hoi/{number:int}"
        return [
            Route(here, guarded(self.show, Role.VIEWER)),
            Route(here, guarded(self.decide, Role.REVIEWER), methods=["POST"]),
            Route(f"{here}/muc", guarded(self.entries, Role.VIEWER)),
            Route(f"{here}/xem", guarded(self.claim, Role.REVIEWER), methods=["POST"]),
            Route(f"{here}/cong-bo", guarded(self.release, Role.REVIEWER), methods=["POST"]),
            *self._near.routes(),
        ]

    async def show(self, request: Request, person: Person) -> Response:
        """The page as it is now."""
        asked = request.query_params.get("tim", "")
        return await self._shown(request, person, Chosen(), asked=asked)

    async def entries(self, request: Request, person: Person) -> Response:
        """Entries found while somebody types."""
        del person
        asked = request.query_params.get("tim", "")
        return render(
            request, "cluster_found.html", asked=asked, found=await self._find(asked), chosen=""
        )

    async def claim(self, request: Request, person: Person) -> Response:
        """Tell the others that somebody is looking."""
        with suppress(ReviewError):  # the cluster went meanwhile: nobody can look at it
            await self._desk.claim(request.path_params["number"], by=person.name)
        return Response(status_code=204)

    async def decide(self, request: Request, person: Person) -> Response:
        """Do what the pressed button says; a problem brings the page back as it was filled in."""
        sent = await form(request)
        every = sent.get("tat_ca") == "1"  # from the list, where no question is shown
        chosen = Chosen(
            None if every else frozenset(map(whole, sent.all("cau")[:500])),
            sent.get("entry")[:64],
            sent.get("other")[:15],
        )
        number = request.path_params["number"]
        try:
            return await self._done(number, sent, chosen, person)
        except StaleError as error:
            return await self._shown(request, person, chosen, problem=str(error), status=409)
        except Fault as error:
            return await self._shown(request, person, chosen, problem=str(error), status=422)

    async def release(self, request: Request, person: Person) -> Response:
        """Publish the cluster in the open data under an official's title, or no longer."""
        data = self._office.open_data
        if data is None:
            raise HTTPException(404)
        number, sent = request.path_params["number"], await form(request)
        try:
            if sent.get("act") == "take_back":
                await data.releases.take_back(number, by=person.name)
                told = "Đã gỡ khỏi dữ liệu mở."
            else:
                await data.releases.release(number, sent.get("title"), by=person.name)
                told = "Đã công bố tiêu đề trong dữ liệu mở."
        except ReleaseError as error:
            chosen = Chosen(title=sent.get("title")[:_LONGEST_TITLE])
            return await self._shown(request, person, chosen, problem=str(error), status=422)
        return redirect(f"{HOME}/{number}", notice=told)

    async def _done(self, number: int, sent: Form, chosen: Chosen, person: Person) -> Response:
        version, act = whole(sent.get("version")), sent.get("act")
        if act == "draft":
            return await self._to_editor(number, chosen)
        if act in {"split", "move", "merge"}:
            return await self._rearranged(act, number, version, chosen, person.name)
        if act != "accept":
            return await self._set_aside(sent, number, version, chosen, person.name)
        entry = self._entry(chosen)
        questions = sorted(chosen.questions or ())
        if chosen.questions is not None:
            _some(questions, "thêm vào mục")
        proposal = await self._desk.accept(
            number,
            version,
            by=person.name,
            entry=entry,
            questions=questions,
            apart=_unticked(sent, chosen),
        )
        return redirect(f"/quan-tri/thay-doi/{proposal}")

    async def _set_aside(
        self, sent: Form, number: int, version: int, chosen: Chosen, by: str
    ) -> Response:
        """What needs no entry; back to the list, which offers the undo."""
        match sent.get("act"):
            case "out_of_scope":
                questions = sorted(chosen.questions or ())
                if chosen.questions is not None:
                    _some(questions, "đánh dấu")
                await self._desk.out_of_scope(
                    number,
                    version,
                    by=by,
                    questions=questions,
                    apart=_unticked(sent, chosen),
                )
                told = f"Nhóm {number}: đã đánh dấu ngoài phạm vi."
            case "case_data":
                await self._desk.case_data(number, version, by=by)
                told = f"Nhóm {number}: đã đánh dấu cần hồ sơ cá nhân."
            case "ignore":
                await self._desk.ignore(number, version, by=by)
                told = f"Đã bỏ qua nhóm {number}; câu hỏi giống vậy sẽ không hiện lại."
            case "reopen":
                await self._desk.reopen(number, version, by=by)
                return redirect(f"{HOME}/{number}", notice="Nhóm đã mở lại.")
            case _:
                raise ReviewError("Chưa làm gì: bạn hãy bấm một trong các nút ở dưới.")
        return redirect(HOME, notice=told)

    async def _rearranged(
        self, act: str, number: int, version: int, chosen: Chosen, by: str
    ) -> Response:
        """Questions in other clusters; to the cluster where they are now."""
        questions = sorted(chosen.questions or ())
        if act == "split":
            _some(questions, "tách")
            made = await self._desk.split(number, version, by=by, questions=questions)
            return redirect(f"{HOME}/{made}", notice=f"Đã tách khỏi nhóm {number}.")
        other = whole(chosen.other)
        if not other or other == number:
            raise ReviewError("Chưa rõ nhóm kia: bạn điền số của một nhóm khác, ví dụ 12.")
        if act == "merge":
            await self._desk.merge(number, version, by=by, other=other)
            return redirect(f"{HOME}/{other}", notice=f"Đã gộp nhóm {number} vào nhóm này.")
        _some(questions, "chuyển")
        await self._desk.move(number, version, by=by, questions=questions, other=other)
        return redirect(f"{HOME}/{other}", notice=f"Đã chuyển {len(questions)} câu sang.")

    def _entry(self, chosen: Chosen) -> str:
        if not chosen.entry:
            raise ReviewError("Chưa chọn mục nào: bạn chọn một mục gợi ý, hoặc tìm mục khác.")
        if chosen.entry not in self._office.faq().catalog.entries:
            raise ReviewError(
                f"Không còn mục “{chosen.entry}”: có thể mục vừa bị xóa. Bạn hãy chọn mục khác."
            )
        return chosen.entry

    async def _to_editor(self, number: int, chosen: Chosen) -> Response:
        """Go to the editor, which is filled in with what was asked (masked)."""
        if await self._desk.cluster(number) is None:
            raise ReviewError(f"Không còn nhóm {number}: có thể nhóm đã được gộp.")
        # Numbers alone: an address is logged on its way, and may not be long.
        asked = [("cau", str(one)) for one in sorted(chosen.questions or ())[:_MOST_PHRASINGS]]
        return redirect(f"/quan-tri/muc/moi?{urlencode([('nhom', str(number)), *asked])}")

    async def _find(self, asked: str) -> list[Entry]:
        catalog = self._office.faq().catalog
        if self._search is None or self._search.catalog is not catalog:
            self._search = await asyncio.to_thread(EntrySearch, catalog)
        return self._search.find(asked)

    async def _shown(
        self,
        request: Request,
        person: Person,
        chosen: Chosen,
        *,
        asked: str = "",
        problem: str = "",
        status: int = 200,
    ) -> Response:
        number = request.path_params["number"]
        cluster = await self._desk.cluster(number)
        if cluster is None:
            into = await self._desk.went_into(number)
            return render(
                request, "cluster_missing.html", 404, number=number, into=into, problem=problem
            )
        catalog = self._office.faq().catalog
        likely = [one for one in cluster.likely if one.entry in catalog.entries]
        picked = chosen.entry or next((one.entry for one in likely[:1] if one.worth_proposing), "")
        data = self._office.open_data
        return render(
            request,
            "cluster.html",
            status,
            cluster=cluster,
            row=cluster.row,
            likely=likely,
            picked=picked,
            extra=_extra(picked, cluster, catalog),
            entries=catalog.entries,
            chosen=chosen,
            asked=asked,
            found=await self._find(asked),
            problem=problem,
            stale=status == 409,
            open_data=data,
            released=await data.releases.title_of(number) if data else None,
            lengths=(LEAST, MOST),
            words=words,
            now=self._office.now(),
            me=person.name,
            may=person.role.covers(Role.REVIEWER),
            may_edit=person.role.covers(Role.EDITOR),
        )


def _extra(picked: str, cluster: Cluster, catalog: Catalog) -> str:
    """A chosen entry that is not among the likely ones: it stays chosen."""
    likely = {one.entry for one in cluster.likely}
    return picked if picked in catalog.entries and picked not in likely else ""


def _some(questions: list[int], what: str) -> None:
    if not questions:
        raise ReviewError(f"Chưa chọn câu nào để {what}: bạn đánh dấu ít nhất một câu.")


def _unticked(sent: Form, chosen: Chosen) -> list[int]:
    """The questions that were shown and not chosen: whoever unticked them says they mean another."""
    if chosen.questions is None:
        return []
    return sorted(set(map(whole, sent.all("hien")[:500])) - chosen.questions)
