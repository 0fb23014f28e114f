"""How fast one session, and one address, may write: against floods, not against people."""

from __future__ import annotations

import ipaddress
import math
from typing import TYPE_CHECKING

from bot.web import door

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.channels.rate import Rate

LOOPBACK = frozenset({"127.0.0.1", "::/64"})


class Pace:
    """Refuses what comes too fast, with how long to wait.

    Loopback is not counted: it is this machine itself, or a proxy that does not tell who is
    behind it.
    """

    def __init__(self, *, sessions: Rate, addresses: Rate) -> None:
        self._sessions = sessions
        self._addresses = addresses

    def check_address(self, request: Request) -> None:
        """Count a message of this address; raises `Refusal` (429) when there were too many."""
        address = caller(request)
        if address not in LOOPBACK:
            _slow_down(self._addresses, address)

    def check_session(self, session: str) -> None:
        """Count a message of this session; raises `Refusal` (429) when there were too many."""
        _slow_down(self._sessions, session)


def _slow_down(rate: Rate, key: str) -> None:
    wait = math.ceil(rate.wait(key))
    if wait:
        raise door.Refusal(
            429,
            f"Bạn gửi hơi nhanh. Bạn chờ {wait} giây rồi gửi lại nhé.",
            headers={"retry-after": str(wait)},
        )


def caller(request: Request) -> str:
    """Where a request comes from. One IPv6 line has 2^64 addresses: they count as one."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed, 64), strict=False))
