"""Who writes to the bot in the fake Telegram: people in private chats, members of groups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_messages as messages
from tests.fakes.telegram_html import units

if TYPE_CHECKING:
    from tests.fakes.telegram_api import Json, Message
    from tests.fakes.telegram_server import FakeTelegram

_MARKED = re.compile(r"(?<!\w)@\w{5,32}|(?<!\S)/\w{1,32}(?:@\w+)?")


@dataclass(slots=True)
class Chat:
    """A chat with the bot in it. `by` says who acts; in a private chat it is its one person."""

    fake: FakeTelegram
    id: int
    messages: list[Message] = field(default_factory=list)  # what the bot sent, as it looks now
    blocked: bool = False
    moved_to: int | None = None  # the supergroup that a group has become
    threads: set[int] = field(default_factory=set)
    said: set[int] = field(default_factory=set)  # ids of people's messages
    _read: int = 0

    @property
    def shown(self) -> Json:
        """The chat as updates name it."""
        if self.id > 0:
            return {"id": self.id, "type": "private", "first_name": "Người dùng thử"}
        kind = "supergroup" if self.id < -1_000_000_000_000 else "group"
        return {"id": self.id, "type": kind, "title": "Tổ dân phố"}

    @property
    def known(self) -> set[int]:
        """The ids of all messages, people's and the bot's."""
        return self.said | {message.id for message in self.messages}

    @property
    def refusal(self) -> str:
        if self.id > 0:
            return "Forbidden: bot was blocked by the user"
        return f"Forbidden: bot was kicked from the {self.shown['type']} chat"

    def say(self, text: str, by: int | None = None, **more: Any) -> int:
        """Send a text, marked as Telegram marks it; returns the id of the message."""
        return self.send(by, text=text, entities=marks(text), **more)

    def send_photo(self, caption: str | None = None, by: int | None = None, **more: Any) -> int:
        photo = {"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}
        if caption:
            more |= {"caption": caption, "caption_entities": marks(caption)}
        return self.send(by, photo=[photo], **more)

    def send(self, by: int | None = None, **content: Any) -> int:
        """Send a message with any content, in Telegram's own fields."""
        message = self.message(by) | content
        self.fake.put(message=message)
        return int(message["message_id"])

    def answer(self, message: Message, text: str, by: int | None = None) -> int:
        """Reply to a message of the bot."""
        return self.say(text, by, reply_to_message=messages.to_json(self.fake, message))

    def edit(self, message_id: int, by: int | None = None, **content: Any) -> None:
        if "text" in content:
            content["entities"] = marks(content["text"])
        changed = {"message_id": message_id, "edit_date": 1_790_000_060} | content
        self.fake.put(edited_message=self.message(by) | changed)

    def message(self, by: int | None = None) -> Json:
        """Begin a message somebody sends here."""
        number = next(self.fake.numbers)
        self.said.add(number)
        sender = self.fake.person(by or abs(self.id))
        return {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": self.shown,
            "from": sender,
        }

    def tap(self, title: str, by: int | None = None) -> str:
        """Tap the newest button whose text contains `title`; returns the callback query's id."""
        message, button = next(
            (message, button)
            for message in reversed(self.messages)
            for row in message.rows
            for button in row
            if title in button.text
        )
        return self.press(message, button.data, by)

    def press(self, message: Message, data: str, by: int | None = None) -> str:
        """Send a callback query about a message with any data."""
        query = f"{abs(self.id)}{next(self.fake.numbers)}"
        self.fake.queries[query] = None
        self.fake.put(
            callback_query={
                "id": query,
                "from": self.fake.person(by or abs(self.id)),
                "chat_instance": "1",
                "message": messages.to_json(self.fake, message),
                "data": data,
            }
        )
        return query

    def block(self) -> None:
        """Block the bot, or remove it from the group."""
        self.blocked = True
        bot = self.fake.me
        self.fake.put(
            my_chat_member={
                "chat": self.shown,
                "from": self.fake.person(abs(self.id)),
                "date": 1_790_000_000,
                "old_chat_member": {"user": bot, "status": "member"},
                "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
            }
        )

    def move(self, new_id: int) -> Chat:
        """Make a supergroup of the group."""
        self.moved_to = new_id
        return self.fake.chat(new_id)

    async def next(self) -> Message:
        """Wait for the bot's next message that has not been read yet."""
        await self.fake.until(lambda: len(self.messages) > self._read)
        self._read += 1
        return self.messages[self._read - 1]


def marks(text: str) -> list[Json]:
    """The entities that a client puts on names and commands."""
    return [
        {
            "type": "mention" if found[0].startswith("@") else "bot_command",
            "offset": units(text[: found.start()]),
            "length": units(found[0]),
        }
        for found in _MARKED.finditer(text)
    ]
