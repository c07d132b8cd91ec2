"""What must be kept and must not be read: sealed under a key that the database does not hold."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from bot.domain.errors import SettingsError


class Sealer:
    """Seals what is kept, such as response addresses, and opens it again within its life."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
        self._digesting = hmac.digest(secret.encode(), b"k8s-bot digest", "sha256")

    @classmethod
    def of(cls, secret: str, data_dir: Path) -> Sealer:
        """The one of a bot: under its `BOT_SECRET_KEY`, else under the key file in its data directory."""
        return cls(secret) if secret else cls.from_file(data_dir / "secret.key")

    @classmethod
    def from_file(cls, path: Path) -> Sealer:
        """A key made at the first start and kept, for its owner alone, beside the database."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(Fernet.generate_key().decode())
            return cls(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError((f"the key file {path} cannot be used: {error}",)) from error

    def seal(self, value: str) -> str:
        return self._fernet.encrypt(value.encode()).decode()

    def digest(self, value: str) -> str:
        """The same for the same value, and of no use without the key: it tells nothing else of the value."""
        return hmac.digest(self._digesting, value.encode(), "sha256").hex()

    def open(self, sealed: str) -> str:
        """The value, or the empty string when the key has changed since: then it is as good as gone."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return ""
