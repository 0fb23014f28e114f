"""Officials' accounts: who may work in the console, how they log in, and what keeps others out.

What is wrong is raised as `AccountError` with a Vietnamese sentence. Everything done here is in
the trail, without passwords or secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp

from bot.cipher import Cipher, UnreadableError
from bot.errors import Fault
from bot.office import HOIDAP, ROLES, Person, Role
from bot.passwords import Passwords, fault, invented
from bot.store import accounts as table
from bot.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.store import Store
    from bot.store.accounts import Account
    from bot.trail import Trail

IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)  # of a login
_SEEN_EVERY = timedelta(minutes=5)
_TICKET = timedelta(minutes=5)  # between the password and the code
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_PERIOD = 30  # seconds, as every application that makes codes has it
_ISSUER = "hoidap"


class AccountError(Fault):
    """What was asked for cannot be done; the sentence is for whoever asked."""


class LoginError(AccountError):
    """Name, password or code is wrong, or too many were: nobody learns which."""


class Accounts:
    """Adds, changes and logs in accounts."""

    def __init__(
        self, store: Store, key: bytes, trail: Trail, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._key = hmac.digest(key, b"hoidap: logins of the console", "sha256")
        self._cipher = Cipher(key)
        self._trail = trail
        self._now = now
        self._passwords = Passwords()
        self._throttle = Throttle(now)

    def close(self) -> None:
        """Let go of what runs beside."""
        self._passwords.close()

    # --- accounts

    async def everybody(self) -> list[Account]:
        """List the accounts by name."""
        return await self._store.read(table.everybody)

    async def get(self, name: str) -> Account:
        """Find an account. Raises `AccountError` when there is none of this name."""
        account = await self._store.read(lambda connection: table.named(connection, name))
        if account is None:
            raise AccountError(f"Không có tài khoản “{name[:40]}”. Xem tên trong danh sách.")
        return account

    async def add(self, name: str, role: Role, password: str | None, *, by: str) -> str:
        """Make an account; the password, which is made up when none is given."""
        if name == HOIDAP:
            raise AccountError(f"“{HOIDAP}” là tên của những việc máy tự làm. Bạn chọn tên khác.")
        if not _NAME.fullmatch(name):
            raise AccountError(
                "Tên dài 2–40 ký tự, gồm chữ thường không dấu, số, dấu chấm, gạch; ví dụ: lan.nguyen"
            )
        password = password or invented()
        values = {
            "name": name,
            "role": role.value,
            "password": await self._hashed(password, name),
            "active": True,
            "created_at": self._now(),
            "password_at": self._now(),
        }
        if not await self._store.write(lambda connection: table.add(connection, values)):
            raise AccountError(f"Đã có tài khoản “{name}”. Bạn chọn tên khác.")
        await self._trail.note(by, "account_added", name, after={"role": role.value})
        return password

    async def set_role(self, name: str, role: Role, *, by: str) -> None:
        """Give an account another role; the last admin keeps theirs."""
        account = await self.get(name)
        await self._change(account, {"role": role.value}, keeps_admin=role is Role.ADMIN)
        await self._trail.note(
            by, "role_changed", name, {"role": account.role}, {"role": role.value}
        )

    async def set_active(self, name: str, *, active: bool, by: str) -> None:
        """Let an account in or keep it out, with every login that it has."""
        account = await self.get(name)
        await self._change(account, {"active": active}, keeps_admin=active)
        if not active:
            await self.log_out_everywhere(account.id)
        await self._trail.note(
            by,
            "account_activated" if active else "account_deactivated",
            name,
            {"active": account.active},
            {"active": active},
        )

    async def set_password(
        self, name: str, password: str | None, *, by: str, keep: str = ""
    ) -> str:
        """Give an account a password, made up if none is given; its other logins end."""
        account = await self.get(name)
        password = password or invented()
        hashed = await self._hashed(password, name)
        values = {"password": hashed, "password_at": self._now()}

        def write(connection: Connection) -> None:
            table.change(connection, account.id, values)
            table.log_out_everywhere(connection, account.id, but=keep)

        await self._store.write(write)
        self._throttle.forget(name)
        await self._trail.note(by, "password_changed", name)
        return password

    async def confirm(self, name: str, password: str) -> None:
        """See that somebody who is logged in knows their password. Raises `LoginError`."""
        self._throttle.check(name)
        account = await self.get(name)
        if not await self._passwords.fits(password, account.password):
            self._throttle.failed(name)
            raise LoginError("Mật khẩu hiện tại không đúng.")

    async def end_logins(self, name: str, *, by: str, keep: str = "") -> None:
        """End an account's logins, all but one."""
        account = await self.get(name)
        await self.log_out_everywhere(account.id, keep=keep)
        await self._trail.note(by, "logins_ended", name)

    async def log_out_everywhere(self, number: int, *, keep: str = "") -> None:
        """End the logins of an account by its number."""
        await self._store.write(
            lambda connection: table.log_out_everywhere(connection, number, but=keep)
        )

    async def _change(
        self, account: Account, values: dict[str, Any], *, keeps_admin: bool
    ) -> None:
        def write(connection: Connection) -> bool:
            admin = account.role == Role.ADMIN and account.active
            if admin and not keeps_admin and not table.other_admins(connection, account.id):
                return False
            table.change(connection, account.id, values)
            return True

        if not await self._store.write(write):
            raise AccountError(
                f"“{account.name}” là quản trị viên cuối cùng. Bạn thêm một quản trị viên khác trước."
            )

    async def _hashed(self, password: str, name: str) -> str:
        if wrong := fault(password, name):
            raise AccountError(wrong)
        return await self._passwords.hash(password)

    # --- second factor

    async def begin_second_factor(self, name: str) -> tuple[str, str]:
        """Make up a secret; it and the address that applications scan. Nothing is kept yet."""
        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)

    async def set_second_factor(self, name: str, secret: str, code: str) -> None:
        """Turn the second factor on, once a code shows that the application has the secret."""
        account = await self.get(name)
        try:
            period = self._period(pyotp.TOTP(secret), code)
        except (ValueError, TypeError):
            period = None
        if period is None:
            raise AccountError(
                "Mã không đúng. Bạn xem giờ của điện thoại đã đúng chưa, rồi nhập mã mới nhất."
            )
        values = {"totp": self._cipher.hide(secret), "totp_used": period}
        await self._store.write(lambda connection: table.change(connection, account.id, values))
        await self._trail.note(name, "second_factor_on", name)

    async def end_second_factor(self, name: str, *, by: str) -> None:
        """Turn the second factor off."""
        account = await self.get(name)
        values = {"totp": None, "totp_used": None}
        await self._store.write(lambda connection: table.change(connection, account.id, values))
        await self._trail.note(by, "second_factor_off", name)

    def _period(self, totp: pyotp.TOTP, code: str) -> int | None:
        """Which period a code belongs to: this one or its neighbours, as clocks differ."""
        now = int(self._now().timestamp())
        digits = "".join(code.split())
        for moment in (now, now - _PERIOD, now + _PERIOD):
            if hmac.compare_digest(totp.at(moment).encode(), digits.encode()):
                return moment // _PERIOD
        return None

    # --- logging in

    async def check_password(self, name: str, password: str, address: str) -> tuple[Account, bool]:
        """Find the account of a name and a password; and whether a code is still needed.

        Raises:
            LoginError: when they do not fit, or too many did not.
        """
        name = name.strip().casefold()[:64]
        keys = _keys(name, address)
        self._throttle.check(*keys)
        account = await self._store.read(lambda connection: table.named(connection, name))
        right = await self._passwords.fits(
            password[:1000], account.password if account and account.active else None
        )
        if account is None or not right:
            self._throttle.failed(*keys)
            raise LoginError("Tên hoặc mật khẩu không đúng.")
        if self._passwords.is_old(account.password):
            number, renewed = account.id, await self._passwords.hash(password)
            await self._store.write(
                lambda connection: table.change(connection, number, {"password": renewed})
            )
            account = replace(account, password=renewed)  # a ticket is signed with it
        return account, account.totp is not None

    def ticket(self, account: Account) -> str:
        """What proves for some minutes that the password was right."""
        until = int((self._now() + _TICKET).timestamp())
        body = f"{account.id}.{until}"
        return f"{body}.{self._sign('ticket', body, account.password)}"

    async def check_code(self, ticket: str, code: str, address: str) -> Account:
        """Find the account of a ticket and a code. Raises `LoginError`."""
        account = await self._of_ticket(ticket)
        self._throttle.check(*_keys(account.name, address))
        try:
            totp = pyotp.TOTP(self._cipher.show(account.totp or ""))
        except UnreadableError:
            raise LoginError(
                "Không đọc được khóa của lớp thứ hai. Nhờ quản trị viên tắt lớp này rồi bật lại."
            ) from None
        period = self._period(totp, code)
        if period is None or not await self._store.write(
            lambda connection: table.take_code(connection, account.id, period)
        ):
            self._throttle.failed(*_keys(account.name, address))
            raise LoginError("Mã không đúng hoặc đã dùng. Bạn chờ mã mới rồi nhập lại.")
        return account

    async def _of_ticket(self, ticket: str) -> Account:
        body, _, signature = ticket[:300].rpartition(".")
        number, _, until = body.partition(".")
        if number.isdecimal() and until.isdecimal() and len(number) < 19:
            account = await self._store.read(
                lambda connection: table.numbered(connection, int(number))
            )
            if account and account.active and account.totp:
                good = self._sign("ticket", body, account.password)
                in_time = int(until[:15]) >= self._now().timestamp()
                if hmac.compare_digest(good.encode(), signature.encode()) and in_time:
                    return account
        raise LoginError("Đã quá thời gian nhập mã. Bạn đăng nhập lại từ đầu.")

    async def log_in(self, account: Account, address: str) -> str:
        """Begin a login; the token that its cookie holds. Only a hash of it is kept."""
        token = secrets.token_urlsafe(32)
        now = self._now()

        def write(connection: Connection) -> None:
            table.end_old(connection, idle=now - IDLE, begun=now - LONGEST)
            table.log_in(connection, hashed(token), account.id, now)

        await self._store.write(write)
        self._throttle.forget(*_keys(account.name, address))
        await self._trail.note(account.name, "logged_in", account.name)
        return token

    async def person(self, token: str) -> Person | None:
        """Who a token belongs to; None when its login has ended."""
        key, now = hashed(token), self._now()
        login = await self._store.read(lambda connection: table.login(connection, key))
        if login is None or now - login.seen_at > IDLE or now - login.created_at > LONGEST:
            return None
        if now - login.seen_at > _SEEN_EVERY:
            await self._store.write(lambda connection: table.seen(connection, key, now))
        return Person(login.account.id, login.account.name, Role(login.account.role))

    async def log_out(self, token: str) -> None:
        """End a login."""
        await self._store.write(lambda connection: table.log_out(connection, hashed(token)))

    def csrf(self, token: str) -> str:
        """What every form of a login must send along."""
        return self._sign("csrf", hashed(token), "")

    def _sign(self, purpose: str, *parts: str) -> str:
        text = "\n".join((purpose, *parts)).encode()
        return hmac.digest(self._key, text, "sha256").hex()


def _keys(name: str, address: str) -> tuple[str, ...]:
    """What is slowed down: a name, and an address where it tells one caller from another."""
    return (f"name:{name}", f"address:{address}") if address else (f"name:{name}",)


def hashed(token: str) -> str:
    """What the store knows of a token."""
    return hashlib.sha256(token[:200].encode("utf-8", "replace")).hexdigest()


def role_named(word: str) -> Role:
    """Read a role's id or Vietnamese name. Raises `AccountError`."""
    for role, label in ROLES.items():
        if word.strip().casefold() in {role.value, label.casefold()}:
            return role
    raise AccountError(
        f"Không có vai trò “{word[:20]}”. Các vai trò: {', '.join(role.value for role in Role)}."
    )
