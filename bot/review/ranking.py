"""How urgent a cluster is, as a number that needs no recomputation while time passes."""

from datetime import datetime, timedelta
from math import log2

HALF_LIFE = timedelta(days=14)


def rank(*, people: int, last_at: datetime, trend: float = 1.0) -> float:
    """Give log2(people · bonus) plus the half-lives since 1970 until it was asked last.

    All ranks age alike, so that two compare as people · bonus · 0.5^(age / 14 d) do, at any moment.
    The bonus is 1 for a trend that does not rise, and at most 2.
    """
    bonus = 1 + min(max(trend - 1, 0.0), 1.0)
    return log2(max(people, 1) * bonus) + last_at.timestamp() / HALF_LIFE.total_seconds()
