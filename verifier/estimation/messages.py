"""What payers say in free text (MSG) that changes a price: the patterns, and the questions put to them.

Every pattern is linear in the text it reads; payers write in any case.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from verifier.model.estimate import Counted, DeductibleRule
from verifier.model.vocabulary import Network

LONGEST_TEXT: Final = 2000


class Remark(StrEnum):
    """What a text may say of the benefit it stands at."""

    OUR_PROGRAM = "our_program"
    PARTIAL_HOSPITALIZATION = "partial_hospitalization"
    OUTPATIENT = "outpatient"
    OTHER_SETTING = "other_setting"
    TELEHEALTH = "telehealth"
    OFFICE = "office"
    SPECIAL_TIER = "special_tier"
    PLAN_SHARE = "plan_share"
    SHARED_LIMIT = "shared_limit"
    AGGREGATE = "aggregate"
    AFTER_COPAY = "after_copay"
    COPAY_TO_DEDUCTIBLE = "copay_to_deductible"
    HIGH_DEDUCTIBLE_PLAN = "high_deductible_plan"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


REMARKS: Final[Mapping[Remark, re.Pattern[str]]] = MappingProxyType(
    {
        Remark.OUR_PROGRAM: _compile(r"\bINTENSIVE[ -]OUT|\bIOP\b|\bDAY TREATMENT\b"),
        Remark.PARTIAL_HOSPITALIZATION: _compile(r"\bPARTIAL HOSP|\bPHP\b"),
        Remark.OUTPATIENT: _compile(r"\bOUT[ -]?PATIENT\b"),
        Remark.OTHER_SETTING: _compile(
            r"\bIN[ -]?PATIENT\b|\bRESIDENTIAL\b|\bEMERGENCY\b|\bURGENT CARE\b|\bLAB(ORATORY)?\b|\bABA\b"
            r"|\bAPPLIED BEHAVIOR|\bTMS\b|\bTRANSCRANIAL\b|\bECT\b|\bELECTROCONVULSIVE\b"
            r"|\b(NEURO)?PSYCHOLOGICAL TEST"
        ),
        Remark.TELEHEALTH: _compile(r"\bTELE-?(HEALTH|MED|DOC|PSYCH|THERAP|VISIT)|\bVIRTUAL\b"),
        Remark.OFFICE: _compile(r"\bOFFICE\b"),
        Remark.SPECIAL_TIER: _compile(
            r"\bCLIENT SPECIFIC NETWORK\b|\bPREFERRED\b|\bINCLUDED FOR SPECIFIC SERVICES\b|\bDESIGNATED\b"
            r"|\bMAXIMUM SAVINGS\b|\bHIGHEST BENEFIT\b|\bTIER (1|ONE)\b|\bENHANCED\b"
        ),
        Remark.PLAN_SHARE: _compile(r"\bPLAN (PAYS|COVERS)\b|\bCOVERED AT\b|\bPAYS AT\b"),
        Remark.SHARED_LIMIT: _compile(
            r"\bCOMBINED\b|\bSHARED\b|\bCOMBINES?\b|\bINCLUD(ES|ING) (PHP|IOP|PARTIAL)"
        ),
        Remark.AGGREGATE: _compile(
            r"\bAGGREGATE\b|\bNON-?EMBEDDED\b|\bTRUE FAMILY\b|\bFAMILY AMOUNT (IS|MUST BE) (SATISFIED|MET)\b"
        ),
        Remark.AFTER_COPAY: _compile(r"\bAFTER (THE )?CO-?PAY"),
        Remark.COPAY_TO_DEDUCTIBLE: _compile(
            r"\bCO-?PAY(MENT)?S? (DOES |DO )?(APPL(Y|IES)|COUNTS?) (TO|TOWARDS?) (THE )?DEDUCTIBLE"
        ),
        Remark.HIGH_DEDUCTIBLE_PLAN: _compile(r"\bHSA\b|\bHDHP\b|\bHIGH[ -]DEDUCTIBLE\b"),
    }
)
# HL7 Da Vinci CostShareOption; the first that matches holds.
RULES: Final = (
    (
        DeductibleRule.WAIVED,
        _compile(
            r"\bDEDUCTIBLE (IS )?WAIVED\b|\bNO DEDUCTIBLE\b|\bNOT SUBJECT TO (THE )?DEDUCTIBLE"
            r"|\bDEDUCTIBLE (DOES NOT|DOESN'T|NOT) APPL(Y|IED|ICABLE)(?! TO (THE )?(\w+'?S? )?OUT)"
        ),
    ),
    (DeductibleRule.COPAY_FIRST, _compile(r"\bBEFORE (THE )?DEDUCTIBLE|\bCO-?PAY(MENT)? THEN DEDUCTIBLE")),
    (
        DeductibleRule.DEDUCTIBLE_FIRST,
        _compile(
            r"\b(AFTER|SUBJECT TO|WITH|ONCE) (THE )?DEDUCTIBLE|\bDEDUCTIBLE THEN\b"
            r"|\bDEDUCTIBLE (DOES )?APPL(Y|IES)(?! TO )"
        ),
    ),
)
WITH_DEDUCTIBLE: Final = _compile(r"\bWITH (THE )?DEDUCTIBLE")  # subject to both; says nothing of the order
FIRST_VISITS: Final = _compile(r"\bFIRST (\d{1,2}) VISITS?\b")
PROVIDER: Final = r"\b(PROVIDER|FACILITY) (IS|APPEARS|SHOWS AS) (AN? )?"
NETWORKS: Final = (
    (Network.OUT, _compile(PROVIDER + r"(OUT[ -]OF[ -]NETWORK|NON-?PAR|NOT (IN|PART))")),
    (Network.IN, _compile(PROVIDER + r"(IN[ -]NETWORK|PARTICIPATING)")),
)
TO_OUT_OF_POCKET: Final = r"(OOP\b|(THE |YOUR )?(MEMBER'?S? )?OUT[ -]OF[ -]POCKET)"
EXCLUDED_WORDS: Final = r"(S? (DOES|DO|IS|ARE) NOT |S? (NOT|EXCLUDED) ).{0,20}\b"
PARTS: Final = MappingProxyType(
    {
        Counted.DEDUCTIBLE: "DEDUCTIBLE",
        Counted.COPAY: "CO-?PAY(MENT)?",
        Counted.COINSURANCE: "CO-?INSURANCE",
    }
)
NOT_COUNTED: Final = MappingProxyType(
    {part: _compile(rf"\b{words}{EXCLUDED_WORDS}{TO_OUT_OF_POCKET}") for part, words in PARTS.items()}
)
COUNTED: Final = MappingProxyType(
    {
        part: _compile(
            rf"\b{words}S? (DOES |DO |IS |ARE )?(APPL(Y|IES)|INCLUDED|COUNTS?) (TO|IN|TOWARDS?) "
            rf"{TO_OUT_OF_POCKET}"
        )
        for part, words in PARTS.items()
    }
)


def join(messages: Iterable[str]) -> str:
    """Put the messages of a benefit into one text, each on its line, at most 2,000 characters."""
    return "\n".join(messages)[:LONGEST_TEXT]


def says(text: str, remark: Remark) -> bool:
    """Tell whether *text* makes this remark."""
    return REMARKS[remark].search(text) is not None


def deductible_rule(text: str) -> DeductibleRule | None:
    """Read in which order deductible and cost share fall; ``None`` when the text does not say."""
    return next((rule for rule, pattern in RULES if pattern.search(text)), None)


def first_visits(text: str) -> int:
    """Read for how many first visits another rule holds; 0 when the text does not say."""
    found = FIRST_VISITS.search(text)
    return int(found.group(1)) if found else 0


def provider_network(text: str) -> Network | None:
    """Read whether the payer calls the asking provider in or out of network; ``None``: it does not say."""
    return next((network for network, pattern in NETWORKS if pattern.search(text)), None)


def counts_to_out_of_pocket(text: str, part: Counted) -> bool | None:
    """Read whether *part* counts to the out-of-pocket maximum; ``None`` when the text does not say."""
    if NOT_COUNTED[part].search(text):
        return False
    return True if COUNTED[part].search(text) else None
