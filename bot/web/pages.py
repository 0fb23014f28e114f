"""Replies as HTML: the card, the page around it, and the page for errors.

One template draws the card for the JSON door and for the page without JavaScript. Pure:
values in, HTML out. Every value is escaped by Jinja; Markdown goes through `bot.markup`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.markup import to_html
from bot.messages import Choice, Status, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

# Sections that have a drawing of their own in icons.svg; any other shows its emoji.
DRAWN = frozenset(
    (
        "steps",
        "documents",
        "fee",
        "duration",
        "where",
        "online",
        "legal_basis",
        "hotline",
        "warning",
    )
)
# Replies whose choices are the question itself: a list to pick from. Elsewhere they are an offer.
_ASKS_BACK = frozenset((Status.CLARIFIED, Status.MENU))
# A three-digit number is a phone number where hotlines are listed; in a sentence only after "gọi".
_LONG = r"1[89]00(?:[ .]?\d){4,6}"
_SHORT = r"(?:1022|11[1-5])"
_PHONES = {
    "listed": re.compile(rf"(?<![\d/.])(?:{_LONG}|{_SHORT})(?![\d/])"),
    "told": re.compile(rf"(?<![\d/.])(?:{_LONG}|(?<=[Gg]ọi ){_SHORT})(?![\d/])"),
}
_TAG = re.compile(r"(<a .*?</a>|<[^>]*>)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, for the page without JavaScript."""

    asked: str
    turn: Turn


def card(turn: Turn) -> str:
    """Draw a reply as the card that citizens see."""
    return _templates().get_template("answer.html").render(turn=turn).strip()


def page(
    *,
    topics: Sequence[Choice],
    session: str = "",
    exchange: Exchange | None = None,
    trouble: str | None = None,
    notice: str | None = None,
    draft: str = "",
) -> str:
    """Draw the chat page; with an exchange it is what the plain form comes back with."""
    return (
        _templates()
        .get_template("page.html")
        .render(
            topics=topics,
            session=session,
            exchange=exchange,
            trouble=trouble,
            notice=notice,
            draft=draft,
        )
    )


def error_page(message: str) -> str:
    """Draw the page for an address that does not exist, or for trouble."""
    return _templates().get_template("error.html").render(message=message)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters |= {"markdown": _markdown, "dialable": _dialable}
    templates.globals |= {"asset": _asset, "drawn": DRAWN, "asks_back": _ASKS_BACK}
    return templates


@cache
def _asset(name: str) -> str:
    """Address a static file so that the address changes with its content and may be kept."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _markdown(text: str) -> Markup:
    return Markup(to_html(text))  # noqa: S704  (to_html escapes; it writes only its own tags)


def _dialable(html: Markup, where: str) -> Markup:
    """Make hotline numbers in text a tap away from a call; tags and links stay as they are."""
    parts = _TAG.split(html)
    parts[::2] = [_PHONES[where].sub(_call, part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704  (the input is safe; only digits were wrapped)


def _call(match: re.Match[str]) -> str:
    return f'<a href="tel:{re.sub("[ .]", "", match[0])}">{match[0]}</a>'
