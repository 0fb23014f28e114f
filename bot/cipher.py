"""Encryption of what must come back: addresses of replies, tokens of channels.

Fernet (AES-128-CBC with HMAC-SHA256), its key derived from the program's own by HKDF: whoever
copies the database alone can read neither.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"hoidap: addresses and secrets in the database, 1"


class UnreadableError(Exception):
    """What was kept cannot be read: another key wrote it, or it is damaged."""


class Cipher:
    """Encrypts and decrypts with the program's key."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def hide(self, text: str) -> str:
        """Encrypt any text; the same text comes out different every time."""
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def show(self, hidden: str) -> str:
        """Give back the text. Raises `UnreadableError`."""
        try:
            return self._fernet.decrypt(hidden.encode()).decode("utf-8", "surrogatepass")
        except (InvalidToken, ValueError):
            raise UnreadableError from None
