"""The tables of those who work in the console: accounts, logins, the trail, proposals."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.schema import Id, Json, UtcDateTime, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),  # viewer, reviewer, editor, admin
    Column("password", Text, nullable=False),  # argon2id, with its salt and costs
    Column("totp", Text),  # encrypted; none while the second factor is off
    Column("totp_used", Integer),  # the last period whose code was taken: none is taken twice
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("password_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

logins = Table(
    "logins",
    metadata,
    Column("token", String(64), primary_key=True),  # a hash: the cookie's value is nowhere kept
    Column("account_id", Id, ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "account_id"),
)

trail = Table(
    "trail",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account", String(64), nullable=False),  # the name: it stays when the account goes
    Column("action", String(40), nullable=False),
    Column("object", String(200), nullable=False),
    Column("before", Json),
    Column("after", Json),
    Index(None, "object", "id"),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", Integer, nullable=False),  # two who change it at once are told apart
    Column("state", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("author", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("edits", Json, nullable=False),
    Column("base", Json, nullable=False),  # file -> SHA-256 of what the edits were made on
    Column("trial", Json),  # what a trial of exactly these edits on exactly that base found
    Column("clusters", Json, nullable=False),  # ids of the clusters it answers
    Column("note", Text, nullable=False),
    Column("approved_by", String(64)),
    Column("approved_at", UtcDateTime),
    Column("published_by", String(64)),
    Column("published_at", UtcDateTime),
    Column(
        "before", Json
    ),  # file -> text as it stood before publishing; what a roll back puts back
    Column("after", Json),  # file -> SHA-256 as published
    Index(None, "state", "id"),
    sqlite_autoincrement=True,
)
