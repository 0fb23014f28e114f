"""`hoidap doctor`: looks at everything an operator can have set wrongly, and changes nothing.

`findings` is what it says, `probe` how it asks servers. One module a subject: `telegram`,
`zalo_oa`, `zalo_bot`, `database`, `faq`, `start` (key, port), `place` (address, clock, disk).
`command` shows it.
It uses up no refresh token, takes no message away, and prints no secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor import database, faq, place, start, telegram, zalo_bot, zalo_oa
from bot.doctor.findings import Finding, Level, Visit
from bot.doctor.probe import Probe

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Settings

__all__ = ["Finding", "Level", "examine"]


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
        for channel in (telegram, zalo_oa, zalo_bot):
            findings += await channel.examine(visit)
        findings += place.clock(probe)
        return findings
