"""Encryption, with secrets of the installation, of what must be read again. What is only compared is hashed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BrokenSealError(Exception):
    """Not closed with any of these secrets, changed since, or too old."""


class Vault:
    """Authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA-256). Safe to share between threads."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """The first secret closes, each opens: a new one is put before the old. Raises ValueError without any."""
        self._keys = MultiFernet([Fernet(_key(secret)) for secret in secrets])

    def close(self, text: str) -> str:
        """`text` encrypted, in ASCII."""
        return self._keys.encrypt(text.encode()).decode()

    def open(self, closed: str, seconds: int | None = None) -> str:
        """What was closed, not longer ago than `seconds`. Raises BrokenSealError."""
        try:
            return self._keys.decrypt(closed.encode(), ttl=seconds).decode()
        except InvalidToken as error:
            raise BrokenSealError from error


def _key(secret: str) -> bytes:
    """Any secret of enough chance as a key of the right length."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"zhurnal vault").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
