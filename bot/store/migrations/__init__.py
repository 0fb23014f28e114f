"""Bring a database to the newest schema with Alembic, from code: no alembic.ini is needed."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.errors import StoreError


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises StoreError if the database was written by a newer version of the program.
    """
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_heads()
    known = {revision.revision for revision in script.walk_revisions()}
    if unknown := set(current) - known:
        raise StoreError(
            f"Kho dữ liệu do phiên bản hoidap mới hơn ghi (lược đồ {', '.join(sorted(unknown))}).",
            "Hãy cài phiên bản hoidap mới nhất, hoặc phục hồi bản sao lưu làm trước khi nâng cấp.",
        )
    if set(current) != set(script.get_heads()):
        command.upgrade(config, "head")
