import base64
import os
from datetime import time, timedelta
from pathlib import Path

import pytest

from verifier.errors import NotConfigured
from verifier.nighttime import Nighttime
from verifier.settings import CaqhCoreRoute, Envelope, Settings

KEY, OLD_KEY = b"k" * 32, b"o" * 32
ENCODED, OLD_ENCODED = base64.b64encode(KEY).decode(), base64.b64encode(OLD_KEY).decode()
FACILITIES = """
[facilities.covington]
name = "Covington Recovery"
npi = "1245319599"

[facilities.abita-springs]
name = "Abita Springs Recovery"
npi = "1234567893"
tax_id = "000000000"
state = "LA"
place_of_service = "22"
"""
ROUTE = {
    "VERIFIER_CAQH_CORE_URL": "https://payer.example/core",
    "VERIFIER_CAQH_CORE_ENVELOPE": "SOAP",
    "VERIFIER_CAQH_CORE_SENDER_ID": "sender",
    "VERIFIER_CAQH_CORE_RECEIVER_ID": "receiver",
    "VERIFIER_CAQH_CORE_USER_NAME": "user",
    "VERIFIER_CAQH_CORE_PASSWORD": "open sesame",
}


@pytest.fixture
def facilities(tmp_path: Path) -> str:
    path = tmp_path / "facilities.toml"
    path.write_text(FACILITIES)
    return str(path)


def test_an_empty_environment_gives_a_demonstration() -> None:
    settings = Settings.from_environ({})

    assert settings.simulated
    assert list(settings.facilities) == ["abita-springs"]
    assert settings == Settings(data=settings.data, facilities=settings.facilities)
    assert settings.key_file == settings.data / "payload.key"


def test_every_variable_is_read(facilities: str) -> None:
    settings = Settings.from_environ(
        ROUTE
        | {
            "REDIS_URL": "rediss://:secret@cache.example:6380/2",
            "VERIFIER_DATA": "/var/lib/verifier",
            "VERIFIER_KEY": f"{ENCODED}, {OLD_ENCODED}",
            "VERIFIER_FACILITIES": facilities,
            "VERIFIER_SIMULATOR_URL": "http://localhost:8271",
            "VERIFIER_FRESH": "12h",
            "VERIFIER_PAYERS": f"/etc/payers.toml{os.pathsep}/etc/routes.toml",
            "VERIFIER_STALE": "48h",
            "VERIFIER_NEGATIVE": "10m",
            "VERIFIER_RETENTION": "36h",
            "VERIFIER_ANSWER_WAIT": "15s",
            "VERIFIER_PAYER_DEADLINE": "90s",
            "VERIFIER_MAY_PAY_TWICE": "Yes",
            "VERIFIER_PRIVATE_HOSTS": "Payer.example, link.payer.example",
            "VERIFIER_FORM_ON": "https://www.Riverbend.example/, http://localhost:8080",
            "VERIFIER_HTTP_HOST": "127.0.0.2",
            "VERIFIER_HTTP_PORT": "8001",
            "VERIFIER_LOG_LEVEL": "Warning",
            "VERIFIER_NIGHTLY_FROM": "02:30",
            "VERIFIER_NIGHTLY_WINDOW": "6h",
            "VERIFIER_NIGHTLY_PER_MINUTE": "20",
        }
    )

    assert settings == Settings(
        data=Path("/var/lib/verifier"),
        redis_url="rediss://:secret@cache.example:6380/2",
        keys=(KEY, OLD_KEY),
        facilities=settings.facilities,
        payers=(Path("/etc/payers.toml"), Path("/etc/routes.toml")),
        caqh_core=CaqhCoreRoute(
            "https://payer.example/core", Envelope.SOAP, "sender", "receiver", "user", "open sesame"
        ),
        simulator_url="http://localhost:8271",
        fresh=timedelta(hours=12),
        stale=timedelta(hours=48),
        negative=timedelta(minutes=10),
        retention=timedelta(hours=36),
        answer_wait=timedelta(seconds=15),
        may_pay_twice=True,
        private_hosts=("payer.example", "link.payer.example"),
        payer_deadline=timedelta(seconds=90),
        form_on=("https://www.riverbend.example", "http://localhost:8080"),
        http_host="127.0.0.2",
        http_port=8001,
        log_level="warning",
        night=Nighttime(time(2, 30), timedelta(hours=6), per_minute=20),
    )
    assert list(settings.facilities) == ["covington", "abita-springs"]
    assert not settings.simulated


def test_no_secret_shows_in_a_representation(facilities: str) -> None:
    environ = ROUTE | {
        "VERIFIER_FACILITIES": facilities,
        "VERIFIER_KEY": ENCODED,
        "REDIS_URL": "redis://:hidden@cache.example",
    }

    shown = repr(Settings.from_environ(environ))

    assert not [secret for secret in ("open sesame", "hidden", ENCODED, repr(KEY)) if secret in shown]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "http://:secret@cache.example"),
        ("REDIS_URL", "secret"),
        ("VERIFIER_DATA", "secret/relative"),
        ("VERIFIER_KEY", "secret"),
        ("VERIFIER_KEY", base64.b64encode(b"secret" * 5).decode()),
        ("VERIFIER_KEY", f"{ENCODED},"),
        ("VERIFIER_KEY", "sécret"),
        ("VERIFIER_FACILITIES", "/nowhere/secret.toml"),
        ("VERIFIER_FACILITIES", "/"),
        ("VERIFIER_PAYERS", "/etc/payers.toml:secret/relative.toml"),
        ("VERIFIER_FORM_ON", "http://www.secret.example"),
        ("VERIFIER_FORM_ON", "https://secret.example/page"),
        ("VERIFIER_FORM_ON", "https://secret.example; script-src *"),
        ("VERIFIER_FORM_ON", "http://localhost.secret.example"),
        ("VERIFIER_FORM_ON", "*"),
        ("VERIFIER_FRESH", "secret"),
        ("VERIFIER_FRESH", "24"),
        ("VERIFIER_FRESH", "0h"),
        ("VERIFIER_FRESH", "-1h"),
        ("VERIFIER_FRESH", "٣h"),
        ("VERIFIER_FRESH", "96h"),
        ("VERIFIER_PAYER_DEADLINE", "121s"),
        ("VERIFIER_MAY_PAY_TWICE", "true"),
        ("VERIFIER_HTTP_PORT", "0"),
        ("VERIFIER_HTTP_PORT", "65536"),
        ("VERIFIER_HTTP_PORT", "tcp://10.0.0.1:8000"),
        ("VERIFIER_NIGHTLY_FROM", "3"),
        ("VERIFIER_NIGHTLY_FROM", "24:00"),
        ("VERIFIER_NIGHTLY_WINDOW", "secret"),
        ("VERIFIER_NIGHTLY_PER_MINUTE", "0"),
        ("VERIFIER_LOG_LEVEL", "secret"),
        ("VERIFIER_SIMULATOR_URL", "http://payer.example/secret"),
        ("VERIFIER_CAQH_CORE_URL", "https://payer.example/secret"),
    ],
)
def test_a_value_that_cannot_be_used_stops_the_start_by_its_name(name: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=name.removesuffix("_URL") if "CORE" in name else name) as caught:
        Settings.from_environ({name: value})

    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERIFIER_CAQH_CORE_URL", "http://payer.example/secret"),
        ("VERIFIER_CAQH_CORE_URL", "ftp://payer.example/secret"),
        ("VERIFIER_CAQH_CORE_URL", "https:///secret"),
        ("VERIFIER_CAQH_CORE_URL", "https://user:secret@payer.example/"),
        ("VERIFIER_CAQH_CORE_ENVELOPE", "secret"),
        ("VERIFIER_CAQH_CORE_PASSWORD", ""),
        ("VERIFIER_CAQH_CORE_SENDER_ID", " "),
    ],
)
def test_a_route_that_cannot_be_used_stops_the_start(name: str, value: str, facilities: str) -> None:
    with pytest.raises(NotConfigured, match=name) as caught:
        Settings.from_environ(ROUTE | {"VERIFIER_FACILITIES": facilities, name: value})

    assert "secret" not in str(caught.value)


def test_a_payer_on_this_machine_may_be_asked_in_clear(facilities: str) -> None:
    environ = ROUTE | {
        "VERIFIER_FACILITIES": facilities,
        "VERIFIER_CAQH_CORE_URL": "http://127.0.0.1:8271/core",
    }

    assert Settings.from_environ(environ).caqh_core


def test_real_payers_are_never_asked_for_the_invented_facility() -> None:
    with pytest.raises(NotConfigured, match="VERIFIER_FACILITIES"):
        Settings.from_environ(ROUTE)


def test_an_empty_variable_counts_as_absent() -> None:
    assert Settings.from_environ({"REDIS_URL": " ", "VERIFIER_KEY": ""}) == Settings.from_environ({})


def test_the_data_directory_follows_the_desktop_standard() -> None:
    assert Settings.from_environ({"XDG_DATA_HOME": "/data"}).data == Path("/data/verifier")


def test_each_wire_gets_the_settings_that_bear_its_name(facilities: str) -> None:
    settings = Settings.from_environ(
        {
            "VERIFIER_FACILITIES": facilities,
            "VERIFIER_STEDI_API_KEY": "open sesame",
            "VERIFIER_FHIR_URL": "https://payer.example/fhir",
            "VERIFIER_FHIR_SCOPE": "eligibility",
        }
    )

    assert not settings.simulated
    assert settings.connections == {
        "stedi": {"api_key": "open sesame"},
        "fhir": {"url": "https://payer.example/fhir", "scope": "eligibility"},
    }
    assert "sesame" not in repr(settings)
