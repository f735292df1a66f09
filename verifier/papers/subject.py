"""`Subject`: everything a paper about one verification is made of."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Evidence, Verification

MADE_OF = (".py", ".tsv", ".toml")


class Version(NamedTuple):
    """One part of the service and which it is."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Colophon:
    """What papers are made with: names of payers, how the answer is written to be hashed, versions."""

    payer_name: Callable[[str], str | None]
    data_of: Callable[[Verification], bytes] = field(repr=False)
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A verification with its evidence, the facility that asked, and what the paper is made with."""

    evidence: Evidence = field(repr=False)
    facility: Facility | None
    colophon: Colophon

    @property
    def verification(self) -> Verification:
        """Return the verification."""
        return self.evidence.verification

    @property
    def inquiry(self) -> Inquiry:
        """Return the question."""
        return self.evidence.verification.inquiry

    @property
    def facility_name(self) -> str:
        """Return the facility's name, its id where it is no longer configured."""
        return self.facility.name if self.facility else self.inquiry.facility or "the facility"

    @property
    def time_zone(self) -> str | None:
        """Return the facility's time zone (IANA)."""
        return self.facility.time_zone if self.facility else None

    def day_of(self, moment: datetime) -> date:
        """Return the day on which *moment* falls at the facility."""
        return moment.astimezone(ZoneInfo(self.time_zone or "UTC")).date()

    @property
    def payer_name(self) -> str:
        """Return the payer's name in the directory, else as it names itself, else its id."""
        coverage = self.verification.coverage
        own = coverage.payer.name if coverage else None
        return self.colophon.payer_name(self.inquiry.payer) or own or self.inquiry.payer

    @property
    def patient_name(self) -> str:
        """Return the patient's name; the member's where the member is the patient."""
        patient, member = self.inquiry.patient, self.inquiry.member
        own = (patient.first_name, patient.middle_name, patient.last_name, patient.suffix)
        theirs = (member.first_name, member.middle_name, member.last_name, member.suffix)
        return " ".join(part for part in (own if patient.last_name else theirs) if part)


def digest_of(*packages: str) -> str:
    """Tell which code and tables *packages* are: the first 16 digits of a SHA-256 over their files."""
    digest = hashlib.sha256()
    for package in packages:
        for path, content in sorted(_walk(files(package), package)):
            digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _walk(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(MADE_OF):
            found.append((f"{path}/{entry.name}", entry.read_bytes()))
    return found
