"""What the entry pages share: the FAQ as written, its listing, neighbours, figures and previews.

Everything here that takes longer than a blink runs in a thread, and is kept until the FAQ changes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

from bot import replies, show
from bot.console.entry_figures import EntryFigures
from bot.console.entry_list import Listing
from bot.console.previews import Preview, previews
from bot.drafts.findings import Looked, look
from bot.drafts.written import Shelf, WrittenFaq
from bot.feedback import unasked
from bot.messages import Reply, Status
from intents.entry import Entry, Kind
from intents.lint.neighbours import Neighbours

if TYPE_CHECKING:
    from bot.console.office import Office
    from bot.drafts.draft import Draft
    from bot.faq import Faq

VIETNAM = dt.timezone(dt.timedelta(hours=7))
_MOST_RELATED = 3  # as the conversation offers


class EntryDesk:
    """One for all entry pages of a console."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.figures = EntryFigures(office.store, office.now)
        self._shelf = Shelf(office.settings.faq_dir)
        self._listing: Listing | None = None
        self._neighbours: tuple[Faq, Neighbours] | None = None

    def today(self) -> dt.date:
        """The day in Vietnam."""
        return self.office.now().astimezone(VIETNAM).date()

    async def written(self) -> WrittenFaq:
        """The FAQ as its files hold it."""
        return await self._shelf.faq()

    async def listing(self) -> Listing:
        """The same, ready to be searched."""
        faq = await self.written()
        if self._listing is None or self._listing.faq is not faq:
            self._listing = await asyncio.to_thread(Listing, faq)
        return self._listing

    async def look(self, draft: Draft, *, new: bool) -> tuple[Looked, list[Preview]]:
        """Check a draft, and show it as citizens would see it."""
        faq = await self.written()
        return await asyncio.to_thread(self._look, draft, faq, new=new)

    def _look(self, draft: Draft, faq: WrittenFaq, *, new: bool) -> tuple[Looked, list[Preview]]:
        today, served = self.today(), self.office.faq()
        looked = look(
            draft,
            faq,
            today,
            neighbours=self._near(served),
            written=lambda entry: show.as_message(served.catalog, entry, today),
            new=new,
        )
        reply = reply_of(looked.entry, faq, today)
        if not self.office.settings.feedback:
            reply = unasked(reply)
        return looked, previews([reply])

    def _near(self, served: Faq) -> Neighbours:
        kept = self._neighbours
        if kept is None or kept[0].catalog is not served.catalog:
            near = Neighbours(served.knowledge.examples, served.catalog.lexicon)
            kept = self._neighbours = (served, near)
        return kept[1]


def reply_of(entry: Entry, faq: WrittenFaq, today: dt.date) -> Reply:
    """What the bot would say with an entry."""
    match entry.kind:
        case Kind.SMALL_TALK:
            return replies.small_talk(entry, faq.topics, faq.values, today)
        case Kind.SIGNPOST:
            return replies.signpost(entry, faq.values, today)
    related = [faq.entries[name].entry for name in entry.related if name in faq.entries]
    shown = [other for other in related if other.in_force(today)][:_MOST_RELATED]
    return replies.answer(entry, Status.ANSWERED, related=shown, values=faq.values, today=today)
