"""The console: accounts and what they do, proposals, the review of what was not answered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "accounts",
        sa.Column("id", key, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("totp", sa.Text),
        sa.Column("totp_used", sa.Integer),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("password_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "logins",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("account_id", key, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_logins")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_logins_account_id_accounts"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_logins_account_id"), "logins", ["account_id"])
    op.create_table(
        "trail",
        sa.Column("id", key, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_trail_object_id"), "trail", ["object", "id"])
    op.create_table(
        "proposals",
        sa.Column("id", key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("edits", sa.JSON, nullable=False),
        sa.Column("base", sa.JSON, nullable=False),
        sa.Column("trial", sa.JSON),
        sa.Column("clusters", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("approved_at", moment),
        sa.Column("published_by", sa.String(64)),
        sa.Column("published_at", moment),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_proposals_state_id"), "proposals", ["state", "id"])
    op.create_table(
        "clusters",
        sa.Column("id", key, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("trend", sa.Float, nullable=False),
        sa.Column("rank", sa.Float, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("likely", sa.JSON, nullable=False),
        sa.Column("entry", sa.String(64)),
        sa.Column("proposal_id", key),
        sa.Column("closed_at", moment),
        sa.Column("claimed_by", sa.String(64)),
        sa.Column("claimed_at", moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clusters_state_rank"), "clusters", ["state", "rank"])
    op.create_table(
        "questions",
        sa.Column("id", key, nullable=False),
        sa.Column("cluster_id", key, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("likely", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["clusters.id"], name=op.f("fk_questions_cluster_id_clusters")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_questions_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_questions_cluster_id_last_at"), "questions", ["cluster_id", "last_at"]
    )
    op.create_table(
        "flagged",
        sa.Column("turn_id", key, nullable=False),
        sa.Column("question_id", key, nullable=False),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_flagged")),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_flagged_turn_id_turns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_flagged_question_id_questions"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_flagged_question_id_at"), "flagged", ["question_id", "at"])
    op.create_index(
        op.f("ix_flagged_user_key_question_id"), "flagged", ["user_key", "question_id"]
    )
    op.create_table(
        "decisions",
        sa.Column("id", key, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("cluster_id", key, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("undone_at", moment),
        sa.Column("undone_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decisions_cluster_id_id"), "decisions", ["cluster_id", "id"])
    op.create_table(
        "subscriptions",
        sa.Column("id", key, nullable=False),
        sa.Column("turn_id", key, nullable=False),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("told_at", moment),
        sa.Column("entry", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
            name=op.f("fk_subscriptions_turn_id_turns"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("turn_id", name=op.f("uq_subscriptions_turn_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_told_at"), "subscriptions", ["told_at"])
    op.create_index(op.f("ix_subscriptions_user_key"), "subscriptions", ["user_key"])
    op.create_table(
        "progress",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_progress")),
    )
    op.create_table(
        "releases",
        sa.Column("cluster_id", key, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("counted", sa.String(7)),
        sa.Column("least", sa.Integer, nullable=False),
        sa.Column("since", sa.String(7)),
        sa.PrimaryKeyConstraint("cluster_id", name=op.f("pk_releases")),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["clusters.id"],
            name=op.f("fk_releases_cluster_id_clusters"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "open_months",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("floor", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_open_months")),
    )


def downgrade() -> None:
    for table in (
        "open_months",
        "releases",
        "progress",
        "subscriptions",
        "decisions",
        "flagged",
        "questions",
        "clusters",
        "proposals",
        "trail",
        "logins",
        "accounts",
    ):
        op.drop_table(table)
