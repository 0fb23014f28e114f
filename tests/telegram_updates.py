"""Telegram's updates for tests of how they are read: private and in a group."""

from __future__ import annotations

from typing import Any

from telegram import Update

from bot.channels.telegram.addressed import Me
from tests.fakes.telegram_people import marks

GROUP = {"id": -5, "type": "supergroup", "title": "Tổ dân phố"}
PRIVATE = {"id": 77, "type": "private"}
AN = {"id": 77, "is_bot": False, "first_name": "An"}
A_BOT = {"id": 5, "is_bot": True, "first_name": "Bot"}
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
CHANGE = {
    "old_chat_member": {"user": A_BOT, "status": "member"},
    "new_chat_member": {"user": A_BOT, "status": "kicked", "until_date": 0},
}
VOICE = {"file_id": "v", "file_unique_id": "v", "duration": 3}
ME = Me(900, "hoidap_thu_bot")
VOTE = {"poll_id": "1", "user": AN, "option_ids": [], "option_persistent_ids": []}
PLACE = {"latitude": 21.0, "longitude": 105.8}


def message(chat: dict[str, Any] = PRIVATE, author: dict[str, Any] = AN, **fields: Any) -> Any:
    return {"message_id": 1, "date": 1_790_000_000, "chat": chat, "from": author} | fields


def update(**fields: Any) -> Update:
    return Update.de_json({"update_id": 1} | fields)


def tap(data: str | None, **fields: Any) -> Update:
    query = {"id": "9", "from": AN, "chat_instance": "1", "message": message(text="x")} | fields
    return update(callback_query=query | ({} if data is None else {"data": data}))


def group(words: str = "", author: dict[str, Any] = AN, **fields: Any) -> dict[str, Any]:
    """A message in a group, marked as Telegram marks it."""
    said = {"text": words, "entities": marks(words)} if words else {}
    found: dict[str, Any] = message(GROUP, author, **(said | fields))
    return found
