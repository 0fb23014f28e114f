"""What taking a decision back means for the proposal that it rests on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.office import Person, Role
from bot.proposals.proposal import OPEN, StaleError, State
from bot.review.cluster import ReviewError
from bot.review.outcomes import RESTING
from bot.store import proposals as table
from bot.store import regrouping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from bot.proposals import Proposals

_IN_THE_FAQ = frozenset({State.PUBLISHING, State.PUBLISHED})
_GIVEN_UP = frozenset({State.WITHDRAWN, State.ROLLED_BACK})
_TRIES = 3


def undoable(connection: Connection, made: Row[Any]) -> bool:
    """Tell whether a decision can be taken back now, by the rules below and the store's."""
    if not regrouping.can_undo(connection, made.id):
        return False
    rests, held = made.after.get("proposal_id"), _held(made.before)
    states = table.states(connection, [one for one in (rests, held) if one is not None])
    return states.get(rests) not in _IN_THE_FAQ and states.get(held) not in _GIVEN_UP


async def must_be_unpublished(proposals: Proposals, number: int) -> None:
    """Raise ReviewError for what citizens read already: that is rolled back, not undone."""
    if (await proposals.get(number)).state in _IN_THE_FAQ:
        raise ReviewError(f"Thay đổi {number} đã công bố: bạn mở thay đổi đó và bấm Hoàn tác.")


async def must_hold(proposals: Proposals, before: Mapping[str, Any]) -> None:
    """Raise ReviewError when what an undo puts back rests on a proposal given up meanwhile."""
    number = _held(before)
    if number is None:
        return
    if (await proposals.get(number)).state in _GIVEN_UP:
        raise ReviewError(
            f"Thay đổi {number} không còn hiệu lực nên không quay lại được: nhóm vẫn như bây giờ."
        )


async def give_up(proposals: Proposals, number: int, by: str) -> None:
    """Withdraw what an undone decision had proposed, unless that is done."""
    for _ in range(_TRIES):  # somebody may be changing it just now
        if (await proposals.get(number)).state not in OPEN:
            return None
        with suppress(StaleError):
            return await proposals.withdraw(number, person(by))
    raise ReviewError(
        f"Nhóm đã quay lại như cũ, nhưng thay đổi {number} chưa rút được: bạn mở ra và rút."
    )


def _held(before: Mapping[str, Any]) -> int | None:
    """The proposal that a cluster would rest on again."""
    return before.get("proposal_id") if before["state"] in RESTING else None


def person(name: str) -> Person:
    """Whoever decides about clusters, as the proposals know people."""
    return Person(0, name, Role.REVIEWER)
