"""X12 service type codes (data element 1365): names, and how near each is to an intensive outpatient program.

A rank says how near a benefit row of that service type is to the program: 1 is best, 10 is the plan as a
whole (30), none is another service.
"""

from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.codes.table import read_rows

SUD: Final = "sud"  # substance use disorder
MENTAL_HEALTH: Final = "mh"
PLANS: Final = MappingProxyType({SUD: ("CJ", "AI", "MH", "30"), MENTAL_HEALTH: ("CH", "MH", "30")})


class ServiceSetting(StrEnum):
    """Where a service of this type is given, when its name settles it."""

    ANY = ""
    INPATIENT = "inpatient"
    OFFICE = "office"
    PARTIAL = "partial"  # partial hospitalization


class ServiceType(NamedTuple):
    """One service type code; ``confirmed`` is false where a single published copy knows it."""

    code: str
    name: str
    sud_rank: int | None
    mh_rank: int | None
    setting: ServiceSetting
    note: str
    source: str
    confirmed: bool

    def rank(self, track: str) -> int | None:
        """Tell how near it is to a program of *track*."""
        return self.sud_rank if track == SUD else self.mh_rank


def find(code: str) -> ServiceType | None:
    """Return the service type of *code*, ``None`` for a code nobody knows."""
    return all_service_types().get(code)


def name_of(code: str) -> str | None:
    """Name *code* in X12's words; ``None`` for a code nobody knows."""
    found = find(code)
    return found.name if found else None


def rank(code: str, track: str | None) -> int | None:
    """Tell how near *code* is to a program of *track*; the better of both where the track is unknown."""
    return _ranks(track).get(code)


def plan_for(track: str | None) -> tuple[str, ...]:
    """List the service types worth asking for, best first; without a track those of mental health."""
    return PLANS.get(track or MENTAL_HEALTH, PLANS[MENTAL_HEALTH])


@cache
def all_service_types() -> MappingProxyType[str, ServiceType]:
    """Return every service type by its code."""
    return MappingProxyType({row["code"]: _read(row) for row in read_rows("service_types.tsv")})


@cache
def _ranks(track: str | None) -> MappingProxyType[str, int]:
    tracks = (track,) if track and track in PLANS else tuple(PLANS)
    known = {
        code: [each for each in map(row.rank, tracks) if each] for code, row in all_service_types().items()
    }
    return MappingProxyType({code: min(ranks) for code, ranks in known.items() if ranks})


def _read(row: dict[str, str]) -> ServiceType:
    return ServiceType(
        code=row["code"],
        name=row["name"],
        sud_rank=int(row["sud_rank"]) if row["sud_rank"] else None,
        mh_rank=int(row["mh_rank"]) if row["mh_rank"] else None,
        setting=ServiceSetting(row["setting"]),
        note=row["note"],
        source=row["source"],
        confirmed=row["confirmed"] == "yes",
    )
