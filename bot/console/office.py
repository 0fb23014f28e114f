"""What the console's pages work with, and who works with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.accounts import Accounts
    from bot.config import Settings
    from bot.faq import Faq
    from bot.proposals import Proposals
    from bot.reload import Reload
    from bot.store import Store
    from bot.trail import Trail


class Role(StrEnum):
    """What somebody may do: each covers those before it."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """Whether this role may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


ROLES: dict[Role, str] = {
    Role.VIEWER: "Người xem",
    Role.REVIEWER: "Người rà soát",
    Role.EDITOR: "Biên tập viên",
    Role.ADMIN: "Quản trị viên",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    id: int
    name: str
    role: Role


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
    reload: Reload | None = None  # none where nothing is served, as in a command
