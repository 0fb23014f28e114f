"""What all parts of the fake Bot API share: refusals, messages as their readers see them, fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes import telegram_html as markup

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal: HTTP status, description and, for some, parameters."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button with callback data."""

    text: str
    data: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the bot as its reader sees it."""

    id: int
    chat: int
    text: str
    entities: tuple[markup.Entity, ...] = ()
    rows: Rows = ()
    preview: bool = True
    reply_to: int | None = None
    thread: int | None = None

    @property
    def links(self) -> list[str]:
        return [entity.url for entity in self.entities if entity.url]

    @property
    def buttons(self) -> list[str]:
        """The texts of all buttons, top to bottom."""
        return [button.text for row in self.rows for button in row]

    def marked(self, kind: str) -> list[str]:
        """List what carries a mark, such as "bold"."""
        raw = self.text.encode("utf-16-le")
        return [
            raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
            for entity in self.entities
            if entity.type == kind
        ]


def field(given: Json, name: str, kind: type[Any]) -> Any:
    """Read a parameter that holds JSON: a string in forms, a value in JSON bodies."""
    value = given.get(name)
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, kind):
        raise ApiError(400, f"Bad Request: can't parse {name.replace('_', ' ')} JSON object")
    return found
