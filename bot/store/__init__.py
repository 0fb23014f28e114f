"""The one place where turns and feedback are kept.

`Store` is the port; SQLite stands behind it. Texts come in masked, people as pseudonyms.
"""

from bot.store.errors import StoreError
from bot.store.records import TurnRecord
from bot.store.store import Store

__all__ = ["Store", "StoreError", "TurnRecord"]
