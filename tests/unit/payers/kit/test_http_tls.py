"""TLS to payers: only what is trusted, and the same deadline."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from payers.kit.deadline import Deadline
from payers.kit.exchange import Request
from payers.kit.http import HttpSender
from verifier.errors import PayerTimeout, PayerUnreachable
from verifier.testing.faulty_server import FaultyServer, Scene, Stage, drip, reply


def write_certificate(folder: Path, *names: x509.GeneralName) -> Path:
    """Write a self-signed certificate and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "payer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "payer.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(name="certificate")
def _certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path, x509.IPAddress(ip_address("127.0.0.1")))


@pytest.fixture(name="sender")
def _sender(certificate: Path) -> Iterator[HttpSender]:
    sender = HttpSender(certificates=str(certificate), pause=lambda _: None)
    yield sender
    sender.close()


def over_tls(scene: Scene, certificate: Path, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Scene:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.maximum_version = newest

    def play(stage: Stage) -> None:
        with context.wrap_socket(stage.connection, server_side=True) as connection:
            stage.connection = connection
            scene(stage)

    return play


def post(sender: HttpSender, server: FaultyServer, seconds: float = 5.0) -> bytes:
    url = server.url.replace("http:", "https:")
    return sender.send(Request("POST", url, body=b"question"), Deadline.after(seconds)).body


def test_a_trusted_payer_is_heard(sender: HttpSender, certificate: Path) -> None:
    with FaultyServer(over_tls(reply(b"answer"), certificate)) as server:
        answer = post(sender, server)

    assert answer == b"answer"
    assert server.requests[0].endswith(b"question")


def test_tls_1_2_is_still_spoken(sender: HttpSender, certificate: Path) -> None:
    with FaultyServer(over_tls(reply(b"answer"), certificate, ssl.TLSVersion.TLSv1_2)) as server:
        assert post(sender, server) == b"answer"


def test_the_deadline_holds_over_tls(sender: HttpSender, certificate: Path) -> None:
    scene = drip(b"x" * 1000, every=0.02, after=b"HTTP/1.1 200 OK\r\n\r\n")

    with FaultyServer(over_tls(scene, certificate)) as server:
        started = time.monotonic()
        with pytest.raises(PayerTimeout):
            post(sender, server, seconds=0.4)

    assert time.monotonic() - started < 0.4 + 0.25


def test_a_certificate_nobody_vouches_for_gets_nothing(certificate: Path) -> None:
    sender = HttpSender(pause=lambda _: None)

    with (
        FaultyServer(over_tls(reply(), certificate)) as server,
        pytest.raises(PayerUnreachable, match="certificate"),
    ):
        post(sender, server)
    sender.close()

    assert server.requests == []


def test_a_certificate_of_another_name_gets_nothing(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path, x509.DNSName("other.invalid"))
    sender = HttpSender(certificates=str(certificate), pause=lambda _: None)

    with (
        FaultyServer(over_tls(reply(), certificate)) as server,
        pytest.raises(PayerUnreachable, match="certificate"),
    ):
        post(sender, server)
    sender.close()

    assert server.requests == []


def test_plain_http_behind_https_gets_nothing(sender: HttpSender) -> None:
    with FaultyServer(reply()) as server, pytest.raises(PayerUnreachable):
        post(sender, server, seconds=0.5)
