"""Codings: HL7's example codes for benefits, and the X12 codes payers put beside or instead of them.

HL7 (R4, terminology.hl7.org): ex-benefitcategory, benefit-network, benefit-unit, benefit-term, benefit-type.
X12 codes come under ``https://codesystem.x12.org/005010/`` and the number of the data element, as Da Vinci
PAS writes them, or under ``https://x12.org/codes/``. Both are brought to X12 codes, which say more. HL7's
benefit codes are examples and not a closed list, so a code that is not here is kept as it was sent.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit.json_text import Node

HL7: Final = "http://terminology.hl7.org/CodeSystem/"
X12: Final = "https://codesystem.x12.org/005010/"
X12_HOSTS: Final = ("https://codesystem.x12.org/", "https://x12.org/codes/")
SERVICE_TYPE: Final = "1365"
BENEFIT: Final = "1390"
LEVEL: Final = "1207"
PERIOD: Final = "615"
NETWORK: Final = "1073"
REJECT_REASON: Final = "901"
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {SERVICE_TYPE: "service-type-codes", REJECT_REASON: "reject-reason-codes"}
)
CATEGORIES: Final = frozenset({"ex-benefitcategory", "benefit-subcategory", "benefit-category"})
COINSURANCE: Final = "A"
COPAY: Final = "B"
VISIT: Final = "visit"
LIFETIME: Final = "lifetime"
ANNUAL: Final = "annual"  # a year of the plan's: which one, the benefit period tells
CODES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(  # HL7's codes by X12 data element
    {
        BENEFIT: {
            "benefit": "F",  # the most the plan pays
            "coinsurance": COINSURANCE,
            "copay": COPAY,
            "copay-flat": COPAY,
            "copay-percent": COINSURANCE,
            "deductible": "C",
            "out-of-pocket": "G",
            "out-of-pocket-maximum": "G",
            VISIT: "F",
        },
        LEVEL: {"individual": "IND", "family": "FAM"},
        NETWORK: {"in": "Y", "out": "N"},
        PERIOD: {"day": "7", LIFETIME: "32"},
    }
)


class Coding(NamedTuple):
    """One coding of a CodeableConcept."""

    system: str
    code: str
    display: str | None

    def is_x12(self, element: str) -> bool:
        """Tell whether this is a code of the X12 data element numbered *element*."""
        name = self.system.rpartition("/")[2]
        return self.system.startswith(X12_HOSTS) and name in {element, NAMES.get(element, element)}


def read_codings(concept: Node) -> Iterator[Coding]:
    """Walk the codings of a CodeableConcept that have a code."""
    for coding in concept.at("coding").each():
        if code := coding.at("code").text:
            yield Coding(coding.at("system").text or "", code, coding.at("display").text)


def to_x12(concept: Node, element: str) -> str:
    """Bring *concept* to a code of an X12 data element; what has none there is given as it was sent."""
    codings = list(read_codings(concept))
    sent = [coding.code for coding in codings if coding.is_x12(element)]
    known = [CODES[element][coding.code] for coding in codings if coding.code in CODES[element]]
    return next(iter([*sent, *known, *(coding.code for coding in codings)]), concept.at("text").text or "")


def name_code(concept: Node, element: str) -> str:
    """Return the code to keep of *concept*: X12's where it was sent, else the first."""
    codings = list(read_codings(concept))
    sent = [coding.code for coding in codings if coding.is_x12(element)]
    return next(iter([*sent, *(coding.code for coding in codings)]), concept.at("text").text or "")


def read_services(category: Node) -> tuple[str, ...]:
    """Read ``item.category`` as X12 service type codes; HL7's example categories are mostly these."""
    codings = list(read_codings(category))
    chosen = [coding.code for coding in codings if coding.is_x12(SERVICE_TYPE)] or [
        coding.code for coding in codings if coding.system.rpartition("/")[2] in CATEGORIES
    ]
    return tuple(dict.fromkeys(chosen))
