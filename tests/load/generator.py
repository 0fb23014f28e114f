"""Posts events at a steady rate, whatever the answers do.

An event has its time. If the server is late, those behind it are late too, and that counts: the
time of an acknowledgement begins when the event was due, not when a connection was free for it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import uvloop

from tests.load.events import request

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONNECTIONS = 64
_PATIENCE = 30.0  # seconds after the last event was due
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Tally:
    """What came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # seconds
    last: float = 0.0  # when the last answer came, on the machine's clock

    def add(self, status: int, due: float) -> None:
        self.last = time.monotonic()
        self.statuses[status] += 1
        self.waits.append(self.last - due)


class _Connection(asyncio.Protocol):
    """One request at a time; a connection that breaks is opened again by nobody."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._due = 0.0
        self._heard = b""
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            "asyncio.Transport", transport
        )  # uvloop's is one by its methods only
        self._post.free.append(self)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, end, body = self._heard.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0):
            self._done(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._busy:
            self._post.tally.add(0, self._due)
        elif self in self._post.free:
            self._post.free.remove(self)

    def send(self, content: bytes, due: float) -> None:
        self._due, self._busy = due, True
        self._transport.write(content)

    def _done(self, status: int) -> None:
        self._heard, self._busy = b"", False
        self._post.tally.add(status, self._due)
        self._post.free.append(self)
        self._post.go_on()


class Post:
    """Sends what is due over the connections that are free."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.free: deque[_Connection] = deque()
        self._due: deque[tuple[bytes, float]] = deque()

    def put(self, content: bytes, due: float) -> None:
        self._due.append((content, due))
        self.go_on()

    def go_on(self) -> None:
        while self._due and self.free:
            self.free.popleft().send(*self._due.popleft())


async def run(port: int, requests: Sequence[bytes], rate: float) -> tuple[Tally, float]:
    """Post everything; gives the tally and when it began."""
    loop, post = asyncio.get_running_loop(), Post()
    for _ in range(_CONNECTIONS):
        await loop.create_connection(lambda: _Connection(post), "127.0.0.1", port)
    begun = time.monotonic()
    for number, content in enumerate(requests):
        due = begun + number / rate
        if (early := due - time.monotonic()) > 0:
            await asyncio.sleep(early)
        post.put(content, due)
    give_up = time.monotonic() + _PATIENCE
    while post.tally.statuses.total() < len(requests) and time.monotonic() < give_up:  # noqa: ASYNC110  # it has an end
        await asyncio.sleep(0.01)
    return post.tally, begun


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.generator", description=__doc__)
    for name, kind in (("port", int), ("path", str), ("run", str), ("people", int)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--rate", type=float, required=True, help="events a second")
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--found", type=Path, required=True, help="file for what came of it")
    parser.add_argument("--new", action="store_true", help="no question twice")
    asked = parser.parse_args()
    requests = [
        request(number, asked.people, run=asked.run, path=asked.path, new=asked.new)
        for number in range(asked.events)
    ]
    made = time.process_time()  # requests are made before the load begins
    tally, begun = uvloop.run(run(asked.port, requests, asked.rate))
    found = {
        "statuses": tally.statuses,
        "waits": [round(wait, 5) for wait in tally.waits],
        "begun": begun,
        "last": tally.last,
        "processor": time.process_time() - made,
    }
    asked.found.write_text(json.dumps(found), encoding="ascii")


if __name__ == "__main__":
    main()
