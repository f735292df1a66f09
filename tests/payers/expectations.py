"""What every channel has to make of every scenario of the simulator, and where a wire differs, why.

A scenario is asked about once, or once for each outcome of its row. An outcome is a status with the codes of
the refusal, or a fault; and what comes next (`payers.kit.retry`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from payers.kit.retry import Action
from verifier.errors import BadReply, PayerFault, PayerRefused, PayerThrottled, PayerTimeout
from verifier.model.vocabulary import CoverageStatus

CORE: Final = ("core-mime", "core-soap")
STEDI: Final = ("stedi-v3", "stedi-2026-06-01")
WIRES: Final = (*CORE, *STEDI, "optum", "availity", "availity-at-poll", "fhir")


class Outcome(NamedTuple):
    """What came of one question, and what comes next."""

    what: CoverageStatus | type[PayerFault]
    action: Action
    codes: tuple[str | None, ...] = ()


class Unlike(NamedTuple):
    """Another outcome on some wires, and the reason."""

    wires: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    reason: str


@dataclass(frozen=True)
class Row:
    """What is to become of a scenario; *seconds* is how long the payer is given."""

    outcomes: tuple[Outcome, ...]
    unlike: tuple[Unlike, ...] = ()
    seconds: float = 10.0

    def expect(self, wire: str) -> tuple[Outcome, ...]:
        """Say what is to come of it on *wire*."""
        return next((each.outcomes for each in self.unlike if wire in each.wires), self.outcomes)


ACTIVE: Final = Outcome(CoverageStatus.ACTIVE, Action.NONE)
INACTIVE: Final = Outcome(CoverageStatus.INACTIVE, Action.NONE)
BAD: Final = Outcome(BadReply, Action.RETRY)
LATE: Final = Outcome(PayerTimeout, Action.RETRY)
DOWN: Final = Outcome(PayerRefused, Action.RETRY)
SHUT: Final = Outcome(PayerRefused, Action.STOP)
THROTTLED: Final = Outcome(PayerThrottled, Action.SLOW)
TURNED_AWAY: Final = Outcome(CoverageStatus.UNKNOWN, Action.STOP)
SHORT: Final = 0.5  # seconds for what never comes


def refused(action: Action, *codes: str | None) -> Row:
    return Row((Outcome(CoverageStatus.REJECTED, action, codes),))


def unavailable(code: str | None) -> Outcome:
    return Outcome(CoverageStatus.UNKNOWN, Action.RETRY, (code,))


SELF_NUMBERED: Final = (
    "Stedi numbers each question itself, so a reply is told by its person alone, and this is the right one"
)
NO_TOKENS: Final = "there are no tokens: the key or the password is refused, and there is no other"
GATEWAY: Final = (
    "a gateway that gets an acknowledgement has no answer to turn into its own format, and says so"
)
ACKNOWLEDGED: Final = Row(
    (TURNED_AWAY,),
    (
        Unlike(("availity", "availity-at-poll"), (unavailable(None),), GATEWAY),
        Unlike(("fhir",), (unavailable("exception"),), GATEWAY),
    ),
)

ANSWERED: Final[Mapping[str, Row]] = {
    **dict.fromkeys(
        (
            "balance_billing",
            "behavioral_in_list_only",
            "carve_out",
            "carve_out_administrator",
            "coinsurance_after_deductible",
            "copay_after_deductible",
            "copay_and_coinsurance",
            "copay_waives_deductible",
            "dependent",
            "family_aggregate",
            "family_embedded",
            "fully_covered",
            "huge",
            "inactive_period_inside_active",
            "network_in_words",
            "not_covered",
            "oddities",
            "other_payer",
            "out_of_pocket_nearly_met",
            "places_of_service",
            "plan_year_reset",
            "prior_authorization",
            "service_year_reset",
            "two_copays",
            "unlimited_amounts",
            "visit_limit",
            "visit_limit_in_delivery",
        ),
        Row((ACTIVE,)),
    ),
    **dict.fromkeys(("champva_active", "champva_deductible_met"), Row((ACTIVE,))),
    **dict.fromkeys(
        (
            "tricare_active_duty",
            "tricare_benefits_number_only",
            "tricare_continued_health_care",
            "tricare_family_health_plan",
            "tricare_for_life",
            "tricare_limits_told",
            "tricare_prime_family",
            "tricare_prime_remote",
            "tricare_reserve_select",
            "tricare_retired_reserve",
            "tricare_right_region",
            "tricare_select_family",
            "tricare_transitional",
            "tricare_unknown_plan",
            "tricare_wrong_region",
            "tricare_young_adult_prime",
            "tricare_young_adult_select",
        ),
        Row((ACTIVE,)),
    ),
    **dict.fromkeys(("champva_inactive", "tricare_inactive"), Row((INACTIVE,))),
    "inactive": Row((INACTIVE,)),
    "missing_birth_date": refused(Action.STAFF, "58"),
    "not_found": refused(Action.SEARCH, "75"),
    "not_found_in_words": refused(Action.SEARCH, None),
    "provider_not_identified": refused(Action.STOP, "43"),
    "provider_not_on_file": refused(Action.STOP, "51"),
    "wrong_birth_date": refused(Action.STAFF, "71", "73"),
    "wrong_member_id": refused(Action.SEARCH, "72"),
}
FAULTY: Final[Mapping[str, Row]] = {
    "accepted_forever": Row(
        (BAD,),
        (
            Unlike(
                ("availity", "availity-at-poll"),
                (LATE, LATE),
                "the answer is asked for until the time is over",
            ),
        ),
        SHORT,
    ),
    "acknowledgement_999": ACKNOWLEDGED,
    "acknowledgement_ta1": ACKNOWLEDGED,
    "bomb": Row((BAD,)),
    "drip": Row((LATE,), seconds=SHORT),
    "dropped_connection": Row((BAD,)),
    "duplicate_reply": Row((ACTIVE, ACTIVE)),
    "encoded_fifty_times": Row((BAD,)),
    "endless": Row((BAD,)),
    "endless_drip": Row((LATE,), seconds=SHORT),
    "envelope_error": Row((SHUT,)),
    "expired_token": Row((ACTIVE, ACTIVE), (Unlike((*CORE, *STEDI), (SHUT, ACTIVE), NO_TOKENS),)),
    "garbage": Row((BAD,)),
    "hang_up": Row((BAD,)),
    "html_error_page": Row((BAD,)),
    "http_429": Row(
        (THROTTLED,),
        (
            Unlike(
                ("availity-at-poll",),
                (LATE,),
                "the question is taken already; its answer is asked for in vain",
            ),
        ),
        2.0,
    ),
    "http_429_once": Row(
        (THROTTLED, ACTIVE),
        (
            Unlike(
                ("availity-at-poll",),
                (ACTIVE,),
                "the question is taken already; its answer is asked for again",
            ),
        ),
    ),
    "http_500": Row((DOWN,)),
    "http_503": Row((DOWN,)),
    "json_list": Row((BAD,)),  # on the X12 wires a body of another kind
    "large_body": Row((BAD,)),
    "late_reply": Row(
        (LATE, BAD),
        (
            Unlike(STEDI, (LATE, ACTIVE), SELF_NUMBERED),
            Unlike(
                ("availity-at-poll",),
                (LATE, ACTIVE),
                "the question is not put again, so the late answer is the one to it",
            ),
        ),
        SHORT,
    ),
    "no_response_behind": Row((unavailable("80"),)),
    "not_a_number": Row(
        (BAD,),
        (
            Unlike(
                CORE, (ACTIVE,), "an element of X12 is a text: the amount is not told, everything else is"
            ),
            Unlike(
                ("availity",),
                (ACTIVE,),
                "the fault strikes the receipt of the question, and no amount is in that",
            ),
        ),
    ),
    "payer_unavailable": Row((unavailable("42"),)),
    "payer_unavailable_once": Row((unavailable("42"), ACTIVE)),
    "redirect": Row((SHUT,)),
    "silent": Row((LATE,), seconds=SHORT),
    "slow": Row((LATE,), seconds=SHORT),
    "soap_fault": Row((DOWN,)),
    "truncated": Row((BAD,)),
    "wrong_member": Row((BAD,)),
    "wrong_trace": Row((BAD,), (Unlike(STEDI, (ACTIVE,), SELF_NUMBERED),)),
}
TABLE: Final[Mapping[str, Row]] = {**ANSWERED, **FAULTY}
RENAMED: Final[Mapping[str, str]] = {  # what each fault is called where faults are talked about
    "429": "http_429",
    "202 for ever": "accepted_forever",
    "expired token": "expired_token",
    "wrong trace": "wrong_trace",
    "another member's reply": "wrong_member",
    "duplicate reply": "duplicate_reply",
    "late reply to a timed-out call": "late_reply",
    "gzip bomb": "bomb",
    "50-fold encoding": "encoded_fifty_times",
    "200 MiB body": "large_body",
    "endless drip": "endless_drip",
    "redirect to another host": "redirect",
    "HTML error page": "html_error_page",
    "JSON list": "json_list",
    "NaN": "not_a_number",
}
