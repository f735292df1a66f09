"""`StandardSigning`: signatures of webhooks after the Standard Webhooks specification (HMAC-SHA-256, v1)."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32  # the specification asks for 24 to 64


class StandardSigning:
    """Makes secrets, and signs with them."""

    def new_secret(self) -> str:
        """Make a secret, ``whsec_`` and 32 random bytes in base64."""
        return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()

    def sign(self, keys: Sequence[str], message_id: str, at: datetime, body: bytes) -> str:
        """Sign id, time and body by each of *keys*; a receiver takes any one of the signatures."""
        return " ".join(Webhook(key).sign(message_id, at, body.decode()) for key in keys)
