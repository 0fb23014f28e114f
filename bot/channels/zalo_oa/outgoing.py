"""`Turn` → the `message` objects of Zalo's `message/cs`: text, and buttons under its last part.

Pure. Everything stands in the text already – choices with their numbers, addresses, phone
numbers –, so buttons are a convenience: a client that shows none loses nothing.
The one place that knows the limits of messages and buttons.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from bot.channels.plain import to_text
from bot.channels.zalo_oa.incoming import payload
from bot.channels.zalo_oa.split import split, units
from bot.feedback import Opinion
from bot.markup import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.channel import Payload
    from bot.messages import Reply, Turn

_log = logging.getLogger(__name__)

_BUTTONS = 5
_TITLE = 100
_ADDRESS = 1000  # not told for addresses; what a query's payload may have

_ALSO_BY_NUMBER = "Gõ số từ 1 đến {most} để chọn."
_RATE_BY_TYPING = "Câu trả lời này có ích không? Nhắn #{turn}+ nếu có ích, #{turn}- nếu chưa đúng."
_CHOOSE = "Mời bạn chọn:"
_USEFUL, _NOT_USEFUL = "👍 Có ích", "👎 Chưa đúng"
_ONLINE, _SOURCE, _CALL = "Mở trang làm trực tuyến", "Xem nguồn", "Gọi {number}"

_URL = re.compile(r"https://[^\s()<>\"]+")
_PHONE = re.compile(r"(?<![\d/.])(?:1[89]00(?:[ .]?\d){4,6}|1022|11[1-5])(?![\d/])", re.ASCII)

_Button = dict[str, Any]


def to_payloads(turn: Turn) -> list[Payload]:
    """Write a turn and those that follow it; each has its own buttons under its last part."""
    return [message for one in turn.all for message in _messages(one)]


def _messages(turn: Turn) -> list[Payload]:
    reply = turn.reply
    buttons = _choices(reply)
    lines = [to_text(reply)]
    if len(reply.choices) > len(buttons):
        lines.append(_ALSO_BY_NUMBER.format(most=len(reply.choices)))
    if reply.asks_feedback:
        if len(buttons) + 2 <= _BUTTONS:
            buttons += _thumbs(turn.id)
        else:
            lines.append(_RATE_BY_TYPING.format(turn=turn.id))
    buttons = [*buttons, *_shortcuts(reply)][:_BUTTONS]
    parts = split(_clean("\n\n".join(lines))) or ([_CHOOSE] if buttons else [])
    messages: list[Payload] = [{"text": part} for part in parts]
    if buttons:
        # no template_type: with text and buttons alone it is not wanted
        messages[-1]["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return messages


def _choices(reply: Reply) -> list[_Button]:
    """Make buttons of the first choices, with the numbers that they have in the text."""
    buttons: list[_Button] = []
    for number, choice in enumerate(reply.choices, start=1):
        title, query = _title(choice.title), payload(choice.id)
        if not title or query is None:
            _log.error("choice left out, id or title unfit for a button: id=%.80r", choice.id)
        elif len(buttons) < _BUTTONS:
            buttons.append(_query(f"{number}. {title}", query))
    return buttons


def _thumbs(turn: int) -> list[_Button]:
    useful, not_useful = (Opinion(turn, useful=useful).choice for useful in (True, False))
    return [_query(_USEFUL, f"#{useful}"), _query(_NOT_USEFUL, f"#{not_useful}")]


def _query(title: str, query: str) -> _Button:
    return {"title": _cut(title), "type": "oa.query.hide", "payload": query}


def _shortcuts(reply: Reply) -> Iterator[_Button]:
    """Offer the page to do it online, or the source's, and the hotline."""
    online = [url for item in _items(reply, "online") for url in _URL.findall(item)]
    sources = [link.url for link in reply.sources if link.url and _URL.fullmatch(link.url)]
    for title, urls in ((_ONLINE, online), (_SOURCE, sources)):
        url = next((url.rstrip(".,;:!?") for url in urls if len(url) <= _ADDRESS), None)
        if url:
            yield {"title": title, "type": "oa.open.url", "payload": {"url": url}}
            break
    for item in _items(reply, "hotline"):
        if found := _PHONE.search(item):
            number = re.sub(r"[ .]", "", found[0])
            title = _CALL.format(number=found[0])
            yield {"title": title, "type": "oa.open.phone", "payload": {"phone_code": number}}
            break


def _items(reply: Reply, name: str) -> Iterator[str]:
    for section in reply.sections:
        if section.name == name:
            yield from (to_plain(item) for item in section.items)


def _clean(text: str) -> str:
    """Join accents (they count apart) and drop what UTF-8 cannot carry."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode().replace("\0", "")


def _title(title: str) -> str:
    return " ".join(_clean(title).split())


def _cut(title: str) -> str:
    """Shorten a title at a word if it is too long for a button."""
    if units(title) <= _TITLE:
        return title
    head = split(title, _TITLE - 1)[0]
    return f"{head}…"
