"""The open data on the web (/du-lieu-mo): a page for people, files for machines. No login, no question.

Served only where the settings switch it on. What may be published is decided in `bot.open_data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
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
    """Serves `/du-lieu-mo` and its four files."""

    def __init__(self, data: OpenData) -> None:
        self._data = data

    def routes(self) -> list[Route]:
        """All of them can be kept for an hour, and the files read by pages of others."""
        return [
            Route(OPEN_DATA, self.page),
            *(Route(path, self.file) for path in OPEN_FILES),
        ]

    async def page(self, request: Request) -> Response:
        """Show everything that is public, with where the files are and how it is counted."""
        del request
        public, data = await self._public(), self._data
        html = pages.open_data_page(public, publisher=data.publisher, floor=data.floor)
        return HTMLResponse(html, headers=_KEPT)

    async def file(self, request: Request) -> Response:
        """Give one of the files."""
        public = await self._public()
        name, _, kind = request.url.path.rpartition("/")[2].partition(".")
        table = files.figures(public) if name == "so-lieu" else files.unanswered(public)
        told = {"publisher": self._data.publisher, "least_people": self._data.floor}
        text = files.as_csv(table) if kind == "csv" else files.as_json(table, told)
        named = {"content-disposition": f'inline; filename="{name}.{kind}"'}
        return Response(text, media_type=_TYPES[kind], headers={**_KEPT, **_ANY_ORIGIN, **named})

    async def _public(self) -> Public:
        try:
            return await self._data.public()
        except Fault:
            raise door.Refusal(
                503, "Chưa đọc được dữ liệu mở. Bạn thử lại sau ít phút.", {"retry-after": "300"}
            ) from None
