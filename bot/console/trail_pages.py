"""The trail's page (/quan-tri/nhat-ky): who did what, before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.routing import Route

from bot.console.csv_file import csv_file
from bot.console.frame import guarded, render
from bot.console.office import Role
from bot.console.trail_words import ACTIONS, FIELDS, changes, named, value
from bot.store.trail import MOST, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.office import Office, Person
    from bot.store.trail import Note

_SIZE = 50


class TrailArea:
    """Editors and admins."""

    name = "Nhật ký"
    path = "/nhat-ky"
    role = Role.EDITOR

    def __init__(self, office: Office) -> None:
        self._trail = office.trail
        self._proposals = office.proposals

    def routes(self) -> list[Route]:
        return [
            Route("/nhat-ky", guarded(self.show, Role.EDITOR)),
            Route("/nhat-ky.csv", guarded(self.export, Role.EDITOR)),
        ]

    async def show(self, request: Request, person: Person) -> Response:
        """A page of notes, the newest first."""
        del person
        wanted = _wanted(request.query_params, _SIZE + 1)
        notes = await self._trail.notes(wanted)
        people, actions = await self._trail.known()
        kept = {"nguoi": wanted.account, "viec": wanted.action, "o": wanted.object}
        query = {name: value for name, value in kept.items() if value}
        titles = await self._titles(notes)
        older = query | {"truoc": str(notes[_SIZE - 1].id)} if len(notes) > _SIZE else None
        return render(
            request,
            "trail.html",
            notes=notes[:_SIZE],
            wanted=wanted,
            people=people,
            actions=actions,
            words=ACTIONS,
            named=named,
            titles=titles,
            fields=FIELDS,
            value=value,
            older=urlencode(older) if older else "",
            query=urlencode(query),
        )

    async def _titles(self, notes: Sequence[Note]) -> dict[str, str]:
        """The titles of the proposals that notes are about: as they are kept now, not in the trail."""
        numbers = changes({note.object for note in notes})
        known = await self._proposals.titles(sorted(set(numbers.values())))
        return {thing: known[number] for thing, number in numbers.items() if number in known}

    async def export(self, request: Request, person: Person) -> Response:
        """The same notes as a file, the newest of them."""
        del person
        notes = await self._trail.notes(_wanted(request.query_params, MOST))
        rows = (
            (
                note.at.isoformat(timespec="seconds"),
                note.account,
                note.action,
                note.object,
                json.dumps(note.before, ensure_ascii=False) if note.before else "",
                json.dumps(note.after, ensure_ascii=False) if note.after else "",
            )
            for note in notes
        )
        head = ("luc", "nguoi", "viec", "doi_tuong", "truoc", "sau")
        return csv_file("nhat-ky", head, rows)


def _wanted(query: QueryParams, limit: int) -> Wanted:
    before = query.get("truoc", "")
    return Wanted(
        account=query.get("nguoi", "")[:64],
        action=query.get("viec", "")[:40],
        object=query.get("o", "")[:200],
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        limit=limit,
    )
