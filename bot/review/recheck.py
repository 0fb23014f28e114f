"""Closes clusters that the FAQ answers by now: after every change of it, and at a start."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from bot.office import HOIDAP
from bot.store import review_desk as table
from bot.store.clusters import reach_text, reached_text
from intents.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.faq import Faq
    from bot.store import Store

_DONE = "review:rechecked"
_MOST = 2000  # closed clusters, the most urgent first
_SLICE = 50
_TEXTS = 5  # the most asked wordings of a cluster
_ANSWERED_BEFORE = frozenset({"feedback"})  # an answer that was disliked is no news


class Recheck:
    """Asks the served FAQ the questions of open clusters; in a thread, slice by slice."""

    def __init__(self, store: Store, faq: Callable[[], Faq], now: Callable[[], datetime]) -> None:
        self._store = store
        self._faq = faq
        self._now = now

    async def run(self, between: Callable[[], Awaitable[None]] | None = None) -> int:
        """Close what is answered now; how many. Nothing to do while the FAQ is the same.

        `between` is waited for after each slice of clusters.
        """
        faq = self._faq()
        digest = faq.catalog.digest
        if await self._store.read(lambda c: reached_text(c, _DONE)) == digest:
            return 0
        await self._open_again(faq, between)
        closed, offset = 0, 0
        while asked := await self._store.read(partial(_open, offset=offset), long=True):
            answered = await asyncio.to_thread(_answers, faq, asked)
            gone = sum([await self._close(*one) for one in answered])
            closed, offset = closed + gone, offset + len(asked) - gone
            if between:
                await between()
        await self._store.write(lambda c: reach_text(c, _DONE, digest))
        return closed

    async def _open_again(self, faq: Faq, between: Callable[[], Awaitable[None]] | None) -> None:
        """Let those wait again that were closed by this, and are not answered any more."""
        asked = await self._store.read(_closed_by_itself, long=True)
        answered: set[int] = set()
        for at_once in range(0, len(asked), _SLICE):
            some = asked[at_once : at_once + _SLICE]
            found = await asyncio.to_thread(_answers, faq, some)
            answered.update(number for number, *_ in found)
            if between:
                await between()
        at = self._now()
        values = {"state": "open", "entry": None, "closed_at": None}
        for number, version, _ in asked:
            if number not in answered:
                await self._store.write(
                    lambda c, n=number, v=version: table.decide(  # type: ignore[misc]  # of this turn
                        c, n, v, account=HOIDAP, action="reopen", at=at, values=values
                    )
                )

    async def _close(self, number: int, version: int, entry: str) -> bool:
        at = self._now()
        values = {"state": "closed", "entry": entry, "closed_at": at}

        def write(connection: Connection) -> int | None:
            return table.decide(
                connection, number, version, account=HOIDAP, action="close", at=at, values=values
            )

        return await self._store.write(write) is not None


def _open(connection: Connection, offset: int) -> list[tuple[int, int, list[str]]]:
    """The next open clusters that were not answered before: number, version, wordings."""
    rows, _ = table.found(connection, table.Wanted(state="open"), limit=_SLICE, offset=offset)
    return [
        (
            row["id"],
            row["version"],
            []
            if _ANSWERED_BEFORE & row["reasons"].keys() or _kept_open(connection, row["id"])
            else table.texts(connection, row["id"], ())[:_TEXTS],
        )
        for row in rows
    ]


def _kept_open(connection: Connection, number: int) -> bool:
    """Whether a person opened it: they know better than the matcher.

    To take back that it closed by itself is to open it. What opens with a proposal that was given
    up (it says so: its number goes) was opened by nobody.
    """
    newest = next(iter(table.history(connection, number, limit=1)), None)
    if newest is None:
        return False
    if newest.account == HOIDAP:
        return newest.action == "close" and newest.undone_at is not None
    return newest.action == "reopen" and "proposal_id" not in newest.after


def _closed_by_itself(connection: Connection) -> list[tuple[int, int, list[str]]]:
    """The clusters, some at most, whose newest decision is that they closed by themselves."""
    rows, _ = table.found(connection, table.Wanted(state="closed"), limit=_MOST, offset=0)
    found = []
    for row in rows:
        newest = table.history(connection, row["id"], limit=1)
        if newest and newest[0].account == HOIDAP and newest[0].undone_at is None:
            texts = table.texts(connection, row["id"], ())[:_TEXTS]
            found.append((row["id"], row["version"], texts))
    return found


def _answers(faq: Faq, asked: Sequence[tuple[int, int, list[str]]]) -> list[tuple[int, int, str]]:
    """The clusters whose wordings all get the same answer, and whose answer that is."""
    answered = []
    for number, version, texts in asked:
        entries = {_entry(faq, text) for text in texts}
        if len(entries) == 1 and (entry := entries.pop()):
            answered.append((number, version, entry))
    return answered


def _entry(faq: Faq, text: str) -> str | None:
    first = faq.matcher.glance(text).chosen[0].verdict
    return first.entry if isinstance(first, Answer) else None
