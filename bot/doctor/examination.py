"""The examination as a whole: every subject, in the order in which an operator reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor import database, faq, place, start, telegram, zalo_bot, zalo_oa
from bot.doctor.findings import Visit
from bot.doctor.probe import Probe

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Settings
    from bot.doctor.findings import Finding


async def examine(settings: Settings, *, now: datetime, watch: float = 3.0) -> list[Finding]:
    """Look at everything that is set; `watch` is how many seconds a rival poller is looked for."""
    async with Probe() as probe:
        kept, findings = database.examine(settings, now)
        running = await place.is_running(settings, probe)
        visit = Visit(settings, probe, kept, now=now, running=running, watch=watch)
        findings += faq.examine(settings, now)
        findings += [start.key(settings), start.port(settings, running=running)]
        findings += place.disk(settings)
        findings += await place.address(visit)
        findings += place.open_data(settings)
        for channel in (telegram, zalo_oa, zalo_bot):
            findings += await channel.examine(visit)
        findings += place.clock(probe)
        return findings
