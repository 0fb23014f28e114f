"""The console's frame: who may see a page, how it is drawn, and what every answer tells the browser.

A page module has an area: its name in the menu, its path, the least role, and its routes, whose
handlers take the request and the person and are `guarded`.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount

from bot.console.door import Form, read_form
from bot.console.office import ROLES, Person, Role
from bot.errors import Fault
from bot.web.answers import VIETNAM
from bot.web.shield import HEADERS, Assets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.console.office import Office

__all__ = [
    "BASE",
    "LOGIN",
    "Area",
    "Form",
    "asset",
    "build_console",
    "form",
    "guarded",
    "redirect",
    "render",
]

BASE = "/quan-tri"
LOGIN = f"{BASE}/dang-nhap"
LOGOUT = f"{BASE}/dang-xuat"
_HERE = Path(__file__).parent
_NOTICE = "hoidap_notice"
_SENTENCES = {
    404: "Không có trang này. Có thể nội dung đã được chuyển hoặc xóa.",
    405: "Địa chỉ này không nhận kiểu yêu cầu vừa gửi.",
}
_TROUBLE = "Máy chủ đang gặp trục trặc. Chưa có gì thay đổi, bạn thử lại sau ít phút."


class Area(Protocol):
    """Pages of one subject; without a name they are not in the menu."""

    name: str
    path: str
    role: Role

    def routes(self) -> Sequence[BaseRoute]:
        """Its routes, below the console's path."""


@functools.cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"{BASE}/static/{name}?v={digest}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def vietnam(moment: datetime) -> str:
    """A moment as people there read it."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def short(value: object) -> str:
    """A value in few words."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return textwrap.shorten(text, 200, placeholder="…")


_TEMPLATES.globals |= {"asset": asset, "base": BASE, "roles": ROLES}
_TEMPLATES.filters |= {"vietnam": vietnam, "short": short}


def build_console(
    office: Office, areas: Sequence[Area], more: Sequence[BaseRoute] = ()
) -> Starlette:
    """Make the application of the areas; `more` are routes that need no login."""
    console = Starlette(
        routes=[
            Mount("/static", Assets(directory=_HERE / "static")),
            *more,
            *(route for area in areas for route in area.routes()),
        ],
        middleware=[
            Middleware(_Shield),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        exception_handlers={HTTPException: _refuse, Fault: _explain, Exception: _fail},
    )
    console.state.office = office
    console.state.areas = tuple(areas)
    return console


_LARGEST = 2**63 - 1  # that a database counts to


def guarded(
    handler: Callable[[Request, Person], Awaitable[Response]], role: Role
) -> Callable[[Request], Awaitable[Response]]:
    """Let only those with the role in; a form must carry the login's own token.

    Nobody logged in is sent to the login page, and back afterwards.
    """

    @functools.wraps(handler)
    async def handle(request: Request) -> Response:
        office: Office = request.app.state.office
        if any(isinstance(one, int) and one > _LARGEST for one in request.path_params.values()):
            raise HTTPException(404)
        person = await office.accounts.person(token := login_token(request))
        if person is None:
            return _to_login(request)
        request.state.person = person
        request.state.csrf = office.accounts.csrf(token)
        if not person.role.covers(role):
            raise HTTPException(
                403, f"Việc này cần vai trò {ROLES[role]}. Bạn nhờ quản trị viên cấp quyền."
            )
        if request.method == "POST":
            sent = (await read_form(request)).get("csrf") or request.headers.get("x-csrf", "")
            if not hmac.compare_digest(sent.encode(), request.state.csrf.encode()):
                raise HTTPException(403, "Trang này đã cũ. Bạn tải lại trang rồi gửi lại.")
        return noticed(request, await handler(request, person))

    handle.least = role  # type: ignore[attr-defined]  # which role it asks for, for whoever lists routes
    return handle


def noticed(request: Request, answer: Response) -> Response:
    """Keep the one-time notice of a redirect until the next page."""
    if notice := getattr(answer, "notice", None):
        keep(request, answer, _NOTICE, quote(notice[:600]), seconds=60)
    return answer


def keep(request: Request, answer: Response, name: str, value: str, *, seconds: int) -> None:
    """Set a cookie that scripts cannot read and other sites do not send."""
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=BASE,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",  # a link in a mail must lead to a page; nothing changes by a link
    )


def is_secure(request: Request) -> bool:
    """Whether the browser reaches the console over TLS."""
    public = request.app.state.office.settings.public_url
    return request.url.scheme == "https" or bool(public and public.scheme == "https")


def cookie_name(request: Request) -> str:
    """The login's cookie; browsers take the prefix only over TLS."""
    return "__Secure-hoidap" if is_secure(request) else "hoidap"


def login_token(request: Request) -> str:
    return request.cookies.get(cookie_name(request), "")


async def form(request: Request) -> Form:
    """What the form sent."""
    return await read_form(request)


def redirect(path: str, notice: str | None = None) -> RedirectResponse:
    """Lead to another page of the console; the notice is shown there, once."""
    answer = RedirectResponse(path, 303)
    answer.notice = notice  # type: ignore[attr-defined]  # `guarded` makes a cookie of it
    return answer


def render(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Draw a page."""
    state = request.app.state
    person: Person | None = getattr(request.state, "person", None)
    notice = unquote(request.cookies.get(_NOTICE, ""))
    html = _TEMPLATES.get_template(template).render(
        request=request,
        person=person,
        menu=[
            area for area in state.areas if area.name and person and person.role.covers(area.role)
        ],
        here=request.url.path.removeprefix(BASE),
        csrf=getattr(request.state, "csrf", ""),
        notices=[notice] if notice else [],
        problems=state.office.reload.problems if state.office.reload else (),
        **context,
    )
    answer = HTMLResponse(html, status)
    if notice and "hx-request" not in request.headers:
        answer.delete_cookie(_NOTICE, path=BASE)
    return answer


def _to_login(request: Request) -> Response:
    if "hx-request" in request.headers:  # a part of a page cannot be a login page
        return Response(status_code=401, headers={"hx-refresh": "true"})
    query = f"?{request.url.query}" if request.url.query else ""
    asked = request.method == "GET"
    target = f"{request.url.path}{query}" if asked else BASE
    undone = "" if asked or request.url.path == LOGOUT else "&chua_lam=1"
    return RedirectResponse(f"{LOGIN}?tiep={quote(target[:500], safe='')}{undone}", 303)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = _SENTENCES.get(error.status_code, error.detail)
    return render(request, "trouble.html", error.status_code, said=said)


async def _explain(request: Request, error: Exception) -> Response:
    return render(request, "trouble.html", 503, said=str(error))


async def _fail(request: Request, _: Exception) -> Response:
    answer = render(request, "trouble.html", 500, said=_TROUBLE)
    answer.headers.update(_HEADERS)  # sent from outside the shield
    return answer


_HEADERS = {**HEADERS, "x-robots-tag": "noindex, nofollow", "cache-control": "no-store"}


class _Shield:
    """Puts the headers on every response; static files keep how long they may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    if name != "cache-control" or name not in headers:
                        headers[name] = value
            await send(message)

        await self._app(scope, receive, shielded if scope["type"] == "http" else send)
