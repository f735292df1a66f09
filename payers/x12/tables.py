"""The words for the codes of 005010X279A1 that a 271 carries; a code that is not here is kept as it was sent.

Names follow the implementation guide's code lists for loops 2100 to 2120 (X12 data elements 98, 365, 374,
673, 1069, 1204, 1207, 1336, 1390).
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from verifier.model.vocabulary import Authorization, BenefitKind, CoverageLevel, Network, Period

Word = TypeVar("Word")


class Words(dict[str, Word]):
    """A code table that answers *other* for a code it does not have."""

    def __init__(self, other: Word, words: Mapping[str, Word]) -> None:
        """Hold *words*, and *other* for every other code."""
        super().__init__(words)
        self.other = other

    def __missing__(self, code: str) -> Word:
        return self.other


class Names(dict[str, str]):
    """A code table that answers the code itself where it has no name for it."""

    def __missing__(self, code: str) -> str:
        return code


KINDS: Final = Words[BenefitKind](
    BenefitKind.OTHER,
    {
        **dict.fromkeys("12345", BenefitKind.ACTIVE),
        **dict.fromkeys("678", BenefitKind.INACTIVE),
        "A": BenefitKind.COINSURANCE,
        "B": BenefitKind.COPAY,
        "C": BenefitKind.DEDUCTIBLE,
        "CB": BenefitKind.COVERAGE_BASIS,
        "D": BenefitKind.DESCRIPTION,
        "E": BenefitKind.EXCLUSION,
        "F": BenefitKind.LIMITATION,
        "G": BenefitKind.OUT_OF_POCKET,
        "H": BenefitKind.UNLIMITED,
        "I": BenefitKind.NOT_COVERED,
        "J": BenefitKind.COST_CONTAINMENT,
        "K": BenefitKind.RESERVE,
        "L": BenefitKind.PRIMARY_CARE_PROVIDER,
        "M": BenefitKind.PREEXISTING_CONDITION,
        "MC": BenefitKind.MANAGED_CARE,
        "N": BenefitKind.RESTRICTION,
        "O": BenefitKind.NOT_MEDICALLY_NECESSARY,
        "P": BenefitKind.DISCLAIMER,
        "Q": BenefitKind.SECOND_OPINION,
        "R": BenefitKind.OTHER_PAYER,
        "S": BenefitKind.PRIOR_YEAR_HISTORY,
        "T": BenefitKind.CARD_LOST,
        "U": BenefitKind.CONTACT,
        "V": BenefitKind.CANNOT_PROCESS,
        "W": BenefitKind.OTHER_SOURCE,
        "X": BenefitKind.PROVIDER,
        "Y": BenefitKind.SPEND_DOWN,
    },
)  # EB01

LEVELS: Final = Words[CoverageLevel | None](
    CoverageLevel.OTHER,
    {
        "": None,
        "IND": CoverageLevel.INDIVIDUAL,
        "FAM": CoverageLevel.FAMILY,
        "EMP": CoverageLevel.EMPLOYEE,
        "ESP": CoverageLevel.EMPLOYEE_AND_SPOUSE,
        "ECH": CoverageLevel.EMPLOYEE_AND_CHILDREN,
        "SPC": CoverageLevel.SPOUSE_AND_CHILDREN,
        "SPO": CoverageLevel.SPOUSE,
        "CHD": CoverageLevel.CHILDREN,
        "DEP": CoverageLevel.DEPENDENTS,
    },
)  # EB02

PERIODS: Final = Words[Period | None](
    Period.OTHER,
    {
        "": None,
        "6": Period.HOUR,
        "7": Period.DAY,
        "13": Period.TWENTY_FOUR_HOURS,
        "21": Period.YEARS,
        "22": Period.SERVICE_YEAR,
        "23": Period.CALENDAR_YEAR,
        "24": Period.YEAR_TO_DATE,
        "25": Period.CONTRACT,
        "26": Period.EPISODE,
        "27": Period.VISIT,
        "28": Period.OUTLIER,
        "29": Period.REMAINING,
        "30": Period.EXCEEDED,
        "31": Period.NOT_EXCEEDED,
        "32": Period.LIFETIME,
        "33": Period.LIFETIME_REMAINING,
        "34": Period.MONTH,
        "35": Period.WEEK,
        "36": Period.ADMISSION,
    },
)  # EB06, HSD05

NETWORKS: Final = Words[Network](
    Network.UNKNOWN, {"": Network.UNKNOWN, "Y": Network.IN, "N": Network.OUT, "W": Network.BOTH}
)  # EB12  # EB12

AUTHORIZATIONS: Final = Words[Authorization](
    Authorization.UNKNOWN,
    {
        "": Authorization.UNKNOWN,
        "Y": Authorization.REQUIRED,
        "N": Authorization.NOT_REQUIRED,
    },
)  # EB11

QUANTITIES: Final = Names(
    {
        "8H": "minimum",
        "99": "used",
        "CA": "covered_actual",
        "CE": "covered_estimated",
        "D3": "coinsurance_days",
        "DB": "deductible_blood_units",
        "DY": "days",
        "FL": "units",
        "HS": "hours",
        "LA": "lifetime_reserve_actual",
        "LE": "lifetime_reserve_estimated",
        "M2": "maximum",
        "MN": "months",
        "P6": "services",
        "QA": "approved",
        "S7": "age_high",
        "S8": "age_low",
        "VS": "visits",
        "YY": "years",
    }
)  # EB09, HSD01

UNITS: Final = Names(
    {"DA": "day", "MO": "month", "VS": "visit", "WK": "week", "YR": "year", "Q1": "quarter", "HR": "hour"}
)  # HSD03

INSURANCE_TYPES: Final = Names(
    {
        "12": "Medicare secondary: working aged",
        "13": "Medicare secondary: end-stage renal disease",
        "14": "Medicare secondary: no-fault is primary",
        "15": "Medicare secondary: workers' compensation is primary",
        "16": "Medicare secondary: federal agency is primary",
        "41": "Medicare secondary: black lung",
        "42": "Medicare secondary: Veterans Affairs",
        "43": "Medicare secondary: disabled under 65",
        "47": "Medicare secondary: other liability is primary",
        "AP": "Auto insurance",
        "C1": "Commercial",
        "CO": "COBRA",
        "CP": "Medicare conditionally primary",
        "D": "Disability",
        "DB": "Disability benefits",
        "EP": "EPO",
        "FF": "Family or friends",
        "GP": "Group policy",
        "HM": "HMO",
        "HN": "HMO Medicare risk",
        "HS": "Special low-income Medicare beneficiary",
        "IN": "Indemnity",
        "IP": "Individual policy",
        "LC": "Long-term care",
        "LD": "Long-term policy",
        "LI": "Life insurance",
        "LT": "Litigation",
        "MA": "Medicare Part A",
        "MB": "Medicare Part B",
        "MC": "Medicaid",
        "MH": "Medigap Part A",
        "MI": "Medigap Part B",
        "MP": "Medicare primary",
        "OT": "Other",
        "PE": "Property insurance, personal",
        "PL": "Personal",
        "PP": "Personal payment, no insurance",
        "PR": "PPO",
        "PS": "POS",
        "QM": "Qualified Medicare beneficiary",
        "RP": "Property insurance, real",
        "SP": "Supplemental policy",
        "TF": "TEFRA",
        "WC": "Workers' compensation",
        "WU": "Wrap-up policy",
    }
)  # EB04

DATES: Final = Names(
    {
        "096": "discharge",
        "102": "issue",
        "152": "change_effective",
        "193": "period_begin",
        "194": "period_end",
        "198": "completion",
        "290": "coordination_of_benefits",
        "291": "plan",
        "292": "benefit",
        "295": "primary_care_provider",
        "304": "latest_visit",
        "307": "eligibility",
        "318": "added",
        "340": "cobra_begin",
        "341": "cobra_end",
        "342": "premium_paid_to_begin",
        "343": "premium_paid_to_end",
        "346": "plan_begin",
        "347": "plan_end",
        "348": "benefit_begin",
        "349": "benefit_end",
        "356": "eligibility_begin",
        "357": "eligibility_end",
        "382": "enrollment",
        "435": "admission",
        "442": "date_of_death",
        "458": "certification",
        "472": "service",
        "539": "policy_effective",
        "540": "policy_expiration",
        "636": "last_update",
        "771": "status",
    }
)  # DTP01

ROLES: Final = Names(
    {
        "03": "dependent",
        "13": "contracted_service_provider",
        "1I": "preferred_provider_organization",
        "1P": "provider",
        "2B": "third_party_administrator",
        "36": "employer",
        "73": "other_physician",
        "FA": "facility",
        "GP": "gateway_provider",
        "GW": "group",
        "I3": "independent_physicians_association",
        "IL": "insured",
        "LR": "legal_representative",
        "OC": "origin_carrier",
        "P3": "primary_care_provider",
        "P4": "prior_insurance_carrier",
        "P5": "plan_sponsor",
        "PR": "payer",
        "PRP": "primary_payer",
        "SEP": "secondary_payer",
        "TTP": "tertiary_payer",
        "VER": "verifying_party",
        "VN": "vendor",
        "VY": "organization_completing_configuration_change",
        "X3": "utilization_management_organization",
        "Y2": "managed_care_organization",
    }
)  # NM101

CONTACTS: Final = Names(
    {
        "CP": "phone",
        "ED": "edi",
        "EM": "email",
        "EX": "extension",
        "FX": "fax",
        "HP": "phone",
        "TE": "phone",
        "UR": "url",
        "WP": "phone",
    }
)  # PER03, PER05, PER07

RELATIONSHIPS: Final = Words[str]("other", {"18": "self", "01": "spouse", "19": "child"})  # INS02
