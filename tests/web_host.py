"""A page of somebody else that has the chat in it, as a commune's website would."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.web_browser import Served, chat_served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

LAUNCHER = "Hỏi đáp dịch vụ công"

PAGE = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><title>UBND xã Bình Minh</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/trang.css">
</head>
<body>
<main><h1>UBND xã Bình Minh</h1>
<p>Xã tiếp dân vào thứ Năm hằng tuần, mời bà con tới bộ phận một cửa.</p>
<p><a href="#lich">Lịch tiếp dân</a></p>
</main>
<script src="CHAT/widget.js" ATTRIBUTES defer></script>
<script src="CHAT/widget.js" defer></script>
</body>
</html>
"""
# Styles of a host that would ruin every button and frame they can reach.
_STYLE = "button, svg, iframe, section { color: lime !important; display: none !important; }"


def _website(html: str, policy: str) -> Starlette:
    """Make a website with one page."""

    async def page(_: Request) -> Response:
        return HTMLResponse(html, headers={"content-security-policy": policy} if policy else None)

    async def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css")

    return Starlette(routes=[Route("/", page), Route("/trang.css", style)])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def hosted(
    html: str = PAGE,
    *,
    listed: bool = True,
    attributes: str = "",
    strict: bool = False,
    same_site: bool = False,
) -> Iterator[tuple[Served, str]]:
    """Serve chat and host page; the chat, and the host's address.

    CHAT/ in the page is the chat's address. The usual page has the widget twice, by an oversight.

    They are two sites (127.0.0.1 and localhost), for which a browser may forbid storage in the frame,
    or `same_site`, as hoidap.xa.gov.vn is to xa.gov.vn.
    `strict`: the host has a policy of its own that allows as little as can be.
    """
    port = _free_port()
    host = f"http://{'127.0.0.1' if same_site else 'localhost'}:{port}"
    with chat_served([host] if listed else []) as served:
        policy = (
            f"default-src 'none'; style-src 'self'; img-src data:; "
            f"script-src {served.address}; frame-src {served.address}"
        )
        html = html.replace("CHAT/", served.address).replace("ATTRIBUTES", attributes)
        with serving(_website(html, policy if strict else ""), port):
            yield served, f"{host}/"
