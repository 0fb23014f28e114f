"""The form for an entry (/quan-tri/muc/…/sua, /quan-tri/muc/moi): checked while typed, saved as a proposal."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.console import entry_form
from bot.console.entries import HOME, address
from bot.console.frame import form, guarded, redirect, render
from bot.console.office import Role
from bot.drafts import changes
from bot.drafts.draft import MOST_PHRASINGS, MOST_SOURCES, Draft, typed
from bot.drafts.findings import About, Looked
from bot.editing import RemoveEntry
from bot.errors import Fault
from bot.proposals.twins import twin
from bot.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.entry_desk import EntryDesk
    from bot.console.entry_form import Sent
    from bot.console.office import Office, Person
    from bot.drafts.changes import Difference
    from bot.drafts.written import Written
    from bot.editing import Edit
    from bot.review.cluster import Cluster

SAVED = "hoidap_da_luu"
"""The cookie that tells the page's script which draft in the browser is no longer needed."""

_TOO_LARGE = (
    f"Mục này có hơn {MOST_PHRASINGS} cách hỏi hoặc {MOST_SOURCES} nguồn, nhiều hơn biểu mẫu giữ được. "
    "Chưa lưu gì: hãy sửa thẳng trong tệp của FAQ."
)
_KEPT = "Đã lưu thành thay đổi chờ công bố. Người dân chưa thấy gì cho đến khi bạn công bố."
ALREADY = "Bạn đã lưu đúng những chỗ sửa này trước đó rồi. Đây là thay đổi đó; không tạo thêm thay đổi nào."
_DAY = 24 * 60 * 60  # seconds
_NONCE = re.compile(r"[\w-]{8,32}", re.ASCII)
_LONGEST_TITLE = 200
_LONGEST_NOTE = 2000
_MOST_CLUSTERS = 50
_MOST_BEGUN = 20  # phrasings that a new entry begins with
_DIGITS = 18


class EditorArea:
    """Changing entries; what comes out is a proposal, nothing is changed at once."""

    name = ""  # its button stands in the browser
    path = "/muc/moi"
    role = Role.EDITOR

    def __init__(self, office: Office, desk: EntryDesk) -> None:
        self._office = office
        self._desk = desk

    def routes(self) -> list[Route]:
        """Before those of the browser: the page of an entry takes every path that is left."""
        editor = Role.EDITOR
        return [
            Route("/muc/moi", guarded(self.open_new, editor)),
            Route("/muc/moi", guarded(self.send_new, editor), methods=["POST"]),
            Route("/muc/moi/xem", guarded(self.look, editor), methods=["POST"]),
            Route("/muc/{entry:path}/sua", guarded(self.open, editor)),
            Route("/muc/{entry:path}/sua", guarded(self.send, editor), methods=["POST"]),
            Route("/muc/{entry:path}/sua/xem", guarded(self.look, editor), methods=["POST"]),
        ]

    async def open_new(self, request: Request, person: Person) -> Response:
        """An empty form, or one that begins with what was asked in a cluster."""
        del person
        draft = Draft(
            topic=typed(request.query_params.get("chu_de")),
            verified=self._desk.today().isoformat(),
        )
        numbers = _numbers(_asked(request, "nhom"))
        if numbers and (cluster := await self._office.review.cluster(numbers[0])):
            draft = self._begun(draft, cluster, request.query_params.getlist("cau"))
        return await self._shown(request, draft, None)

    def _begun(self, draft: Draft, cluster: Cluster, chosen: Sequence[str]) -> Draft:
        """A draft with the likeliest topic, a title and the wordings that were chosen (none: all)."""
        topics = self._office.faq().catalog.topic_of
        near = next((topics[one.entry] for one in cluster.likely if one.entry in topics), "")
        asked = [one for one in cluster.samples if not chosen or str(one.id) in chosen]
        return replace(
            draft,
            topic=draft.topic or near,
            title=typed(cluster.row.title)[:_LONGEST_TITLE],
            phrasings=tuple(typed(one.text) for one in asked[:_MOST_BEGUN]),
        )

    async def open(self, request: Request, person: Person) -> Response:
        """The form with an entry in it."""
        del person
        written = await self._written(request)
        if written is None:
            return _missing(request)
        draft = Draft.of(written.data, written.topic)
        return await self._shown(request, draft, written)

    async def look(self, request: Request, person: Person) -> Response:
        """What the checker says of what is typed, and its previews: parts of the page."""
        del person
        sent = await form(request)
        name = request.path_params.get("entry")
        written = await self._written(request) if name else None
        if name and written is None:
            return _missing(request)
        draft = _read(sent, written)
        looked, shown = await self._desk.look(draft, new=written is None)
        return render(
            request,
            "entry_looked.html",
            looked=looked,
            previews=shown,
            places=entry_form.places(sent, new=written is None),
            counted=entry_form.counted(looked),
        )

    async def send_new(self, request: Request, person: Person) -> Response:
        """A new entry: as a proposal, or the form again with what is missing."""
        sent = await form(request)
        draft = _read(sent, None)
        if sent.get("act") != "save":
            return await self._shown(request, draft, None, posted=sent)
        looked, _ = await self._desk.look(draft, new=True)
        if trouble := entry_form.unnamed(draft, looked):
            return await self._shown(request, draft, None, posted=sent, trouble=trouble)
        edits = [changes.new_entry(draft)]
        title = f"Thêm mục: {draft.title}"
        return await self._proposed(
            request, person, draft, None, edits=edits, title=title, sent=sent
        )

    async def send(self, request: Request, person: Person) -> Response:
        """A changed entry: as a proposal; or the form again, with nothing lost."""
        sent = await form(request)
        written = await self._written(request)
        if written is None:
            # The entry went while it was changed: what was typed can still be kept as a new one.
            draft = entry_form.read_draft(sent, entry=request.path_params["entry"], topic="")
            trouble = "Mục này vừa bị xóa khỏi FAQ. Nội dung bạn gõ còn nguyên: chọn chủ đề rồi lưu thành mục mới."
            return await self._shown(request, draft, None, posted=sent, trouble=trouble)
        if sent.get("act") == "remove":
            return await self._removed(request, person, written, sent)
        theirs = Draft.of(written.data, written.topic)
        mine = _read(sent, written)
        before = entry_form.opened(sent, written.topic) or theirs
        both = changes.collisions(before, mine, theirs)
        draft = changes.merged(before, mine, theirs) if before != theirs else mine
        if both:
            trouble = (
                "Trong lúc bạn sửa, có người đã đổi cùng chỗ trong mục này. Dưới đây là cả hai bản: "
                "ô nhập giữ chữ của bạn. Xem lại rồi lưu lần nữa."
            )
            return await self._shown(
                request, draft, written, trouble=trouble, collisions=both, posted=sent
            )
        if sent.get("act") != "save":
            return await self._shown(request, draft, written, posted=sent)
        edits = changes.edits(written, theirs, draft)
        if not edits or _overflows(written.data):
            trouble = _TOO_LARGE if edits else "Bạn chưa đổi gì so với bản đang có."
            return await self._shown(request, draft, written, trouble=trouble, posted=sent)
        title = f"Sửa mục: {draft.title or written.entry.title}"
        return await self._proposed(
            request, person, draft, written, edits=edits, title=title, sent=sent
        )

    async def _removed(
        self, request: Request, person: Person, written: Written, sent: Sent
    ) -> Response:
        """Taking the entry away is a proposal like any other, and can be rolled back."""
        draft, edits = Draft.of(written.data, written.topic), [RemoveEntry(written.entry.id)]
        title = f"Xóa mục: {written.entry.title}"
        return await self._proposed(
            request, person, draft, written, edits=edits, title=title, sent=sent
        )

    async def _proposed(
        self,
        request: Request,
        person: Person,
        draft: Draft,
        written: Written | None,
        *,
        edits: Sequence[Edit],
        title: str,
        sent: Sent,
    ) -> Response:
        """Save it as a proposal and go there; when it cannot be, the form again."""
        proposals, clusters = self._office.proposals, _numbers(sent.get("clusters"))
        note = typed(sent.get("note"))[:_LONGEST_NOTE]
        try:
            known = await twin(proposals, edits, author=person.name, clusters=clusters, note=note)
            number = known or await proposals.propose(
                edits,
                author=person.name,
                title=title[:_LONGEST_TITLE],
                clusters=clusters,
                note=note,
            )
        except (Fault, StoreError) as error:
            looked, _ = await self._desk.look(draft, new=written is None)
            trouble = entry_form.overlong(looked, sent) or str(error)
            return await self._shown(request, draft, written, trouble=trouble, posted=sent)
        notice = ALREADY if known else _KEPT
        response = redirect(f"/quan-tri/thay-doi/{number}", notice=notice)
        if _NONCE.fullmatch(nonce := sent.get("nonce")):
            response.set_cookie(
                SAVED, nonce, max_age=_DAY, path="/quan-tri", samesite="strict", httponly=False
            )
        return response

    async def _written(self, request: Request) -> Written | None:
        faq = await self._desk.written()
        return faq.entries.get(request.path_params["entry"])

    async def _shown(
        self,
        request: Request,
        draft: Draft,
        written: Written | None,
        *,
        trouble: str | None = None,
        collisions: Sequence[Difference] = (),
        posted: Sent | None = None,
    ) -> Response:
        faq = await self._desk.written()
        looked, shown = await self._desk.look(draft, new=written is None)
        if written is None and posted is None:  # a form that was only begun is not scolded
            begun = (one for one in looked.findings if one.about is About.PERSONAL)
            looked = Looked(looked.entry, tuple(begun))
        return render(
            request,
            "entry_form.html",
            status=409 if collisions else 422 if trouble else 200,
            draft=draft,
            written=written,
            action=address(written.entry.id, "/sua") if written else f"{HOME}/moi",
            looked=looked,
            counted=entry_form.counted(looked) if looked.findings or written or posted else None,
            previews=shown,
            trouble=trouble,
            collisions=collisions,
            posted=posted is not None,
            note=posted.get("note") if posted else "",
            clusters=_numbers(posted.get("clusters") if posted else _asked(request, "nhom")),
            opened=entry_form.as_opened(written.data) if written else "",
            nonce=secrets.token_urlsafe(12),
            **entry_form.choices(draft, faq, self._desk.today()),
        )


def _overflows(data: Mapping[str, Any]) -> bool:
    """Whether the form holds less than the entry: what is beyond would be taken for removed."""
    kept = (("phrasings", MOST_PHRASINGS), ("sources", MOST_SOURCES))
    return any(len(data.get(name) or ()) > most for name, most in kept)


def _read(sent: Sent, written: Written | None) -> Draft:
    if written is None:
        return entry_form.read_draft(sent, entry=None, topic="")
    kind = written.entry.kind.value
    return entry_form.read_draft(sent, entry=written.entry.id, topic=written.topic, kind=kind)


def _missing(request: Request) -> Response:
    name = request.path_params["entry"]
    return render(request, "entry_missing.html", status=404, entry=name)


def _asked(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _numbers(text: str) -> tuple[int, ...]:
    """The clusters that the entry answers, by number."""
    found = (part for part in text.split(",") if part.isascii() and part.isdigit())
    return tuple(int(part) for part in found if len(part) < _DIGITS)[:_MOST_CLUSTERS]
