"""The areas of entries, in the order in which their paths must be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.editor import EditorArea
from bot.console.entries import EntriesArea
from bot.console.entry_desk import EntryDesk
from bot.console.try_it import TryItArea

if TYPE_CHECKING:
    from bot.console.office import Office


def entry_areas(office: Office) -> tuple[EditorArea, EntriesArea, TryItArea]:
    """The editor, the browser and the try-it pane, around one desk.

    The editor comes first: the browser takes every path under /muc/ that is left.
    """
    desk = EntryDesk(office)
    return EditorArea(office, desk), EntriesArea(office, desk), TryItArea(office, desk)
