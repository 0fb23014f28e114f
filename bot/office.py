"""Who works in the console: roles, and the person that is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOIDAP = "hoidap"
"""Who did what nobody did: no account may have this name."""


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
