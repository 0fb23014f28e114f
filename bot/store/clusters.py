"""The rows of the review: flagging a turn, with its question and cluster; how far the intake came."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, distinct, func, select, update

from bot.messages import ASIDE
from bot.store.counters import recount
from bot.store.review_schema import clusters, flagged, progress, questions
from bot.store.schema import feedback, turns
from bot.store.upsert import Put
from intents.text import folded

_PUT_PROGRESS = Put(progress)


def reached(connection: Connection, name: str) -> int:
    """Tell up to which number this work is done."""
    query = select(progress.c.value).where(progress.c.name == name)
    return int(connection.execute(query).scalar() or 0)


def reach(connection: Connection, name: str, number: int) -> None:
    """Note up to which number this work is done."""
    _PUT_PROGRESS(connection, {"name": name, "value": number})


def reached_text(connection: Connection, name: str) -> str:
    """Tell of which text (a digest, say) this work is done."""
    query = select(progress.c.value).where(progress.c.name == name)
    return str(connection.execute(query).scalar() or "")


def reach_text(connection: Connection, name: str, text: str) -> None:
    """Note of which text this work is done."""
    _PUT_PROGRESS(connection, {"name": name, "value": text})


def newest_turn(connection: Connection) -> int:
    """Tell the number of the newest turn."""
    return int(connection.execute(select(func.max(turns.c.id))).scalar() or 0)


def turns_after(connection: Connection, number: int, *, limit: int) -> list[dict[str, Any]]:
    """Read how the next turns ended, in order of their numbers; few of them need more."""
    query = (
        select(turns.c.id, turns.c.at, turns.c.user_key, turns.c.status, turns.c.normalised)
        .where(turns.c.id > number)
        .order_by(turns.c.id)
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def whole_turns(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Read turns with how they were understood, by number."""
    query = select(turns).where(turns.c.id.in_(numbers))
    return {row["id"]: {**row} for row in connection.execute(query).mappings()}


def dislikes_after(connection: Connection, number: int, *, limit: int) -> list[dict[str, Any]]:
    """Read the next opinions in order of their numbers, each with its turn."""
    query = (
        select(turns, feedback.c.id.label("opinion"), feedback.c.useful)
        .join(feedback, feedback.c.turn_id == turns.c.id)
        .where(feedback.c.id > number)
        .order_by(feedback.c.id)
        .limit(limit)
    )
    return [{**row} for row in connection.execute(query).mappings()]


def next_status(connection: Connection, user_key: str, turn: int) -> str | None:
    """Find how this person's next turn ended; what is no question does not count."""
    query = (
        select(turns.c.status)
        .where(
            turns.c.user_key == user_key,
            turns.c.id > turn,
            turns.c.status.not_in([status.value for status in ASIDE]),
        )
        .order_by(turns.c.id)
        .limit(1)
    )
    return connection.execute(query).scalar()


def unflag(connection: Connection, turn: int, reason: str) -> bool:
    """Take a flag back, if it was set for this reason; False if there is none."""
    query = (
        select(flagged.c.question_id, questions.c.cluster_id)
        .join(questions, questions.c.id == flagged.c.question_id)
        .where(flagged.c.turn_id == turn, flagged.c.reason == reason)
    )
    row = connection.execute(query).first()
    if row is None:
        return False
    connection.execute(delete(flagged).where(flagged.c.turn_id == turn))
    _recount_question(connection, row.question_id)
    _recount_cluster(connection, row.cluster_id)
    return True


def forget(connection: Connection, user_key: str) -> None:
    """Take a person's turns out of the review, with every text that only they asked."""
    query = (
        select(questions.c.id, questions.c.cluster_id)
        .join(flagged, flagged.c.question_id == questions.c.id)
        .where(flagged.c.user_key == user_key)
        .distinct()
    )
    touched = connection.execute(query).all()
    connection.execute(delete(flagged).where(flagged.c.user_key == user_key))
    for question, _ in touched:
        _recount_question(connection, question)
    for cluster in {row.cluster_id for row in touched}:
        _recount_cluster(connection, cluster)


def _recount_question(connection: Connection, question: int) -> None:
    own = flagged.c.question_id == question
    count = select(func.count(), func.count(distinct(flagged.c.user_key))).where(own)
    number, people = connection.execute(count).one()
    if not number:
        connection.execute(delete(questions).where(questions.c.id == question))
        return
    newest = (
        select(turns.c.text, turns.c.entry, turns.c.at)
        .join(flagged, flagged.c.turn_id == turns.c.id)
        .where(own)
        .order_by(turns.c.at.desc())
        .limit(1)
    )
    text, entry, at = connection.execute(newest).one()
    said = text or entry or ""
    values = {"turns": number, "people": people, "text": said, "folded": folded(said)}
    values |= {"last_at": at}
    connection.execute(update(questions).where(questions.c.id == question).values(values))


def _recount_cluster(connection: Connection, cluster: int) -> None:
    if recount(connection, cluster):
        connection.execute(delete(clusters).where(clusters.c.id == cluster))
