"""A route that reads the body and says 200: what the server alone can do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

PATH = "/echo"


async def _echo(request: Request) -> Response:
    await request.body()
    return Response()


if __name__ == "__main__":
    app = Starlette(routes=[Route(PATH, _echo, methods=["POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), lifespan="off", access_log=False, log_level="error")
