"""Proposals from the first edit to publishing and back: what the pages and commands ask of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.editing import to_json
from bot.proposals import publishing
from bot.proposals.files import digests
from bot.proposals.ledger import Ledger, must_be_tried
from bot.proposals.proposal import ProposalError, StaleError, State
from bot.proposals.trials import Trials
from bot.store import proposals as table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.editing import Edit
    from bot.proposals.proposal import Person, Published
    from bot.proposals.trials import Progress

_LONGEST_TITLE = 200


@dataclass(slots=True)
class Proposals(Ledger):
    """Everything that can be done with proposals."""

    trials: Trials = field(init=False)

    def __post_init__(self) -> None:
        self.trials = Trials(self)

    async def propose(
        self,
        edits: Sequence[Edit],
        *,
        author: str,
        title: str,
        clusters: Sequence[int] = (),
        note: str = "",
    ) -> int:
        """Keep edits as a draft; its id. Raises EditError when they cannot be made now."""
        texts = await self.read()
        await self.applied(texts, edits)
        now = self.now()
        values = {
            "state": State.DRAFT,
            "title": _titled(title),
            "author": author,
            "created_at": now,
            "changed_at": now,
            "edits": list(map(to_json, edits)),
            "base": digests(texts),
            "clusters": list(clusters),
            "note": note[:4000],
        }
        number = await self.store.write(partial(table.add, values=values))
        # Without its title, which may hold citizens' words: the trail is kept when they are erased.
        await self.note(author, "propose", number)
        await self.told(self.on_proposed, await self.get(number), author, {})
        return number

    async def revise(
        self,
        number: int,
        version: int,
        edits: Sequence[Edit],
        *,
        by: str,
        title: str | None = None,
    ) -> None:
        """Put other edits in place of those of an open proposal; it must be tried and approved anew."""
        proposal = await self.open(number)
        if proposal.version != version:
            raise StaleError(number)
        texts = await self.read()
        await self.applied(texts, edits)
        await self.change(
            proposal,
            state=State.DRAFT,
            title=_titled(title or proposal.title),
            edits=list(map(to_json, edits)),
            base=digests(texts),
            trial=None,
            approved_by=None,
            approved_at=None,
        )
        await self.note(by, "revise", number)

    async def list(self, *states: State, limit: int = 100) -> list[dict[str, Any]]:
        """List the newest, without their edits and texts."""
        return await self.store.read(
            lambda connection: table.listed(connection, states, limit), long=True
        )

    async def titles(self, numbers: Sequence[int]) -> dict[int, str]:
        """The titles of these, of those that there are."""
        return await self.store.read(partial(table.titles, numbers=numbers), long=True)

    async def preview(self, number: int) -> dict[str, str]:
        """The texts that publishing would write now. Raises EditError in a conflict."""
        proposal = await self.get(number)
        return await self.applied(await self.read(), proposal.edits)

    async def ask_approval(self, number: int, person: Person) -> None:
        """Send it to a second person."""
        proposal = await self.open(number)
        must_be_tried(proposal)
        await self.change(proposal, state=State.WAITING)
        await self.note(person.name, "ask_approval", number)

    async def approve(self, number: int, person: Person) -> None:
        """Approve what somebody else proposed."""
        proposal = await self.open(number)
        must_be_tried(proposal)
        if self.second_approval and person.name == proposal.author:
            raise ProposalError("Bạn không tự duyệt thay đổi của mình được – nhờ một người khác.")
        await self.change(
            proposal, state=State.APPROVED, approved_by=person.name, approved_at=self.now()
        )
        await self.note(person.name, "approve", number)

    async def withdraw(self, number: int, person: Person) -> None:
        """Give a proposal up; it stays readable."""
        proposal = await self.open(number)
        self.trials.cancel(number)
        await self.change(proposal, state=State.WITHDRAWN)
        await self.note(person.name, "withdraw", number)
        await self.told(self.on_withdrawn, proposal, person.name, {})

    @property
    def trying(self) -> Mapping[int, Progress]:
        """How far each running trial is."""
        return self.trials.trying

    @property
    def failed(self) -> Mapping[int, str]:
        """Why the last trial of each came to nothing."""
        return self.trials.failed

    def start_trial(self, number: int) -> None:
        """Begin a trial in the background; `trying` and `failed` tell how it goes."""
        self.trials.start(number)

    def cancel_trial(self, number: int) -> None:
        """End a running trial; nothing of it is kept."""
        self.trials.cancel(number)

    async def trial(
        self, number: int, progress: Callable[[int, str], None] = lambda _percent, _what: None
    ) -> dict[str, Any]:
        """Try a proposal on the files as they are now, and keep what came out.

        One at a time; what is served goes on. Raises EditError when the edits cannot be made.
        """
        return await self.trials.run(number, progress)

    async def close(self) -> None:
        """End what runs in the background."""
        await self.trials.close()

    async def publish(self, number: int, person: Person) -> Published:
        """Write the files, all or none, and tell the hooks.

        Raises:
            ProposalError: when it was not tried or approved, has errors, or cannot be written.
            ConflictError: when the files changed since it was tried.
        """
        return await publishing.publish(self, number, person)

    async def roll_back(self, number: int, person: Person) -> Published:
        """Put the former text back; what others changed since in the same files stays.

        Raises:
            ConflictError: when they changed the very lines.
        """
        return await publishing.roll_back(self, number, person)

    async def recover(self) -> Sequence[int]:
        """Finish or take back what a crash left half published; the ids that were mended."""
        return await publishing.recover(self)


def _titled(title: str) -> str:
    plain = " ".join(title.split())[:_LONGEST_TITLE]
    if not plain:
        raise ProposalError("Thay đổi chưa có tên – viết một câu nói bạn sửa gì.")
    return plain
