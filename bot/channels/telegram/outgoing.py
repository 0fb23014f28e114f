"""`Turn` → the messages Telegram shows: HTML, buttons, and buttons that show what was chosen.

Pure: nothing is sent here, and no question or answer is logged.
"""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram.incoming import CHOSEN
from bot.channels.telegram.split import split
from bot.feedback import LABELS
from bot.markup import to_telegram
from bot.messages import Choice, Link, Reply, Section, Status, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.channel import Payload

_log = logging.getLogger(__name__)

_LABEL = 60  # characters of a button that a phone still shows
_DATA = 64  # bytes of callback_data
_BUTTONS = 90  # Telegram takes 100, two of them are thumbs
_DISLIKES = re.compile(r"fb:[0-9]{1,18}:0")
_CHOOSE = "Mời bạn chọn:"


def to_payloads(turn: Turn, topics: Sequence[Choice] = ()) -> list[Payload]:
    """Write a turn and those that follow it, in Telegram's own fields.

    `text` is HTML, `plain` the same without marks, for when Telegram cannot read them.
    `topics` are offered by a menu that has no choices of its own.
    """
    return [payload for one in turn.all for payload in _one(one, topics)]


def _one(turn: Turn, topics: Sequence[Choice]) -> list[Payload]:
    reply = turn.reply
    offered = topics if reply.status is Status.MENU else ()
    rows = _keyboard(turn, reply.choices or offered)
    parts = split(body(reply) or (_CHOOSE if rows else ""))
    payloads: list[Payload] = [{"text": part.html, "plain": part.plain} for part in parts]
    if rows:
        payloads[-1]["reply_markup"] = {"inline_keyboard": rows}
    return payloads


def body(reply: Reply) -> str:
    """Write everything of a reply but its buttons as HTML."""
    blocks = [
        f"⚠️ {to_telegram(reply.caution)}" if reply.caution else "",
        to_telegram(reply.text),
        *(_section(section) for section in reply.sections),
        _sources(reply.sources, reply.checked),
        _choices(reply),
    ]
    return clean("\n\n".join(block for block in blocks if block))


def clean(text: str) -> str:
    """Join accents (Telegram counts them apart) and drop what UTF-8 cannot carry."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode()


def chosen(keyboard: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup | None:
    """Show which button was tapped; None if the message has no such button.

    A tapped choice replaces all choices, a tapped thumb replaces both thumbs. A 👎 is followed by
    the question why; a tapped reason replaces all reasons.
    """
    rows: list[tuple[InlineKeyboardButton, ...]] = []
    found = False
    for row in keyboard.inline_keyboard:
        tapped = next((button for button in row if button.callback_data == data), None)
        if tapped:
            found = True
            rows.append((InlineKeyboardButton(f"✅ {tapped.text}", callback_data=CHOSEN),))
        elif _says_why(data) and _says_why(row[0].callback_data):
            continue
        elif _rates(row[0].callback_data) or _rates(data) or row[0].callback_data == CHOSEN:
            rows.append(row)
    if found and _DISLIKES.fullmatch(data):
        rows += [
            (InlineKeyboardButton(label, callback_data=f"{data}:{why}"),)
            for why, label in LABELS.items()
        ]
    return InlineKeyboardMarkup(rows) if found else None


def _says_why(data: object) -> bool:
    return isinstance(data, str) and data.startswith("fb:") and data.count(":") == 3


def _rates(data: object) -> bool:
    return isinstance(data, str) and data.startswith("fb:")


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


def _keyboard(turn: Turn, choices: Sequence[Choice]) -> list[list[dict[str, str]]]:
    numbered = turn.reply.status is Status.CLARIFIED
    rows: list[list[dict[str, str]]] = []
    for number, choice in enumerate(choices[:_BUTTONS], start=1):
        label = _label(choice.title)
        if not label or not 1 <= len(choice.id.encode()) <= _DATA:
            _log.error("choice left out, id or title unfit for a button: id=%.80r", choice.id)
            continue
        rows.append([_button(f"{number}. {label}" if numbered else label, choice.id)])
    if turn.reply.asks_feedback:
        rows.append(
            [
                _button("👍 Có ích", f"fb:{turn.id}:1"),
                _button("👎 Chưa đúng", f"fb:{turn.id}:0"),
            ]
        )
    return rows


def _button(text: str, data: str) -> dict[str, str]:
    return {"text": text, "callback_data": data}


def _label(title: str) -> str:
    words = " ".join(clean(title).split())
    if len(words) <= _LABEL:
        return words
    head = words[: _LABEL - 1]
    return f"{head.rpartition(' ')[0] or head}…"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
