"""Encryption of what must come back: addresses of replies, tokens of channels.

AES-256-GCM with a random nonce, its key derived from the program's own by HKDF: whoever copies the
database alone can read neither.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"hoidap: addresses and secrets in the database, 2"
_NONCE = 12  # bytes: good for some thousand million texts


class UnreadableError(Exception):
    """What was kept cannot be read: another key wrote it, or it is damaged."""


class Cipher:
    """Encrypts and decrypts with the program's key."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
        self._aes = AESGCM(derived)

    def hide(self, text: str) -> str:
        """Encrypt any text; the same text comes out different every time."""
        nonce = secrets.token_bytes(_NONCE)
        hidden = self._aes.encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)
        return base64.urlsafe_b64encode(nonce + hidden).decode("ascii")

    def show(self, hidden: str) -> str:
        """Give back the text. Raises `UnreadableError`."""
        try:
            raw = base64.b64decode(hidden.encode(), altchars=b"-_", validate=True)
            text = self._aes.decrypt(raw[:_NONCE], raw[_NONCE:], None)
            return text.decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            raise UnreadableError from None
