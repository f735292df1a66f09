"""What went wrong, as an OperationOutcome (FHIR R4)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from schemas.fhir.concepts import OURS, Json, concept, drop_empty

CODES: Final[Mapping[int, str]] = MappingProxyType(  # HTTP status to http://hl7.org/fhir/issue-type
    {
        400: "structure",
        401: "login",
        403: "forbidden",
        404: "not-found",
        405: "not-supported",
        409: "conflict",
        413: "too-long",
        415: "not-supported",
        422: "invalid",
        429: "throttled",
        501: "not-supported",
        503: "transient",
        504: "timeout",
    }
)


REQUEST: Final = "CoverageEligibilityRequest"
ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(  # where a field of the inquiry comes from
    {
        "/payer": "insurer.identifier",
        "/member/id": "insurance[0].coverage.subscriberId",
        "/member/group_number": "insurance[0].coverage.class",
        "/member": "insurance[0].coverage.subscriber",
        "/patient": "patient",
        "/facility": "facility.identifier",
        "/program/code": "item[0].productOrService",
        "/program/start_date": "servicedDate",
        "/program/sessions": "item[0].quantity",
        "/program/billed_amount": "item[0].unitPrice",
        "/program/weekdays": "item[0].extension",
        "/program": "item[0]",
        "/consent_id": "supportingInfo",
    }
)


def write_outcome(problem: Mapping[str, Any]) -> Json:
    """Write a problem (RFC 9457) as an OperationOutcome: an issue for each bad element, or one for all."""
    status, detail = int(problem["status"]), str(problem["detail"])
    found = [(find_element(error["pointer"]), error["detail"]) for error in problem.get("errors", [])]
    issues = [_write_issue(problem, status, detail, at, text) for at, text in found or [("", "")]]
    return {"resourceType": "OperationOutcome", "issue": issues}


def find_element(pointer: str) -> str:
    """Name the element that an inquiry's field came from, as nearly as there is one."""
    while pointer and pointer not in ELEMENTS:
        pointer = pointer.rpartition("/")[0]
    return f"{REQUEST}.{ELEMENTS[pointer]}" if pointer else REQUEST


def _write_issue(problem: Mapping[str, Any], status: int, detail: str, at: str, text: str) -> Json:
    words = f"{at} {text}" if at else detail
    return drop_empty(
        {
            "severity": "error",
            "code": CODES.get(status, "exception"),
            "details": concept((f"{OURS}problem", problem["code"]), text=words),
            "diagnostics": f"request {problem['request_id']}",
            "expression": [at] if at else None,
        }
    )
