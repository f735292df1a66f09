"""The statements that go with an answer.

42 CFR 2.32, in force since 2024-04-16: each disclosure made with the patient's consent carries one of two
statements to choose from, and a copy of the consent or a clear explanation of its scope. They are written
into the verification when it is begun, so that whatever leaves with it, as JSON, FHIR, report, webhook or
export, carries what `statements_of` returns and asks nobody else.
"""

from typing import Final

from verifier.answering.consent_gate import reveals_addiction
from verifier.model.consent import EVERY_PAYER, Consent
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Notice, Verification

PART_2: Final = Notice(
    "42_CFR_PART_2", "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
)  # 2.32(a)(2), the short one of the two statements
SCOPE: Final = "42_CFR_PART_2_SCOPE"
NO_GUARANTEE: Final = Notice(
    "NO_GUARANTEE",
    "This is an estimate and no guarantee of payment: the plan decides when it receives the claim.",
)


def notices_for(inquiry: Inquiry, facility: Facility, consent: Consent | None = None) -> tuple[Notice, ...]:
    """List the statements for an answer to *inquiry*, put under *consent* where one was needed.

    A program that treats addiction carries those of Part 2, and so does all that a Part 2 program says.
    """
    if not reveals_addiction(inquiry, facility):
        return (NO_GUARANTEE,)
    scope = (Notice(SCOPE, explain_scope(consent)),) if consent else ()
    return (PART_2, *scope, NO_GUARANTEE)


def statements_of(kept: Verification, facility: Facility | None) -> tuple[Notice, ...]:
    """Return the statements of 42 CFR 2.32 that go with whatever of *kept* leaves the building.

    *facility* is the one it is about; one that is no longer configured may have been a part 2 program, and
    counts as one.
    """
    written = tuple(notice for notice in kept.notices if notice.code in {PART_2.code, SCOPE})
    reveals = facility is None or reveals_addiction(kept.inquiry, facility)
    return written or ((PART_2,) if reveals else ())


def explain_scope(consent: Consent) -> str:
    """Explain what the patient consented to: who discloses what to whom, for what, and until when."""
    recipients = "all of the patient's health plans and third-party payers"
    if EVERY_PAYER not in consent.recipients:
        recipients = ", ".join(sorted(consent.recipients))
    end = f"It ends after {consent.expires_on}" if consent.expires_on else "It has no end"
    return (
        f"The patient's consent of {consent.signature.signed_on} lets {consent.facility} disclose to "
        f"{recipients}, for {', '.join(sorted(consent.purposes))}: {consent.information}. "
        f"{end} unless it is revoked. {consent.redisclosure}"
    )
