"""The tables of messages and turns, as SQLAlchemy Core sees them, and the types of all tables.

`migrations` brings a database to this state. What officials do is in `office_schema`, what is
reviewed in `review_schema`.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database, also where the database has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER key
Json = JSON(none_as_null=True)

turns = Table(
    "turns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("channel", String(40), nullable=False),
    Column("user_key", String(64), nullable=False),
    Column("content", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("normalised", Text, nullable=False),
    Column("status", String(40), nullable=False),
    Column("entry", String(64)),
    Column("choice", Text),
    Column("offered", Json, nullable=False),
    Column("verdict", Json),
    Column("latency_ms", Float, nullable=False),
    Index(None, "user_key", "id"),
    Index(None, "status", "at"),
    sqlite_autoincrement=True,  # the number of an erased turn is never given again
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("turn_id", Id, ForeignKey(turns.c.id, ondelete="CASCADE"), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("useful", Boolean, nullable=False),
    Column("reason", Text),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(40), nullable=False),
    Column(
        "message_id", String(64), nullable=False
    ),  # a pseudonym: the platform's may name people
    Column("user_key", String(64), nullable=False),  # empty when its person was erased
    Column("content", String(20), nullable=False),
    Column("text", Text),  # masked; gone, like choice and address, when it is done
    Column("holds_personal_data", Boolean, nullable=False),
    Column("choice", Text),
    Column("address", Text),  # encrypted
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, done, dead
    Column("attempts", Integer, nullable=False),
    Column("error", String(200)),
    UniqueConstraint("channel", "message_id", name="uq_inbox_channel_message_id"),
    Index(None, "user_key", "state", "id"),
    Index(None, "state", "received_at"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inbox_id", Id),  # whose reply this is part of; none for "everything was erased"
    Column("turn_id", Id),
    Column("channel", String(40), nullable=False),
    Column("user_key", String(64), nullable=False),
    Column("address", Text, nullable=False),  # encrypted
    Column("payload", Json, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, dead
    Column("attempts", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("error", String(200)),
    Index(None, "user_key", "state", "id"),
    Index(None, "state", "channel"),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    Column("user_key", String(64), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("address", Text, nullable=False),  # encrypted
    Column("last_at", UtcDateTime, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),  # encrypted
)
