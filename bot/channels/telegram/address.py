"""Where a reply goes on Telegram, as it is kept beside the message: JSON, read back by `send`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Address:
    """A chat; in groups also the topic (thread) and the message that asked."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None

    def __post_init__(self) -> None:
        given: tuple[object, ...] = (self.chat, self.thread or 0, self.reply_to or 0)
        if not all(type(number) is int for number in given):
            raise TypeError("an address holds whole numbers")

    def __str__(self) -> str:
        fields = {"chat": self.chat, "thread": self.thread, "reply_to": self.reply_to}
        return json.dumps({name: value for name, value in fields.items() if value is not None})

    @classmethod
    def read(cls, written: str) -> Self:
        """Read back what `str` wrote. Raises `ValueError` for anything else."""
        try:
            return cls(**json.loads(written))
        except (TypeError, ValueError, RecursionError):
            raise ValueError("not an address of this channel") from None
