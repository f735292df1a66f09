"""The simulator's own words for X12 codes, so that a scenario can be read.

Kept apart from the reader's tables on purpose: a bug in one is then not shared by the other. Codes are those
of 005010X279A1, loops 2110C and 2120C.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "active": "1",
        "inactive": "6",
        "coinsurance": "A",
        "copay": "B",
        "deductible": "C",
        "coverage_basis": "CB",
        "description": "D",
        "exclusion": "E",
        "limitation": "F",
        "out_of_pocket": "G",
        "unlimited": "H",
        "not_covered": "I",
        "managed_care": "MC",
        "restriction": "N",
        "disclaimer": "P",
        "other_payer": "R",
        "contact": "U",
        "cannot_process": "V",
        "provider": "X",
    }
)
LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "",
        "individual": "IND",
        "family": "FAM",
        "employee": "EMP",
        "employee_and_spouse": "ESP",
        "employee_and_children": "ECH",
        "dependents": "DEP",
    }
)
PERIODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "",
        "hour": "6",
        "day": "7",
        "service_year": "22",
        "calendar_year": "23",
        "year_to_date": "24",
        "contract": "25",
        "episode": "26",
        "visit": "27",
        "remaining": "29",
        "lifetime": "32",
        "lifetime_remaining": "33",
        "month": "34",
        "week": "35",
        "admission": "36",
    }
)
NETWORKS: Final[Mapping[str, str]] = MappingProxyType(
    {"": "", "in": "Y", "out": "N", "both": "W", "unknown": "U"}
)
AUTHORIZATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"": "", "required": "Y", "not_required": "N", "unknown": "U"}
)
QUANTITIES: Final[Mapping[str, str]] = MappingProxyType(
    {"": "", "visits": "VS", "days": "DY", "hours": "HS", "services": "P6", "used": "99"}
)
DATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plan": "291",
        "benefit": "292",
        "eligibility": "307",
        "plan_begin": "346",
        "plan_end": "347",
        "benefit_begin": "348",
        "benefit_end": "349",
        "eligibility_begin": "356",
        "eligibility_end": "357",
        "service": "472",
    }
)
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"payer": "PR", "primary_payer": "PRP", "vendor": "VN", "third_party": "X3", "gateway": "GW"}
)
RELATIONSHIPS: Final[Mapping[str, str]] = MappingProxyType(
    {"self": "18", "spouse": "01", "child": "19", "other": "G8"}
)
