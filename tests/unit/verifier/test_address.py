"""Where a connection may lead."""

import pytest

from verifier.address import is_safe


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://payer.invalid/fhir", True),
        ("http://localhost:8000/", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:8000/", True),
        ("http://payer.invalid/", False),
        ("http://127.0.0.1.payer.invalid/", False),
        ("https://someone:secret@payer.invalid/", False),
        ("https://payer.invalid/#part", False),
        ("https://payer.invalid:99999", False),
        ("https://payer.invalid:0", False),
        ("https://", False),
        ("payer.invalid", False),
        ("ftp://payer.invalid", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_tls_leads_away_from_this_machine(url: str, *, safe: bool) -> None:
    assert is_safe(url) is safe
