"""`TotpAuthenticator`: time-based one-time passwords, RFC 6238 (only home of pyotp).

Six digits, SHA-1 and 30 seconds, which is what every authenticator application knows.
"""

import hmac
import re
from datetime import datetime
from typing import Final

import pyotp

SKEW: Final = 1  # steps a clock may be off either way; with the current one, a code lives 90 seconds
CODE: Final = re.compile(r"\d{6}", re.ASCII)
ISSUER: Final = "Benefits verifier"


class TotpAuthenticator:
    """Makes secrets, and finds the time step a code belongs to."""

    def new_secret(self) -> str:
        """Make a secret of 160 bits, in base32."""
        return pyotp.random_base32()

    def address(self, secret: str, email: str) -> str:
        """Write the ``otpauth://`` address that an authenticator reads."""
        return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step whose code *code* is, among those accepted at *now*.

        Every step is compared, whichever fits, so that the time taken tells nothing.
        """
        if not CODE.fullmatch(code):
            return None
        totp = pyotp.TOTP(secret)
        current = totp.timecode(now)
        steps = range(current - SKEW, current + SKEW + 1)
        fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
        return fitting[-1] if fitting else None
