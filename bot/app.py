"""Composition root: settings in, everything that answers out, with no door open yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

import structlog

from bot.accounts import Accounts
from bot.channels import composition
from bot.channels.web import build_web
from bot.cipher import Cipher
from bot.console.office import Office
from bot.embeddings import choose_embedder
from bot.errors import Fault
from bot.front_desk import FrontDesk
from bot.open_data.publication import open_data
from bot.proposals import Files, Proposals
from bot.reload import Reload
from bot.replies import menu_choices
from bot.review.desk import Desk
from bot.review.keeper import Keeper
from bot.review.outcomes import Outcomes
from bot.review.recheck import Recheck
from bot.secret_key import StartError, pseudonym_key
from bot.store import Store, inbox, outbox
from bot.trail import Trail
from bot.vault import StoreVault
from bot.web.answers import answer_of, today
from bot.zalo_child import RenewalProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from starlette.applications import Starlette

    from bot.channels.channel import Channel
    from bot.config import Settings
    from bot.faq import Faq
    from bot.messages import Choice, Reply


log = structlog.get_logger(__name__)


def _somebody_waits(connection: Connection) -> bool:
    return inbox.waiting(connection) > 0 or bool(outbox.waiting(connection))


@dataclass(frozen=True, slots=True)
class App:
    """Everything that answers, with no channel open yet."""

    store: Store
    desk: FrontDesk
    reload: Reload
    proposals: Proposals
    office: Office
    keeper: Keeper
    key: bytes
    embed_origins: Sequence[str] = ()
    public_url: str | None = None

    @classmethod
    async def open(cls, settings: Settings, faq: Faq) -> Self:
        """Open the store and put the parts together. The meaning is learned beside the work."""
        secret = pseudonym_key(settings)
        embedder = choose_embedder(settings)
        store = await Store.open(settings.database)
        floor = settings.open_data_floor if settings.open_data else None
        desk = FrontDesk(
            faq,
            store,
            secret=secret,
            takes_feedback=settings.feedback,
            open_data_floor=floor,
        )
        reload = Reload(settings.faq_dir, settings.data_dir, faq, desk.serve, embedder)
        files = Files(settings.faq_dir, settings.golden)
        proposals = Proposals(
            store,
            files,
            settings.data_dir,
            second_approval=settings.second_approval,
            embedder=partial(choose_embedder, settings),
            now=desk.now,
        )
        trail = Trail(store, desk.now)
        proposals.trail = trail
        review = Desk(store, proposals, trail, lambda: desk.faq, desk.now)
        office = Office(
            store=store,
            settings=settings,
            faq=lambda: desk.faq,
            key=secret,
            now=desk.now,
            accounts=Accounts(store, secret, trail, now=desk.now),
            trail=trail,
            proposals=proposals,
            review=review,
            open_data=open_data(settings, store, trail, lambda: desk.faq, desk.now),
            reload=reload,
        )
        proposals.on_published.append(reload.now)
        proposals.on_rolled_back.append(reload.now)
        Outcomes(store, desk.now).follow(proposals)
        try:
            await proposals.recover()
        except Fault as error:  # a full disk: citizens are answered all the same
            log.error("what was half published waits for the next start", why=str(error))  # noqa: TRY400  # the sentence says it all
        reload.start()
        public_url = str(settings.public_url) if settings.public_url else None
        keeper = Keeper(
            store,
            review.places,
            Recheck(store, lambda: desk.faq, desk.now),
            desk.now,
            busy=lambda: store.read(_somebody_waits),
            gathering=review.gather,
        )
        return cls(
            store=store,
            desk=desk,
            reload=reload,
            proposals=proposals,
            office=office,
            keeper=keeper,
            key=secret,
            embed_origins=settings.embed_origins,
            public_url=public_url,
        )

    async def close(self) -> None:
        """End what runs beside, then the store."""
        await self.keeper.stop()
        await self.proposals.close()
        await self.reload.stop()
        self.office.accounts.close()
        self.desk.close()
        await self.store.close()

    @property
    def faq(self) -> Faq:
        """What is being answered from now: menus and shared pages follow when it changes."""
        return self.desk.faq

    def topics(self) -> Sequence[Choice]:
        """The topic menu as choices."""
        catalog = self.faq.catalog
        return menu_choices([topic for topic in catalog.topics if catalog.entries_of(topic.id)])

    def answer_of(self, entry: str) -> Reply | None:
        """An entry's reviewed answer of today, for whoever asks."""
        return answer_of(self.faq.catalog, entry, today())

    def web(self) -> Starlette:
        """Make the web chat. Raises `StartError` when `public_url` cannot be used for links."""
        try:
            return build_web(
                self.desk,
                topics=self.topics,
                ready=lambda: True,
                answer_of=self.answer_of,
                embed_origins=self.embed_origins,
                public_url=self.public_url,
                open_data=self.office.open_data,
            )
        except ValueError as error:
            raise StartError(str(error)) from None

    def console(self) -> Starlette:
        """Make the officials' console."""
        from bot.console.composition import console  # noqa: PLC0415  # a command serves no pages

        return console(self.office)

    def channels(self, settings: Settings) -> list[Channel]:
        """Make the messaging channels that the settings switch on."""
        vault = StoreVault(self.store, Cipher(self.key))
        return composition.channels(
            settings,
            key=self.key,
            vault=vault,
            renew_zalo_oa=RenewalProcess(settings),
            topics=self.topics,
            find=self.desk.find,
        )
