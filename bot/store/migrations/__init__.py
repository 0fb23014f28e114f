"""Bring a database to the newest schema with Alembic, from code: no alembic.ini is needed.

A start that has nothing to migrate does not load Alembic: that takes a tenth of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

NEWEST = "0003"
"""The revision that this program's schema is; the newest in `versions`."""


def is_newest(connection: Connection) -> bool:
    """Tell whether no migration is missing. Raises StoreError as `upgrade` does."""
    current = _written(connection)
    if current == {NEWEST}:
        return True
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # see above

    script = ScriptDirectory.from_config(_config())
    known = {revision.revision for revision in script.walk_revisions()}
    if unknown := current - known:
        raise StoreError(
            f"Kho dữ liệu do phiên bản hoidap mới hơn ghi (lược đồ {', '.join(sorted(unknown))}).",
            "Hãy cài phiên bản hoidap mới nhất, hoặc phục hồi bản sao lưu làm trước khi nâng cấp.",
        )
    return False


def _written(connection: Connection) -> set[str]:
    """The revisions that the database is at; none in a new one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises StoreError if the database was written by a newer version of the program.
    """
    if not is_newest(connection):
        from alembic import command  # noqa: PLC0415  # see above

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415  # see above

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config
