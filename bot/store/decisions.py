"""Decisions about clusters: each checks the version it was made on, and can be undone once."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from bot.store.review_schema import clusters, decisions


def decide(
    connection: Connection,
    cluster: int,
    *,
    version: int,
    state: str,
    account: str,
    at: datetime,
    entry: str | None = None,
) -> int | None:
    """Put a cluster into a state; None, and nothing done, if it is gone or has another version."""
    row = connection.execute(select(clusters).where(clusters.c.id == cluster)).first()
    if row is None or row.version != version:
        return None
    after = {"state": state, "entry": entry}
    _change(connection, row, after)
    new = insert(decisions).values(
        at=at,
        account=account,
        action=state,
        cluster_id=cluster,
        before={"state": row.state, "entry": row.entry},
        after=after,
    )
    return int(connection.execute(new.returning(decisions.c.id)).scalar_one())


def undo(
    connection: Connection, cluster: int, *, version: int, account: str, at: datetime
) -> bool:
    """Take back the newest decision that stands; False if there is none, or another version."""
    row = connection.execute(select(clusters).where(clusters.c.id == cluster)).first()
    standing = (
        select(decisions.c.id, decisions.c.before)
        .where(decisions.c.cluster_id == cluster, decisions.c.undone_at.is_(None))
        .order_by(decisions.c.id.desc())
        .limit(1)
    )
    last = connection.execute(standing).first()
    if row is None or row.version != version or last is None:
        return False
    _change(connection, row, last.before)
    undone = update(decisions).where(decisions.c.id == last.id)
    connection.execute(undone.values(undone_at=at, undone_by=account))
    return True


def _change(
    connection: Connection, row: Row[tuple[object, ...]], values: dict[str, str | None]
) -> None:
    changed = update(clusters).where(clusters.c.id == row.id)
    connection.execute(changed.values(**values, version=row.version + 1))
