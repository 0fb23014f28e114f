"""Follows the turns and flags those that were not answered, slice by slice."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.messages import Status
from bot.review.places import Places
from bot.store import Store
from bot.store.clusters import (
    dislikes_after,
    newest_turn,
    next_status,
    reach,
    reached,
    turns_after,
    unflag,
    whole_turns,
)
from bot.store.flagging import Flag, flag

PATIENCE = timedelta(minutes=30)  # a question asked back is abandoned after this
_ASKED, _ASKED_BACK, _RATED = "review:asked", "review:asked-back", "review:rated"
_TOGETHER = 8  # flags in one write, which keeps the store's writer for some milliseconds
_ANSWERED_BACK = (Status.CHOSEN.value, Status.NONE_FITS.value)


class Intake:
    """Flags turns once each, and takes a flag back when a 👎 becomes a 👍."""

    def __init__(
        self,
        store: Store,
        *,
        places: Places | None = None,
        slice_turns: int = 200,
        between: Callable[[int, int], Awaitable[None]] | None = None,
    ) -> None:
        """Without `places` only the same words meet in one cluster.

        `between` is waited for after each slice of turns, with how many of how many are done.
        """
        self._store = store
        self._places = places
        self._slice = slice_turns
        self._between = between

    async def reach(self) -> tuple[int, int]:
        """Up to which turn it came, and which is the newest."""
        return await self._store.read(lambda c: (reached(c, _ASKED), newest_turn(c)))

    async def run(self, now: datetime) -> int:
        """Go on to the newest turn; the number of turns that were flagged."""
        if self._places is not None:
            await self._places.refresh(self._store, now)
        return sum([await self._follow(name, now) for name in (_ASKED, _ASKED_BACK, _RATED)])

    async def _follow(self, name: str, now: datetime) -> int:
        done, count = await self._store.read(lambda c: reached(c, name)), 0
        while rows := await self._read(name, done, now):
            flags = [row["flag"] for row in rows if row["flag"] is not None]
            if self._places is not None:
                flags = await self._places.seat(flags)
            for at in range(0, len(flags), _TOGETHER):
                count += await self._flag(flags[at : at + _TOGETHER])
            for row in rows:
                if turn := row.get("unflag"):  # a 👎 that became a 👍
                    await self._unflag(turn)
            done = rows[-1]["id"]
            await self._note(name, done)
            if self._between and name == _ASKED:
                await self._between(done, await self._store.read(newest_turn))
        return count

    async def _flag(self, some: Sequence[Flag]) -> int:
        return await self._store.write(lambda c: sum(flag(c, new) for new in some))

    async def _unflag(self, turn: int) -> bool:
        return await self._store.write(lambda c: unflag(c, turn, "feedback"))

    async def _note(self, name: str, number: int) -> None:
        await self._store.write(lambda c: reach(c, name, number))

    async def _read(self, name: str, done: int, now: datetime) -> list[dict[str, Any]]:
        def query(connection: Connection) -> list[dict[str, Any]]:
            if name == _RATED:
                rated = dislikes_after(connection, done, limit=self._slice)
                return [
                    {
                        "id": row["opinion"],
                        "flag": _disliked(row),
                        "unflag": row["id"] if row["useful"] else None,
                    }
                    for row in rated
                ]
            reasons: dict[int, str | None] = {}
            for row in turns_after(connection, done, limit=self._slice):
                if name == _ASKED_BACK and row["at"] > now - PATIENCE:
                    break
                reason = _unknown(row) if name == _ASKED else None
                if name == _ASKED_BACK and row["status"] == Status.CLARIFIED.value:
                    following = next_status(connection, row["user_key"], row["id"])
                    reason = None if following in _ANSWERED_BACK else "abandoned"
                reasons[row["id"]] = reason
            whole = whole_turns(connection, [turn for turn, reason in reasons.items() if reason])
            return [
                {"id": turn, "flag": _flagged(whole[turn], reason) if reason else None}
                for turn, reason in reasons.items()
            ]

        return await self._store.read(query, long=True)


def _unknown(row: dict[str, Any]) -> str | None:
    unknown = row["status"].startswith("unknown:") and row["normalised"]
    return row["status"] if unknown else None


def _disliked(row: dict[str, Any]) -> Flag | None:
    return None if row["useful"] else _flagged(row, "feedback")


def _flagged(row: dict[str, Any], reason: str) -> Flag:
    ranking = (row["verdict"] or {}).get("ranking", [])[:5]
    return Flag(
        turn=row["id"],
        normalised=row["normalised"] or row["entry"] or "",
        text=row["text"] or row["entry"] or "",
        user_key=row["user_key"],
        channel=row["channel"],
        at=row["at"],
        reason=reason,
        likely=tuple({"entry": one["entry"], "score": one["score"]} for one in ranking),
    )
