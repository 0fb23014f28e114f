"""The console's first page: what waits, area by area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.console.frame import guarded, render
from bot.console.office import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.frame import Area
    from bot.console.office import Office, Person


class HomeArea:
    """Everybody's first page. Areas with a `summary` say there what waits."""

    name = "Trang đầu"
    path = "/"
    role = Role.VIEWER

    def __init__(self, office: Office, areas: Sequence[Area]) -> None:
        self._office = office
        self._areas = areas

    def routes(self) -> list[Route]:
        return [Route("/", guarded(self.show, Role.VIEWER))]

    async def show(self, request: Request, person: Person) -> Response:
        """A card for each area that this person may open."""
        cards = []
        for area in self._areas:
            if area.name and person.role.covers(area.role):
                summary = getattr(area, "summary", None)
                cards.append((area, await summary() if summary else ""))
        return render(request, "home.html", cards=cards)
