"""The people on the fake Zalo: what they do becomes the events that Zalo posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.zalo_oa_messages import Message
    from tests.fakes.zalo_oa_server import FakeZaloOA

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person and their chat with the OA. Every act is one signed webhook request."""

    fake: FakeZaloOA
    id: str
    conversation: str | None = None  # of somebody who writes without an account
    messages: list[Message] = field(default_factory=list)  # what the OA sent
    last_act: float | None = None  # when they last did something the 7 days count from
    blocked: bool = False
    billed: int = 0  # messages that came more than 48 hours after their last act: taken, not free

    async def says(self, text: str, **extra: Any) -> Json:
        """Write a text; gives the event."""
        return await self.sends("text", text=text, **extra)

    async def sends(self, kind: str, **message: Any) -> Json:
        """Send any kind of message, with Zalo's own fields of `message`."""
        who = "anonymous" if self.conversation else "user"
        if self.conversation:
            message["conversation_id"] = self.conversation
        return await self._acts(
            f"{who}_send_{kind}",
            sender={"id": self.id},
            recipient={"id": self.fake.oa_id},
            message={"msg_id": f"{self.fake.number():020x}"} | message,
        )

    async def clicks(self, title: str) -> Json | None:
        """Tap the newest button whose title contains `title`: a query is said on one's behalf."""
        button = next(
            button
            for message in reversed(self.messages)
            for button in message.buttons
            if title in button.title
        )
        return await self.says(button.payload) if button.kind.startswith("oa.query.") else None

    async def follows(self) -> Json:
        return await self._acts("follow", follower={"id": self.id}, oa_id=self.fake.oa_id)

    async def unfollows(self) -> Json:
        return await self._acts("unfollow", follower={"id": self.id}, oa_id=self.fake.oa_id)

    async def withdraws(self) -> Json:
        """Ask that everything is forgotten."""
        return await self._acts(
            "user_withdraw", sender={"id": self.id}, recipient={"id": self.fake.oa_id}
        )

    async def sees(self) -> Json:
        """Open the chat. The sender of this event is the OA, and no 7 days begin."""
        event = self.fake.event(
            "user_seen_message",
            sender={"id": self.fake.oa_id},
            recipient={"id": self.id},
            message={"msg_ids": ["a", "b"]},
        )
        await self.fake.deliver(event)
        return event

    async def _acts(self, name: str, **content: Any) -> Json:
        self.last_act = self.fake.now
        event = self.fake.event(name, **content)
        await self.fake.deliver(event)
        return event
