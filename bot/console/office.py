"""What the console's pages work with, and who works with it (`bot.office`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.office import ROLES, Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.accounts import Accounts
    from bot.config import Settings
    from bot.faq import Faq
    from bot.open_data.publication import OpenData
    from bot.proposals import Proposals
    from bot.reload import Reload
    from bot.review.desk import Desk
    from bot.store import Store
    from bot.trail import Trail

__all__ = ["ROLES", "Office", "Person", "Role"]


@dataclass(slots=True)
class Office:
    """The console's desk: `faq` gives what is being answered from now."""

    store: Store
    settings: Settings
    faq: Callable[[], Faq]
    key: bytes
    now: Callable[[], datetime]
    accounts: Accounts
    trail: Trail
    proposals: Proposals
    review: Desk
    open_data: OpenData | None = None  # none while it is switched off
    reload: Reload | None = None  # none where nothing is served, as in a command
