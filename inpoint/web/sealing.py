"""What the server's own secret is for: secrets kept sealed, addresses that carry their own right."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class Sealing:
    """Secrets as they lie in the database: sealed with this server's key."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._key("seal")))

    def seal(self, text: str) -> str:
        """A text as only this server opens it."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises cryptography's InvalidToken for what another secret sealed."""
        return self._fernet.decrypt(sealed.encode()).decode()

    def opened(self, sealed: str) -> str | None:
        """None for what another secret sealed."""
        try:
            return self.open(sealed)
        except InvalidToken:
            return None

    def sign(self, text: str) -> str:
        """A signature that an address may carry."""
        signature = hmac.new(self._key("address"), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(signature).decode().rstrip("=")

    def is_signed(self, text: str, signature: str) -> bool:
        """Whether a signature is this server's, for these words."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self._secret, f"inpoint {purpose}".encode(), hashlib.sha256).digest()


def kept_secret(path: Path) -> str:
    """The secret in a file that only we may read, made if there is none: whole or not at all."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.b64encode(os.urandom(32)).decode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret counts
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
