"""What stands behind `hoidap zalo refresh`: renewing the OA's tokens, whoever is killed meanwhile.

The running bot starts it as a process of its own (`zalo_child`); by hand or by cron it is the same.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.http import Http
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.pair import SECRET, Pair, mark
from bot.channels.zalo_oa.renewal import Renewal, TokensLostError, WrongAppError, moment

if TYPE_CHECKING:
    from bot.channels.channel import Vault
    from bot.zalo_login import Setup

_LONGEST = 150  # seconds until Zalo has given a pair; the system ends a process that hangs

_DONE = "Đã đổi mã truy cập Zalo OA và giữ trong kho; bot đang chạy sẽ tự dùng mã mới."
_FRESH = "Mã truy cập Zalo OA còn hạn, chưa cần đổi. Muốn đổi ngay thì thêm --now."
_NEXT = "Lần tự đổi mã tới: {when}."
_LATER = "Chưa đổi được mã truy cập Zalo OA: {reason}. Hãy thử lại sau."


class Ending(IntEnum):
    """How it ended, as the exit code tells it."""

    KEPT = 0  # the pair in the Vault need not be renewed
    LATER = 75
    LOST = 76  # only an operator can help
    WRONG_APP = 78


@dataclass(frozen=True, slots=True)
class Told:
    """How it ended, why in words, and how many seconds Zalo asked to wait."""

    ending: Ending
    why: str = ""
    seconds: float | None = None

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return _LATER.format(reason=self.why) if self.ending is Ending.LATER else self.why


async def refresh(setup: Setup, refused: str, *, now: bool = False) -> Told:
    """Renew the tokens if they are due, or Zalo refused the access token of this mark, or `now`."""
    _outlive()
    async with setup.vault() as vault, Http() as http:
        oauth = OAuth(
            http,
            app_id=setup.app_id,
            app_secret=setup.app_secret,
            base_url=setup.oauth_base_url,
        )
        renewal = Renewal(vault, oauth, first=setup.refresh_token.strip() or None, given=_no_limit)
        try:
            before = await _mark(vault)
            pair = await renewal.renew(before if now else refused)
        except TryLaterError as later:
            return Told(Ending.LATER, later.reason, later.seconds)
        except WrongAppError as wrong:
            return Told(Ending.WRONG_APP, str(wrong))
        except TokensLostError as lost:
            return Told(Ending.LOST, str(lost))
    what = _FRESH if mark(pair.access) == before else _DONE
    return Told(Ending.KEPT, f"{what} {_NEXT.format(when=moment(pair.renew_at))}")


async def _mark(vault: Vault) -> str:
    pair = Pair.from_json(await vault.secret(SECRET))
    return mark(pair.access) if pair else ""


def _outlive() -> None:
    """Go on when asked to end (a service that stops asks all its processes), but not for ever."""
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        with suppress(AttributeError):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(AttributeError):  # nor this
        signal.alarm(_LONGEST)


def _no_limit() -> None:
    """Let a pair that Zalo has given live as long as it takes to keep it."""
    with suppress(AttributeError):
        signal.alarm(0)
