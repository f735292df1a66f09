"""`Question`: one call to one payer, in words every wire can encode."""

from dataclasses import dataclass, field
from datetime import date

from verifier.model.inquiry import Facility, Member, Patient


@dataclass(frozen=True, slots=True, repr=False)
class Veteran:
    """What finds a Veteran at VA beside name and birth date, and what they consented to."""

    icn: str | None = None  # integration control number
    access_token: str | None = None  # of the Veteran's own consent (OAuth 2.0)
    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What travels: who asks whom about which person, for which services, on which day."""

    payer_name: str
    payer_id: str  # the id this payer has on the channel used
    provider: Facility
    subscriber: Member
    patient: Patient
    date_of_service: date
    service_types: tuple[str, ...]  # X12 service type codes, at least one unless a procedure is asked
    procedure: str | None = None  # HCPCS
    trace: str = field(default="", repr=False)  # TRN02; comes back in the reply
    veteran: Veteran | None = field(default=None, repr=False)  # for the wires of VA alone
