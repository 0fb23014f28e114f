"""Passwords of officials: which are good enough, and how they are kept (argon2id)."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intents.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

SHORTEST, LONGEST = 12, 200  # characters
_COMMON = (
    "123456789012",
    "1234567890",
    "0123456789",
    "987654321",
    "password",
    "passw0rd",
    "matkhau",
    "qwerty",
    "quantri",
    "administrator",
    "hoidap",
    "abcdef",
    "iloveyou",
    "anhyeuem",
    "vietnam",
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def fault(password: str, name: str) -> str | None:
    """Why a password will not do, in words; None if it does."""
    if len(password) < SHORTEST:
        return f"Mật khẩu cần ít nhất {SHORTEST} ký tự. Bạn dùng một câu dễ nhớ cũng được."
    if len(password) > LONGEST:
        return f"Mật khẩu dài quá {LONGEST} ký tự."
    bare = "".join(fold(password.casefold()).split())
    for word in (fold(name.casefold()), *_COMMON):
        bare = bare.replace(word, "") if word else bare
    if len(set(bare)) < 5 or len(bare) < 6:
        return "Mật khẩu dễ đoán quá: bạn thêm vài từ không liên quan với nhau."
    return None


def invented() -> str:
    """A random password that can be read out: about 78 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


class Passwords:
    """Hashes and checks in one thread: each takes some tens of milliseconds and 64 MB."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._thread = ThreadPoolExecutor(1, "passwords")
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """Hash a new password with a salt of its own."""
        return await self._aside(self._hasher.hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password. Takes as long where there is no account (None)."""
        if hashed is None:
            if self._nobody is None:
                self._nobody = await self.hash(secrets.token_hex(16))
            await self._aside(self._verify, self._nobody, password)
            return False
        return await self._aside(self._verify, hashed, password)

    def is_old(self, hashed: str) -> bool:
        """Whether it was hashed at other costs than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _aside(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
