"""The queue's pages with a review in memory, and who looks at them.

Everything that depends on how officials log in is here: tests ask for a reviewer, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.config import Settings
from bot.console.frame import build_console
from bot.console.office import Office, Person, Role
from bot.console.queue import QueueArea
from bot.review.cluster import Likely
from tests.fakes.review_desk import NOW, ReviewInMemory, cluster
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from bot.accounts import Accounts
    from bot.proposals import Proposals
    from bot.store import Store
    from bot.trail import Trail

LIKELY = (Likely("vneid_khong_nhan_otp", 0.42), Likely("vneid_quen_mat_khau", 0.31))
HOSTILE = (
    "<img src=x onerror=\"document.title='bị'\">",
    "\"'><script>document.title='bị'</script>",
    "\u202eđảo ngược\u202d {{ 7 * 7 }}",
    "a" * 4000,
)


def some_review() -> ReviewInMemory:
    """Two common clusters, and a third of hostile wordings."""
    desk = ReviewInMemory()
    desk.put(
        cluster(1, "ko nhan dc ma otp", "otp mai không về", likely=LIKELY, people=41),
        cluster(2, "đăng ký tạm trú ở đâu", people=12),
        cluster(3, *HOSTILE, likely=LIKELY[:1]),
    )
    return desk


CSRF = "0" * 64


class Doorkeeper:
    """Lets in whoever shows a name and a role: how people log in is tested elsewhere."""

    async def person(self, token: str) -> Person | None:
        name, _, role = token.partition(":")
        return Person(1, name, Role(role)) if role else None

    def csrf(self, token: str) -> str:
        del token
        return CSRF


def cookie(name: str = "lan", role: str = "editor") -> dict[str, str]:
    """What a browser of theirs sends."""
    return {"hoidap": f"{name}:{role}"}


def console(desk: ReviewInMemory) -> Starlette:
    """The console with no other area. No page of the queue reads the store itself."""
    office = Office(
        store=cast("Store", None),
        settings=Settings(),
        faq=sample_faq,
        key=b"",
        now=lambda: NOW,
        accounts=cast("Accounts", Doorkeeper()),
        trail=cast("Trail", None),
        proposals=cast("Proposals", None),
        review=cast("Desk", desk),
    )
    area = QueueArea(office, cast("Desk", desk))
    return Starlette(routes=[Mount("/quan-tri", build_console(office, [area]))])


def official(desk: ReviewInMemory, name: str = "lan", role: str = "editor") -> httpx.AsyncClient:
    """A client of somebody who is logged in."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(console(desk)),
        base_url="http://console/quan-tri",
        headers={"x-csrf": CSRF},
        cookies=cookie(name, role),
    )
