"""The closed vocabularies of coverage: one word for each X12 code, `other` or `unknown` for the rest."""

from enum import StrEnum


class CoverageStatus(StrEnum):
    """What a reply says of the member on the date asked about."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    REJECTED = "rejected"  # the payer refused the question: member not found, provider not enrolled
    UNKNOWN = "unknown"  # nobody can say: outage, time-out, garbage


class BenefitKind(StrEnum):
    """What one EB segment is about (EB01)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    COINSURANCE = "coinsurance"
    COPAY = "copay"
    DEDUCTIBLE = "deductible"
    COVERAGE_BASIS = "coverage_basis"
    DESCRIPTION = "description"
    EXCLUSION = "exclusion"
    LIMITATION = "limitation"
    OUT_OF_POCKET = "out_of_pocket"
    UNLIMITED = "unlimited"
    NOT_COVERED = "not_covered"
    COST_CONTAINMENT = "cost_containment"
    RESERVE = "reserve"
    PRIMARY_CARE_PROVIDER = "primary_care_provider"
    PREEXISTING_CONDITION = "preexisting_condition"
    MANAGED_CARE = "managed_care"
    RESTRICTION = "restriction"
    NOT_MEDICALLY_NECESSARY = "not_medically_necessary"
    DISCLAIMER = "disclaimer"
    SECOND_OPINION = "second_opinion"
    OTHER_PAYER = "other_payer"
    PRIOR_YEAR_HISTORY = "prior_year_history"
    CARD_LOST = "card_lost"
    CONTACT = "contact"
    CANNOT_PROCESS = "cannot_process"
    OTHER_SOURCE = "other_source"
    PROVIDER = "provider"
    SPEND_DOWN = "spend_down"
    OTHER = "other"


class CoverageLevel(StrEnum):
    """Whom a benefit is for (EB02)."""

    INDIVIDUAL = "individual"
    FAMILY = "family"
    EMPLOYEE = "employee"
    EMPLOYEE_AND_SPOUSE = "employee_and_spouse"
    EMPLOYEE_AND_CHILDREN = "employee_and_children"
    SPOUSE_AND_CHILDREN = "spouse_and_children"
    SPOUSE = "spouse"
    CHILDREN = "children"
    DEPENDENTS = "dependents"
    OTHER = "other"


class Period(StrEnum):
    """Over which time a benefit runs (EB06)."""

    HOUR = "hour"
    DAY = "day"
    TWENTY_FOUR_HOURS = "24_hours"
    YEARS = "years"
    SERVICE_YEAR = "service_year"
    CALENDAR_YEAR = "calendar_year"
    YEAR_TO_DATE = "year_to_date"
    CONTRACT = "contract"
    EPISODE = "episode"
    VISIT = "visit"
    OUTLIER = "outlier"
    REMAINING = "remaining"
    EXCEEDED = "exceeded"
    NOT_EXCEEDED = "not_exceeded"
    LIFETIME = "lifetime"
    LIFETIME_REMAINING = "lifetime_remaining"
    MONTH = "month"
    WEEK = "week"
    ADMISSION = "admission"
    OTHER = "other"


class Network(StrEnum):
    """To which network a benefit row applies (EB12); says nothing of the asking provider."""

    IN = "in"
    OUT = "out"
    BOTH = "both"
    UNKNOWN = "unknown"


class Authorization(StrEnum):
    """Whether authorization or certification is needed (EB11)."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    UNKNOWN = "unknown"


class RejectionClass(StrEnum):
    """Who must act on a rejection."""

    PAYER_UNAVAILABLE = "payer_unavailable"
    PROVIDER = "provider"
    MEMBER = "member"
    REQUEST = "request"
    OTHER = "other"


class Retry(StrEnum):
    """Whether asking again can help."""

    NEVER = "never"
    LATER = "later"
    WITH_CHANGES = "with_changes"
