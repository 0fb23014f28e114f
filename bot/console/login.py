"""Logging in and out: name and password, then a code where the account has a second factor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.accounts import LONGEST, AccountError
from bot.console.door import read_form
from bot.console.frame import BASE, cookie_name, guarded, keep, login_token, redirect, render
from bot.console.office import Person, Role
from bot.throttle import ThrottledError
from bot.web.pace import LOOPBACK, caller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from bot.console.office import Office
    from bot.store.accounts import Account

_UNDONE = "Phiên đăng nhập đã hết; việc bạn vừa bấm chưa được làm."


def login_routes(office: Office) -> Sequence[BaseRoute]:
    """The routes that need no login, and the one that ends it."""
    pages = _Pages(office)
    return (
        Route("/dang-nhap", pages.show, methods=["GET"]),
        Route("/dang-nhap", pages.send, methods=["POST"]),
        Route("/dang-xuat", guarded(pages.log_out, Role.VIEWER), methods=["POST"]),
    )


class _Pages:
    def __init__(self, office: Office) -> None:
        self._accounts = office.accounts
        self._one_at_a_time = asyncio.Semaphore(8)  # each check costs memory

    async def show(self, request: Request) -> Response:
        """The form; whoever is logged in already goes on."""
        after = _after(request.query_params.get("tiep", ""))
        if await self._accounts.person(login_token(request)):
            return redirect(after)
        undone = request.query_params.get("chua_lam", "")
        return await self._form(request, after=after, trouble=_UNDONE if undone else "")

    async def send(self, request: Request) -> Response:
        """Check what was sent."""
        sent = await read_form(request)
        after, address = _after(sent.get("tiep")), _address(request)
        try:
            async with self._one_at_a_time:
                if ticket := sent.get("ticket"):
                    account = await self._accounts.check_code(ticket, sent.get("code"), address)
                else:
                    account, more = await self._accounts.check_password(
                        sent.get("name"), sent.get("password"), address
                    )
                    if more:
                        ticket = self._accounts.ticket(account)
                        return render(
                            request, "login_code.html", ticket=ticket, after=after, trouble=""
                        )
        except (AccountError, ThrottledError) as error:
            if sent.get("ticket") and "từ đầu" not in str(error):
                return render(
                    request,
                    "login_code.html",
                    403,
                    ticket=sent.get("ticket"),
                    after=after,
                    trouble=str(error),
                )
            return await self._form(
                request, 403, after=after, name=sent.get("name"), trouble=str(error)
            )
        return await self._enter(request, account, after)

    async def _enter(self, request: Request, account: Account, after: str) -> Response:
        if old := login_token(request):
            await self._accounts.log_out(old)
        token = await self._accounts.log_in(account, _address(request))
        answer = redirect(after)
        seconds = int(LONGEST.total_seconds())
        keep(request, answer, cookie_name(request), token, seconds=seconds)
        return answer

    async def log_out(self, request: Request, person: Person) -> Response:
        """End this login."""
        del person
        await self._accounts.log_out(login_token(request))
        answer = redirect(f"{BASE}/dang-nhap")
        answer.delete_cookie(cookie_name(request), path=BASE)
        return answer

    async def _form(
        self, request: Request, status: int = 200, *, after: str, name: str = "", trouble: str = ""
    ) -> Response:
        nobody = not await self._accounts.everybody()
        return render(
            request,
            "login.html",
            status,
            after=after,
            name=name[:64],
            trouble=trouble,
            nobody=nobody,
        )


def _after(path: str) -> str:
    """Where to go after the login: a page of the console, and nowhere else."""
    inside = path == BASE or path.startswith((f"{BASE}/", f"{BASE}?"))
    plain = "\\" not in path and "//" not in path and path.isprintable()
    return path if inside and plain else f"{BASE}/"


def _address(request: Request) -> str:
    """Who is slowed down for guessing: nobody at this machine, which may be a proxy for all."""
    address = caller(request)
    return "" if address in LOOPBACK else address
