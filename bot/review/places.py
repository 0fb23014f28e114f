"""Finds the stored question that a new one belongs with, whatever words either uses."""

import asyncio
from collections.abc import Callable, Sequence
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
    """The grouping of the stored questions, held in memory; whoever comes second waits.

    It only names the most similar question. Which cluster that one is in is read when the new one
    is written, so that a reviewer's move holds from the very moment it is made.
    """

    def __init__(self, knowledge: Callable[[], Knowledge], *, most: int = _MOST) -> None:
        """Remember the newest `most` questions, read with the words of a FAQ."""
        self._knowledge = knowledge
        self._most = most
        self._grouping: Grouping | None = None
        self._newest = 0  # the stored question up to which all are known
        self._decided = (0, 0)
        self._read_at = self._followed_at = datetime.min.replace(tzinfo=UTC)
        self._unstored: frozenset[str] = frozenset()  # seated, and without a row at the last look
        self._founded = 0  # groups that are not known by their clusters yet: -1, -2, …
        self._one = asyncio.Lock()

    async def refresh(self, store: Store, now: datetime) -> None:
        """Restore at the first call; later take over what is new, was moved, or erased."""
        async with self._one:
            await self._refresh(store, now)

    def group_of(self, normalised: str) -> int | None:
        """Tell which group remembers these words: its cluster, or a number below 0 until it is known."""
        return self._grouping.group_of(key_of(normalised)) if self._grouping else None

    async def seat(self, flags: Sequence[Flag]) -> list[Flag]:
        """Name the question that each belongs with, if any; in a thread, in their order."""
        async with self._one:
            return await asyncio.to_thread(lambda: [self._seated(new) for new in flags])

    async def near(
        self, store: Store, now: datetime, keys: Sequence[str], *, most: int
    ) -> dict[str, float]:
        """Name questions of other groups that may ask the same as these; how like they are."""
        async with self._one:
            grouping = await self._refresh(store, now)
            return dict(await asyncio.to_thread(grouping.near, keys, most))

    async def _refresh(self, store: Store, now: datetime) -> Grouping:
        grouping = self._grouping
        if grouping is not None and now - self._read_at < _SOON:
            return grouping
        made = await store.read(decided, long=True)
        if grouping is None or len(grouping) > self._most:
            grouping = Grouping.of(self._knowledge())
            kept = self._most * 9 // 10  # room to grow before the next time
            self._newest = await store.read(partial(before_newest, most=kept), long=True)
            self._followed_at = now
        await self._read_new(store, grouping)
        hourly = now - self._followed_at >= _AGAIN
        if self._grouping is grouping and (hourly or made != self._decided):
            await self._follow(store, grouping, self._unstored if not hourly else None)
            self._followed_at = now
        self._grouping, self._decided, self._read_at = grouping, made, now
        return grouping

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

    async def _read_new(self, store: Store, grouping: Grouping) -> None:
        """Another process may have gathered them; of its own the clusters are known now."""
        while rows := await store.read(
            partial(questions_after, number=self._newest, limit=_SLICE), long=True
        ):
            await asyncio.to_thread(_fill, grouping, rows)
            self._newest = rows[-1]["id"]

    async def _follow(
        self, store: Store, grouping: Grouping, unstored: frozenset[str] | None
    ) -> None:
        cluster_of: dict[str, int] = {}
        done = 0
        while rows := await store.read(
            partial(clusters_after, number=done, limit=_SLICE), long=True
        ):
            cluster_of |= {key: cluster for _, key, cluster in rows}
            done = rows[-1][0]
        self._unstored = await asyncio.to_thread(_move, grouping, cluster_of, unstored)


def _fill(grouping: Grouping, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        key, cluster = row["key"], row["cluster_id"]
        if grouping.group_of(key) is None:
            grouping.add(key, cluster, row["text"], _likely(row["likely"]))
        else:
            grouping.move(key, cluster)


def _move(
    grouping: Grouping, cluster_of: dict[str, int], unstored: frozenset[str] | None
) -> frozenset[str]:
    """Follow the rows, and forget what has none.

    What was seated just now may get its row yet: it is named, and kept until the next look, unless
    that was so already (`unstored`; None: nothing without a row is kept).
    """
    new = set()
    for key in grouping.known:
        if (cluster := cluster_of.get(key)) is not None:
            grouping.move(key, cluster)
        elif unstored is None or key in unstored or (grouping.group_of(key) or 0) > 0:
            grouping.remove(key)
        else:
            new.add(key)
    return frozenset(new)


def _likely(stored: Sequence[dict[str, Any]]) -> Likely:
    return tuple((one["entry"], float(one["score"])) for one in stored)
