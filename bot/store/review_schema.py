"""The tables of the review: flagged turns, their questions, clusters, decisions, subscribers, open data."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.store.schema import Id, Json, UtcDateTime, metadata, turns

clusters = Table(
    "clusters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, nullable=False),  # two who change it at once are told apart
    Column("state", String(16), nullable=False),
    Column("title", Text, nullable=False),  # its most typical question, masked
    Column("turns", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("trend", Float, nullable=False),  # people of the last 7 days per those of the 7 before
    Column("rank", Float, nullable=False),
    Column("channels", Json, nullable=False),  # channel -> turns
    Column("reasons", Json, nullable=False),  # why flagged -> turns
    Column("likely", Json, nullable=False),  # [{entry, score}], the likeliest first
    Column("entry", String(64)),  # what answers it now
    Column("proposal_id", Id),
    Column("closed_at", UtcDateTime),
    Column("claimed_by", String(64)),
    Column("claimed_at", UtcDateTime),
    Index(None, "state", "rank"),
    sqlite_autoincrement=True,
)

questions = Table(
    "questions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("cluster_id", Id, ForeignKey(clusters.c.id), nullable=False),
    Column("key", String(64), nullable=False, unique=True),  # a hash of the normalised text
    Column("text", Text, nullable=False),  # as it was asked last, masked
    Column("folded", Text, nullable=False),  # the same without accents and capitals, to search in
    Column("turns", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("likely", Json, nullable=False),
    Index(None, "cluster_id", "last_at"),
    sqlite_autoincrement=True,
)

flagged = Table(
    "flagged",
    metadata,
    Column("turn_id", Id, ForeignKey(turns.c.id, ondelete="CASCADE"), primary_key=True),
    Column("question_id", Id, ForeignKey(questions.c.id, ondelete="CASCADE"), nullable=False),
    Column("user_key", String(64), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(40), nullable=False),
    Index(None, "question_id", "at"),
    Index(None, "user_key", "question_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account", String(64), nullable=False),
    Column("action", String(20), nullable=False),
    Column("cluster_id", Id, nullable=False),
    Column("before", Json, nullable=False),  # what an undo puts back
    Column("after", Json, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(64)),
    Index(None, "cluster_id", "id"),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("turn_id", Id, ForeignKey(turns.c.id, ondelete="CASCADE"), nullable=False, unique=True),
    Column("user_key", String(64), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Column("entry", String(64)),  # the answer that they were told of
    Index(None, "user_key"),
    Index(None, "told_at"),
    sqlite_autoincrement=True,
)

progress = Table(
    "progress",
    metadata,
    Column("name", String(64), primary_key=True),  # which work
    Column("value", Json, nullable=False),  # how far it came
)

releases = Table(
    "releases",
    metadata,
    Column("cluster_id", Id, ForeignKey(clusters.c.id, ondelete="CASCADE"), primary_key=True),
    Column("title", String(120), nullable=False),  # an official's words
    Column("account", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("counted", String(7)),  # up to the end of which month people were counted, YYYY-MM
    Column("least", Integer, nullable=False),  # so many people at least: it never falls
    Column("since", String(7)),  # the month in which it was first asked, once it was published
)

open_months = Table(
    "open_months",
    metadata,
    Column("month", String(7), primary_key=True),  # YYYY-MM
    Column("floor", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rows", Json, nullable=False),  # what was published: it stays as it is
)
