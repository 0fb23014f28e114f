"""The Markdown subset of answers (bold, lists, links) → web HTML, Telegram HTML, plain text.

Parsing is markdown-it's; here are only the ways to write it out. Raw HTML is always escaped
and only https links stay links, whatever the text holds.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

_parser = MarkdownIt("zero").enable(["list", "emphasis", "link"])


@dataclass(frozen=True, slots=True)
class _Style:
    """How inline marks are written on one kind of channel."""

    escape: Callable[[str], str]
    bold: tuple[str, str]
    link: Callable[[str, str], str]


def _same(text: str) -> str:
    return text


def _plain_link(text: str, url: str) -> str:
    return url if text == url else f"{text} ({url})"


def _html_link(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{text}</a>'


def _web_link(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}" target="_blank" rel="noopener noreferrer">{text}</a>'


_PLAIN = _Style(_same, ("", ""), _plain_link)
_TELEGRAM = _Style(lambda text: html.escape(text, quote=False), ("<b>", "</b>"), _html_link)
_WEB = _Style(lambda text: html.escape(text, quote=False), ("<strong>", "</strong>"), _web_link)


def to_plain(text: str) -> str:
    """Write Markdown as plain text: bold marks dropped, links as "text (url)"."""
    return _lines(text, _PLAIN)


def to_marked(text: str, bold: tuple[str, str]) -> str:
    """Write Markdown as plain text, with these marks around what is bold.

    The marks are the caller's: a text that may hold them must be cleaned of them before.
    """
    return _lines(text, _Style(_same, bold, _plain_link))


def to_telegram(text: str) -> str:
    """Write Markdown in Telegram's HTML subset: b, a; lists become lines with a bullet."""
    return _lines(text, _TELEGRAM)


def to_html(text: str) -> str:
    """Write Markdown as safe HTML: p, ul, ol, li, strong, a."""
    out: list[str] = []
    for token in _parser.parse(text):
        if token.type == "inline":
            out.append(_inline(token.children or [], _WEB))
        elif not token.hidden and token.tag in {"p", "ul", "ol", "li"}:
            out.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>")
    return "".join(out)


def _lines(text: str, style: _Style) -> str:
    """Block by block, an empty line between paragraphs, list items on lines of their own."""
    lines: list[str] = []
    lists: list[str] = []  # the kinds of the lists that are open
    mark = ""
    for token in _parser.parse(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type)
            case "list_item_open":
                # an ordered item knows its own number
                mark = f"{token.info}. " if lists[-1] == "ordered_list_open" else "• "
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                if not lists:
                    lines.append("")
            case "inline":
                lines.append(mark + _inline(token.children or [], style))
                mark = ""
            case "paragraph_close" if not lists:
                lines.append("")
    return "\n".join(lines).strip()


def _inline(tokens: Sequence[Token], style: _Style) -> str:
    out: list[str] = []
    links: list[tuple[str, int]] = []  # url, where its text began
    for token in tokens:
        match token.type:
            case "strong_open":
                out.append(style.bold[0])
            case "strong_close":
                out.append(style.bold[1])
            case "link_open":
                links.append((str(token.attrGet("href") or ""), len(out)))
            case "link_close":
                url, start = links.pop()
                label = "".join(out[start:])
                out[start:] = [style.link(label, url) if url.startswith("https://") else label]
            case "softbreak" | "hardbreak":
                out.append("\n")
            case _:
                out.append(style.escape(token.content))
    return "".join(out)
