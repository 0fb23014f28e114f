"""What the public sees (/quan-tri/du-lieu-mo), for officials, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.console.frame import guarded, render
from bot.console.office import Role
from bot.insight.report import percent, whole
from bot.open_data.files import LICENCE
from bot.web.shield import OPEN_DATA

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.office import Office, Person
    from bot.open_data.publication import OpenData


class OpenDataArea:
    """Everybody who may log in; only where the open data is switched on."""

    name = "Dữ liệu mở"
    path = "/du-lieu-mo"
    role = Role.VIEWER

    def __init__(self, office: Office, data: OpenData) -> None:
        self._office = office
        self._data = data

    def routes(self) -> list[Route]:
        """One page."""
        return [Route("/du-lieu-mo", guarded(self.show, Role.VIEWER))]

    async def show(self, request: Request, person: Person) -> Response:
        """What is public now, figures as months alone, and the released titles that are not, with the reason."""
        del person
        return render(
            request,
            "open_data.html",
            public=await self._data.public(),
            floor=self._data.floor,
            publisher=self._data.publisher,
            licence=LICENCE,
            page=OPEN_DATA,
            whole=whole,
            percent=percent,
        )
