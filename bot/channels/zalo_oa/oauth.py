"""Zalo's OAuth for Official Accounts: asking an admin, and getting tokens. PKCE, S256.

The one place that knows its addresses, fields and the life of tokens.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.codes import CODES, TOO_MANY, error_of
from bot.channels.zalo_oa.http import OAUTH, AnswerLostError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.zalo_oa.http import Http

_DEFAULT_LIFE = 3600.0  # seconds, if the answer does not tell; Zalo's tokens live 25 hours
_LONGEST_LIFE = 90 * 86400.0
TOKEN = re.compile(r"[!-~]{1,8192}")  # what a header can carry
_APP = re.compile(r"secret|app[ _-]?id|application", re.IGNORECASE)
_NO_TOKENS = "Zalo trả lời không có mã truy cập"


class OAuthRefusedError(Exception):
    """Zalo gives no tokens for this code or refresh token, now or later; `code` is its number."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Zalo OAuth {code}")
        self.code = code


class AppRefusedError(OAuthRefusedError):
    """Zalo refuses the app: its id or its secret key is wrong. The tokens may be good."""


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """What Zalo gave: both tokens, and how many seconds the access token lives."""

    access: str
    refresh: str
    life: float


@dataclass(frozen=True, slots=True, repr=False)
class Challenge:
    """The PKCE pair and the state of one attempt to log in."""

    verifier: str
    challenge: str
    state: str


def new_challenge() -> Challenge:
    """Make a verifier of 43 characters, its S256 challenge, and a state."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return Challenge(verifier, challenge, secrets.token_urlsafe(16))


def permission_page(
    redirect: str, challenge: Challenge, *, app_id: str, base_url: str | None = None
) -> str:
    """Name the page on which an admin of the OA allows the app to act for it."""
    query = {
        "app_id": app_id,
        "redirect_uri": redirect,
        "code_challenge": challenge.challenge,
        "state": challenge.state,
    }
    return f"{(base_url or OAUTH).rstrip('/')}/v4/oa/permission?{urlencode(query)}"


class OAuth:
    """Gets tokens for one app."""

    def __init__(
        self, http: Http, *, app_id: str, app_secret: str, base_url: str | None = None
    ) -> None:
        self._http = http
        self._app_id = app_id
        self._app_secret = app_secret
        self._base = (base_url or OAUTH).rstrip("/")

    async def exchange(self, code: str, verifier: str) -> Grant:
        """Get the first tokens. A code works once, for ten minutes. Raises as `refresh` does."""
        return await self._ask(
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        )

    async def refresh(self, refresh_token: str) -> Grant:
        """Get new tokens; the refresh token works once, and the old access token ends.

        Raises `OAuthRefusedError` if it will never work, `TryLaterError` otherwise: its
        `AnswerLostError` if new tokens may have been made.
        """
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def _ask(self, form: Mapping[str, str]) -> Grant:
        answer = await self._http.post(
            f"{self._base}/v4/oa/access_token",
            headers={"secret_key": self._app_secret},
            form={"app_id": self._app_id, **form},
        )
        grant = _grant(answer.body)
        if grant:
            return grant
        code = error_of(answer.body)
        if code == TOO_MANY:
            raise TryLaterError(CODES[code].meaning, answer.wait or CODES[code].seconds)
        if not code:
            raise AnswerLostError(_NO_TOKENS)
        raise (AppRefusedError if _blames_app(answer.body) else OAuthRefusedError)(code)


def _blames_app(body: object) -> bool:
    """Tell by Zalo's words whether the app is refused: no list of these codes is published."""
    if not isinstance(body, dict):
        return False
    told = (body.get(name) for name in ("error_name", "error_description", "message"))
    return any(isinstance(words, str) and _APP.search(words[:500]) for words in told)


def _grant(body: object) -> Grant | None:
    if not isinstance(body, dict):
        return None
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not (isinstance(access, str) and isinstance(refresh, str)):
        return None
    if not (TOKEN.fullmatch(access) and TOKEN.fullmatch(refresh)):
        return None
    return Grant(access, refresh, _life(body.get("expires_in")))


def _life(value: object) -> float:
    """Read `expires_in`: Zalo writes a number of seconds as a string."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    return min(seconds, _LONGEST_LIFE) if seconds > 0 else _DEFAULT_LIFE
