# ruff: noqa: S101 - assert is what a suite is made of
"""What every key service keeps to; a stranger's test class inherits it and gives ``service`` as a fixture."""

import pytest

from verifier.errors import Unavailable
from verifier.ports import KeyService

SECRET = bytes(range(32))


class KeyServiceContract:
    """A secret comes back under its own name and unchanged, or not at all."""

    def test_a_secret_comes_back_under_its_name(self, service: KeyService) -> None:
        """Unwrap what was wrapped."""
        assert service.unwrap(service.wrap(SECRET, name="a"), name="a") == SECRET

    def test_what_is_wrapped_does_not_show_the_secret_and_never_looks_the_same(
        self, service: KeyService
    ) -> None:
        """Wrap twice."""
        first, second = service.wrap(SECRET, name="a"), service.wrap(SECRET, name="a")
        assert SECRET not in first
        assert first != second

    def test_a_secret_does_not_come_back_under_another_name(self, service: KeyService) -> None:
        """Bind the name, so that wrapped keys cannot be exchanged."""
        wrapped = service.wrap(SECRET, name="a")
        with pytest.raises(Unavailable):
            service.unwrap(wrapped, name="b")

    @pytest.mark.parametrize("place", [0, 9, 30, -1])
    def test_a_changed_secret_does_not_come_back(self, service: KeyService, place: int) -> None:
        """Authenticate what is wrapped."""
        wrapped = bytearray(service.wrap(SECRET, name="a"))
        wrapped[place] ^= 1
        with pytest.raises(Unavailable):
            service.unwrap(bytes(wrapped), name="a")

    def test_what_was_wrapped_before_comes_back_after_a_renewal(self, service: KeyService) -> None:
        """Keep the older master key until the renewal is over."""
        wrapped = service.wrap(SECRET, name="a")
        with service.renewing():
            assert service.unwrap(wrapped, name="a") == SECRET
            again = service.wrap(SECRET, name="a")
        assert service.unwrap(again, name="a") == SECRET
