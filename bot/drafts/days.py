"""Days as officials write them, 27/11/2026, and as the files hold them, 2026-11-27."""

from __future__ import annotations

import datetime as dt
import re

EXAMPLE = "27/11/2026"
HOW = f"viết ngày/tháng/năm, ví dụ {EXAMPLE}"

_WRITTEN = re.compile(
    r"(?P<d>\d{1,2})\s*(?P<by>[/.-])\s*(?P<m>\d{1,2})\s*(?P=by)\s*(?P<y>\d{4})"
    r"|(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
    re.ASCII,
)


def as_filed(text: str) -> str:
    """A day as the files hold it; what is no day stays as it was typed."""
    day = _day(text)
    return day.isoformat() if day else text


def as_shown(text: str) -> str:
    """A day as pages show it; what is no day stays as it is."""
    day = _day(text)
    return f"{day:%d/%m/}{day.year:04}" if day else text


def trouble(text: str) -> tuple[str, str]:
    """What is wrong with a text that is no day, and how to mend it."""
    if _WRITTEN.fullmatch(text.strip()):
        return f"“{as_shown(text)}” không phải là một ngày có thật", "xem lại ngày và tháng"
    return f"“{text[:80]}” chưa phải cách viết một ngày", HOW


def _day(text: str) -> dt.date | None:
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (
        found[a] or found[b] for a, b in (("y", "year"), ("m", "month"), ("d", "day"))
    )
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
