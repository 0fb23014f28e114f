"""The rows of the review: flagging a turn, with its question and cluster; how far the intake came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, distinct, func, insert, select, update

from bot.messages import ASIDE
from bot.review.ranking import rank
from bot.store.counters import recount
from bot.store.review_schema import clusters, decisions, flagged, progress, questions
from bot.store.schema import feedback, turns
from bot.store.upsert import Put

SURELY_THE_SAME = 0.7
"""How like a question must be to join a cluster that nobody looks at any more, unseen."""

_PUT_PROGRESS = Put(progress)

HOIDAP = "hoidap"  # who decides when nobody does


@dataclass(frozen=True, slots=True)
class Flag:
    """A turn that a reviewer should look at; `text` is masked already."""

    turn: int
    normalised: str
    text: str
    user_key: str
    channel: str
    at: datetime
    reason: str
    likely: tuple[dict[str, Any], ...] = ()
    like: str | None = None  # the key of the stored question that this one belongs with
    likeness: float = 0.0  # how sure that is, of 1


def key_of(normalised: str) -> str:
    """Give the key under which a question's exact words are found."""
    return sha256(normalised.encode()).hexdigest()


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


def flag(connection: Connection, new: Flag) -> bool:
    """Put a turn under its question and cluster; False if it is there already, or was erased."""
    if connection.execute(select(turns.c.id).where(turns.c.id == new.turn)).first() is None:
        return False
    if connection.execute(select(flagged).where(flagged.c.turn_id == new.turn)).first():
        return False
    question, cluster = _question(connection, new)
    own = flagged.join(questions, questions.c.id == flagged.c.question_id)
    asked = (
        select(
            func.count().filter(questions.c.id == question),
            func.count(),
        )
        .select_from(own)
        .where(and_(flagged.c.user_key == new.user_key, questions.c.cluster_id == cluster))
    )
    same, near = connection.execute(asked).one()
    connection.execute(
        insert(flagged).values(
            turn_id=new.turn,
            question_id=question,
            user_key=new.user_key,
            channel=new.channel,
            at=new.at,
            reason=new.reason,
        )
    )
    _count_question(connection, question, new, is_new_person=not same)
    _count_cluster(connection, cluster, new, is_new_person=not near)
    return True


def _question(connection: Connection, new: Flag) -> tuple[int, int]:
    """Find the question by its exact words, or begin it, in the cluster of one like it or anew."""
    key = key_of(new.normalised)
    query = select(questions.c.id, questions.c.cluster_id).where(questions.c.key == key)
    if row := connection.execute(query).first():
        return int(row.id), int(row.cluster_id)
    counted = {"turns": 0, "people": 0, "last_at": new.at, "likely": list(new.likely)}
    cluster = _cluster_like(connection, new) or _begin(connection, new, counted)
    asked = insert(questions).values(**counted, cluster_id=cluster, key=key, text=new.text)
    return int(connection.execute(asked.returning(questions.c.id)).scalar_one()), cluster


def _cluster_like(connection: Connection, new: Flag) -> int | None:
    """Find the cluster that a new wording joins. What is decided already attracts only the like."""
    query = (
        select(clusters.c.id, clusters.c.state)
        .join(questions, questions.c.cluster_id == clusters.c.id)
        .where(questions.c.key == new.like)
    )
    row = connection.execute(query).first() if new.like else None
    if row is None or (row.state != "open" and new.likeness < SURELY_THE_SAME):
        return None
    return int(row.id)


def _begin(connection: Connection, new: Flag, counted: dict[str, Any]) -> int:
    begin = insert(clusters).values(
        **counted,
        version=1,
        state="open",
        title=new.text,
        first_at=new.at,
        trend=1.0,
        rank=0.0,
        channels={},
        reasons={},
    )
    return int(connection.execute(begin.returning(clusters.c.id)).scalar_one())


def _count_question(
    connection: Connection, question: int, new: Flag, *, is_new_person: bool
) -> None:
    row = connection.execute(select(questions).where(questions.c.id == question)).one()
    values: dict[str, Any] = {"turns": row.turns + 1, "people": row.people + is_new_person}
    if new.at >= row.last_at:
        values |= {"last_at": new.at, "text": new.text, "likely": list(new.likely)}
    connection.execute(update(questions).where(questions.c.id == question).values(values))


def _count_cluster(
    connection: Connection, cluster: int, new: Flag, *, is_new_person: bool
) -> None:
    row = connection.execute(select(clusters).where(clusters.c.id == cluster)).one()
    people, last_at = row.people + is_new_person, max(row.last_at, new.at)
    if row.state == "closed" and row.closed_at and new.at > row.closed_at:
        _open_again(connection, row, new.at)
    connection.execute(
        update(clusters)
        .where(clusters.c.id == cluster)
        .values(
            turns=row.turns + 1,
            people=people,
            first_at=min(row.first_at, new.at),
            last_at=last_at,
            rank=rank(people=people, last_at=last_at, trend=row.trend),
            channels={**row.channels, new.channel: row.channels.get(new.channel, 0) + 1},
            reasons={**row.reasons, new.reason: row.reasons.get(new.reason, 0) + 1},
        )
    )


def _open_again(connection: Connection, row: Row[Any], at: datetime) -> None:
    """What was answered is asked in vain once more: it waits again, and its history says so."""
    values = {"state": "open", "closed_at": None, "version": row.version + 1}
    connection.execute(update(clusters).where(clusters.c.id == row.id).values(values))
    connection.execute(
        insert(decisions).values(
            at=at,
            account=HOIDAP,
            action="reopen",
            cluster_id=row.id,
            before={
                "state": row.state,
                "entry": row.entry,
                "closed_at": row.closed_at.isoformat(),
            },
            after={"state": "open"},
        )
    )


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
    values = {"turns": number, "people": people, "text": text or entry or "", "last_at": at}
    connection.execute(update(questions).where(questions.c.id == question).values(values))


def _recount_cluster(connection: Connection, cluster: int) -> None:
    if recount(connection, cluster):
        connection.execute(delete(clusters).where(clusters.c.id == cluster))
