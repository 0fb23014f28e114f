"""Which areas the console has, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.changes import ChangesArea
from bot.console.dashboard import FiguresArea
from bot.console.entry_areas import entry_areas
from bot.console.frame import build_console
from bot.console.home import HomeArea
from bot.console.login import login_routes
from bot.console.me import MyArea
from bot.console.open_data import OpenDataArea
from bot.console.people import PeopleArea
from bot.console.queue import QueueArea
from bot.console.trail_pages import TrailArea

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from bot.console.frame import Area
    from bot.console.office import Office


def areas_of(office: Office) -> list[Area]:
    """All areas, in the order of the menu."""
    areas: list[Area] = [
        QueueArea(office, office.review),
        *entry_areas(office),
        ChangesArea(office),
        FiguresArea(office),
        *([OpenDataArea(office, office.open_data)] if office.open_data else []),
        TrailArea(office),
        PeopleArea(office),
        MyArea(office),
    ]
    return [HomeArea(office, areas), *areas]


def console(office: Office) -> Starlette:
    """Make the console."""
    return build_console(office, areas_of(office), login_routes(office))
