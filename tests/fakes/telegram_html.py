"""Telegram's reading of `parse_mode=HTML`: what it accepts, and its words for what it does not.

Written after the behaviour of the public server (tdlib, MessageEntity.cpp): a stray "&" is text,
a stray "<" is an error; offsets in errors are bytes, offsets of entities are UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![A-Za-z]));?")
_START = re.compile(r"<([^\s>]*)((?:\s+[^\s=>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[\w.-]+))*)\s*>")
_END = re.compile(r"</([^\s>]*)\s*>")
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+))")


class MarkupError(Exception):
    """Telegram's sentence about markup it cannot read."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A mark on the text, counted in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Split HTML into the text people see and the marks on it."""
    text, at = "", 0
    entities: list[Entity] = []
    nested: list[tuple[str, int, str]] = []  # tag, text length where it began, its attributes
    while at < len(source):
        if source[at] == "&" and (found := _ENTITY.match(source, at)):
            text += _decoded(found)
            at = found.end()
        elif source.startswith("</", at):
            found = _closing(source, at, nested[-1][0] if nested else None)
            tag, began, attributes = nested.pop()
            if text[began:]:
                entities.append(_entity(tag, text, began, attributes))
            at = found.end()
        elif source[at] == "<":
            found = _opening(source, at)
            nested.append((found[1].lower(), len(text), found[2]))
            at = found.end()
        else:
            text += source[at]
            at += 1
    if nested:
        raise MarkupError(f"Can't find end tag corresponding to start tag {nested[-1][0]}")
    return text, tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _decoded(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    return chr(int(found[1], 16) if found[1] else int(found[2]))


def _opening(source: str, at: int) -> re.Match[str]:
    byte = len(source[:at].encode())
    name = re.match(r"[^\s>]*", source[at + 1 :])
    assert name
    if at + 1 + name.end() == len(source):
        raise MarkupError(f"Unclosed start tag at byte offset {byte}")
    if name[0].lower() not in TAGS:
        raise MarkupError(f'Unsupported start tag "{name[0].lower()}" at byte offset {byte}')
    found = _START.match(source, at)
    if found is None:
        raise MarkupError(f"Unclosed start tag at byte offset {byte}")
    return found


def _closing(source: str, at: int, expected: str | None) -> re.Match[str]:
    byte = len(source[:at].encode())
    if expected is None:
        raise MarkupError(f"Unexpected end tag at byte offset {byte}")
    found = _END.match(source, at)
    if found is None:
        raise MarkupError(f"Unclosed end tag at byte offset {byte}")
    if found[1] and found[1].lower() != expected:
        raise MarkupError(
            f'Unmatched end tag at byte offset {byte}, expected "</{expected}>", '
            f'found "</{found[1].lower()}>"'
        )
    return found


def _entity(tag: str, text: str, began: int, attributes: str) -> Entity:
    href = _HREF.search(attributes) if tag == "a" else None
    url = None
    if href:
        url = _ENTITY.sub(_decoded, next(group for group in href.groups() if group is not None))
    return Entity(TAGS[tag], units(text[:began]), units(text[began:]), url)
