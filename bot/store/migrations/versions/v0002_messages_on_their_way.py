"""Messages on their way in and out, contacts, and the secrets of channels."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "inbox",
        sa.Column("id", key, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("content", sa.String(20), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("holds_personal_data", sa.Boolean, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "message_id", name=op.f("uq_inbox_channel_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_inbox_user_key_state_id"), "inbox", ["user_key", "state", "id"])
    op.create_index(op.f("ix_inbox_state_received_at"), "inbox", ["state", "received_at"])
    op.create_table(
        "outbox",
        sa.Column("id", key, nullable=False),
        sa.Column("inbox_id", key),
        sa.Column("turn_id", key),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("error", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_user_key_state_id"), "outbox", ["user_key", "state", "id"])
    op.create_index(op.f("ix_outbox_state_channel"), "outbox", ["state", "channel"])
    op.create_table(
        "contacts",
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("user_key", name=op.f("pk_contacts")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def downgrade() -> None:
    for table in ("secrets", "contacts", "outbox", "inbox"):
        op.drop_table(table)
