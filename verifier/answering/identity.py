"""What makes two inquiries the same question."""

import json
from dataclasses import asdict
from typing import Final

from verifier.model.inquiry import Facility, Inquiry

SCHEMA: Final = 2  # raise it when the same words begin to ask something else


def name_question(inquiry: Inquiry, facility: Facility) -> str:
    """Write everything that an answer depends on, unambiguously.

    It holds the member's and the patient's identity: it is handed to a keyed hash and never stored or logged.
    """
    return json.dumps(
        [
            SCHEMA,
            facility.npi,
            inquiry.payer,
            asdict(inquiry.member),
            asdict(inquiry.patient),
            inquiry.program.start_date,
            inquiry.program.code.upper(),
            _name_military(inquiry),
        ],
        default=str,
        sort_keys=True,
    )


def _name_military(inquiry: Inquiry) -> tuple[object, ...]:
    """Name what the desk knows as far as it decides who is asked about whom; rules are read afterwards."""
    tricare, va = inquiry.tricare, inquiry.va
    return (
        (tricare.sponsor_id, tricare.state, tricare.zip) if tricare else None,
        (va.icn, va.access_token, va.referral_number, va.street, va.city, va.state, va.zip) if va else None,
    )
