"""`Turn` → the `sendMessage` bodies of the Zalo Bot Platform, without `chat_id`. Pure.

There are no buttons and no links: addresses are written out, choices are numbered and typed, an
opinion on the last answer is a sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.zalo_bot.styled import BOLD, ITALIC, clean, cut
from bot.feedback import BY_SIGN
from bot.markup import to_marked
from bot.messages import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.channels.channel import Payload
    from bot.channels.zalo_bot.styled import Part
    from bot.messages import Link, Reply, Section, Turn

_TYPE_A_NUMBER = "Bạn gõ số để chọn."


def to_payloads(turn: Turn) -> list[Payload]:
    """Write a turn and those that follow it, in order.

    A typed number, or sign, means a choice of the turn that was stored last, or an opinion on it:
    only those are numbered, and only there an opinion is asked for.
    """
    *earlier, last = turn.all
    parts = [part for one in earlier for part in _parts(one.reply, numbered=False)]
    parts += _parts(last.reply, numbered=True)
    return [_payload(part) for part in parts]


def _payload(part: Part) -> Payload:
    payload: Payload = {"text": part.text}
    if part.styles:
        payload["text_styles"] = [
            {"start": style.start, "len": style.length, "st": [style.code]}
            for style in part.styles
        ]
    return payload


def _parts(reply: Reply, *, numbered: bool) -> list[Part]:
    blocks = _blocks(reply, numbered=numbered)
    return cut("\n\n".join(block for block in blocks if block))


def _blocks(reply: Reply, *, numbered: bool) -> Iterator[str]:
    if reply.caution:
        yield f"⚠️ {_marked(reply.caution)}"
    yield _marked(reply.text)
    for section in reply.sections:
        yield _section(section)
    yield _sources(reply.sources, reply.checked)
    yield _choices(reply, numbered=numbered)
    if numbered and reply.asks_feedback:
        yield BY_SIGN


def _marked(text: str) -> str:
    return to_marked(clean(text), BOLD)


def _section(section: Section) -> str:
    heading = clean(f"{section.icon} {section.label}").strip()
    items = [_marked(item) for item in section.items]
    if section.name == "steps":
        items = [_item(f"{number}. ", item) for number, item in enumerate(items, start=1)]
    elif len(items) > 1:
        items = [_item("• ", item) for item in items]
    return "\n".join([f"{BOLD[0]}{heading}{BOLD[1]}", *items])


def _item(mark: str, text: str) -> str:
    """Write a list item; its further lines stand under its first word."""
    return mark + text.replace("\n", "\n" + " " * len(mark))


def _sources(sources: Sequence[Link], checked: str | None) -> str:
    lines = [f"Nguồn: {_source(source)}" for source in sources]
    if checked:
        lines.append(f"{checked[0].upper()}{checked[1:]}.")
    return "\n".join(f"{ITALIC[0]}{clean(line)}{ITALIC[1]}" for line in lines)


def _source(source: Link) -> str:
    """End a line with the address: a bracket behind it would be taken for a part of it."""
    if source.url is None or not source.url.startswith("https://"):
        return source.name
    return f"{source.name}: {source.url}"


def _choices(reply: Reply, *, numbered: bool) -> str:
    """Name the choices by their place: even one whose title is blank keeps its number."""
    lines = [clean(reply.choices_title)] if reply.choices_title else []
    for number, choice in enumerate(reply.choices, start=1):
        title = " ".join(clean(choice.title).split())
        lines.append(f"{number}. {title}" if numbered else f"• {title}")
    if reply.choices and numbered and reply.status is not Status.CLARIFIED:  # that says it already
        lines.append(_TYPE_A_NUMBER)
    return "\n".join(lines)
