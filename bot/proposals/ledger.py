"""The rows of proposals and the files that they change: how all that is done with them reads and writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.editing import apply
from bot.proposals.files import changed, digests
from bot.proposals.proposal import OPEN, Proposal, ProposalError, Published, StaleError
from bot.store import proposals as table

if TYPE_CHECKING:
    from pathlib import Path

    from bot.editing import Edit
    from bot.proposals.files import Files
    from bot.store import Store
    from intents.embedding import Embedder

Hook = Callable[[Published], Awaitable[object]]

_MOST_EDITS = 200

log = structlog.get_logger(__name__)


class Trail(Protocol):
    """Where it is noted who did what."""

    async def note(
        self,
        account: str,
        action: str,
        object: str,  # noqa: A002  # the trail's word
        before: Any = None,  # noqa: ANN401
        after: Any = None,  # noqa: ANN401
    ) -> None: ...


@dataclass(slots=True)
class Ledger:
    """Where proposals are kept. `second_approval`: nobody publishes alone.

    `embedder` makes the model of meaning that citizens' questions are read with, if there is one;
    it is sent to the process of a trial.
    """

    store: Store
    files: Files
    data_dir: Path
    second_approval: bool = False
    embedder: Callable[[], Embedder | None] | None = None
    trail: Trail | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    on_proposed: list[Hook] = field(default_factory=list)
    on_withdrawn: list[Hook] = field(default_factory=list)
    on_published: list[Hook] = field(default_factory=list)
    on_rolled_back: list[Hook] = field(default_factory=list)

    async def get(self, number: int) -> Proposal:
        """Find a proposal. Raises ProposalError when there is none."""
        row = await self.store.read(lambda connection: table.get(connection, number))
        if row is None:
            raise ProposalError(f"Không có thay đổi số {number} – xem danh sách thay đổi.")
        return Proposal.of(row)

    async def open(self, number: int) -> Proposal:
        """Find one that may still be changed. Raises ProposalError when it may not."""
        proposal = await self.get(number)
        if proposal.state not in OPEN:
            raise ProposalError(f"Thay đổi {number} không còn mở – tạo một thay đổi mới.")
        return proposal

    async def read(self) -> dict[str, str]:
        """Read the texts of the FAQ as they are now."""
        return await asyncio.to_thread(self.files.read)

    async def changed_since(self, proposal: Proposal) -> list[str]:
        """Name the files that are not as they were when it was tried, or made. ProposalError as `read`."""
        now = digests(await self.read())
        return changed(proposal.base, now)

    async def stale(self, numbers: Sequence[int]) -> set[int]:
        """Those of these that were tried, or made, on files that changed since. ProposalError as `read`."""
        if not numbers:
            return set()
        now = digests(await self.read())
        bases = await self.store.read(partial(table.bases, numbers=numbers), long=True)
        return {number for number, base in bases.items() if base != now}

    async def applied(self, texts: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
        """Make the edits on texts; those that change. Raises EditError when they do not fit."""
        if not edits or len(edits) > _MOST_EDITS:
            raise ProposalError(f"Cần từ 1 đến {_MOST_EDITS} chỗ sửa trong một thay đổi.")
        made = await asyncio.to_thread(apply, texts, edits)
        if not made:
            raise ProposalError("Không có gì thay đổi: FAQ đã như vậy rồi.")
        return made

    async def change(self, proposal: Proposal, **values: Any) -> None:  # noqa: ANN401
        """Change a row. Raises StaleError when it is not as it was read; then nothing is done."""
        values["changed_at"] = self.now()
        write = partial(table.change, number=proposal.id, version=proposal.version, values=values)
        if not await self.store.write(write):
            raise StaleError(proposal.id)

    async def note(
        self,
        account: str,
        action: str,
        number: int,
        after: Any = None,  # noqa: ANN401
    ) -> None:
        """Note in the trail who did what."""
        if self.trail:
            await self.trail.note(account, action, f"proposal:{number}", after=after)

    async def told(
        self, hooks: Sequence[Hook], proposal: Proposal, by: str, files: Mapping[str, object]
    ) -> Published:
        """Tell the hooks, each whatever becomes of the others."""
        event = Published(
            proposal.id, by, proposal.entries, proposal.clusters, tuple(files), proposal.begins
        )
        for hook in hooks:
            try:
                await hook(event)
            except Exception as error:  # the files are live: one hook must not keep others from it
                log.exception("a hook failed", proposal=proposal.id, error=type(error).__name__)
        return event


def must_be_tried(proposal: Proposal) -> Mapping[str, Any]:
    """Give the result of its trial. Raises ProposalError when there is none."""
    if proposal.trial is None:
        raise ProposalError(
            f"Thay đổi {proposal.id} chưa được thử – bấm “Thử” và chờ kết quả rồi làm tiếp."
        )
    return proposal.trial
