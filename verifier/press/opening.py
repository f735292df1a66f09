"""Papers put together: the press, and what they are made with."""

import json
from collections.abc import Iterable
from typing import Protocol

from schemas import snapshot
from schemas.verification import dump_verification
from verifier.model.verification import Verification
from verifier.papers.printers import Papers
from verifier.papers.subject import Colophon, Version, digest_of
from verifier.press.printing import Printing


class Named(Protocol):
    """A payer of the directory."""

    @property
    def id(self) -> str:
        """Return its id."""
        ...

    @property
    def name(self) -> str:
        """Return its name."""
        ...


def open_papers(payers: Iterable[Named], version: str) -> Papers:
    """Put the papers together for the *payers* of the directory; *version* is the service's."""
    names = {payer.id: payer.name for payer in payers}
    versions = (
        Version("Service", version),
        Version("Reading of replies", digest_of("payers")),
        Version("Published rules", digest_of("payers.programs")),
        Version("Cost arithmetic", digest_of("verifier.estimation", "verifier.codes")),
        Version("Form of the stored answer", snapshot.fingerprint()),
    )
    return Papers(Printing(), Colophon(names.get, write_data, versions))


def write_data(verification: Verification) -> bytes:
    """Write the answer as the API gives it, in the one form of many that is hashed."""
    answer = dump_verification(verification)
    return json.dumps(answer, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        errors="backslashreplace"
    )
