"""What the doctor says: a closed shape, so that people and programs read the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.channels.zalo_oa.pair import Pair
    from bot.config import Settings
    from bot.doctor.probe import Probe


class Level(StrEnum):
    """How bad it is. Only BAD makes the command fail."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


AREAS = {
    "database": "Kho dữ liệu",
    "faq": "Bộ câu hỏi",
    "machine": "Máy này",
    "address": "Địa chỉ trên Internet",
    "telegram": "Telegram",
    "zalo_oa": "Zalo OA",
    "zalo_bot": "Zalo Bot",
}
"""The first part of a check's name, and what operators read for it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which check, how bad, what it means, and what to do about it."""

    check: str
    level: Level
    what: str
    mend: str = ""

    @property
    def area(self) -> str:
        return self.check.partition(".")[0]


def ok(check: str, what: str) -> Finding:
    return Finding(check, Level.OK, what)


def warn(check: str, what: str, mend: str) -> Finding:
    return Finding(check, Level.WARN, what, mend)


def bad(check: str, what: str, mend: str) -> Finding:
    return Finding(check, Level.BAD, what, mend)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database tells; empty where it could not be read."""

    heard: Mapping[str, datetime] = field(default_factory=dict)
    """Channel → when somebody last wrote there."""
    tokens: Pair | None = None
    """Of the Zalo OA."""
    tokens_unreadable: bool = False
    renewing_since: float | None = None
    """When a renewal of these tokens was begun whose result is not known."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What every examination works with."""

    settings: Settings
    probe: Probe
    kept: Kept
    now: datetime
    running: bool
    """The bot of these settings answers on this machine."""
    watch: float

    @property
    def public_url(self) -> str:
        url = self.settings.public_url
        return str(url).rstrip("/") if url else ""


def ago(then: datetime, now: datetime) -> str:
    """Say how long ago something was."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 2:
        return "vừa xong"
    if minutes < 120:
        return f"{minutes} phút trước"
    if minutes < 48 * 60:
        return f"{minutes // 60} giờ trước"
    return f"{minutes // (24 * 60)} ngày trước"


def printable(text: object, most: int = 200) -> str:
    """Words of a server, as one line that a terminal only shows."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:most])
