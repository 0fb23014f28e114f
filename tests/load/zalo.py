"""A stand-in of Zalo that costs little: it gives tokens, takes messages and counts them by person.

The real one takes 4,000 messages a minute; this one takes as many as come. What the bot sends is
checked by the strict fake, elsewhere: here only who got which answer is kept.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import uvicorn

from tests.chaos import faq
from tests.fakes.zalo_oa_server import SEND, TOKENS

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_ACCESS = "ACCESS-do-tai"
_OK = b'{"error":0,"message":"Success","data":{"message_id":"1","user_id":"1"}}'
_NO = b'{"error":-216,"message":"access token is invalid"}'


class Zalo:
    """The ASGI application."""

    def __init__(self) -> None:
        self._got: defaultdict[str, list[int]] = defaultdict(list)
        self._at: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = self._answer(scope, body)
        length = str(len(answer)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, scope: Scope, body: bytes) -> bytes:
        match scope["path"]:
            case path if path == SEND:
                if (b"access_token", _ACCESS.encode()) not in scope["headers"]:
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


if __name__ == "__main__":
    uvicorn.run(Zalo(), port=int(sys.argv[1]), lifespan="off", access_log=False, log_level="error")
