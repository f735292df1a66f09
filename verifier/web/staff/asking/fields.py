"""The fields of a new verification: those every payer needs, and those of the payer's program."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from verifier.codes.procedures import LevelOfCare, all_procedures
from verifier.model.consent import Signed
from verifier.model.inquiry import Facility, Relationship, Sex
from verifier.model.military import Beneficiary, EnlistmentGroup, TricarePlan
from verifier.model.program import Weekday
from verifier.model.vocabulary import Network
from verifier.web.forms import YES_NO, Field, table
from verifier.wording import plain

Choices = Sequence[tuple[str, str]]

NOT_KNOWN: Final = (("", "Not known"),)
PROGRAMS: Final = frozenset({LevelOfCare.IOP, LevelOfCare.PHP, LevelOfCare.DAY_TREATMENT})
DAY_HINT: Final = "MM/DD/YYYY"
USUAL: Final = "Empty: the facility's usual"


def _words(vocabulary: Iterable[str]) -> Choices:
    return [(str(word), plain(str(word)).capitalize()) for word in vocabulary]


CODES: Final[Choices] = tuple(
    (each.code, f"{each.code} · {each.label}") for each in all_procedures() if each.level in PROGRAMS
)
GROUPS: Final[Choices] = tuple((each, f"Group {each}") for each in EnlistmentGroup)
SEXES: Final = (
    ("", "Not said"),
    (Sex.FEMALE.value, "Female"),
    (Sex.MALE.value, "Male"),
    (Sex.UNKNOWN.value, "Unknown"),
)
MEMBER: Final = (
    Field("member.id", "Member ID", hint="As on the card, with its letters", is_optional=True, longest=80),
    Field("member.first_name", "First name", is_optional=True, longest=35),
    Field("member.last_name", "Last name", longest=60),
    Field("member.birth_date", "Date of birth", "day", hint=DAY_HINT, is_optional=True),
    Field("member.sex", "Sex", "select", choices=SEXES, is_optional=True),
    Field("member.group_number", "Group number", is_optional=True, longest=50),
)
PATIENT: Final = (
    Field("patient.relationship", "The patient is", "select", choices=_words(Relationship)),
    Field("patient.first_name", "Patient's first name", longest=35, is_optional=True),
    Field("patient.last_name", "Patient's last name", longest=60, is_optional=True),
    Field("patient.birth_date", "Patient's date of birth", "day", hint=DAY_HINT, is_optional=True),
)
PROGRAM: Final = (
    Field("facility", "Facility", "select"),
    Field("program.code", "Program", "select", choices=CODES),
    Field("program.start_date", "First day", "date"),
    Field(
        "program.weekdays",
        "Days it meets",
        "checkboxes",
        hint=USUAL,
        choices=_words(Weekday),
        is_optional=True,
    ),
    Field("program.weeks", "Weeks", "number", is_optional=True, longest=3),
    Field("program.hours_per_session", "Hours a session", "decimal", is_optional=True, longest=5),
    Field(
        "program.allowed_amount",
        "Allowed a session",
        "money",
        hint="Empty: the contract's rate",
        is_optional=True,
    ),
    Field("program.billed_amount", "Billed a session", "money", hint=USUAL, is_optional=True),
    Field(
        "network",
        "With this plan the facility is",
        "radio",
        choices=(
            (Network.IN.value, "In network"),
            (Network.OUT.value, "Out of network"),
            (Network.UNKNOWN.value, "Not known"),
        ),
    ),
)
TRICARE: Final = (
    Field(
        "tricare.sponsor_id",
        "Sponsor's ID",
        hint="SSN, DoD ID or benefits number",
        is_optional=True,
        longest=13,
    ),
    Field("tricare.plan", "Plan", "select", choices=(*NOT_KNOWN, *_words(TricarePlan)), is_optional=True),
    Field(
        "tricare.beneficiary",
        "The patient is",
        "select",
        choices=(*NOT_KNOWN, *_words(Beneficiary)),
        is_optional=True,
    ),
    Field(
        "tricare.group",
        "Sponsor first enlisted",
        "select",
        choices=(*NOT_KNOWN, ("A", "Before 2018 (group A)"), ("B", "2018 or later (group B)")),
        is_optional=True,
    ),
    Field("tricare.is_junior_enlisted", "Sponsor is E-4 or below", "yes_no", choices=YES_NO),
    Field("tricare.has_referral", "Referred by the primary care manager", "yes_no", choices=YES_NO),
    Field("tricare.has_medicare", "The patient has Medicare", "yes_no", choices=YES_NO),
    Field("tricare.state", "State of residence", hint="Two letters", is_optional=True, longest=2),
    Field("tricare.zip", "ZIP code", is_optional=True, longest=5),
)
VA: Final = (
    Field("va.referral_number", "Referral number", hint="As the VA wrote it", is_optional=True, longest=40),
    Field("va.referral_begins", "Referral from", "day", hint=DAY_HINT, is_optional=True),
    Field("va.referral_ends", "Referral to", "day", hint=DAY_HINT, is_optional=True),
    Field("va.visits_authorized", "Visits authorized", "number", is_optional=True, longest=3),
    Field("va.visits_used", "Visits used", "number", is_optional=True, longest=3),
    Field(
        "va.priority_group",
        "Priority group",
        "select",
        choices=(*NOT_KNOWN, *((str(each), str(each)) for each in range(1, 9))),
        is_optional=True,
    ),
    Field(
        "va.service_connected_percent", "Disability rating, percent", "number", is_optional=True, longest=3
    ),
    Field(
        "va.mental_health_visits_this_year",
        "Mental-health visits this year",
        "number",
        is_optional=True,
        longest=3,
    ),
    Field("va.is_service_connected_care", "This condition is service-connected", "yes_no", choices=YES_NO),
    Field("va.is_copay_exempt", "Exempt from copays", "yes_no", choices=YES_NO),
    Field(
        "va.icn",
        "Integration control number (ICN)",
        hint="10 digits, V, 6 digits",
        is_optional=True,
        longest=17,
    ),
    Field("va.state", "State of residence", hint="Two letters", is_optional=True, longest=2),
)
CONSENT: Final = (
    Field("consent_id", "Consent on file", hint="Its number, cns_…", is_optional=True, longest=80),
    Field("consent.name", "Signed by", hint="The patient, or their proxy", is_optional=True, longest=120),
    Field("consent.method", "How", "select", choices=_words(Signed)),
    Field("consent.signed_on", "Signed on", "date", is_optional=True),
)
HIDDEN: Final = (Field("payer", "Insurance", "hidden"), Field("once", "", "hidden"))
# What only some programs ask for, by the program of the payer.
BLOCKS: Final[Mapping[str, tuple[str, tuple[Field, ...]]]] = MappingProxyType(
    {"tricare": ("TRICARE", TRICARE), "va": ("Veterans Affairs", VA)}
)


def fields_for(program: str, requires: Iterable[str], facilities: Sequence[Facility]) -> Mapping[str, Field]:
    """Return the fields for a payer of *program* that *requires* some of them, at one of *facilities*."""
    block = BLOCKS.get(program, ("", ()))[1]
    needed = frozenset(requires)
    places = [(each.id, each.name) for each in facilities]
    every = (*HIDDEN, *MEMBER, *PATIENT, *PROGRAM, *block, *CONSENT)
    return table(*(_fit(each, needed, places) for each in every))


def _fit(field: Field, needed: frozenset[str], places: Choices) -> Field:
    if field.name == "facility":
        return replace(field, choices=places)
    return replace(field, is_optional=False) if field.name in needed else field
