"""The query for what a reviewer should look at: turns that were not, or not well, answered."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    CompoundSelect,
    Label,
    Select,
    and_,
    distinct,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from bot.messages import Status
from bot.store.schema import feedback, turns

PATIENCE = timedelta(minutes=30)  # a question asked back is abandoned after this
_UNKNOWN = [status.value for status in Status if status.startswith("unknown:")]


def unanswered_groups(*, limit: int, now: datetime) -> Select[Any]:
    """Group flagged turns by what they ask; most people first, then most turns, then newest."""
    flagged = _flagged(now).cte("flagged")
    people = func.count(distinct(flagged.c.user_key)).label("people")
    count = func.count().label("count")
    last = func.max(flagged.c.at).label("last")
    groups = (
        select(
            flagged.c.normalised,
            people,
            count,
            func.min(flagged.c.at).label("first"),
            last,
            func.max(flagged.c.id).label("newest"),
        )
        .group_by(flagged.c.normalised)
        .order_by(people.desc(), count.desc(), last.desc(), flagged.c.normalised)
        .limit(limit)
        .cte("groups")
    )
    return (
        select(groups, _asked(turns.c.text, "sample"), turns.c.verdict, flagged.c.reason)
        .join(turns, turns.c.id == groups.c.newest)
        .join(flagged, flagged.c.id == groups.c.newest)
        .order_by(
            groups.c.people.desc(),
            groups.c.count.desc(),
            groups.c.last.desc(),
            groups.c.normalised,
        )
    )


def _asked(words: Column[str], name: str = "normalised") -> Label[str]:
    """What was asked; of an answer that was opened from a menu, which one it was."""
    return func.coalesce(func.nullif(words, ""), turns.c.entry, "").label(name)


def _flagged(now: datetime) -> CompoundSelect[Any]:
    """Three sets without a turn in common, each found through an index."""
    own = (turns.c.id, turns.c.user_key, _asked(turns.c.normalised), turns.c.at)
    worded = turns.c.normalised != ""  # a tap in a menu, or mere politeness, asks nothing
    disliked = turns.join(feedback, and_(feedback.c.turn_id == turns.c.id, ~feedback.c.useful))
    following = turns.alias("following")
    next_status = (
        select(following.c.status)
        .where(
            following.c.user_key == turns.c.user_key,
            following.c.id > turns.c.id,
            following.c.status != Status.STALE_CHOICE.value,  # a slip; the choices still stand
        )
        .order_by(following.c.id)
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    abandoned = or_(
        next_status.not_in(
            [Status.CHOSEN.value, Status.NONE_FITS.value]
        ),  # the latter tells itself
        and_(next_status.is_(None), turns.c.at <= now - PATIENCE),
    )
    return union_all(
        select(*own, turns.c.status.label("reason")).where(turns.c.status.in_(_UNKNOWN), worded),
        select(*own, literal("feedback").label("reason"))
        .select_from(disliked)
        .where(turns.c.status.not_in(_UNKNOWN)),
        select(*own, literal("abandoned").label("reason"))
        .select_from(turns.outerjoin(feedback, feedback.c.turn_id == turns.c.id))
        .where(
            turns.c.status == Status.CLARIFIED.value,
            or_(feedback.c.useful.is_(None), feedback.c.useful == true()),
            abandoned,
        ),
    )
