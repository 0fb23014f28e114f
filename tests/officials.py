"""Officials and their console for tests: a real store, real accounts, a sample FAQ, real logins."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.accounts import Accounts
from bot.config import Settings
from bot.console.frame import BASE, build_console
from bot.console.login import login_routes
from bot.console.office import Office, Role
from bot.open_data.publication import open_data
from bot.proposals import Proposals
from bot.proposals.files import Files
from bot.review.desk import Desk
from bot.review.outcomes import Outcomes
from bot.store import Store
from bot.trail import Trail
from tests.sample_faq import sample_faq, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from bot.console.frame import Area
    from bot.faq import Faq

PASSWORD = "mot mat khau chi de thu nghiem"
KEY = b"khoa chi de thu nghiem, 32 byte!"
HOST = "http://console"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


def clock() -> datetime:
    return datetime.now(UTC)


async def office(
    tmp_path: Path,
    *,
    now: Callable[[], datetime] = clock,
    faq: Callable[[], Faq] = sample_faq,
    settings: Settings | None = None,
) -> Office:
    """An office over a sample FAQ in files and an empty store."""
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    folder = tmp_path / "faq"
    settings = settings or Settings(
        faq_dir=folder if folder.exists() else write(folder),
        data_dir=tmp_path,
        golden=tmp_path / "golden.yaml",
    )
    trail = Trail(store, now)
    accounts = Accounts(store, KEY, trail, now=now)
    # argon2 as cheap as it can be: what it costs is no guarantee of ours
    accounts._passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    files = Files(settings.faq_dir, settings.golden)
    proposals = Proposals(
        store, files, settings.data_dir, second_approval=settings.second_approval, now=now
    )
    proposals.trail = trail
    review = Desk(store, proposals, trail, faq, now)
    Outcomes(store, now).follow(proposals)
    return Office(
        store=store,
        settings=settings,
        faq=faq,
        key=KEY,
        now=now,
        accounts=accounts,
        trail=trail,
        proposals=proposals,
        review=review,
        open_data=open_data(settings, store, trail, faq, now),
    )


@asynccontextmanager
async def opened(tmp_path: Path, **options: object) -> AsyncIterator[Office]:
    """An office that is closed afterwards."""
    made = await office(tmp_path, **options)  # type: ignore[arg-type]  # handed on as they are
    try:
        yield made
    finally:
        await close(made)


async def close(office: Office) -> None:
    """Let go of an office's store and of what runs beside."""
    await office.proposals.close()
    office.accounts.close()
    await office.store.close()


async def hire(office: Office, name: str, role: Role) -> str:
    """Make an account; its password."""
    return await office.accounts.add(name, role, PASSWORD, by="thử")


def served(office: Office, areas: Sequence[Area]) -> Starlette:
    """The console with these areas, where the service mounts it."""
    return Starlette(routes=[Mount(BASE, build_console(office, areas, login_routes(office)))])


class Client:
    """A browser without scripts: keeps cookies, and sends the token of the last page it saw."""

    def __init__(self, app: Starlette, name: str) -> None:
        self.name = name
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)
        self.csrf = ""

    async def log_in(self, password: str = PASSWORD) -> httpx.Response:
        """Log in as a person does."""
        fields = {"name": self.name, "password": password}
        answer = await self.http.post(f"{BASE}/dang-nhap", data=fields)
        if answer.status_code == 303:
            await self.get(f"{BASE}/toi")
        return answer

    async def get(self, path: str) -> httpx.Response:
        """Open a page, without following where it leads."""
        answer = await self.http.get(path)
        if found := _CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form, with the token."""
        answer = await self.http.post(path, data={"csrf": self.csrf, **fields})
        if found := _CSRF.search(answer.text):
            self.csrf = found[1]
        return answer

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where an answer leads."""
        assert answer.status_code == 303, answer.text
        return await self.get(answer.headers["location"])


async def client(
    office: Office, areas: Sequence[Area], role: Role, name: str | None = None
) -> Client:
    """Somebody of this role, hired and logged in; a token is at hand even where no area has /toi."""
    from bot.console.me import MyArea  # noqa: PLC0415  # every console has it

    who = name or role.value
    if who not in {account.name for account in await office.accounts.everybody()}:
        await hire(office, who, role)
    has_own = any(area.path == "/toi" for area in areas)
    made = Client(served(office, areas if has_own else [*areas, MyArea(office)]), who)
    await made.log_in()
    return made
