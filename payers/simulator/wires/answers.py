"""Turns the payer's 271 into medical-network JSON (v3), as a clearinghouse does on the way back.

Kept apart from `payers.medical_network`, which reads it: the tables here are a clearinghouse's own. Field
names are those of Optum's Medical Network Eligibility v3 and Stedi's specification 2024-04-01.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from payers.simulator.rendering import COMPONENT, ELEMENT, REPETITION, TERMINATOR

Fields = dict[str, Any]
Segment = Sequence[str]

ROLES: Final = {
    "PR": "Payer",
    "PRP": "Primary Payer",
    "1P": "Provider",
    "IL": "Insured or Subscriber",
    "VN": "Vendor",
    "X3": "Utilization Management Organization",
    "GW": "Group",
    "P3": "Primary Care Provider",
}
MODES: Final = {
    "TE": "Telephone",
    "UR": "Uniform Resource Locator (URL)",
    "EM": "Electronic Mail",
    "FX": "Facsimile",
}
DATES: Final = {
    "291": "plan",
    "292": "benefit",
    "307": "eligibility",
    "346": "planBegin",
    "347": "planEnd",
    "348": "benefitBegin",
    "349": "benefitEnd",
    "356": "eligibilityBegin",
    "357": "eligibilityEnd",
    "472": "service",
}
NETWORKS: Final = {"Y": "Yes", "N": "No", "U": "Unknown", "W": "Not Applicable"}
FOLLOW_UPS: Final = {
    "C": "Please Correct and Resubmit",
    "N": "Resubmission Not Allowed",
    "P": "Please Resubmit Original Transaction",
    "R": "Resubmission Allowed",
    "S": "Do Not Resubmit; Inquiry Initiated to a Third Party",
    "W": "Please Wait 30 Days and Resubmit",
    "X": "Please Wait 10 Days and Resubmit",
    "Y": "Do Not Resubmit; We Will Hold Your Request and Respond Again Shortly",
}
LEVELS: Final = {
    "20": ("payer", "A"),
    "21": ("provider", "B"),
    "22": ("subscriber", "C"),
    "23": ("dependents", "D"),
}
EB: Final = (
    "code",
    "coverageLevelCode",
    "serviceTypeCodes",
    "insuranceTypeCode",
    "planCoverage",
    "timeQualifierCode",
    "benefitAmount",
    "benefitPercent",
    "quantityQualifierCode",
    "benefitQuantity",
    "authOrCertIndicator",
    "inPlanNetworkIndicatorCode",
    "compositeMedicalProcedureIdentifier",
)
HSD: Final = (
    "quantityQualifierCode",
    "quantity",
    "unitForMeasurementQualifierCode",
    "sampleSelectionModulus",
    "timePeriodQualifierCode",
    "numOfPeriods",
)
III: Final = ("codeListQualifierCode", "industryCode", "codeCategory", "injuredBodyPartName")
PERSON: Final = ("lastName", "firstName", "middleName", "", "suffix", "", "memberId")  # NM103 to NM109
ENTITY: Final = (
    "entityName",
    "entityFirstname",
    "entityMiddlename",
    "",
    "entitySuffix",
    "entityIdentification",
    "entityIdentificationValue",
)


def render_v3(text: str) -> Fields:
    """Write the 271 in *text*, one of our own, as JSON fields."""
    clerk = _Clerk()
    for segment in text.removesuffix(TERMINATOR).split(TERMINATOR):
        name, *elements = segment.split(ELEMENT)
        if take := _TAKING.get(name):
            take(clerk, [*elements, *[""] * 14])
    return clerk.document


class _Clerk:
    """Copies segments into fields; remembers the loop, and the benefit and entity, that it is in."""

    def __init__(self) -> None:
        self.document: Fields = {"errors": []}
        self.level, self.letter = "payer", "A"
        self.holder: Fields = {}
        self.is_named = False
        self.benefit: Fields | None = None
        self.entity: Fields | None = None

    def take_header(self, elements: Segment) -> None:
        self.document["meta"] = {"traceId": elements[2]}

    def take_level(self, elements: Segment) -> None:
        self.level, self.letter = LEVELS[elements[2]]
        self.holder, self.is_named = {}, False
        self.document[self.level] = [self.holder] if self.level == "dependents" else self.holder

    def take_trace(self, elements: Segment) -> None:
        numbers = self.document.setdefault("subscriberTraceNumbers", [])
        numbers.append({"traceTypeCode": elements[0], "referenceIdentification": elements[1]})

    def take_name(self, elements: Segment) -> None:
        if self.benefit is not None:
            kind = "Person" if elements[1] == "1" else "Non-Person Entity"
            self.entity = {
                "entityIdentifier": ROLES[elements[0]],
                "entityType": kind,
                **_name(ENTITY, elements[2:]),
            }
            self.benefit.setdefault("benefitsRelatedEntities", []).append(self.entity)
        elif self.letter == "A":
            self.holder |= {
                "entityIdentifier": "Payer",
                "name": elements[2],
                "payorIdentification": elements[8],
            }
        elif self.letter == "B":
            self.holder |= {"entityIdentifier": "Provider", "providerName": elements[2], "npi": elements[8]}
        else:
            self.holder |= _name(PERSON, elements[2:])
        self.is_named = True

    def take_refusal(self, elements: Segment) -> None:
        loop = (
            f"2110{self.letter}"
            if self.benefit is not None
            else f"{'2100' if self.is_named else '2000'}{self.letter}"
        )
        error = {
            "field": "AAA",
            "code": elements[2],
            "description": f"Reject reason {elements[2]}",
            "followupAction": FOLLOW_UPS[elements[3]],
            "location": f"Loop {loop}",
            "possibleResolutions": "Ask the simulated payer.",
        }
        self.holder.setdefault("aaaErrors", []).append(error)
        self.document["errors"].append(error)

    def take_reference(self, elements: Segment) -> None:
        names = {"6P": ("groupNumber", "groupDescription"), "18": ("planNumber", "planDescription")}[
            elements[0]
        ]
        told = {name: value for name, value in zip(names, elements[1:], strict=False) if value}
        self.holder |= {name: value for name, value in told.items() if name.endswith("Number")}
        self.document.setdefault("planInformation", {}).update(told)

    def take_demographics(self, elements: Segment) -> None:
        self.holder |= _name(("dateOfBirth", "gender"), elements[1:])

    def take_insured(self, elements: Segment) -> None:
        self.holder |= {"insuredIndicator": elements[0], "relationToSubscriberCode": elements[1]}

    def take_date(self, elements: Segment) -> None:
        holder = self.document.setdefault("planDateInformation", {})
        if self.benefit is not None:
            holder = self.benefit.setdefault("benefitsDateInformation", {})
        holder[DATES[elements[0]]] = elements[2]

    def take_benefit(self, elements: Segment) -> None:
        self.entity, self.benefit = None, _name(EB, elements)
        if services := self.benefit.get("serviceTypeCodes"):
            self.benefit["serviceTypeCodes"] = services.split(REPETITION)
        if network := self.benefit.get("inPlanNetworkIndicatorCode"):
            self.benefit["inPlanNetworkIndicator"] = NETWORKS[network]
        if procedure := self.benefit.get("compositeMedicalProcedureIdentifier"):
            parts = procedure.rpartition(COMPONENT)[::2]
            names = ("productOrServiceIDQualifierCode", "procedureCode")
            self.benefit["compositeMedicalProcedureIdentifier"] = _name(names, parts)
        self.document.setdefault("benefitsInformation", []).append(self.benefit)

    def take_delivery(self, elements: Segment) -> None:
        self._attach("benefitsServiceDelivery", _name(HSD, elements))

    def take_message(self, elements: Segment) -> None:
        self._attach("additionalInformation", {"description": elements[0]})

    def take_industry(self, elements: Segment) -> None:
        self._attach("eligibilityAdditionalInformationList", _name(III, elements))

    def take_contact(self, elements: Segment) -> None:
        if self.entity is not None:
            contact = {"communicationMode": MODES[elements[2]], "communicationNumber": elements[3]}
            self.entity["contactInformation"] = {"contacts": [contact]}

    def _attach(self, name: str, fields: Fields) -> None:
        if self.benefit is not None:
            self.benefit.setdefault(name, []).append(fields)


def _name(names: Sequence[str], elements: Segment) -> Fields:
    return {name: element for name, element in zip(names, elements, strict=False) if name and element}


_TAKING: Final[dict[str, Callable[[_Clerk, Segment], None]]] = {
    "AAA": _Clerk.take_refusal,
    "BHT": _Clerk.take_header,
    "DMG": _Clerk.take_demographics,
    "DTP": _Clerk.take_date,
    "EB": _Clerk.take_benefit,
    "HL": _Clerk.take_level,
    "HSD": _Clerk.take_delivery,
    "III": _Clerk.take_industry,
    "INS": _Clerk.take_insured,
    "MSG": _Clerk.take_message,
    "NM1": _Clerk.take_name,
    "PER": _Clerk.take_contact,
    "REF": _Clerk.take_reference,
    "TRN": _Clerk.take_trace,
}
