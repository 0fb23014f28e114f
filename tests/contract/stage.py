"""The whole bot in the test's own process: real App and Service, real SQLite, a small FAQ."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.app import App
from bot.config import Settings
from bot.service import Service, bind
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from bot.faq import Faq
    from tests.contract.driver import Driver, Person

_PATIENCE = 10.0  # seconds for what should happen at once

SECRET = "mot khoa chi de thu nghiem"


@dataclass(slots=True)
class Stage:
    """A platform and the bot on it. `down` and `up` again is a restart."""

    driver: Driver
    home: Path
    app: App
    service: Service
    _serving: asyncio.Task[None]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def newcomer(self) -> Person:
        return self.driver.person(next(self._numbers))

    def serve(self, faq: Faq) -> None:
        """Answer from another FAQ, as after an editor's change."""
        self.app.desk.serve(faq)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.home / "data" / "hoidap.db", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    async def quiet(self) -> None:
        """Wait until nothing waits to be answered or sent."""
        waiting = (
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
            " + (SELECT count(*) FROM outbox WHERE state = 'waiting')"
        )
        await self.until(lambda: self.rows(waiting) == [(0,)])

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE):
            while not happened():  # noqa: ASYNC110  # the database tells nobody
                await asyncio.sleep(0.02)

    def raw(self) -> bytes:
        """Every byte of the database's files."""
        return b"".join(path.read_bytes() for path in (self.home / "data").glob("hoidap.db*"))

    async def down(self) -> None:
        self.service.stop()
        await self._serving
        await self.app.close()

    async def up(self) -> None:
        self.app, self.service, self._serving = await _up(self.driver, self.home)


@asynccontextmanager
async def on_stage(driver: Driver, home: Path) -> AsyncIterator[Stage]:
    async with driver:
        stage = Stage(driver, home, *await _up(driver, home))
        try:
            yield stage
        finally:
            await stage.down()


async def _up(driver: Driver, home: Path) -> tuple[App, Service, asyncio.Task[None]]:
    own = {"port": 0, "data_dir": home / "data", "faq_dir": home / "faq", "secret_key": SECRET}
    settings = Settings.model_validate({**own, **driver.settings(), "embeddings": "off"})
    app = await App.open(settings, sample_faq())
    try:
        service = Service(app, settings, bind(settings))
        driver.meet(service.address)
        await service.start()
    except BaseException:
        await app.close()
        raise
    return app, service, asyncio.create_task(service.serve())
