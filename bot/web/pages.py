"""Replies as HTML: the card, the page around it, an answer's own page, the page for errors.

One template draws the card for the JSON door and for the page without JavaScript. Pure:
values in, HTML out. Every value is escaped by Jinja; Markdown goes through `bot.markup`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.feedback import LABELS
from bot.insight.report import percent, whole
from bot.markup import to_html
from bot.messages import Choice, Reply, Status, Turn
from bot.open_data.files import LICENCE
from bot.privacy_replies import ERASE, PRIVACY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.open_data.publication import Public

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


# What a citizen can do about their own data: at the foot of the page, whatever the menu holds.
OWN_DATA = (PRIVACY, ERASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, for the page without JavaScript."""

    asked: str
    turn: Turn


Shared = Callable[[Reply], str | None]
"""Where a reply's entry has a page of its own; None where it has none."""


def nowhere(_: Reply) -> str | None:
    """Say of every reply that its entry has no page of its own."""
    return None


def card(turn: Turn, shared: Shared = nowhere) -> str:
    """Draw a reply as the card that citizens see."""
    return _draw("answer.html", turn=turn, shared=shared).strip()


def page(
    *,
    topics: Sequence[Choice],
    message: str,
    session: str = "",
    exchange: Exchange | None = None,
    trouble: str | None = None,
    notice: str | None = None,
    draft: str = "",
    ask_why: int | None = None,
    embedded: bool = False,
    shared: Shared = nowhere,
    open_data: bool = False,
) -> str:
    """Draw the chat page; with an exchange it is what the plain form comes back with.

    `message` is the id under which the form sends; `embedded`: it stands in a frame;
    `ask_why`: the turn that was just disliked.
    """
    return _draw(
        "page.html",
        topics=without_own_data(topics),
        own_data=OWN_DATA,
        message=message,
        session=session,
        exchange=exchange,
        trouble=trouble,
        notice=notice,
        draft=draft,
        ask_why=ask_why,
        embedded=embedded,
        shared=shared,
        open_data=open_data,
    )


def share_page(
    reply: Reply,
    *,
    title: str,
    description: str,
    address: str,
    related: Sequence[tuple[str, str]],
    qr: Markup | None,
) -> str:
    """Draw the page of one answer; `related` are ids and titles of other entries."""
    return _draw(
        "share.html",
        reply=reply,
        title=title,
        description=description,
        address=address,
        related=related,
        qr=qr,
    )


def missing_page(topics: Sequence[Choice]) -> str:
    """Draw the page of an answer that is not there (any more)."""
    return _draw("missing.html", title="Câu trả lời này không còn ở đây", topics=topics)


def open_data_page(public: Public, *, publisher: str, floor: int) -> str:
    """Draw the page of the open data."""
    return _draw(
        "open_data.html",
        public=public,
        publisher=publisher,
        floor=floor,
        licence=LICENCE,
        whole=whole,
        percent=percent,
    )


def error_page(message: str) -> str:
    """Draw the page for an address that does not exist, or for trouble."""
    return _draw("error.html", message=message)


def share_path(entry: str) -> str:
    """Name the page of an entry's answer."""
    return f"/hoi/{quote(entry, safe='')}"


def without_own_data(topics: Sequence[Choice]) -> list[Choice]:
    """The topics of a menu, without what citizens can do about their data: that stands apart."""
    return [topic for topic in topics if topic not in OWN_DATA]


def _draw(template: str, **values: object) -> str:
    return _templates().get_template(template).render(values)


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
    templates.globals |= {
        "asset": asset,
        "share_path": share_path,
        "drawn": DRAWN,
        "asks_back": _ASKS_BACK,
        "reasons": LABELS,
    }
    return templates


@cache
def asset(name: str) -> str:
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
