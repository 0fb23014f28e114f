"""What the Vault keeps of the OA's tokens: the pair, and a renewal whose result nobody knows."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.channels.zalo_oa.oauth import TOKEN

if TYPE_CHECKING:
    from bot.channels.zalo_oa.oauth import Grant

SECRET = "zalo_oa_tokens"  # noqa: S105  (the name of a secret)
UNFINISHED = "zalo_oa_renewal"

_RENEW_AT = 0.8  # of an access token's life
_MARK = 16  # digits: enough to tell a token from another, and nothing of the token itself


def mark(token: str) -> str:
    """Name a token without giving it away; nothing for none."""
    return hashlib.sha256(token.encode()).hexdigest()[:_MARK] if token else ""


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """Both tokens, and the times (seconds since 1970) to renew them and of their end."""

    access: str
    refresh: str
    renew_at: float
    expires_at: float
    previous: str = ""  # the refresh token that gave this pair

    @classmethod
    def of(cls, grant: Grant, now: float, previous: str = "") -> Pair:
        renew_at, expires_at = now + _RENEW_AT * grant.life, now + grant.life
        return cls(grant.access, grant.refresh, renew_at, expires_at, previous)

    def serves(self, now: float, refused: str) -> bool:
        """Tell whether it need not be renewed; `refused` marks an access token Zalo refused."""
        return now < self.renew_at and mark(self.access) != refused

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Pair | None:
        """Read a kept pair; None if there is none, or it is damaged."""
        try:
            data = json.loads(text or "null")
            pair = cls(
                str(data["access"]),
                str(data["refresh"]),
                float(data["renew_at"]),
                float(data["expires_at"]),
                str(data.get("previous", "")),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            return None
        times_known = math.isfinite(pair.renew_at) and math.isfinite(pair.expires_at)
        sendable = TOKEN.fullmatch(pair.access) and TOKEN.fullmatch(pair.refresh)
        return pair if sendable and times_known else None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A renewal that was begun: with which refresh token (its mark), and when."""

    token: str
    at: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Unfinished | None:
        """Read what was noted; None if there is nothing, or it is damaged."""
        try:
            data = json.loads(text or "null")
            found = cls(str(data["token"]), float(data["at"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            return None
        return found if 0 <= found.at < 2.0**33 else None
