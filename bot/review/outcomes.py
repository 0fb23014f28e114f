"""What becomes of clusters when a proposal that names them is made, given up, published, rolled back.

Reviewers' later decisions count: only a cluster that still rests on the proposal follows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.review.cluster import State
from bot.store import review_desk as table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.proposals import Proposals
    from bot.proposals.proposal import Published
    from bot.store import Store

RESTING = frozenset({State.ACCEPTED, State.DRAFTED, State.CLOSED})
"""The states in which a cluster waits for a proposal, or is answered by it."""

_OPENS_AGAIN = {"state": State.OPEN.value, "entry": None, "closed_at": None, "proposal_id": None}


class Outcomes:
    """Hooks of the proposals. Each may be told twice: the second time changes nothing."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def follow(self, proposals: Proposals) -> None:
        """Hear of everything that happens to proposals."""
        proposals.on_proposed.append(self.proposed)
        proposals.on_withdrawn.append(self.withdrawn)
        proposals.on_published.append(self.published)
        proposals.on_rolled_back.append(self.rolled_back)

    async def proposed(self, told: Published) -> None:
        """Open clusters for which a new entry was written wait for it."""
        if told.begins:
            values = {"state": State.DRAFTED.value, "proposal_id": told.proposal}
            await self._change(told, "draft", values, {State.OPEN}, resting=False)

    async def withdrawn(self, told: Published) -> None:
        """Clusters that waited for the proposal are open again."""
        await self._change(told, "reopen", _OPENS_AGAIN, {State.ACCEPTED, State.DRAFTED})

    async def published(self, told: Published) -> None:
        """Clusters that wait, for this proposal or for any, are answered by the entry it names."""
        if not told.entries:  # questions out of scope, say: nothing is answered
            return
        values = {
            "state": State.CLOSED.value,
            "entry": told.entries[0],
            "proposal_id": told.proposal,
            "closed_at": self._now(),
        }
        await self._change(told, "close", values, {State.OPEN}, resting=False)
        await self._change(told, "close", values, {State.ACCEPTED, State.DRAFTED})

    async def rolled_back(self, told: Published) -> None:
        """Clusters that the proposal had answered are open again."""
        await self._change(told, "reopen", _OPENS_AGAIN, RESTING | {State.OUT_OF_SCOPE})

    async def _change(
        self,
        told: Published,
        action: str,
        values: dict[str, Any],
        states: frozenset[State] | set[State],
        *,
        resting: bool = True,
    ) -> None:
        """Decide on those in one of these states; `resting`: that also hold the proposal."""
        for number in told.clusters:
            at = self._now()

            def write(connection: Connection, number: int = number, at: datetime = at) -> None:
                row = table.cluster(connection, number)
                if row is None or row.state not in states:
                    return
                rests = row.proposal_id == told.proposal
                if (resting and not rests) or (rests and row.state == values["state"]):
                    return
                table.decide(
                    connection,
                    number,
                    row.version,
                    account=told.by,
                    action=action,
                    at=at,
                    values=values,
                )

            await self._store.write(write)
