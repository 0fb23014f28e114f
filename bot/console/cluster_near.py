"""Clusters that may ask the same (/quan-tri/cau-hoi/{id}/gan), and merging them into it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.console import batch
from bot.console import queue_words as words
from bot.console.frame import form, guarded, redirect, render
from bot.console.office import Role
from bot.review.cluster import State

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.office import Person
    from bot.review.desk import Desk

HOME = "/quan-tri/cau-hoi"


class NearPages:
    """For reviewers: who may not merge needs no list of what to merge."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The list, as a part of the cluster's page or a page of its own; and merging."""
        here = "/cau-hoi/{number:int}"
        return [
            Route(f"{here}/gan", guarded(self.near, Role.REVIEWER)),
            Route(f"{here}/gop", guarded(self.merge, Role.REVIEWER), methods=["POST"]),
        ]

    async def near(self, request: Request, person: Person) -> Response:
        """The nearest clusters; it takes seconds when it is asked for the first time."""
        number = request.path_params["number"]
        part = "hx-request" in request.headers
        return render(
            request,
            "cluster_near.html" if part else "cluster_near_page.html",
            number=number,
            near=await self._desk.near(number),
            words=words,
            me=person.name,
        )

    async def merge(self, request: Request, person: Person) -> Response:
        """Merge those that were chosen into this one."""
        number, sent = request.path_params["number"], await form(request)
        chosen = batch.chosen(sent)
        back = f"{HOME}/{number}"
        if not chosen:
            told = "Chưa gộp: bạn hãy đánh dấu ít nhất một nhóm gần giống."
            return redirect(back, notice=told)
        cluster = await self._desk.cluster(number)
        if cluster is None or cluster.row.state is not State.OPEN:
            told = "Chưa gộp: nhóm này vừa được người khác xử lý."
            return redirect(back, notice=told)
        merge = partial(self._desk.merge, by=person.name, other=number)
        done, left = await batch.each(chosen, merge)
        return redirect(back, notice=f"Đã gộp {done} nhóm vào nhóm này.{left}")
