"""`HeldMasterKey` and `MasterKeyFile`, which hold the master key themselves, and the way to others' services.

Both fulfil `verifier.ports.KeyService`. To rotate a master key of the environment put the new one first in
``VERIFIER_KEY`` everywhere, run ``verifier admin keys rotate``, and drop the old one. That of a file is
renewed by the same command itself; the file holds both keys meanwhile, the new one first.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final, cast

from verifier.errors import NotConfigured, Unavailable
from verifier.ports import KeyService
from verifier.store.encryption import Box, Key, KeyRing, SealBroken, load_keys, save_keys

GROUP: Final = "verifier.key_services"
METHODS: Final = ("wrap", "unwrap", "renewing")


def find_key_service(
    name: str, options: Mapping[str, str], installed: Iterable[EntryPoint] | None = None
) -> KeyService:
    """Open the key service that some package offers as *name*, with *options* of its own.

    It is an entry point of the group ``verifier.key_services``: what it names is called with the options and
    returns the service, which keeps to `verifier.testing.key_service_contract`.

    Raises:
        NotConfigured: none is installed under this name, or several, or it cannot be opened.
    """
    known = list(entry_points(group=GROUP) if installed is None else installed)
    found = [entry for entry in known if entry.name == name]
    if len(found) != 1:
        others = ", ".join(sorted(entry.name for entry in known)) or "none"
        raise NotConfigured(
            f"VERIFIER_KEY_SERVICE must name one that is installed once; there are: {others}."
        )
    try:
        service = found[0].load()(options)
    except Exception as error:
        raise NotConfigured(f"The key service {name!r} cannot be opened; see its own settings.") from error
    if not all(callable(getattr(service, method, None)) for method in METHODS):
        raise NotConfigured(
            f"What is installed as {name!r} is no key service: see verifier.ports.KeyService."
        )
    return cast("KeyService", service)


class HeldMasterKey:
    """Master keys given by the environment: the first wraps, all unwrap."""

    def __init__(self, ring: KeyRing) -> None:
        """Wrap by the first key of *ring*."""
        self._box = Box(ring, purpose="data key", version=1)

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        """Encrypt *secret* so that it unwraps under *name* only."""
        return self._box.seal(secret, name=name)

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """Decrypt what was wrapped under *name*.

        Raises:
            Unavailable: no master key here wrapped it, or it was changed.
        """
        try:
            return self._box.open(wrapped, name=name)
        except SealBroken:
            raise Unavailable(
                "A data key was wrapped by another master key; restore VERIFIER_KEY or the key file."
            ) from None

    def renewing(self) -> AbstractContextManager[None]:
        """Do nothing: the environment is changed by whoever deploys."""
        return nullcontext()


class MasterKeyFile:
    """The master key in a file, made when there is none; read anew each time, so a lost file is noticed."""

    def __init__(self, path: Path) -> None:
        """Keep the key at *path*."""
        self._path = path
        load_keys(path)

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        """Encrypt *secret* so that it unwraps under *name* only.

        Raises:
            Unavailable: the file cannot be read any more.
        """
        return self._held().wrap(secret, name=name)

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """Decrypt what was wrapped under *name*.

        Raises:
            Unavailable: the file cannot be read any more, or holds another key.
        """
        return self._held().unwrap(wrapped, name=name)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Put a new key first in the file, and take the older ones out when the context ends well.

        Raises:
            NotConfigured: the file cannot be written or read.
        """
        save_keys(self._path, [Key.random().secret, *load_keys(self._path)])
        yield
        save_keys(self._path, load_keys(self._path)[:1])

    def _held(self) -> HeldMasterKey:
        if not self._path.exists():
            raise Unavailable("The key file is gone; restore it.")
        try:
            return HeldMasterKey(KeyRing.of(load_keys(self._path)))
        except NotConfigured as error:
            raise Unavailable(error.detail) from error
