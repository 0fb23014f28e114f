"""The web chat: routes between browsers and the desk.

The page at `/` works with and without JavaScript; `/chat/api/` is the stable JSON door behind
it. What may come in is checked in `bot.web.door`, how it looks is drawn in `bot.web.pages`.
"""

from __future__ import annotations

import ipaddress
import math
import time
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from bot.channels.plain import to_text
from bot.channels.rate import Rate
from bot.messages import Choice, Content, Desk, Turn
from bot.web import door, pages
from bot.web.shield import HEADERS, Assets, Shield

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

_NO_STORE = {"cache-control": "no-store"}
_TROUBLE = "Máy chủ đang gặp trục trặc. Bạn thử lại sau ít phút nhé."
_SENTENCES = {
    404: "Không có trang này. Bạn về trang đầu để đặt câu hỏi.",
    405: "Địa chỉ này không nhận kiểu yêu cầu vừa gửi.",
}


_LOOPBACK = frozenset({"127.0.0.1", "::/64"})


def build_web(
    desk: Desk,
    *,
    topics: Callable[[], Sequence[Choice]],
    ready: Callable[[], bool],
    per_session: int = 240,
    per_address: int = 1200,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Make the web application; the limits are messages a minute.

    They stop floods, not people: a whole office may share one address. Loopback is not counted:
    it is this machine itself, or a proxy that does not tell who is behind it.
    """
    web = _Web(desk, topics, Rate(per_session, clock=clock), Rate(per_address, clock=clock))

    async def health(_: Request) -> Response:
        up = ready()
        return JSONResponse(
            {"status": "ok" if up else "starting"}, 200 if up else 503, headers=_NO_STORE
        )

    return Starlette(
        routes=[
            Route("/", web.chat, methods=["GET", "POST"]),
            Route("/chat/", web.chat, methods=["GET", "POST"]),
            Route("/chat/api/messages", web.message, methods=["POST"]),
            Route("/chat/api/feedback", web.feedback, methods=["POST"]),
            Route("/healthz", health),
            Mount("/static", Assets(directory=pages.STATIC)),
        ],
        middleware=[Middleware(Shield)],
        exception_handlers={HTTPException: _refuse, Exception: _fail},
    )


class _Web:
    """The endpoints, with what they need at hand."""

    def __init__(
        self,
        desk: Desk,
        topics: Callable[[], Sequence[Choice]],
        sessions: Rate,
        addresses: Rate,
    ) -> None:
        self._desk = desk
        self._topics = topics
        self._sessions = sessions
        self._addresses = addresses

    async def message(self, request: Request) -> Response:
        """Answer one message over the JSON door."""
        self._slow_down_address(request)
        incoming = door.incoming(await door.read_json(request))
        self._slow_down(self._sessions, incoming.user)
        return JSONResponse(to_json(await self._desk.respond(incoming)), headers=_NO_STORE)

    async def feedback(self, request: Request) -> Response:
        """Keep a 👍 or 👎 over the JSON door."""
        self._slow_down_address(request)
        rating = door.rating(await door.read_json(request))
        self._slow_down(self._sessions, rating.session)
        return JSONResponse({"ok": await self._rate(rating)}, headers=_NO_STORE)

    async def chat(self, request: Request) -> Response:
        """Show the page, or answer its plain form."""
        if request.method != "POST":
            html = pages.page(topics=self._topics())
            return HTMLResponse(html, headers={"cache-control": "no-cache"})
        fields: dict[str, str] = {}
        try:
            self._slow_down_address(request)
            fields = await door.read_form(request)
            fields["session"] = fields.get("session") or door.new_session()
            return HTMLResponse(await self._answer_form(fields), headers=_NO_STORE)
        except door.Refusal as refusal:
            html = pages.page(
                topics=self._topics(), trouble=refusal.detail, draft=fields.get("text", "")
            )
            headers = {**_NO_STORE, **(refusal.headers or {})}
            return HTMLResponse(html, refusal.status_code, headers)

    async def _answer_form(self, fields: dict[str, str]) -> str:
        rated = fields.get("up") or fields.get("down")
        if rated:
            return await self._rate_form(fields, rated)
        if fields.get("choice"):
            fields.pop("text", None)  # a button was tapped; what stands in the field was not sent
        incoming = door.incoming(fields)
        self._slow_down(self._sessions, incoming.user)
        titles = {choice.id: choice.title for choice in self._topics()}
        asked = incoming.text
        if incoming.content is Content.CHOICE:
            choice = incoming.choice or ""
            asked = fields.get(f"title {choice}") or titles.get(choice, "Lựa chọn của bạn")
        turn = await self._desk.respond(incoming)
        return pages.page(
            topics=self._topics(),
            session=incoming.user,
            exchange=pages.Exchange(asked, turn),
        )

    async def _rate_form(self, fields: dict[str, str], turn: str) -> str:
        number = int(turn) if turn.isdecimal() and len(turn) < 20 else -1
        rating = door.rating({**fields, "turn": number, "useful": "up" in fields})
        self._slow_down(self._sessions, rating.session)
        kept = await self._rate(rating)
        notice = "Cảm ơn bạn đã góp ý." if kept else "Không còn câu trả lời đó để góp ý."
        return pages.page(topics=self._topics(), session=rating.session, notice=notice)

    async def _rate(self, rating: door.Rating) -> bool:
        return await self._desk.rate(
            rating.turn, channel=door.CHANNEL, user=rating.session, useful=rating.useful
        )

    def _slow_down_address(self, request: Request) -> None:
        address = _address(request)
        if address not in _LOOPBACK:
            self._slow_down(self._addresses, address)

    def _slow_down(self, rate: Rate, key: str) -> None:
        wait = math.ceil(rate.wait(key))
        if wait:
            raise door.Refusal(
                429,
                f"Bạn gửi hơi nhanh. Bạn chờ {wait} giây rồi gửi lại nhé.",
                headers={"retry-after": str(wait)},
            )


def to_json(turn: Turn) -> dict[str, object]:
    """Write a turn as the JSON door promises it."""
    reply = turn.reply
    return {
        "status": reply.status.value,
        "text": to_text(reply),
        "html": pages.card(turn),
        "entry": reply.entry,
        "choices": [{"id": choice.id, "title": choice.title} for choice in reply.choices],
        "sources": [{"name": link.name, "url": link.url} for link in reply.sources],
        "turn": turn.id,
        "asks_feedback": reply.asks_feedback,
        "following": [to_json(other) for other in turn.following],
    }


def _address(request: Request) -> str:
    """Where a request comes from. One IPv6 line has 2^64 addresses: they count as one."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed, 64), strict=False))


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = error.detail if isinstance(error, door.Refusal) else None
    message = said or _SENTENCES.get(error.status_code, _TROUBLE)
    return _sentence(request, error.status_code, message, error.headers)


async def _fail(request: Request, _: Exception) -> Response:
    return _sentence(request, 500, _TROUBLE, HEADERS)  # sent from outside the shield


def _sentence(
    request: Request, status: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say it as JSON to programs and as a page to people."""
    if request.url.path.startswith("/chat/api/"):
        return JSONResponse({"error": message}, status, headers)
    return HTMLResponse(pages.error_page(message), status, headers)
