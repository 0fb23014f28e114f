"""What the grouping of questions is restored from: their rows, slice by slice, and moves by hand."""

from typing import Any

from sqlalchemy import Connection, func, select

from bot.store.review_schema import decisions, questions


def before_newest(connection: Connection, most: int) -> int:
    """Give the number behind which only the newest `most` questions come."""
    query = select(questions.c.id).order_by(questions.c.id.desc()).offset(most).limit(1)
    return int(connection.execute(query).scalar() or 0)


def questions_after(connection: Connection, number: int, *, limit: int) -> list[dict[str, Any]]:
    """Read the next questions in order of their numbers."""
    query = (
        select(
            questions.c.id,
            questions.c.key,
            questions.c.cluster_id,
            questions.c.text,
            questions.c.likely,
        )
        .where(questions.c.id > number)
        .order_by(questions.c.id)
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def clusters_after(connection: Connection, number: int, *, limit: int) -> list[tuple[Any, ...]]:
    """Read number, key and cluster of the next questions, without their texts."""
    query = (
        select(questions.c.id, questions.c.key, questions.c.cluster_id)
        .where(questions.c.id > number)
        .order_by(questions.c.id)
        .limit(limit)
    )
    return [tuple(row) for row in connection.execute(query)]


def decided(connection: Connection) -> tuple[int, int]:
    """Count the decisions and the undone ones: other numbers mean that something may have moved."""
    query = select(func.count(), func.count(decisions.c.undone_at)).select_from(decisions)
    made, undone = connection.execute(query).one()
    return int(made), int(undone)
