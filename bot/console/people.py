"""Users (/quan-tri/nguoi-dung): who may work here, for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.accounts import AccountError, role_named
from bot.console.frame import BASE, form, guarded, redirect, render
from bot.console.office import Role

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.door import Form
    from bot.console.office import Office, Person

HOME = f"{BASE}/nguoi-dung"


class PeopleArea:
    """Admins only."""

    name = "Người dùng"
    path = "/nguoi-dung"
    role = Role.ADMIN

    def __init__(self, office: Office) -> None:
        self._accounts = office.accounts

    def routes(self) -> list[Route]:
        return [
            Route("/nguoi-dung", guarded(self.show, Role.ADMIN), methods=["GET"]),
            Route("/nguoi-dung", guarded(self.add, Role.ADMIN), methods=["POST"]),
            Route("/nguoi-dung/{name}", guarded(self.change, Role.ADMIN), methods=["POST"]),
        ]

    async def summary(self) -> str:
        """How many may log in, for the first page."""
        active = [one for one in await self._accounts.everybody() if one.active]
        return f"{len(active)} người dùng."

    async def show(self, request: Request, person: Person) -> Response:
        """All accounts, and a form for a new one."""
        return await self._page(request, person)

    async def add(self, request: Request, person: Person) -> Response:
        """Make an account; a password that was made up is shown once."""
        sent = await form(request)
        name, given = sent.get("name").strip().casefold(), sent.get("password")
        try:
            role = role_named(sent.get("role"))
            password = await self._accounts.add(name, role, given or None, by=person.name)
        except AccountError as error:
            return await self._page(request, person, 422, trouble=str(error), name=name)
        if given:
            return redirect(HOME, notice=f"Đã thêm {name}.")
        return await self._page(request, person, shown=(name, password))

    async def change(self, request: Request, person: Person) -> Response:
        """Do to one account what its button says."""
        name, sent = request.path_params["name"], await form(request)
        try:
            password = await self._do(name, sent, person.name)
        except AccountError as error:
            return await self._page(request, person, 422, trouble=str(error))
        if password:
            return await self._page(request, person, shown=(name, password))
        return redirect(HOME, notice=f"Đã đổi tài khoản {name}.")

    async def _do(self, name: str, sent: Form, by: str) -> str | None:
        accounts = self._accounts
        match sent.get("act"):
            case "role":
                await accounts.set_role(name, role_named(sent.get("role")), by=by)
            case "deactivate":
                await accounts.set_active(name, active=False, by=by)
            case "activate":
                await accounts.set_active(name, active=True, by=by)
            case "password":
                return await accounts.set_password(name, None, by=by)
            case "second_factor_off":
                await accounts.end_second_factor(name, by=by)
            case "end_logins":
                await accounts.end_logins(name, by=by)
            case _:
                raise AccountError("Không rõ phải làm gì. Bạn tải lại trang rồi bấm lại.")
        return None

    async def _page(
        self,
        request: Request,
        person: Person,
        status: int = 200,
        *,
        trouble: str = "",
        name: str = "",
        shown: tuple[str, str] | None = None,
    ) -> Response:
        return render(
            request,
            "people.html",
            status,
            accounts=await self._accounts.everybody(),
            me=person.name,
            trouble=trouble,
            name=name[:64],
            shown=shown,
        )
