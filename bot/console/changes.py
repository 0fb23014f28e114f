"""Proposals (/quan-tri/thay-doi): what a change does, and publishing it or taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.routing import Route

from bot.console import changes_words as words
from bot.console.frame import BASE, form, guarded, redirect, render
from bot.console.office import Role
from bot.errors import Fault
from bot.proposals.files import called
from bot.proposals.proposal import OPEN, ConflictError, ProposalError, State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.office import Office, Person
    from bot.proposals.proposal import Proposal

HOME = f"{BASE}/thay-doi"
_DOING: dict[str, Role] = {
    "try": Role.REVIEWER,
    "ask": Role.REVIEWER,
    "withdraw": Role.REVIEWER,
    "approve": Role.EDITOR,
    "publish": Role.EDITOR,
    "roll_back": Role.EDITOR,
}
_FILTERS = {
    "mo": (State.DRAFT, State.WAITING, State.APPROVED, State.PUBLISHING),
    "da-cong-bo": (State.PUBLISHED,),
    "da-dong": (State.WITHDRAWN, State.ROLLED_BACK),
}


class ChangesArea:
    """Viewers may read; reviewers propose; editors publish."""

    name = "Thay đổi"
    path = "/thay-doi"
    role = Role.VIEWER

    def __init__(self, office: Office) -> None:
        self._office = office
        self._proposals = office.proposals

    def routes(self) -> list[Route]:
        return [
            Route("/thay-doi", guarded(self.list, Role.VIEWER)),
            Route("/thay-doi/{number:int}", guarded(self.show, Role.VIEWER), methods=["GET"]),
            Route("/thay-doi/{number:int}", guarded(self.act, Role.REVIEWER), methods=["POST"]),
            Route("/thay-doi/{number:int}/tien-do", guarded(self.progress, Role.VIEWER)),
        ]

    async def summary(self) -> str:
        """What waits, for the first page."""
        waiting = await self._proposals.list(*_FILTERS["mo"])
        return words.waiting(len(waiting))

    async def list(self, request: Request, person: Person) -> Response:
        """The newest changes, by how far they came."""
        del person
        chosen = request.query_params.get("xem", "")
        states = _FILTERS.get(chosen, ())
        proposals = await self._proposals.list(*states)
        return render(
            request,
            "changes.html",
            proposals=proposals,
            trying=self._proposals.trying,
            failed=self._proposals.failed,
            chosen=chosen if states else "",
            stale=await self._stale(proposals),
            words=words,
        )

    async def _stale(self, listed: Sequence[Mapping[str, Any]]) -> Collection[int]:
        """Which of these that are open were tried on files that changed since."""
        tried = [one["id"] for one in listed if one["state"] in OPEN and one["errors"] is not None]
        try:
            return await self._proposals.stale(tried)
        except ProposalError:
            return ()

    async def show(self, request: Request, person: Person) -> Response:
        """One change; what was never tried is tried now."""
        proposal = await self._get(request)
        number = proposal.id
        untried = proposal.trial is None and number not in self._proposals.failed
        if untried and proposal.state in OPEN and person.role.covers(Role.REVIEWER):
            self._proposals.start_trial(number)
        return await self._page(request, person, proposal)

    async def progress(self, request: Request, person: Person) -> Response:
        """How far a trial came; when it is done, the page is loaded again."""
        number = request.path_params["number"]
        del person
        trying = self._proposals.trying.get(number)
        if trying is None:
            answer = render(request, "change_progress.html", number=number, trying=None)
            answer.headers["hx-refresh"] = "true"
            return answer
        return render(request, "change_progress.html", number=number, trying=trying)

    async def act(self, request: Request, person: Person) -> Response:
        """Do what a button says; what cannot be done is told on the same page."""
        proposal = await self._get(request)
        doing = (await form(request)).get("act")
        least = _DOING.get(doing)
        if least is None or not person.role.covers(least):
            raise HTTPException(403, "Vai trò của bạn không làm được việc này.")
        here = f"{HOME}/{proposal.id}"
        try:
            return redirect(here, notice=await self._do(doing, proposal, person))
        except ConflictError as error:
            return await self._page(request, person, proposal, 409, error=error)
        except Fault as error:
            return await self._page(request, person, proposal, 422, error=error)

    async def _do(self, doing: str, proposal: Proposal, person: Person) -> str:
        proposals, number = self._proposals, proposal.id
        match doing:
            case "try":
                proposals.start_trial(number)
                return "Đang thử lại trên các tệp hiện tại."
            case "ask":
                await proposals.ask_approval(number, person)
                return "Đã gửi cho người thứ hai duyệt."
            case "approve":
                await proposals.approve(number, person)
                return "Đã duyệt."
            case "withdraw":
                await proposals.withdraw(number, person)
                return "Đã rút lại. Chưa có gì thay đổi với người dân."
            case "publish":
                await proposals.publish(number, person)
                return "Đã công bố. Người dân nhận câu trả lời mới ngay bây giờ."
            case _:
                await proposals.roll_back(number, person)
                return "Đã hoàn tác: các tệp trở về như trước."

    async def _get(self, request: Request) -> Proposal:
        try:
            return await self._proposals.get(request.path_params["number"])
        except ProposalError as error:
            raise HTTPException(410, str(error)) from None

    async def _changed(self, proposal: Proposal) -> Sequence[str]:
        """The files that changed since the trial; what cannot be read is told by publishing."""
        try:
            return [called(name) for name in await self._proposals.changed_since(proposal)]
        except ProposalError:
            return ()

    async def _page(
        self,
        request: Request,
        person: Person,
        proposal: Proposal,
        status: int = 200,
        *,
        error: Fault | None = None,
    ) -> Response:
        trying = self._proposals.trying.get(proposal.id)
        trial: Any = await self._proposals.trials.told(proposal.trial)
        is_open = proposal.state in OPEN
        return render(
            request,
            "change.html",
            status,
            proposal=proposal,
            trial=trial,
            trying=trying,
            failed=self._proposals.failed.get(proposal.id, "") if trying is None else "",
            is_open=is_open,
            changed=await self._changed(proposal) if is_open and trial else (),
            needs_second=self._office.settings.second_approval,
            may=lambda act: person.role.covers(_DOING[act]),
            error=error,
            conflict=error if isinstance(error, ConflictError) else None,
            entries=self._office.faq().catalog.entries,
            words=words,
        )
