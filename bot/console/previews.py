"""A reply as every channel shows it, made by the channels' own code, as data for a page.

What a channel gets is read back into runs of text, so that a page shows it escaped: the marks of
Telegram's HTML and Zalo's styled stretches become bold, italic and links.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.channels.telegram import outgoing as telegram
from bot.channels.telegram.split import LIMIT as TELEGRAM_LIMIT
from bot.channels.zalo_bot import outgoing as zalo_bot
from bot.channels.zalo_bot.styled import LIMIT as ZALO_BOT_LIMIT
from bot.channels.zalo_oa import outgoing as zalo_oa
from bot.channels.zalo_oa.split import LIMIT as ZALO_OA_LIMIT
from bot.messages import Turn
from bot.web import pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.messages import Reply

_FRAME = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"><title>Thẻ trả lời</title>'
    '<link rel="stylesheet" href="{style}"></head><body><main>{card}</main></body></html>'
)
_SHOWN_TURN = 1  # no turn is stored for a preview; feedback buttons need a number


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that looks the same all along. `href` is always https."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a channel; `units` of the `limit` that the channel allows are used."""

    runs: tuple[Run, ...]
    buttons: tuple[str, ...]
    units: int
    limit: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a channel shows of a reply: messages, or the web's card as a `page` for a frame."""

    name: str
    title: str
    page: str | None = None
    bubbles: tuple[Bubble, ...] = ()


def previews(replies: Sequence[Reply]) -> list[Preview]:
    """Every channel's view of a reply, or of several that answer one message."""
    first, *others = [Turn(_SHOWN_TURN, reply) for reply in replies]
    turn = Turn(first.id, first.reply, tuple(others))
    return [
        Preview("web", "Trang chat", page=_framed("".join(map(pages.card, turn.all)))),
        Preview("telegram", "Telegram", bubbles=tuple(_telegram(turn))),
        Preview("zalo-oa", "Zalo OA", bubbles=tuple(_zalo_oa(turn))),
        Preview("zalo-bot", "Zalo Bot", bubbles=tuple(_zalo_bot(turn))),
    ]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _telegram(turn: Turn) -> Iterator[Bubble]:
    for payload in telegram.to_payloads(turn):
        rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple(str(button["text"]) for row in rows for button in row)
        reading = _TelegramHtml()
        reading.feed(payload["text"])
        reading.close()
        yield Bubble(tuple(reading.runs), buttons, _units(payload["plain"]), TELEGRAM_LIMIT)


def _zalo_oa(turn: Turn) -> Iterator[Bubble]:
    for payload in zalo_oa.to_payloads(turn):
        offered = payload.get("attachment", {}).get("payload", {}).get("buttons", [])
        buttons = tuple(str(button["title"]) for button in offered)
        text = str(payload["text"])
        yield Bubble((Run(text),), buttons, _units(text), ZALO_OA_LIMIT)


def _zalo_bot(turn: Turn) -> Iterator[Bubble]:
    for payload in zalo_bot.to_payloads(turn):
        text = str(payload["text"])
        runs = tuple(_styled(text, payload.get("text_styles", ())))
        yield Bubble(runs, (), _units(text), ZALO_BOT_LIMIT)


def _styled(text: str, styles: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    """Cut a text where a style begins or ends; places count UTF-16 units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    cuts = {0, len(raw) // 2}
    for style in styles:
        cuts |= {style["start"], style["start"] + style["len"]}
    places = sorted(cuts)
    for start, stop in pairwise(places):
        codes = {
            code
            for style in styles
            for code in style["st"]
            if style["start"] <= start and stop <= style["start"] + style["len"]
        }
        piece = raw[start * 2 : stop * 2].decode("utf-16-le", "replace")
        yield Run(piece, bold="b" in codes, italic="i" in codes)


class _TelegramHtml(HTMLParser):
    """Telegram's subset: b, i, a."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        self._open.append((tag, href if href and href.startswith("https://") else None))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        href = next((href for _, href in self._open if href), None)
        self.runs.append(Run(data, "b" in tags, "i" in tags, href))


def _framed(card: str) -> str:
    """A page of the card alone, as the chat draws it, for a frame of its own."""
    return _FRAME.format(style=pages.asset("chat.css"), card=card)
