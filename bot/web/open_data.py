"""The open data on the web (/du-lieu-mo): a page for people, files for machines. No login, no question.

Served only where the settings switch it on. What may be published is decided in `bot.open_data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from bot.errors import Fault
from bot.open_data import files
from bot.web import door, pages
from bot.web.shield import OPEN_DATA, OPEN_FILES

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.open_data.publication import OpenData, Public

_KEPT = {"cache-control": "public, max-age=3600"}
_ANY_ORIGIN = {"access-control-allow-origin": "*"}
_TYPES = {"csv": "text/csv", "json": "application/json"}


class OpenDataPages:
    """Serves `/du-lieu-mo` and its four files; each is drawn once for what is public."""

    def __init__(self, data: OpenData) -> None:
        self._data = data
        self._drawn: dict[str, str] = {}
        self._of: Public | None = None  # what is drawn

    def routes(self) -> list[Route]:
        """All of them can be kept for an hour, and the files read by pages of others."""
        return [
            Route(OPEN_DATA, self.page),
            *(Route(path, self.file) for path in OPEN_FILES),
        ]

    async def page(self, request: Request) -> Response:
        """Show everything that is public, with where the files are and how it is counted."""
        html = await self._text(request.scope["path"])  # `url` would hold the client's Host
        return Response(html, media_type="text/html", headers=_KEPT)

    async def file(self, request: Request) -> Response:
        """Give one of the files."""
        path = request.scope["path"]
        name = path.rpartition("/")[2]
        named = {"content-disposition": f'inline; filename="{name}"'}
        kind = _TYPES[name.rpartition(".")[2]]
        return Response(
            await self._text(path), media_type=kind, headers={**_KEPT, **_ANY_ORIGIN, **named}
        )

    async def _text(self, path: str) -> str:
        try:
            public = await self._data.public()
        except Fault:
            raise door.Refusal(
                503, "Chưa đọc được dữ liệu mở. Bạn thử lại sau ít phút.", {"retry-after": "300"}
            ) from None
        if public is not self._of:
            self._of, self._drawn = public, {}
        if path not in self._drawn:
            self._drawn[path] = self._draw(path, public)
        return self._drawn[path]

    def _draw(self, path: str, public: Public) -> str:
        publisher, floor = self._data.publisher, self._data.floor
        if path == OPEN_DATA:
            return pages.open_data_page(public, publisher=publisher, floor=floor)
        figures = path.endswith(("so-lieu.csv", "so-lieu.json"))
        table = files.figures(public) if figures else files.unanswered(public)
        if path.endswith(".csv"):
            return files.as_csv(table)
        return files.as_json(table, {"publisher": publisher, "least_people": floor})
