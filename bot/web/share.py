"""The page of one answer, under an address that can be sent, printed and scanned.

It holds nothing of who asked and needs no JavaScript. What an entry says today comes from
`answer_of`; an entry that is gone or expired has a page that leads on to the nearest topics.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import segno
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from bot.markup import to_plain
from bot.web import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from bot.messages import Choice, Reply

_KEPT = "public, max-age=300"
_MOST_DESCRIPTION = 160
_MOST_TITLE = 80
_NEAREST = 6
_ENTRY = "e:"  # how the conversation marks a choice that is an entry
_BASE = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(?:/[A-Za-z0-9._~/-]{0,200})?")


class SharePages:
    """Serves `/hoi/<entry>`."""

    def __init__(
        self,
        answer_of: Callable[[str], Reply | None],
        topics: Callable[[], Sequence[Choice]],
        public_url: str | None,
    ) -> None:
        """Prepare to serve. Without `public_url` the address that a browser used is taken.

        Raises:
            ValueError: when `public_url` is no web address (Vietnamese).
        """
        if public_url is not None and not _BASE.fullmatch(public_url):
            raise ValueError(
                f"public_url “{public_url[:80]}” không dùng được – viết như https://hoidap.xa-binh-minh.gov.vn"
            )
        self._answer_of = answer_of
        self._topics = topics
        self._public_url = public_url.rstrip("/") if public_url else None

    def address_of(self, reply: Reply) -> str | None:
        """Where the reply's entry has its page; None if it has none."""
        if reply.entry is None or self._answer_of(reply.entry) is None:
            return None
        return (self._public_url or "") + pages.share_path(reply.entry)

    async def show(self, request: Request) -> Response:
        """Answer a GET; 304 to whoever has the page of today already."""
        entry = request.path_params["entry"]
        reply = self._answer_of(entry)
        if reply is None:
            html = pages.missing_page(nearest(entry, pages.without_own_data(self._topics())))
            return HTMLResponse(html, 404, headers={"cache-control": "no-cache"})
        html = self._page(entry, reply, request)
        # weak: the same page may travel compressed
        tag = f'W/"{hashlib.sha256(html.encode()).hexdigest()[:20]}"'
        headers = {"cache-control": _KEPT, "etag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(html, headers=headers)

    def _page(self, entry: str, reply: Reply, request: Request) -> str:
        path = pages.share_path(entry)
        base = self._public_url or f"{request.url.scheme}://{request.url.netloc}"
        known = bool(_BASE.fullmatch(base))  # a client may call this host anything
        address = base + path if known else path
        said = " ".join(to_plain(reply.text).split())
        return pages.share_page(
            reply,
            title=reply.title or textwrap.shorten(said, _MOST_TITLE, placeholder="…"),
            description=textwrap.shorten(said, _MOST_DESCRIPTION, placeholder="…"),
            address=address,
            related=[
                (choice.id.removeprefix(_ENTRY), choice.title)
                for choice in reply.choices
                if choice.id.startswith(_ENTRY)
            ],
            qr=qr_code(address) if known else None,
        )


@lru_cache(maxsize=256)
def qr_code(address: str) -> Markup:
    """Draw the address as a QR code: an SVG for the page, dark on light in every colour scheme."""
    code = segno.make_qr(address, error="m")
    svg = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    # a picture to screen readers; the address itself stands beside it as text
    svg = svg.replace("<svg ", '<svg role="img" aria-label="Mã QR của trang này" ', 1)
    return Markup(svg)  # noqa: S704  (the library writes numbers only)


def nearest(entry: str, topics: Sequence[Choice]) -> list[Choice]:
    """The topics whose id or title shares most words with an entry's id, a few of them."""
    wanted = _words(entry)
    return sorted(topics, key=lambda topic: -len(wanted & _words(f"{topic.id} {topic.title}")))[
        :_NEAREST
    ]


def _words(text: str) -> frozenset[str]:
    """Words without marks: an id is written without them."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(re.findall(r"[^\W_]+", bare))
