"""The web chat: routes between browsers and the desk.

The page at `/` works with and without JavaScript; `/chat/api/` is the stable JSON door behind
it. `/chat/?embed=1` is the same page for a frame, which `/widget.js` opens on pages of others;
`/hoi/<entry>` is the page of one answer, `/du-lieu-mo` the open data where it is switched on. What may come in is checked in `bot.web.door`, how it
looks is drawn in `bot.web.pages`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypedDict, Unpack

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from bot.channels.plain import to_text
from bot.channels.rate import Rate
from bot.feedback import OFF, FeedbackOffError
from bot.messages import Choice, Content, Desk, Turn
from bot.web import door, pages
from bot.web.open_data import OpenDataPages
from bot.web.pace import Pace
from bot.web.repeats import Repeats
from bot.web.share import SharePages
from bot.web.shield import FRAMED, HEADERS, WIDGET, Assets, Shield, headers_by_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    from bot.messages import Reply
    from bot.open_data.publication import OpenData

_NO_STORE = {"cache-control": "no-store"}
_TROUBLE = "Máy chủ đang gặp trục trặc. Bạn thử lại sau ít phút nhé."
_SENTENCES = {
    404: "Không có trang này. Bạn về trang đầu để đặt câu hỏi.",
    405: "Địa chỉ này không nhận kiểu yêu cầu vừa gửi.",
}


def _no_answers(_: str) -> Reply | None:
    return None


def build_web(
    desk: Desk,
    *,
    topics: Callable[[], Sequence[Choice]],
    ready: Callable[[], bool],
    answer_of: Callable[[str], Reply | None] = _no_answers,
    embed_origins: Sequence[str] = (),
    public_url: str | None = None,
    open_data: OpenData | None = None,
    per_session: int = 240,
    per_address: int = 1200,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Make the web application; the limits are messages a minute.

    They stop floods, not people: a whole office may share one address.

    `answer_of` gives an entry's reviewed answer of today, which then has a page to share, under
    `public_url` if that is set. Pages of `embed_origins` may frame the chat.

    Raises:
        ValueError: when `public_url` or an origin is no such address (Vietnamese).
    """
    assets = Assets(directory=pages.STATIC)
    share = SharePages(answer_of, topics, public_url)
    pace = Pace(sessions=Rate(per_session, clock=clock), addresses=Rate(per_address, clock=clock))
    web = _Web(desk, topics, share, pace, open_data=open_data is not None)
    headers = headers_by_path(embed_origins)

    async def health(_: Request) -> Response:
        up = ready()
        return JSONResponse(
            {"status": "ok" if up else "starting"}, 200 if up else 503, headers=_NO_STORE
        )

    async def widget(request: Request) -> Response:
        return await assets.get_response("widget.js", request.scope)

    async def fail(request: Request, _: Exception) -> Response:
        # sent from outside the shield
        return _sentence(request, 500, _TROUBLE, headers.get(request.url.path, HEADERS))

    return Starlette(
        routes=[
            Route("/", web.chat, methods=["GET", "POST"]),
            Route(FRAMED, web.chat, methods=["GET", "POST"]),
            Route("/chat/api/messages", web.message, methods=["POST"]),
            Route("/chat/api/feedback", web.feedback, methods=["POST"]),
            Route("/hoi/{entry}", share.show),
            *(OpenDataPages(open_data).routes() if open_data else ()),
            Route(WIDGET, widget),
            Route("/healthz", health),
            Mount("/static", assets),
        ],
        middleware=[
            Middleware(Shield, by_path=headers),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        exception_handlers={HTTPException: _refuse, Exception: fail},
    )


class _Shown(TypedDict, total=False):
    """What `pages.page` may show beside the empty form."""

    session: str
    exchange: pages.Exchange
    trouble: str
    notice: str
    draft: str
    ask_why: int | None


class _Web:
    """The endpoints, with what they need at hand."""

    def __init__(
        self,
        desk: Desk,
        topics: Callable[[], Sequence[Choice]],
        share: SharePages,
        pace: Pace,
        *,
        open_data: bool,
    ) -> None:
        self._desk = desk
        self._messages = Repeats(desk.respond)
        self._topics = topics
        self._share = share
        self._pace = pace
        self._open_data = open_data

    async def message(self, request: Request) -> Response:
        """Answer one message over the JSON door."""
        self._pace.check_address(request)
        data = await door.read_json(request)
        incoming, message = door.incoming(data), door.message_id(data)
        self._pace.check_session(incoming.user)
        turn = await self._messages.respond(incoming, message)
        return JSONResponse(to_json(turn, self._share.address_of), headers=_NO_STORE)

    async def feedback(self, request: Request) -> Response:
        """Keep a 👍 or 👎 over the JSON door."""
        self._pace.check_address(request)
        rating = door.rating(await door.read_json(request))
        self._pace.check_session(rating.session)
        return JSONResponse({"ok": await self._rate(rating)}, headers=_NO_STORE)

    async def chat(self, request: Request) -> Response:
        """Show the page, or answer its plain form."""
        embedded = request.url.path == FRAMED and request.query_params.get("embed") == "1"
        if request.method != "POST":
            html = self._page(embedded=embedded)
            return HTMLResponse(html, headers={"cache-control": "no-cache"})
        fields: dict[str, str] = {}
        try:
            self._pace.check_address(request)
            fields = await door.read_form(request)
            fields["session"] = fields.get("session") or door.new_id()
            html = await self._answer_form(fields, embedded=embedded)
            return HTMLResponse(html, headers=_NO_STORE)
        except door.Refusal as refusal:
            html = self._page(
                trouble=refusal.detail, draft=fields.get("text", ""), embedded=embedded
            )
            headers = {**_NO_STORE, **(refusal.headers or {})}
            return HTMLResponse(html, refusal.status_code, headers)

    def _page(self, *, embedded: bool, **shown: Unpack[_Shown]) -> str:
        return pages.page(
            topics=self._topics(),
            message=door.new_id(),
            embedded=embedded,
            shared=self._share.address_of,
            open_data=self._open_data,
            **shown,
        )

    async def _answer_form(self, fields: dict[str, str], *, embedded: bool) -> str:
        rated = fields.get("up") or fields.get("down")
        if rated:
            return await self._rate_form(fields, rated, embedded=embedded)
        if fields.get("choice"):
            fields.pop("text", None)  # a button was tapped; what stands in the field was not sent
        incoming, message = door.incoming(fields), door.message_id(fields)
        self._pace.check_session(incoming.user)
        titles = {choice.id: choice.title for choice in (*self._topics(), *pages.OWN_DATA)}
        asked = incoming.text
        if incoming.content is Content.CHOICE:
            choice = incoming.choice or ""
            asked = fields.get(f"title {choice}") or titles.get(choice, "Lựa chọn của bạn")
        turn = await self._messages.respond(incoming, message)
        return self._page(
            session=incoming.user, exchange=pages.Exchange(asked, turn), embedded=embedded
        )

    async def _rate_form(self, fields: dict[str, str], turn: str, *, embedded: bool) -> str:
        turn, _, reason = turn.partition(":")
        number = int(turn) if turn.isdecimal() and len(turn) < 20 else -1
        rating = door.rating(
            {**fields, "turn": number, "useful": "up" in fields, "reason": reason}
        )
        self._pace.check_session(rating.session)
        kept = await self._rate(rating)
        notice = "Cảm ơn bạn đã góp ý." if kept else "Không còn câu trả lời đó để góp ý."
        ask_why = rating.turn if kept and not rating.useful and not reason else None
        if ask_why is not None:
            notice += " Vì sao câu trả lời chưa giúp được bạn?"
        return self._page(
            session=rating.session, notice=notice, ask_why=ask_why, embedded=embedded
        )

    async def _rate(self, rating: door.Rating) -> bool:
        try:
            return await self._desk.rate(
                rating.turn,
                channel=door.CHANNEL,
                user=rating.session,
                useful=rating.useful,
                reason=rating.reason,
            )
        except FeedbackOffError:
            raise door.Refusal(403, OFF) from None


def to_json(turn: Turn, shared: pages.Shared = pages.nowhere) -> dict[str, object]:
    """Write a turn as the JSON door promises it."""
    reply = turn.reply
    return {
        "status": reply.status.value,
        "text": to_text(reply),
        "html": pages.card(turn, shared),
        "entry": reply.entry,
        "choices": [{"id": choice.id, "title": choice.title} for choice in reply.choices],
        "sources": [{"name": link.name, "url": link.url} for link in reply.sources],
        "turn": turn.id,
        "asks_feedback": reply.asks_feedback,
        "following": [to_json(other, shared) for other in turn.following],
    }


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = error.detail if isinstance(error, door.Refusal) else None
    message = said or _SENTENCES.get(error.status_code, _TROUBLE)
    return _sentence(request, error.status_code, message, error.headers)


def _sentence(
    request: Request, status: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say it as JSON to programs and as a page to people."""
    if request.url.path.startswith("/chat/api/"):
        return JSONResponse({"error": message}, status, headers)
    return HTMLResponse(pages.error_page(message), status, headers)
