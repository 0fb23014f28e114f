"""Bring a database to the newest schema with Alembic, from code: no alembic.ini is needed."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.errors import StoreError


def is_newest(connection: Connection) -> bool:
    """Tell whether no migration is missing. Raises StoreError as `upgrade` does."""
    script = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_heads()
    known = {revision.revision for revision in script.walk_revisions()}
    if unknown := set(current) - known:
        raise StoreError(
            f"Kho dữ liệu do phiên bản hoidap mới hơn ghi (lược đồ {', '.join(sorted(unknown))}).",
            "Hãy cài phiên bản hoidap mới nhất, hoặc phục hồi bản sao lưu làm trước khi nâng cấp.",
        )
    return set(current) == set(script.get_heads())


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises StoreError if the database was written by a newer version of the program.
    """
    if not is_newest(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config
