"""What makes two inquiries the same question, and what makes two requests the same request."""

import hashlib
import json
from dataclasses import asdict
from typing import Final

from verifier.model.inquiry import Facility, Inquiry

SCHEMA: Final = 1  # raise it when the same words begin to ask something else


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
        ],
        default=str,
        sort_keys=True,
    )


def fingerprint(inquiry: Inquiry) -> str:
    """Tell one request from another: 64 hexadecimal digits over all of it; kept encrypted only."""
    return hashlib.sha256(json.dumps(asdict(inquiry), default=str, sort_keys=True).encode()).hexdigest()
