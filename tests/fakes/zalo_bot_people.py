"""Who writes to the bot: the user's side of the stand-in for the Zalo Bot Platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.zalo_bot_methods import NOW

if TYPE_CHECKING:
    from tests.fakes.zalo_bot_methods import Message
    from tests.fakes.zalo_bot_server import FakeZaloBot

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person with a private chat, or a group with `people` in it."""

    fake: FakeZaloBot
    id: str
    is_group: bool = False
    messages: list[Message] = field(default_factory=list)  # what the bot sent
    blocked: bool = False
    _read: int = 0

    def says(self, text: str, **fields: Any) -> Json:
        """Send a text; returns the event. `fields` are put over the message's own."""
        return self.sends("text", text=text, message_type="CHAT_MESSAGE", **fields)

    def sends_image(self, caption: str = "", **fields: Any) -> Json:
        fields = {"photo_url": "https://photo.example/a.jpg", "caption": caption, **fields}
        return self.sends("image", message_type="CHAT_PHOTO", **fields)

    def sends_sticker(self) -> Json:
        return self.sends("sticker", sticker="0e078a2f", url="https://stickers.example/a.png")

    def sends_voice(self) -> Json:
        return self.sends("voice", voice_url="https://voice.example/a.aac")

    def sends_unsupported(self) -> Json:
        """Send a link or a file, or be somebody whose words Zalo keeps back."""
        return self.sends("unsupported")

    def sends(self, kind: str, **fields: Any) -> Json:
        """Send a message with any content, in Zalo's own fields."""
        sender = f"member-of-{self.id}" if self.is_group else self.id
        message = {
            "from": {"id": sender, "display_name": "Người dùng thử", "is_bot": False},
            "chat": {"id": self.id, "chat_type": "GROUP" if self.is_group else "PRIVATE"},
            "message_id": f"{next(self.fake.numbers):020x}",
            "date": NOW,
        }
        event = {"event_name": f"message.{kind}.received", "message": message | fields}
        self.fake.put(event)
        return event

    async def next(self) -> Message:
        """Wait for the bot's next message that has not been read yet."""
        await self.fake.until(lambda: len(self.messages) > self._read)
        self._read += 1
        return self.messages[self._read - 1]
