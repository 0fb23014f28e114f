"""What every response tells the browser to allow, and how long it may keep static files.

The page loads nothing from elsewhere, runs no inline code and sets no cookie; these headers
make the browser hold it to that. Pages of others may frame `/chat/` alone, and only those that
are on the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.staticfiles import StaticFiles

from bot.web.origins import checked_origin

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMED = "/chat/"
WIDGET = "/widget.js"
OPEN_DATA = "/du-lieu-mo"
OPEN_FILES = tuple(
    f"{OPEN_DATA}/{name}.{kind}"
    for name in ("so-lieu", "chua-tra-loi")
    for kind in ("csv", "json")
)

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors "
)
_ANYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    # the microphone is for speaking a question: the browser asks, and only after a tap
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HEADERS = {
    "content-security-policy": f"{_POLICY}'none'",
    "x-frame-options": "DENY",  # for browsers that do not know frame-ancestors
    **_ANYWHERE,
}


def headers_by_path(embed_origins: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """The headers of the paths that others may use; every other path has `HEADERS`.

    Raises:
        ValueError: when an origin is written wrongly (Vietnamese).
    """
    # this one script is there to be loaded by pages of others, and the open data to be read
    shared = HEADERS | {"cross-origin-resource-policy": "cross-origin"}
    headers = {WIDGET: shared, **dict.fromkeys(OPEN_FILES, shared)}
    if embed_origins:
        ancestors = " ".join(checked_origin(origin) for origin in embed_origins)
        # no X-Frame-Options: it cannot name origins, so it could only contradict the list
        headers[FRAMED] = _ANYWHERE | {"content-security-policy": _POLICY + ancestors}
    return headers


class Shield:
    """Puts the headers on every response."""

    def __init__(self, app: ASGIApp, by_path: Mapping[str, Mapping[str, str]]) -> None:
        self._app = app
        self._by_path = by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._by_path.get(scope.get("path", ""), HEADERS)

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self._app(scope, receive, shielded if scope["type"] == "http" else send)


class Assets(StaticFiles):
    """Static files: kept for a year under the address with their hash, else for an hour."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = "v" in QueryParams(scope["query_string"])
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if hashed else "public, max-age=3600"
        )
        return response
