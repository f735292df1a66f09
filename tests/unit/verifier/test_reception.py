"""Access put together as the settings say, with and without what is optional."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.access.environment import OidcClient
from verifier.errors import NotConfigured
from verifier.reception import open_provider
from verifier.settings import Settings

SETTINGS = Settings(Path("/data"), oidc=OidcClient("https://login.riverbend.example", "verifier"))


def ask_nobody(*_: object) -> bytes:
    raise AssertionError("nothing is asked before somebody signs in")


def test_without_the_setting_nobody_else_signs_people_in() -> None:
    assert open_provider(replace(SETTINGS, oidc=None), ask_nobody) is None
    assert open_provider(SETTINGS, ask_nobody)


def test_without_what_speaks_with_the_provider_the_start_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "verifier.credentials.oidc", raising=False)
    monkeypatch.setitem(sys.modules, "authlib", None)
    for name in [name for name in sys.modules if name.startswith("authlib.")]:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(NotConfigured, match=r'pip install "benefits-verifier\[oidc\]"'):
        open_provider(SETTINGS, ask_nobody)
