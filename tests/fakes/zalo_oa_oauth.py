"""The fake Zalo's OAuth: codes with PKCE, refresh tokens that work once, access tokens that end."""

from __future__ import annotations

import base64
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json = dict[str, Any]

ACCESS_LIFE = 90_000
REFRESH_LIFE = 90 * 86_400
_CODE_LIFE = 600


class OAuthError(Exception):
    """A refusal, as HTTP 200 with `error`, `error_name` and `error_description`."""

    def __init__(self, error: int, name: str) -> None:
        super().__init__(name)
        self.body: Json = {"error": error, "error_name": name, "error_description": name}


@dataclass(slots=True)
class OAuthDesk:
    """Issues tokens for one app and one OA."""

    app_id: str
    oa_id: str
    app_secret: str
    now: Callable[[], float]
    redirects: set[str] = field(default_factory=lambda: {"https://hoidap.example.vn/zalo"})
    access: str = ""  # the one access token that is valid
    access_until: float = 0
    spent: set[str] = field(default_factory=set)  # refresh tokens that were used
    in_vain: int = 0  # requests with a refresh token that was used
    _refresh: dict[str, float] = field(default_factory=dict)  # token → its end
    _codes: dict[str, tuple[str, float]] = field(default_factory=dict)  # challenge, end
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def grant(self) -> Json:
        """Issue a new pair: the access token before it ends at once."""
        number = next(self._numbers)
        self.access, refresh = f"ACCESS-{number}-bi-mat", f"REFRESH-{number}-bi-mat"
        self.access_until = self.now() + ACCESS_LIFE
        self._refresh[refresh] = self.now() + REFRESH_LIFE
        return {
            "access_token": self.access,
            "refresh_token": refresh,
            "expires_in": str(ACCESS_LIFE),  # a string, as Zalo writes it
        }

    def allow(self, url: str) -> str:
        """Let an admin open the permission page and agree; gives where the browser lands."""
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert parts.path == "/v4/oa/permission", parts.path
        if asked.get("app_id") != self.app_id:
            raise OAuthError(-14001, "Invalid app id")
        if asked.get("redirect_uri") not in self.redirects:
            raise OAuthError(-14003, "Invalid redirect uri")
        if len(asked.get("code_challenge", "")) != 43:
            raise OAuthError(-14004, "Invalid code challenge")
        code = f"CODE-{next(self._numbers)}"
        self._codes[code] = (asked["code_challenge"], self.now() + _CODE_LIFE)
        back = {"code": code, "oa_id": self.oa_id}
        if "state" in asked:
            back["state"] = asked["state"]
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def tokens(self, form: Mapping[str, str], secret: str | None) -> Json:
        """Answer `POST /v4/oa/access_token`."""
        if secret != self.app_secret:
            raise OAuthError(-14005, "Invalid secret key")
        if form.get("app_id") != self.app_id:
            raise OAuthError(-14001, "Invalid app id")
        match form.get("grant_type"):
            case "authorization_code":
                self._use_code(form.get("code", ""), form.get("code_verifier", ""))
            case "refresh_token":
                self._use_refresh(form.get("refresh_token", ""))
            case _:
                raise OAuthError(-14006, "Invalid grant type")
        return self.grant()

    def _use_code(self, code: str, verifier: str) -> None:
        challenge, until = self._codes.pop(code, ("", 0.0))
        if not challenge or self.now() >= until:
            raise OAuthError(-14010, "Invalid authorization code")
        digest = hashlib.sha256(verifier.encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
            raise OAuthError(-14011, "Invalid code verifier")

    def _use_refresh(self, token: str) -> None:
        until = self._refresh.pop(token, 0.0)
        self.in_vain += token in self.spent
        if self.now() >= until:
            raise OAuthError(-14014, "Invalid refresh token")
        self.spent.add(token)
