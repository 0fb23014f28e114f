"""The renewal of Zalo's tokens as a process that outlives the bot: `hoidap zalo refresh`.

It is in a session of its own: what kills the bot alone lets it end its work, and the next bot waits
for its lock. Secrets reach it in its environment, as they reached the bot; its log is the bot's.
The bot only watches: it never ends a renewal, which may hold the only copy of a pair.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.renewal import TokensLostError, WrongAppError
from bot.config import PREFIX
from bot.zalo_refresh import Ending

if TYPE_CHECKING:
    from bot.config import Settings

_log = logging.getLogger(__name__)

_SETTINGS = (
    *("data_dir", "database_url", "secret_key", "log_level", "log_format"),
    *("zalo_oa_app_id", "zalo_oa_id", "zalo_oa_app_secret", "zalo_oa_refresh_token"),
    "zalo_oauth_base_url",
)
_LOOK = 0.05  # seconds
_MOST_SAID = 65_536  # bytes
_NOT_STARTED = "không chạy được tiến trình đổi mã truy cập Zalo ({why})"
_ENDED_BADLY = "tiến trình đổi mã truy cập Zalo hỏng giữa chừng (mã thoát {code}), xem nhật ký"


@dataclass(frozen=True, slots=True)
class RenewalProcess:
    """Renews in a process of its own; a call is one renewal (`Renewal.renew`)."""

    settings: Settings

    async def __call__(self, refused: str) -> None:
        """Wait for a renewal; `refused` marks the access token that Zalo did not take.

        Raises `TryLaterError`, `TokensLostError`. Whoever stops waiting does not end it.
        """
        try:
            # Not asyncio's: its transports kill what still runs when the loop ends.
            process = subprocess.Popen(  # noqa: ASYNC220, S603  # takes milliseconds; our own words
                [sys.executable, "-P", "-m", "bot", "zalo", "refresh", "--for-bot", refused],
                env=environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            why = error.strerror or type(error).__name__
            _log.error("no process to renew the tokens in: %s", why)
            raise TryLaterError(_NOT_STARTED.format(why=why)) from None
        assert process.stdout is not None
        with process.stdout as answer:
            while process.poll() is None:  # noqa: ASYNC110  # nothing else tells of its end
                await asyncio.sleep(_LOOK)
            if process.returncode != Ending.KEPT:
                _fail(process.returncode, answer.read(_MOST_SAID))


def environment(settings: Settings) -> dict[str, str]:
    """Give the child the bot's own settings, whatever their file says by now."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    for name in _SETTINGS:
        value = getattr(settings, name)
        if value is not None:
            shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            env[f"{PREFIX}{name.upper()}"] = str(shown)
    env[f"{PREFIX}CONFIG"] = os.devnull
    env["PYTHONUTF8"] = "1"
    here = str(Path(__file__).parent.parent)  # this very program, whatever lies in the folder
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (here, env.get("PYTHONPATH"))))
    return env


def _fail(code: int, said: bytes) -> NoReturn:
    """Raise what the child tells."""
    try:
        told = json.loads(said)
        why, seconds = str(told["why"]), told["seconds"]
    except (ValueError, TypeError, KeyError):
        why, seconds = "", None
    if why and code == Ending.WRONG_APP:
        raise WrongAppError(why)
    if why and code == Ending.LOST:
        raise TokensLostError(why)
    if why and code == Ending.LATER:
        raise TryLaterError(why, float(seconds) if isinstance(seconds, int | float) else None)
    _log.error("the renewal of the tokens ended with code %s", code)
    raise TryLaterError(_ENDED_BADLY.format(code=code))
