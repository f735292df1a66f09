"""Codings of FHIR R4: HL7's example codes, and beside them the X12 codes, which say more.

HL7's are those of terminology.hl7.org (benefit-type, benefit-network, benefit-unit, benefit-term,
ex-benefitcategory); X12's come under ``https://codesystem.x12.org/005010/`` and the number of the data
element, as Da Vinci PAS writes them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period

HL7: Final = "http://terminology.hl7.org/CodeSystem/"
X12: Final = "https://codesystem.x12.org/005010/"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT: Final = "http://www.ama-assn.org/go/cpt"
OURS: Final = "urn:benefits-verifier:"
COVERAGE_CLASS: Final = f"{HL7}coverage-class"
RELATIONSHIP: Final = f"{HL7}subscriber-relationship"
REJECT_REASON: Final = f"{X12}901"
BENEFIT: Final = f"{X12}1390"
GENDERS: Final[Mapping[str, str]] = MappingProxyType({"F": "female", "M": "male", "U": "unknown"})

Json = dict[str, Any]

TYPES: Final[Mapping[BenefitKind, str]] = MappingProxyType(
    {
        BenefitKind.COPAY: "copay",
        BenefitKind.COINSURANCE: "copay-percent",
        BenefitKind.DEDUCTIBLE: "deductible",
        BenefitKind.OUT_OF_POCKET: "out-of-pocket",
        BenefitKind.LIMITATION: "benefit",
    }
)
UNITS: Final[Mapping[CoverageLevel, tuple[str, str]]] = MappingProxyType(
    {
        CoverageLevel.INDIVIDUAL: ("individual", "IND"),
        CoverageLevel.FAMILY: ("family", "FAM"),
        CoverageLevel.EMPLOYEE: ("", "EMP"),
        CoverageLevel.EMPLOYEE_AND_SPOUSE: ("", "ESP"),
        CoverageLevel.EMPLOYEE_AND_CHILDREN: ("", "ECH"),
        CoverageLevel.SPOUSE_AND_CHILDREN: ("", "SPC"),
        CoverageLevel.SPOUSE: ("", "SPO"),
        CoverageLevel.CHILDREN: ("", "CHD"),
        CoverageLevel.DEPENDENTS: ("", "DEP"),
    }
)
NETWORKS: Final[Mapping[Network, tuple[str, str]]] = MappingProxyType(
    {Network.IN: ("in", "Y"), Network.OUT: ("out", "N"), Network.BOTH: ("", "W")}
)
TERMS: Final[Mapping[Period, tuple[str, str]]] = MappingProxyType(
    {
        Period.HOUR: ("", "6"),
        Period.DAY: ("day", "7"),
        Period.TWENTY_FOUR_HOURS: ("", "13"),
        Period.YEARS: ("", "21"),
        Period.SERVICE_YEAR: ("annual", "22"),
        Period.CALENDAR_YEAR: ("annual", "23"),
        Period.YEAR_TO_DATE: ("", "24"),
        Period.CONTRACT: ("", "25"),
        Period.EPISODE: ("", "26"),
        Period.VISIT: ("", "27"),
        Period.OUTLIER: ("", "28"),
        Period.REMAINING: ("", "29"),
        Period.EXCEEDED: ("", "30"),
        Period.NOT_EXCEEDED: ("", "31"),
        Period.LIFETIME: ("lifetime", "32"),
        Period.LIFETIME_REMAINING: ("", "33"),
        Period.MONTH: ("", "34"),
        Period.WEEK: ("", "35"),
        Period.ADMISSION: ("", "36"),
    }
)


def describe_resource(*kinds: str) -> Json:
    """Give the JSON schema of a resource: HL7 says what is in it, so here stands its kind only."""
    named = {"resourceType": {"type": "string", "enum": [*kinds]}}
    return {"type": "object", "properties": named, "required": ["resourceType"]}


def drop_empty(members: Mapping[str, Any]) -> Json:
    """Leave out what holds nothing: FHIR has no ``null``, no empty list and no empty object."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def concept(*codings: tuple[str, str | None], text: str | None = None) -> Json:
    """Write a CodeableConcept of those *codings* (system, code) that have a code; empty without any."""
    coded = [{"system": system, "code": code} for system, code in codings if code]
    return drop_empty({"coding": coded, "text": text})


def identifier(kind: str, value: str) -> Json:
    """Write an identifier of this service's own, of one *kind*."""
    return {"system": f"{OURS}{kind}", "value": value}


def translate(word: Any, hl7: str, x12: str, table: Mapping[Any, tuple[str, str]]) -> Json:  # noqa: ANN401 - a vocabulary
    """Write one of our words in HL7's and in X12's code; a word that *table* lacks says nothing."""
    ours, theirs = table.get(word, ("", ""))
    return concept((f"{HL7}{hl7}", ours), (f"{X12}{x12}", theirs), text=str(word) if theirs else None)


def procedure(code: str | None) -> Json:
    """Write a procedure code: HCPCS level II begins with a letter, CPT with a digit."""
    return concept((HCPCS if (code or "")[:1].isalpha() else CPT, code))
