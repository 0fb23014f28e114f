"""One's own page (/quan-tri/toi): password, second factor, logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from markupsafe import Markup
from starlette.routing import Route

from bot.accounts import AccountError, hashed
from bot.console.frame import BASE, form, guarded, login_token, redirect, render
from bot.console.office import Role
from bot.throttle import ThrottledError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.door import Form
    from bot.console.office import Office, Person

HOME = f"{BASE}/toi"


class MyArea:
    """Everybody's own; reached by one's name in the bar, not by the menu."""

    name = ""
    path = "/toi"
    role = Role.VIEWER

    def __init__(self, office: Office) -> None:
        self._accounts = office.accounts

    def routes(self) -> list[Route]:
        return [
            Route("/toi", guarded(self.show, Role.VIEWER), methods=["GET"]),
            Route("/toi/mat-khau", guarded(self.password, Role.VIEWER), methods=["POST"]),
            Route("/toi/hai-lop", guarded(self.begin, Role.VIEWER), methods=["POST"]),
            Route("/toi/hai-lop/bat", guarded(self.turn_on, Role.VIEWER), methods=["POST"]),
            Route("/toi/hai-lop/tat", guarded(self.turn_off, Role.VIEWER), methods=["POST"]),
            Route("/toi/dang-xuat-het", guarded(self.leave, Role.VIEWER), methods=["POST"]),
        ]

    async def show(self, request: Request, person: Person) -> Response:
        """Who one is, and the forms."""
        return await self._page(request, person)

    async def password(self, request: Request, person: Person) -> Response:
        """Take a new password, typed twice; other logins end."""
        sent = await form(request)
        try:
            await self._accounts.confirm(person.name, sent.get("old"))
            keep = hashed(login_token(request))
            await self._accounts.set_password(person.name, _twice(sent), by=person.name, keep=keep)
        except (AccountError, ThrottledError) as error:
            return await self._page(request, person, 422, trouble=str(error))
        return redirect(HOME, notice="Đã đổi mật khẩu. Các nơi đăng nhập khác đã bị thoát.")

    async def begin(self, request: Request, person: Person) -> Response:
        """Show a new secret to scan; it is kept once a code of it comes back."""
        secret, address = await self._accounts.begin_second_factor(person.name)
        return await self._page(request, person, secret=secret, address=address)

    async def turn_on(self, request: Request, person: Person) -> Response:
        """Keep the secret, if the code is right."""
        sent = await form(request)
        secret = sent.get("secret")[:64]
        try:
            await self._accounts.confirm(person.name, sent.get("password"))
            await self._accounts.set_second_factor(person.name, secret, sent.get("code"))
        except (AccountError, ThrottledError) as error:
            return await self._page(
                request, person, 422, trouble=str(error), secret=secret, address=""
            )
        return redirect(HOME, notice="Đã bật bảo mật hai lớp. Lần đăng nhập sau sẽ cần mã.")

    async def turn_off(self, request: Request, person: Person) -> Response:
        """Turn it off, with the password."""
        try:
            await self._accounts.confirm(person.name, (await form(request)).get("password"))
            await self._accounts.end_second_factor(person.name, by=person.name)
        except (AccountError, ThrottledError) as error:
            return await self._page(request, person, 422, trouble=str(error))
        return redirect(HOME, notice="Đã tắt bảo mật hai lớp.")

    async def leave(self, request: Request, person: Person) -> Response:
        """End all other logins."""
        keep = hashed(login_token(request))
        await self._accounts.end_logins(person.name, by=person.name, keep=keep)
        return redirect(HOME, notice="Đã thoát khỏi mọi nơi khác.")

    async def _page(
        self,
        request: Request,
        person: Person,
        status: int = 200,
        *,
        trouble: str = "",
        secret: str = "",
        address: str = "",
    ) -> Response:
        account = await self._accounts.get(person.name)
        return render(
            request,
            "me.html",
            status,
            account=account,
            trouble=trouble,
            secret=secret,
            qr=_qr(address) if address else None,
        )


def _twice(sent: Form) -> str:
    new = sent.get("new")
    if not new or new != sent.get("again"):
        raise AccountError("Mật khẩu mới và phần nhập lại khác nhau.")
    return new


def _qr(address: str) -> Markup:
    svg = segno.make_qr(address, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704  # the library writes numbers only
