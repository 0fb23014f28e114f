"""What reviewers see and do, as reads and writes on a connection; who may do it is asked elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    cast,
    distinct,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.store.review_schema import clusters, decisions, flagged, questions, subscriptions
from bot.store.schema import feedback, turns
from intents.text import folded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

MERGED = "merged"  # a cluster without questions, which an undo fills again
_MERGES = 5  # followed one after the other
_REGROUPED = ("merge", "move", "split")  # the last of them took away what was left
_CHANGES = ("state", "entry", "proposal_id", "closed_at")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clusters; `entries` are those that the likeliest one must be among."""

    state: str = ""
    channel: str = ""
    reason: str = ""
    words: str = ""
    entries: Collection[str] | None = None


def found(
    connection: Connection, wanted: Wanted, *, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """List clusters, the most urgent first, and count them all."""
    conditions = _conditions(wanted)
    query = (
        select(clusters)
        .where(*conditions)
        .order_by(clusters.c.rank.desc(), clusters.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    count = select(func.count()).select_from(clusters).where(*conditions)
    rows = [{**row} for row in connection.execute(query).mappings()]
    return rows, int(connection.execute(count).scalar_one())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    own: list[ColumnElement[bool]] = []
    own.append(clusters.c.state == wanted.state if wanted.state else clusters.c.state != MERGED)
    for column, name in (
        (clusters.c.channels, wanted.channel),
        (clusters.c.reasons, wanted.reason),
    ):
        if name:
            own.append(cast(column, String).contains(f'"{name}"', autoescape=True))
    if wanted.words:
        asked = questions.c.folded.contains(folded(wanted.words), autoescape=True)
        inside = exists().where(questions.c.cluster_id == clusters.c.id, asked)
        own.append(inside)
    if wanted.entries is not None:
        own.append(clusters.c.likely[0]["entry"].as_string().in_(wanted.entries))
    return own


def cluster(connection: Connection, number: int) -> Row[Any] | None:
    """Find a cluster that was not merged into another."""
    row = connection.execute(select(clusters).where(clusters.c.id == number)).first()
    return None if row is None or row.state == MERGED else row


def went_into(connection: Connection, number: int) -> int | None:
    """Find the cluster that a merged one is part of now, through a few merges."""
    for _ in range(_MERGES):
        merges = (
            select(decisions.c.after)
            .where(
                decisions.c.cluster_id == number,
                decisions.c.action.in_(_REGROUPED),
                decisions.c.undone_at.is_(None),
            )
            .order_by(decisions.c.id.desc())
            .limit(1)
        )
        after = connection.execute(merges).scalar()
        if after is None:
            return None
        number = after["other"]
        if cluster(connection, number):
            return number
    return None


def rows(connection: Connection, numbers: Collection[int]) -> list[dict[str, Any]]:
    """Read these clusters."""
    found = connection.execute(select(clusters).where(clusters.c.id.in_(numbers)))
    return [{**row} for row in found.mappings()]


def keys(connection: Connection, number: int, *, limit: int) -> list[str]:
    """Name a cluster's questions, the oldest first."""
    query = (
        select(questions.c.key)
        .where(questions.c.cluster_id == number)
        .order_by(questions.c.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def open_clusters_of(connection: Connection, named: Collection[str]) -> list[tuple[str, int]]:
    """In which clusters these questions are, of those that wait."""
    query = (
        select(questions.c.key, clusters.c.id)
        .join(clusters, clusters.c.id == questions.c.cluster_id)
        .where(questions.c.key.in_(named), clusters.c.state == "open")
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def samples(connection: Connection, number: int, *, limit: int) -> tuple[Sequence[Row[Any]], int]:
    """List a cluster's wordings, the most asked first; and count them all."""
    own = questions.c.cluster_id == number
    query = (
        select(questions)
        .where(own)
        .order_by(questions.c.turns.desc(), questions.c.last_at.desc(), questions.c.id)
        .limit(limit)
    )
    count = select(func.count()).select_from(questions).where(own)
    return connection.execute(query).all(), int(connection.execute(count).scalar_one())


def texts(connection: Connection, number: int, chosen: Collection[int]) -> list[str]:
    """The wordings that were chosen, or all; the most asked first."""
    query = (
        select(questions.c.text)
        .where(questions.c.cluster_id == number)
        .order_by(questions.c.turns.desc(), questions.c.id)
    )
    if chosen:
        query = query.where(questions.c.id.in_(chosen))
    return list(connection.execute(query).scalars())


def newest_readings(connection: Connection, number: int, *, limit: int) -> list[dict[str, Any]]:
    """How the newest flagged turns of a cluster were understood, and what was said of the answers."""
    query = (
        select(flagged.c.reason, turns.c.verdict, feedback.c.reason.label("said"))
        .join(questions, questions.c.id == flagged.c.question_id)
        .join(turns, turns.c.id == flagged.c.turn_id)
        .outerjoin(feedback, feedback.c.turn_id == turns.c.id)
        .where(questions.c.cluster_id == number)
        .order_by(flagged.c.at.desc())
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def people_since(
    connection: Connection, numbers: Sequence[int], since: datetime, until: datetime
) -> dict[int, int]:
    """Count the people who asked in a time, by cluster."""
    query = (
        select(questions.c.cluster_id, func.count(distinct(flagged.c.user_key)))
        .join(questions, questions.c.id == flagged.c.question_id)
        .where(questions.c.cluster_id.in_(numbers), flagged.c.at >= since, flagged.c.at < until)
        .group_by(questions.c.cluster_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def told(connection: Connection, number: int) -> int:
    """Count the subscribers of a cluster who were told of its answer."""
    query = (
        select(func.count())
        .select_from(subscriptions)
        .join(flagged, flagged.c.turn_id == subscriptions.c.turn_id)
        .join(questions, questions.c.id == flagged.c.question_id)
        .where(questions.c.cluster_id == number, subscriptions.c.told_at.is_not(None))
    )
    return int(connection.execute(query).scalar_one())


def counts(connection: Connection, since: datetime) -> tuple[int, int]:
    """Count the open clusters, and those of them that began since."""
    is_open = clusters.c.state == "open"
    query = select(func.count(), func.count().filter(clusters.c.first_at >= since)).where(is_open)
    row = connection.execute(query).one()
    return int(row[0]), int(row[1])


def history(connection: Connection, number: int, *, limit: int = 50) -> Sequence[Row[Any]]:
    """List the decisions on a cluster, and those that moved questions into it; the newest first."""
    query = select(decisions).where(touching(number)).order_by(decisions.c.id.desc()).limit(limit)
    return connection.execute(query).all()


def touching(number: int) -> ColumnElement[bool]:
    """Decisions on a cluster, or that moved questions into it."""
    return or_(decisions.c.cluster_id == number, decisions.c.after["other"].as_integer() == number)


def last_of(connection: Connection, account: str) -> Row[Any] | None:
    """Find somebody's newest decision that stands."""
    query = (
        select(decisions)
        .where(decisions.c.account == account, decisions.c.undone_at.is_(None))
        .order_by(decisions.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def decision(connection: Connection, number: int) -> Row[Any] | None:
    return connection.execute(select(decisions).where(decisions.c.id == number)).first()


def claim(connection: Connection, number: int, account: str, at: datetime) -> bool:
    """Note who looks at a cluster; it makes no version."""
    own = update(clusters).where(clusters.c.id == number)
    return connection.execute(own.values(claimed_by=account, claimed_at=at)).rowcount == 1


def decide(
    connection: Connection,
    number: int,
    version: int | None,
    *,
    account: str,
    action: str,
    at: datetime,
    values: dict[str, Any],
) -> int | None:
    """Change a cluster; None, and nothing done, if it is gone or has another version."""
    row = cluster(connection, number)
    if row is None or (version is not None and row.version != version):
        return None
    before = {name: _plain(getattr(row, name)) for name in _CHANGES}
    connection.execute(
        update(clusters)
        .where(clusters.c.id == number)
        .values(values | {"version": row.version + 1})
    )
    after = {name: _plain(value) for name, value in values.items()}
    return noted(connection, number, account, action, at, before=before, after=after)


def noted(
    connection: Connection,
    number: int,
    account: str,
    action: str,
    at: datetime,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> int:
    values = {"at": at, "account": account, "action": action, "cluster_id": number}
    statement = insert(decisions).values(values | {"before": before, "after": after})
    return int(connection.execute(statement.returning(decisions.c.id)).scalar_one())


def _plain(value: object) -> object:
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else value
