"""Finds the stored question that a new one belongs with, whatever words either uses."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.store import Store
from bot.store.flagging import Flag, key_of
from bot.store.places import before_newest, clusters_after, decided, questions_after
from intents.grouping import Grouping, Likely
from intents.knowledge import Knowledge

_MOST = 50_000  # questions that are remembered: 100 MB or so at worst
_SLICE = 2000
_SOON = timedelta(minutes=1)  # between two looks at what reviewers moved
_AGAIN = timedelta(hours=1)  # what was erased is forgotten after this at the latest


class Places:
    """The grouping of the stored questions, held in memory; one intake uses it at a time.

    It only names the most similar question. Which cluster that one is in is read when the new one
    is written, so that a reviewer's move holds from the very moment it is made.
    """

    def __init__(self, knowledge: Knowledge, *, most: int = _MOST) -> None:
        """Remember the newest `most` questions, read with the words of this FAQ."""
        self._knowledge = knowledge
        self._most = most
        self._grouping: Grouping | None = None
        self._decided = (0, 0)
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._founded = 0  # groups that are not known by their clusters yet: -1, -2, …

    async def refresh(self, store: Store, now: datetime) -> None:
        """Restore at the first call; later take over what reviewers moved and people erased."""
        grouping, age = self._grouping, now - self._read_at
        if grouping is not None and age < _SOON:
            return
        made = await store.read(decided, long=True)
        if grouping is None or len(grouping) > self._most:
            self._grouping = await self._restored(store)
        elif made != self._decided or age >= _AGAIN:
            await self._follow(store, grouping)
        else:
            return
        self._decided, self._read_at = made, now

    def group_of(self, normalised: str) -> int | None:
        """Tell which group remembers these words: its cluster, or a number below 0 until it is known."""
        return self._grouping.group_of(key_of(normalised)) if self._grouping else None

    async def seat(self, flags: Sequence[Flag]) -> list[Flag]:
        """Name the question that each belongs with, if any; in a thread, in their order."""
        return await asyncio.to_thread(lambda: [self._seated(new) for new in flags])

    def _seated(self, new: Flag) -> Flag:
        grouping, key = self._grouping, key_of(new.normalised)
        if grouping is None or grouping.group_of(key) is not None:
            return new
        likely = _likely(new.likely)
        placed = grouping.place(new.text, likely)
        if placed.group is None:
            self._founded -= 1
        grouping.add(key, placed.group or self._founded, new.text, likely)
        return replace(new, like=placed.like, likeness=placed.near[0][1] if placed.like else 0.0)

    async def _restored(self, store: Store) -> Grouping:
        grouping = Grouping.of(self._knowledge)
        kept = self._most * 9 // 10  # room to grow before the next time
        done = await store.read(partial(before_newest, most=kept), long=True)
        while rows := await store.read(
            partial(questions_after, number=done, limit=_SLICE), long=True
        ):
            await asyncio.to_thread(_fill, grouping, rows)
            done = rows[-1]["id"]
        return grouping

    async def _follow(self, store: Store, grouping: Grouping) -> None:
        cluster_of: dict[str, int] = {}
        done = 0
        while rows := await store.read(
            partial(clusters_after, number=done, limit=_SLICE), long=True
        ):
            cluster_of |= {key: cluster for _, key, cluster in rows}
            done = rows[-1][0]
        await asyncio.to_thread(_move, grouping, cluster_of)


def _fill(grouping: Grouping, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        grouping.add(row["key"], row["cluster_id"], row["text"], _likely(row["likely"]))


def _move(grouping: Grouping, cluster_of: dict[str, int]) -> None:
    for key in grouping.known:
        if (cluster := cluster_of.get(key)) is None:
            grouping.remove(key)
        else:
            grouping.move(key, cluster)


def _likely(stored: Sequence[dict[str, Any]]) -> Likely:
    return tuple((one["entry"], float(one["score"])) for one in stored)
