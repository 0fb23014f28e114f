"""Flagging a turn: under its question, in its cluster, with their counters. Prepared statements."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, insert, select, update

from bot.office import HOIDAP
from bot.review.ranking import rank
from bot.store.prepared import Prepared
from bot.store.review_schema import clusters, decisions, flagged, questions
from bot.store.schema import UtcDateTime, turns
from intents.text import folded

SURELY_THE_SAME = 0.7
"""How like a question must be to join a cluster that nobody looks at any more, unseen."""


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


_MAY_BE_FLAGGED = Prepared(
    select(turns.c.id).where(
        turns.c.id == bindparam("turn"), ~exists().where(flagged.c.turn_id == turns.c.id)
    )
)
_QUESTION = Prepared(
    select(questions.c.id, questions.c.cluster_id).where(questions.c.key == bindparam("key"))
)
_CLUSTER_LIKE = Prepared(
    select(clusters.c.id, clusters.c.state)
    .join(questions, questions.c.cluster_id == clusters.c.id)
    .where(questions.c.key == bindparam("like"))
)
_NEW_CLUSTER = Prepared(
    insert(clusters).returning(clusters.c.id),
    [
        *("version", "state", "title", "turns", "people", "first_at", "last_at", "trend"),
        *("rank", "channels", "reasons", "likely"),
    ],
)
_NEW_QUESTION = Prepared(
    insert(questions).returning(questions.c.id),
    ["cluster_id", "key", "text", "folded", "turns", "people", "last_at", "likely"],
)
_ASKED_BEFORE = Prepared(
    select(
        exists()
        .where(
            flagged.c.user_key == bindparam("user_key"),
            flagged.c.question_id == bindparam("question"),
        )
        .label("the_same"),
        exists()
        .where(
            flagged.c.user_key == bindparam("user_key"),
            flagged.c.question_id == questions.c.id,
            questions.c.cluster_id == bindparam("cluster"),
        )
        .label("the_like"),
    )
)
_NEW_FLAG = Prepared(
    insert(flagged), ["turn_id", "question_id", "user_key", "channel", "at", "reason"]
)


def _if_newer(name: str, own: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is shown of a question is what was asked last."""
    is_newer = bindparam("at", type_=UtcDateTime) >= questions.c.last_at
    return case((is_newer, bindparam(name, type_=own.type)), else_=own)


_COUNT_QUESTION = Prepared(
    update(questions)
    .where(questions.c.id == bindparam("question"))
    .values(
        turns=questions.c.turns + 1,
        people=questions.c.people + bindparam("more_people"),
        last_at=_if_newer("at", questions.c.last_at),
        text=_if_newer("asked", questions.c.text),
        folded=_if_newer("searched", questions.c.folded),
        likely=_if_newer("near", questions.c.likely),
    )
)
_COUNTED = ("version", "state", "entry", "closed_at", "turns", "people", "first_at", "last_at")
_CLUSTER = Prepared(
    select(
        *(clusters.c[name] for name in _COUNTED),
        *(clusters.c[name] for name in ("trend", "channels", "reasons")),
    ).where(clusters.c.id == bindparam("cluster"))
)
_COUNT_CLUSTER = Prepared(
    update(clusters).where(clusters.c.id == bindparam("cluster")),
    ["turns", "people", "first_at", "last_at", "rank", "channels", "reasons"],
)


def flag(connection: Connection, new: Flag) -> bool:
    """Put a turn under its question and cluster; False if it is there already, or was erased."""
    if _MAY_BE_FLAGGED.first(connection, {"turn": new.turn}) is None:
        return False
    question, cluster = _question(connection, new)
    where = {"user_key": new.user_key, "question": question, "cluster": cluster}
    before = _ASKED_BEFORE.first(connection, where) or {}
    own = {"turn_id": new.turn, "question_id": question, "user_key": new.user_key}
    _NEW_FLAG.count(connection, own | {"channel": new.channel, "at": new.at, "reason": new.reason})
    counted: dict[str, Any] = {"question": question, "at": new.at, "near": list(new.likely)}
    counted |= {"asked": new.text, "searched": folded(new.text)}
    _COUNT_QUESTION.count(connection, counted | {"more_people": int(not before["the_same"])})
    _count_cluster(connection, cluster, new, is_new_person=not before["the_like"])
    return True


def _question(connection: Connection, new: Flag) -> tuple[int, int]:
    """Find the question by its exact words, or begin it, in the cluster of one like it or anew."""
    key = key_of(new.normalised)
    if row := _QUESTION.first(connection, {"key": key}):
        return int(row["id"]), int(row["cluster_id"])
    counted = {"turns": 0, "people": 0, "last_at": new.at, "likely": list(new.likely)}
    cluster = _cluster_like(connection, new) or _begin(connection, new, counted)
    asked = counted | {"cluster_id": cluster, "key": key, "text": new.text}
    asked |= {"folded": folded(new.text)}
    return _made(_NEW_QUESTION, connection, asked), cluster


def _cluster_like(connection: Connection, new: Flag) -> int | None:
    """Find the cluster that a new wording joins. What is decided already attracts only the like."""
    row = _CLUSTER_LIKE.first(connection, {"like": new.like}) if new.like else None
    if row is None or (row["state"] != "open" and new.likeness < SURELY_THE_SAME):
        return None
    return int(row["id"])


def _begin(connection: Connection, new: Flag, counted: dict[str, Any]) -> int:
    first = {"version": 1, "state": "open", "title": new.text, "first_at": new.at}
    none_yet = {"trend": 1.0, "rank": 0.0, "channels": {}, "reasons": {}}
    return _made(_NEW_CLUSTER, connection, counted | first | none_yet)


def _made(insertion: Prepared, connection: Connection, values: dict[str, Any]) -> int:
    row = insertion.first(connection, values)
    assert row is not None, "an insertion that nothing prevents gives its row"
    return int(row["id"])


def _count_cluster(
    connection: Connection, cluster: int, new: Flag, *, is_new_person: bool
) -> None:
    row = _CLUSTER.first(connection, {"cluster": cluster})
    assert row is not None, "a question's cluster is there: a foreign key says so"
    if row["state"] == "closed" and row["closed_at"] and new.at > row["closed_at"]:
        _open_again(connection, cluster, row, new.at)
    people, last_at = row["people"] + is_new_person, max(row["last_at"], new.at)
    channels, reasons = row["channels"], row["reasons"]
    _COUNT_CLUSTER.count(
        connection,
        {
            "cluster": cluster,
            "turns": row["turns"] + 1,
            "people": people,
            "first_at": min(row["first_at"], new.at),
            "last_at": last_at,
            "rank": rank(people=people, last_at=last_at, trend=row["trend"]),
            "channels": {**channels, new.channel: channels.get(new.channel, 0) + 1},
            "reasons": {**reasons, new.reason: reasons.get(new.reason, 0) + 1},
        },
    )


def _open_again(connection: Connection, cluster: int, row: dict[str, Any], at: datetime) -> None:
    """What was answered is asked in vain once more: it waits again, and its history says so."""
    values = {"state": "open", "closed_at": None, "version": row["version"] + 1}
    connection.execute(update(clusters).where(clusters.c.id == cluster).values(values))
    connection.execute(
        insert(decisions).values(
            at=at,
            account=HOIDAP,
            action="reopen",
            cluster_id=cluster,
            before={
                "state": row["state"],
                "entry": row["entry"],
                "closed_at": row["closed_at"].isoformat(),
            },
            after={"state": "open"},
        )
    )
