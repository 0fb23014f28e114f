"""Accounts of officials: passwords, roles, logins, the second factor, and who is slowed down."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import text

from bot.accounts import AccountError, LoginError, role_named
from bot.office import Role
from bot.passwords import fault, invented
from bot.throttle import ThrottledError
from tests.officials import PASSWORD, close, hire, office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.accounts import Accounts
    from bot.console.office import Office

NOON = datetime(2026, 11, 26, 5, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock) -> AsyncIterator[Office]:
    made = await office(tmp_path, now=clock)
    yield made
    await close(made)


@pytest.fixture
def accounts(desk: Office) -> Accounts:
    return desk.accounts


@pytest.mark.parametrize(
    "password",
    ["ngan", "123456789012", "lanlanlanlanlan", "matkhaumatkhau", "aaaaaaaaaaaaaaaa", "x" * 201],
)
def test_a_password_that_is_easy_to_guess_is_refused_in_words(password: str) -> None:
    """Too short, the name, a common word, one letter again and again, or endless."""
    assert "Mật khẩu" in (fault(password, "lan") or "")


def test_a_password_that_was_made_up_is_good_and_new() -> None:
    """What the program proposes it also takes."""
    one, other = invented(), invented()
    assert (fault(one, "lan"), one == other) == (None, False)


async def test_only_the_right_password_logs_in(accounts: Accounts, desk: Office) -> None:
    """A wrong name and a wrong password get the same sentence."""
    await hire(desk, "lan", Role.EDITOR)
    account, more = await accounts.check_password(" LAN ", PASSWORD, "a")
    assert (account.name, more) == ("lan", False)
    said = []
    for name, password in (("lan", "sai"), ("minh", PASSWORD)):
        with pytest.raises(LoginError) as error:
            await accounts.check_password(name, password, "a")
        said.append(str(error.value))
    assert said == ["Tên hoặc mật khẩu không đúng."] * 2


async def test_neither_password_nor_token_is_in_the_database(
    accounts: Accounts, desk: Office, tmp_path: Path
) -> None:
    """Whoever reads the file cannot log in."""
    await hire(desk, "lan", Role.ADMIN)
    account, _ = await accounts.check_password("lan", PASSWORD, "a")
    token = await accounts.log_in(account, "a")
    secret, _ = await accounts.begin_second_factor("lan")
    await accounts.set_second_factor("lan", secret, pyotp.TOTP(secret).at(NOON))
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("hoidap.db*"))
    assert b"$argon2id$" in kept
    assert not any(word.encode() in kept for word in (PASSWORD, token, secret))


async def test_a_login_ends_when_it_is_idle_or_old(
    accounts: Accounts, desk: Office, clock: Clock
) -> None:
    """Eight hours without a page, or seven days in all."""
    await hire(desk, "lan", Role.VIEWER)
    account = await accounts.get("lan")
    token = await accounts.log_in(account, "a")
    clock.wait(hours=7, minutes=59)
    assert await accounts.person(token)
    clock.wait(hours=8, minutes=1)
    assert await accounts.person(token) is None
    token = await accounts.log_in(account, "a")
    for _ in range(24):
        clock.wait(hours=7)
        assert await accounts.person(token)
    clock.wait(hours=1)
    assert await accounts.person(token) is None


async def test_a_new_password_and_a_closed_account_end_logins(
    accounts: Accounts, desk: Office
) -> None:
    """Whoever was logged in before is out."""
    await hire(desk, "lan", Role.VIEWER)
    account = await accounts.get("lan")
    token = await accounts.log_in(account, "a")
    await accounts.set_password("lan", "mot cau khac han, dai hon", by="thử")
    assert await accounts.person(token) is None
    token = await accounts.log_in(account, "a")
    await accounts.set_active("lan", active=False, by="thử")
    assert await accounts.person(token) is None
    with pytest.raises(LoginError):
        await accounts.check_password("lan", "mot cau khac han, dai hon", "a")


async def test_the_last_admin_stays(accounts: Accounts, desk: Office) -> None:
    """Neither demoted nor closed, until there is another one."""
    await hire(desk, "lan", Role.ADMIN)
    with pytest.raises(AccountError, match="quản trị viên cuối cùng"):
        await accounts.set_role("lan", Role.EDITOR, by="lan")
    with pytest.raises(AccountError, match="quản trị viên cuối cùng"):
        await accounts.set_active("lan", active=False, by="lan")
    await hire(desk, "minh", Role.ADMIN)
    await accounts.set_role("lan", Role.EDITOR, by="lan")
    assert (await accounts.get("lan")).role == "editor"


@pytest.mark.parametrize("name", ["", "a", "Lan", "lan nguyen", "lan/../x", "<b>", "x" * 41])
async def test_a_name_that_is_none_is_refused(accounts: Accounts, name: str) -> None:
    """Names stand in addresses and in the trail."""
    with pytest.raises(AccountError, match="Tên dài"):
        await accounts.add(name, Role.VIEWER, PASSWORD, by="thử")


async def test_a_name_is_taken_once(accounts: Accounts, desk: Office) -> None:
    """The second one is told so, and changes nothing."""
    await hire(desk, "lan", Role.ADMIN)
    with pytest.raises(AccountError, match="Đã có tài khoản"):
        await accounts.add("lan", Role.VIEWER, PASSWORD, by="thử")
    assert (await accounts.get("lan")).role == "admin"


async def test_guessing_gets_slower_and_a_name_is_never_locked_for_good(
    accounts: Accounts, desk: Office, clock: Clock
) -> None:
    """After five failures one waits, longer each time; later the right password works."""
    await hire(desk, "lan", Role.ADMIN)
    for _ in range(5):
        with pytest.raises(LoginError):
            await accounts.check_password("lan", "sai", "a")
    with pytest.raises(ThrottledError, match=r"thử lại sau \d+ giây"):
        await accounts.check_password("lan", PASSWORD, "b")
    for _ in range(20):
        clock.wait(minutes=16)
        with pytest.raises(LoginError):
            await accounts.check_password("lan", "sai", "a")
    clock.wait(minutes=16)
    assert await accounts.check_password("lan", PASSWORD, "a")


async def test_an_address_that_guesses_many_names_is_slowed_down(accounts: Accounts) -> None:
    """The address counts, whatever the names."""
    for number in range(5):
        with pytest.raises(LoginError):
            await accounts.check_password(f"ai-{number}", "sai", "a")
    with pytest.raises(ThrottledError):
        await accounts.check_password("ai-khac", "sai", "a")


async def test_a_code_is_taken_once(accounts: Accounts, desk: Office, clock: Clock) -> None:
    """Whoever looked over the shoulder cannot use the same code again."""
    await hire(desk, "lan", Role.ADMIN)
    secret, address = await accounts.begin_second_factor("lan")
    totp = pyotp.TOTP(secret)
    assert address.startswith("otpauth://totp/hoidap:lan?")
    with pytest.raises(AccountError, match="Mã không đúng"):
        await accounts.set_second_factor("lan", secret, "000000")
    await accounts.set_second_factor("lan", secret, totp.at(clock()))
    account, more = await accounts.check_password("lan", PASSWORD, "a")
    assert more
    ticket = accounts.ticket(account)
    with pytest.raises(LoginError):  # the code that turned it on
        await accounts.check_code(ticket, totp.at(clock()), "a")
    clock.wait(seconds=60)
    code = totp.at(clock())
    assert (await accounts.check_code(ticket, f"{code[:3]} {code[3:]}", "a")).name == "lan"
    with pytest.raises(LoginError):
        await accounts.check_code(ticket, code, "a")


async def test_a_ticket_ends_and_cannot_be_made_up(
    accounts: Accounts, desk: Office, clock: Clock
) -> None:
    """The password must have been right some minutes ago."""
    await hire(desk, "lan", Role.ADMIN)
    secret, _ = await accounts.begin_second_factor("lan")
    await accounts.set_second_factor("lan", secret, pyotp.TOTP(secret).at(clock()))
    ticket = accounts.ticket(await accounts.get("lan"))
    clock.wait(minutes=6)
    later = ticket.replace(f".{int(NOON.timestamp()) + 300}.", f".{int(NOON.timestamp()) + 9000}.")
    assert later != ticket
    for bad in (ticket, later, "", "1.2.3", "x", "²." * 9):
        with pytest.raises(LoginError, match="từ đầu"):
            await accounts.check_code(bad, pyotp.TOTP(secret).at(clock()), "a")


async def test_the_trail_tells_what_was_done_and_no_secret(
    accounts: Accounts, desk: Office
) -> None:
    """Who, what, to whom, before and after."""
    await hire(desk, "lan", Role.ADMIN)
    await hire(desk, "minh", Role.VIEWER)
    await accounts.set_role("minh", Role.EDITOR, by="lan")
    await accounts.set_password("minh", None, by="lan")
    query = text("SELECT account, action, object, before, after FROM trail ORDER BY id")
    rows = await desk.store.read(lambda connection: connection.execute(query).all())
    assert [tuple(row) for row in rows] == [
        ("thử", "account_added", "lan", None, '{"role":"admin"}'),
        ("thử", "account_added", "minh", None, '{"role":"viewer"}'),
        ("lan", "role_changed", "minh", '{"role":"viewer"}', '{"role":"editor"}'),
        ("lan", "password_changed", "minh", None, None),
    ]


@pytest.mark.parametrize(("word", "role"), [("admin", Role.ADMIN), ("Biên tập viên", Role.EDITOR)])
def test_a_role_is_known_by_both_names(word: str, role: Role) -> None:
    """The command's word and the page's."""
    assert role_named(word) is role


def test_each_role_covers_those_before_it() -> None:
    """Viewer, reviewer, editor, admin."""
    assert [[role.covers(other) for other in Role] for role in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


async def test_a_name_that_looks_like_an_address_slows_down_nobody_there(
    accounts: Accounts,
) -> None:
    """Names and addresses are counted apart; no address is no address that all share."""
    await accounts.add("lan", Role.VIEWER, PASSWORD, by="hoa")
    for _ in range(9):
        with suppress(LoginError, ThrottledError):
            await accounts.check_password("203.0.113.5", "sai", "")
    account, _ = await accounts.check_password("lan", PASSWORD, "203.0.113.5")
    assert account.name == "lan"
    assert (await accounts.check_password("lan", PASSWORD, ""))[0].name == "lan"


async def test_the_name_of_what_nobody_did_is_taken(accounts: Accounts) -> None:
    """A person of that name would be taken for the bot in histories."""
    with pytest.raises(AccountError, match="máy tự làm"):
        await accounts.add("hoidap", Role.VIEWER, PASSWORD, by="hoa")
