"""A stand-in of Zalo that costs little: it gives tokens, takes messages and counts them by person.

The real one takes 4,000 messages a minute; this one takes as many as come. What the bot sends is
checked by the strict fake, elsewhere: here only who got which answer is kept. It reads just as
much of HTTP as the bot's requests have: a length, no chunks.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import uvloop

from tests.chaos import faq
from tests.fakes.zalo_oa_server import SEND, TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCESS = "ACCESS-do-tai"
_OK = b'{"error":0,"message":"Success","data":{"message_id":"1","user_id":"1"}}'
_NO = b'{"error":-216,"message":"access token is invalid"}'
_LENGTH = re.compile(rb"\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"\naccess_token: *([^\r]*)\r", re.IGNORECASE)


class Zalo:
    """Answers requests and keeps what came."""

    def __init__(self) -> None:
        self._got: defaultdict[str, list[int]] = defaultdict(list)
        self._at: list[float] = []

    def answer(self, head: bytes, body: bytes) -> bytes:
        match head.split(b" ", 2)[1].decode():
            case path if path == SEND:
                token = _TOKEN.search(head)
                if token is None or token[1].decode() != _ACCESS:
                    return _NO
                self._take(json.loads(body))
                return _OK
            case path if path == TOKENS:
                tokens = {
                    "access_token": _ACCESS,
                    "refresh_token": "REFRESH",
                    "expires_in": "90000",
                }
                return json.dumps(tokens).encode()
            case "/got":
                return json.dumps({"got": self._got, "at": self._at}).encode()
            case _:
                return b"{}"

    def _take(self, sent: Any) -> None:
        subject = faq.answered(sent["message"]["text"])
        self._got[sent["recipient"]["user_id"]].append(-1 if subject is None else subject)
        self._at.append(time.monotonic())


class _Connection(asyncio.Protocol):
    """One request after the other."""

    def __init__(self, answer: Callable[[bytes, bytes], bytes]) -> None:
        self._answer = answer
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            head, end, rest = self._heard.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            length = int(found[1]) if found else 0
            if not end or len(rest) < length:
                return
            self._heard = rest[length:]
            body = self._answer(head + b"\r\n", rest[:length])
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(body), body)
            )


async def serve(port: int) -> None:
    """Serve until killed."""
    zalo, loop = Zalo(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(zalo.answer), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
