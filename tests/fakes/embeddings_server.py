"""A server with OpenAI's `/v1/embeddings`: real HTTP on a loopback port, failures to order."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.hashed_embedder import HashedEmbedder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

Json = dict[str, Any]

MODEL = "bge-m3"


@dataclass(slots=True)
class EmbeddingsServer:
    """Answers every request, after the failures that were put before it."""

    address: str = ""
    key: str | None = None
    failures: list[Response] = field(default_factory=list)
    spoil: Callable[[Json], object] = lambda answer: answer  # what becomes of a good answer
    delay: float = 0
    requests: list[Json] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    model: HashedEmbedder = field(default_factory=HashedEmbedder)

    def serve(self) -> Iterator[EmbeddingsServer]:
        """Serve on a free port while the caller's block lasts."""
        app = Starlette(routes=[Route("/v1/embeddings", self._embeddings, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield self
            server.should_exit = True
            thread.join()

    async def _embeddings(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.authorizations.append(request.headers.get("Authorization"))
        if self.failures:
            return self.failures.pop(0)
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return JSONResponse({"error": {"message": "Incorrect API key"}}, 401)
        if body["model"] != MODEL:
            return JSONResponse({"error": {"message": "no such model"}}, 404)
        if not 0 < len(body["input"]) <= 64:
            return JSONResponse({"error": {"message": "too many inputs"}}, 422)
        await asyncio.sleep(self.delay)
        # Not of unit length and not in order: OpenAI promises neither, only the index.
        rows = [
            {"object": "embedding", "index": index, "embedding": [3 * number for number in row]}
            for index, row in enumerate(self.model.embed(body["input"]).tolist())
        ]
        answer = {"object": "list", "model": MODEL, "data": rows[::-1], "usage": {}}
        return JSONResponse(self.spoil(answer))
