"""Accounts of officials and their logins: reads and writes on a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, update

from bot.store.office_schema import accounts, logins

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is kept: `password` is a hash, `totp` encrypted."""

    id: int
    name: str
    role: str
    password: str
    totp: str | None
    totp_used: int | None
    active: bool
    created_at: datetime
    password_at: datetime


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is logged in."""

    account: Account
    created_at: datetime
    seen_at: datetime


def add(connection: Connection, values: dict[str, Any]) -> bool:
    """Keep a new account; False if the name is taken."""
    if named(connection, values["name"]):
        return False
    connection.execute(insert(accounts).values(values))
    return True


def named(connection: Connection, name: str) -> Account | None:
    row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
    return Account(**row) if row else None


def numbered(connection: Connection, number: int) -> Account | None:
    row = connection.execute(select(accounts).where(accounts.c.id == number)).mappings().first()
    return Account(**row) if row else None


def everybody(connection: Connection) -> list[Account]:
    """List all accounts by name."""
    query = select(accounts).order_by(accounts.c.name)
    return [Account(**row) for row in connection.execute(query).mappings()]


def other_admins(connection: Connection, number: int) -> int:
    """Count the active admins beside this account."""
    query = select(func.count()).where(
        accounts.c.role == _ADMIN, accounts.c.active, accounts.c.id != number
    )
    return int(connection.execute(query).scalar_one())


def change(connection: Connection, number: int, values: dict[str, Any]) -> None:
    connection.execute(update(accounts).where(accounts.c.id == number).values(values))


def take_code(connection: Connection, number: int, period: int) -> bool:
    """Note that a period's code was taken; False if it, or a later one, was before."""
    unused = or_(accounts.c.totp_used.is_(None), accounts.c.totp_used < period)
    statement = update(accounts).where(accounts.c.id == number, unused).values(totp_used=period)
    return connection.execute(statement).rowcount == 1


def log_in(connection: Connection, token: str, number: int, at: datetime) -> None:
    values = {"token": token, "account_id": number, "created_at": at, "seen_at": at}
    connection.execute(insert(logins).values(values))


def login(connection: Connection, token: str) -> Login | None:
    query = (
        select(accounts, logins.c.created_at.label("since"), logins.c.seen_at)
        .join(logins, logins.c.account_id == accounts.c.id)
        .where(logins.c.token == token, accounts.c.active)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    own = {**row}
    since, seen_at = own.pop("since"), own.pop("seen_at")
    return Login(Account(**own), since, seen_at)


def seen(connection: Connection, token: str, at: datetime) -> None:
    connection.execute(update(logins).where(logins.c.token == token).values(seen_at=at))


def log_out(connection: Connection, token: str) -> None:
    connection.execute(delete(logins).where(logins.c.token == token))


def log_out_everywhere(connection: Connection, number: int, *, but: str = "") -> None:
    """End an account's logins, all but one."""
    theirs = (logins.c.account_id == number, logins.c.token != but)
    connection.execute(delete(logins).where(*theirs))


def end_old(connection: Connection, *, idle: datetime, begun: datetime) -> None:
    """Forget logins that were not used since, or that began before."""
    old = or_(logins.c.seen_at < idle, logins.c.created_at < begun)
    connection.execute(delete(logins).where(old))
