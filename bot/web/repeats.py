"""One message at a time for each session, and one message sent twice is one turn.

A phone that lost the answer on its way sends the same message again under the same id, and gets
the turn that is there, or waits for the one that is being made. Best effort: the memory is of
this process alone, it forgets at a restart, and the oldest messages go when it is full.

A session's messages are answered in the order in which they came, so nothing that was under way
when its sender had everything erased is stored after that.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from bot.messages import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.messages import Incoming, Turn

    _Recent = OrderedDict[bytes, asyncio.Task[Turn]]


class InOrder:
    """Answers each session's messages one after the other; sessions do not wait for each other."""

    def __init__(self, respond: Callable[[Incoming], Awaitable[Turn]]) -> None:
        self._respond = respond
        # a lock lasts for as long as somebody holds it or waits for it
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def respond(self, incoming: Incoming) -> Turn:
        """Answer when everything that this session sent before is answered."""
        lock = self._locks.setdefault(incoming.user, asyncio.Lock())
        async with lock:
            return await self._respond(incoming)


class Repeats:
    """Recent messages of each session, by the id that the client gave them."""

    def __init__(
        self,
        respond: Callable[[Incoming], Awaitable[Turn]],
        *,
        most_sessions: int = 1_000,
        most_each: int = 4,
    ) -> None:
        self._in_order = InOrder(respond)
        self._most_sessions = most_sessions
        self._most_each = most_each
        self._sessions: OrderedDict[str, _Recent] = OrderedDict()

    async def respond(self, incoming: Incoming, message: str | None) -> Turn:
        """Answer, unless this message of this session is answered already or being answered.

        The same id with other words is another message: nobody's question is dropped because a
        client numbers badly. An answer that failed inside is not kept, so that a retry may succeed.
        """
        recent = self._of(incoming.user)
        key = None if message is None else _key(incoming, message)
        task = recent.get(key) if key else None
        if task is None:
            task = asyncio.create_task(self._in_order.respond(incoming))
            if key:
                self._keep(recent, key, task)
        # whoever hangs up must not end the work of another who waits for the same turn
        turn = await asyncio.shield(task)
        if turn.reply.status is Status.ERASED:
            self._forget(incoming.user, but=key)
        return turn

    def _keep(self, recent: _Recent, key: bytes, task: asyncio.Task[Turn]) -> None:
        recent[key] = task
        task.add_done_callback(lambda done: _forget_failure(recent, key, done))
        while len(recent) > self._most_each:
            recent.popitem(last=False)  # a task that still runs goes on; it is only not found

    def _of(self, session: str) -> _Recent:
        recent = self._sessions.pop(session, OrderedDict())
        self._sessions[session] = recent
        if len(self._sessions) > self._most_sessions:
            self._sessions.popitem(last=False)  # the session that has been quiet for longest
        return recent

    def _forget(self, session: str, *, but: bytes | None) -> None:
        """After an erasure nothing but its own confirmation may be asked for again."""
        recent = self._sessions.get(session, OrderedDict())
        for key in [key for key, task in recent.items() if key != but and task.done()]:
            del recent[key]


def _key(incoming: Incoming, message: str) -> bytes:
    """Digest, so that this memory holds nobody's words."""
    said = repr((message, incoming.content.value, incoming.text, incoming.choice))
    return hashlib.sha256(said.encode()).digest()


def _forget_failure(recent: _Recent, key: bytes, task: asyncio.Task[Turn]) -> None:
    failed = task.cancelled() or task.exception() or task.result().reply.status is Status.FAILED
    if failed and recent.get(key) is task:
        del recent[key]
