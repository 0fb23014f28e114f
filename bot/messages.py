"""The only shapes that channels and conversation share.

A channel turns its raw update into `Incoming` and renders a `Reply`; neither knows the
conversation, and the conversation knows no channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Content(StrEnum):
    """What arrived."""

    TEXT = "text"
    CHOICE = "choice"  # a button was tapped
    OTHER = "other"  # sticker, voice, photo, file, location, …


class Status(StrEnum):
    """The named outcome of a turn. A closed list; labels are in `replies`."""

    ANSWERED = "answered"
    CHOSEN = "chosen"  # answered after a tap or a typed number
    CLARIFIED = "clarified"
    SMALL_TALK = "small_talk"
    SIGNPOSTED = "signposted"
    MENU = "menu"
    PRIVACY = "privacy"  # what is kept of the citizen was shown
    ERASE_OFFERED = "erase:offered"
    ERASE_DECLINED = "erase:declined"
    ERASED = "erase:done"  # such a turn is never stored
    SUBSCRIBED = "notify:on"  # they will be told of an answer
    UNSUBSCRIBED = "notify:off"
    RATED = "rated:done"  # an opinion on an answer was noted
    ASKED_WHY = "rated:why"  # so was a 👎, and the bot asks why
    UNKNOWN_WEAK = "unknown:weak"
    UNKNOWN_OUT_OF_SCOPE = "unknown:out_of_scope"
    UNKNOWN_NO_SUBJECT = "unknown:no_subject"
    NONE_FITS = "unknown:none_fits"  # the citizen said that no offered entry is right
    EXPIRED = "unknown:expired"  # the entry that fits is past its last valid day
    PERSONAL_DATA = "blocked:personal_data"  # nothing but personal data was sent
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    STALE_CHOICE = "stale_choice"  # a tapped button leads nowhere any more
    FAILED = "failed"  # an internal error; the citizen got a polite sentence


ASIDE = frozenset({Status.STALE_CHOICE, Status.RATED, Status.ASKED_WHY})
"""Outcomes that may stand between a question asked back and its choice: a slip, an opinion."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a citizen.

    `user` is the channel's own id of the sender: it never leaves the process unhashed.
    `text` is what was typed, untouched; `choice` is the id of a tapped button.
    `message_id` is the platform's own id, the same at every delivery of this message;
    `address` is where the reply goes, as the channel reads it back: it is stored encrypted, the
    newest one until its person is erased. Both are empty where the answer goes back in the same
    request.
    """

    channel: str
    user: str
    content: Content
    text: str = ""
    choice: str | None = None
    message_id: str = ""
    address: str = ""


def readable(text: str) -> str:
    """The text without what no store and no page can hold: NUL and broken surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap. `id` is at most 64 bytes of UTF-8."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Link:
    """A source: its name, and the official page if there is one (https only)."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """One labelled part of an answer; `items` are Markdown (bold, lists, links), one or more.

    `name` is the facet's name ("steps", "fee", …): steps are a numbered list on every channel.
    """

    name: str
    icon: str
    label: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says, as data. A channel renders, escapes and splits it.

    Order on every channel: `caution`, `text`, `sections`, `sources` with `checked`,
    then `choices_title` and the choices (numbered where there are no buttons).
    `text` and `caution` are Markdown (bold, lists, links).
    `title` is what the entry is called: shown only where an answer stands without its question.
    """

    status: Status
    text: str
    entry: str | None = None
    caution: str | None = None
    sections: tuple[Section, ...] = ()
    sources: tuple[Link, ...] = ()
    checked: str | None = None
    choices_title: str | None = None
    choices: tuple[Choice, ...] = ()
    asks_feedback: bool = False
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply that has been stored; `id` is what feedback refers to.

    `following` answer the other questions of a message that asked several, in its order.
    """

    id: int
    reply: Reply
    following: tuple[Turn, ...] = ()

    @property
    def all(self) -> tuple[Turn, ...]:
        """Itself and those that follow."""
        return (self, *self.following)


class Desk(Protocol):
    """What a channel talks to. Trouble inside becomes a polite reply, and is not raised."""

    async def respond(self, incoming: Incoming) -> Turn:
        """Answer one message. The turn is stored before this returns."""

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        """Keep a citizen's feedback on an own turn; False if there is no such turn of theirs.

        Raises `FeedbackOffError` where none is taken.
        """
