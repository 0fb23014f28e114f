"""`Reply` → the messages Telegram shows: HTML, buttons, and buttons that show what was chosen.

Pure: nothing is sent here, and no question or answer is logged.
"""

from __future__ import annotations

import html
import logging
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram.incoming import CHOSEN
from bot.channels.telegram.split import split
from bot.markup import to_telegram
from bot.messages import Choice, Link, Reply, Section, Status, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)

_LABEL = 60  # characters of a button that a phone still shows
_DATA = 64  # bytes of callback_data
_BUTTONS = 90  # Telegram takes 100, two of them are thumbs
_CHOOSE = "Mời bạn chọn:"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message: HTML, the same without marks, and the buttons under it."""

    html: str
    plain: str
    keyboard: InlineKeyboardMarkup | None = None


def to_messages(turn: Turn, topics: Sequence[Choice] = ()) -> list[Outgoing]:
    """Write a turn's reply; `topics` are offered if the reply has no choices of its own."""
    reply = turn.reply
    keyboard = _keyboard(turn, reply.choices or topics)
    parts = split(_clean(_body(reply)) or (_CHOOSE if keyboard else ""))
    last = len(parts) - 1
    return [
        Outgoing(part.html, part.plain, keyboard if number == last else None)
        for number, part in enumerate(parts)
    ]


def chosen(keyboard: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup | None:
    """Show which button was tapped; None if the message has no such button.

    A tapped choice replaces all choices, a tapped thumb replaces both thumbs.
    """
    rows: list[tuple[InlineKeyboardButton, ...]] = []
    found = False
    for row in keyboard.inline_keyboard:
        tapped = next((button for button in row if button.callback_data == data), None)
        if tapped:
            found = True
            rows.append((InlineKeyboardButton(f"✅ {tapped.text}", callback_data=CHOSEN),))
        elif _rates(row[0].callback_data) or _rates(data) or row[0].callback_data == CHOSEN:
            rows.append(row)
    return InlineKeyboardMarkup(rows) if found else None


def _rates(data: object) -> bool:
    return isinstance(data, str) and data.startswith("fb:")


def _clean(text: str) -> str:
    """Join accents (Telegram counts them apart) and drop what UTF-8 cannot carry."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode()


def _body(reply: Reply) -> str:
    blocks = [
        f"⚠️ {to_telegram(reply.caution)}" if reply.caution else "",
        to_telegram(reply.text),
        *(_section(section) for section in reply.sections),
        _sources(reply.sources, reply.checked),
        _choices(reply),
    ]
    return "\n\n".join(block for block in blocks if block)


def _section(section: Section) -> str:
    heading = f"{section.icon} {section.label}".strip()
    items = [to_telegram(item) for item in section.items]
    if section.name == "steps":
        items = [f"{number}. {item}" for number, item in enumerate(items, start=1)]
    elif len(items) > 1:
        items = [f"• {item}" for item in items]
    return "\n".join([f"<b>{_escape(heading)}</b>", *items])


def _sources(sources: Sequence[Link], checked: str | None) -> str:
    lines = [f"<i>Nguồn: {_link(source)}</i>" for source in sources]
    if checked:
        lines.append(f"<i>{_escape(checked[0].upper() + checked[1:])}</i>")
    return "\n".join(lines)


def _link(source: Link) -> str:
    name = _escape(source.name)
    if source.url is None or not source.url.startswith("https://"):
        return name
    return f'<a href="{html.escape(source.url)}">{name}</a>'


def _choices(reply: Reply) -> str:
    """Name the choices; those of a clarification also by number, so that typing works."""
    lines = [_escape(reply.choices_title)] if reply.choices_title else []
    if reply.status is Status.CLARIFIED:
        lines += [f"{n}. {_escape(c.title)}" for n, c in enumerate(reply.choices, start=1)]
    return "\n".join(lines)


def _keyboard(turn: Turn, choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    numbered = turn.reply.status is Status.CLARIFIED
    rows: list[list[InlineKeyboardButton]] = []
    for number, choice in enumerate(choices[:_BUTTONS], start=1):
        label = _label(choice.title)
        if not label or not 1 <= len(choice.id.encode()) <= _DATA:
            _log.error("choice left out, id or title unfit for a button: id=%.80r", choice.id)
            continue
        text = f"{number}. {label}" if numbered else label
        rows.append([InlineKeyboardButton(text, callback_data=choice.id)])
    if turn.reply.asks_feedback:
        rows.append(
            [
                InlineKeyboardButton("👍 Có ích", callback_data=f"fb:{turn.id}:1"),
                InlineKeyboardButton("👎 Chưa đúng", callback_data=f"fb:{turn.id}:0"),
            ]
        )
    return InlineKeyboardMarkup(rows) if rows else None


def _label(title: str) -> str:
    words = " ".join(_clean(title).split())
    if len(words) <= _LABEL:
        return words
    head = words[: _LABEL - 1]
    return f"{head.rpartition(' ')[0] or head}…"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
