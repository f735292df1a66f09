"""`SmtpMail`: plain-text mail over SMTP (RFC 5321), and over TLS unless the server is on this machine."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final

from verifier.errors import Unavailable
from verifier.mail import DigestMail

SECONDS: Final = 30.0
AWAY: Final = "The mail server did not take the mail; it is tried again."


class SmtpMail:
    """Sends by the route of the digest, to its recipients or to others."""

    def __init__(self, digest: DigestMail, *, certificates: str | None = None) -> None:
        """Trust the authorities in the file *certificates*, or those of the machine."""
        self._digest = digest
        self._certificates = certificates

    def send(self, subject: str, text: str) -> None:
        """Send one mail to the recipients of the digest, and return when the server took it.

        Raises:
            Unavailable: the server is away, speaks no TLS, or refuses it.
        """
        self.send_to(self._digest.recipients, subject, text)

    def send_to(self, recipients: Sequence[str], subject: str, text: str) -> None:
        """Send one mail to *recipients*, and return when the server took it.

        Raises:
            Unavailable: the server is away, speaks no TLS, or refuses it.
        """
        message = EmailMessage()
        message["Subject"], message["From"] = subject, self._digest.sender
        message["To"] = ", ".join(recipients)
        message["Message-ID"] = make_msgid(domain=self._digest.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
        message.set_content(text)
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(AWAY) from error

    @contextmanager
    def _connect(self) -> Iterator[smtplib.SMTP]:
        route, context = self._digest.route, ssl.create_default_context(cafile=self._certificates)
        if route.tls_from_the_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(route.host, route.port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(route.host, route.port, timeout=SECONDS)
        with server:
            if not (route.tls_from_the_start or route.is_local):
                server.starttls(context=context)
            if route.user:
                server.login(route.user, route.password)
            yield server
