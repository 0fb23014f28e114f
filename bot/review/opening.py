"""The reviewers' desk without a running bot: what commands work with."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.embeddings import choose_embedder
from bot.open_data.releases import Releases
from bot.proposals import Proposals
from bot.proposals.files import Files
from bot.review.desk import Desk
from bot.review.outcomes import Outcomes
from bot.store import Store
from bot.trail import Trail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.config import Settings
    from bot.faq import Faq


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, and those who work on it: publishing closes clusters here too."""

    store: Store
    proposals: Proposals
    desk: Desk
    releases: Releases
    faq: Callable[[], Faq]


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def opened(settings: Settings, faq: Callable[[], Faq]) -> AsyncIterator[Opened]:
    """Open the store of the settings; closed afterwards. `faq` is asked for where it is needed."""
    store = await Store.open(settings.database)
    files = Files(settings.faq_dir, settings.golden)
    trail = Trail(store, now)
    proposals = Proposals(
        store,
        files,
        settings.data_dir,
        second_approval=settings.second_approval,
        embedder=partial(choose_embedder, settings),
        now=now,
    )
    proposals.trail = trail
    desk = Desk(store, proposals, trail, faq, now)
    Outcomes(store, now).follow(proposals)
    try:
        yield Opened(store, proposals, desk, Releases(store, trail, now), faq)
    finally:
        await proposals.close()
        await store.close()
