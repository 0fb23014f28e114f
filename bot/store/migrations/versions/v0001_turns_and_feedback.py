"""Turns and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "turns",
        sa.Column("id", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("content", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("normalised", sa.Text, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("entry", sa.String(64)),
        sa.Column("choice", sa.Text),
        sa.Column("offered", sa.JSON, nullable=False),
        sa.Column("verdict", sa.JSON),
        sa.Column("latency_ms", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_turns_user_key_id"), "turns", ["user_key", "id"])
    op.create_index(op.f("ix_turns_status_at"), "turns", ["status", "at"])
    op.create_table(
        "feedback",
        sa.Column("id", key, nullable=False),
        sa.Column("turn_id", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_feedback_turn_id")),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
            name=op.f("fk_feedback_turn_id_turns"),
            ondelete="CASCADE",
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("turns")
