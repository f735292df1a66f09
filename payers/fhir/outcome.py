"""Refusals of a FHIR payer: an OperationOutcome's issues, and the errors of a CoverageEligibilityResponse.

Issue codes are those of ``http://hl7.org/fhir/issue-type`` (R4, required binding). An X12 reject reason
beside them (element 901) says more and decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.fhir.concepts import REJECT_REASON, Coding, read_codings
from payers.kit.json_text import Node
from payers.x12.rejections import NOT_FOUND_ADVICE, OUTAGE_ADVICE, read_words
from verifier.codes.reject_reasons import find
from verifier.model.coverage import Coverage, Rejection, Source
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry

EXPLAINED: Final = frozenset({"STATUS_NOT_STATED"})  # a refusal says why there is no status
HARMLESS: Final = frozenset({"information", "warning"})
# the sender's own credentials: a matter of settings, whatever was asked
CREDENTIALS: Final = frozenset({"security", "login", "unknown", "expired", "forbidden", "suppressed"})
OUTAGES: Final = frozenset(
    {"transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"}
)
REQUESTS: Final = frozenset(
    {
        "invalid",
        "structure",
        "required",
        "value",
        "invariant",
        "too-long",
        "code-invalid",
        "extension",
        "not-supported",
    }
)
PEOPLE: Final = frozenset({"not-found", "deleted", "multiple-matches", "duplicate"})
ADJUDICATION_ERRORS: Final[Mapping[str, str]] = MappingProxyType(  # HL7's two examples
    {"a001": "Missing identifier", "a002": "Missing creation date"}
)
REQUEST_ADVICE: Final = (
    "Check member ID, full name, birth date and service type against the card, then ask again."
)
OTHER_ADVICE: Final = "Call the payer and ask what it means."


class Verdict(NamedTuple):
    """Who must act on an issue, whether asking again can help, and how to say so."""

    category: RejectionClass
    retry: Retry
    advice: str


OUTAGE: Final = Verdict(RejectionClass.PAYER_UNAVAILABLE, Retry.LATER, OUTAGE_ADVICE)
REQUEST: Final = Verdict(RejectionClass.REQUEST, Retry.WITH_CHANGES, REQUEST_ADVICE)
MEMBER: Final = Verdict(RejectionClass.MEMBER, Retry.WITH_CHANGES, NOT_FOUND_ADVICE)
OTHER: Final = Verdict(RejectionClass.OTHER, Retry.NEVER, OTHER_ADVICE)
VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        **dict.fromkeys(OUTAGES, OUTAGE),
        **dict.fromkeys(REQUESTS, REQUEST),
        **dict.fromkeys(PEOPLE, MEMBER),
        **dict.fromkeys(ADJUDICATION_ERRORS, REQUEST),
    }
)


def is_about_credentials(outcome: Node) -> bool:
    """Tell whether an OperationOutcome refuses the sender and not the question."""
    return any(issue.at("code").text in CREDENTIALS for issue in outcome.at("issue").each())


def read_issues(outcome: Node) -> Iterator[Rejection]:
    """Read the issues of an OperationOutcome that came instead of an answer."""
    for issue in outcome.at("issue").each():
        if issue.is_object and issue.at("severity").text not in HARMLESS:
            words = issue.at("details", "text").text or issue.at("diagnostics").text
            yield _build(list(read_codings(issue.at("details"))), words, issue.at("code").text, issue)


def read_errors(response: Node) -> Iterator[Rejection]:
    """Read ``error`` of a CoverageEligibilityResponse."""
    for error in response.at("error").each():
        if error.is_object:
            yield _build(list(read_codings(error.at("code"))), error.at("code", "text").text, None, error)


def refuse(coverage: Coverage, rejections: tuple[Rejection, ...]) -> Coverage:
    """Add *rejections*: an outage leaves open what is not said, any other refuses the question."""
    if not rejections:
        return coverage
    is_refused = any(each.category is not RejectionClass.PAYER_UNAVAILABLE for each in rejections)
    status = coverage.status
    if status is CoverageStatus.UNKNOWN and is_refused:
        status = CoverageStatus.REJECTED
    warnings = tuple(each for each in coverage.warnings if each.code not in EXPLAINED)
    return replace(coverage, status=status, rejections=(*coverage.rejections, *rejections), warnings=warnings)


def _build(codings: list[Coding], words: str | None, issue: str | None, node: Node) -> Rejection:
    """Build a rejection: by an X12 reject reason, else by plain words, else by HL7's own code."""
    source = Source(None, node.write(), node.pointer)
    for coding in codings:
        if coding.is_x12(REJECT_REASON) and (reason := find(coding.code)):
            verdict = Verdict(RejectionClass(reason.category), Retry(reason.retry), reason.advice)
            return Rejection(coding.code, reason.meaning, None, None, *verdict, source)
    if words and (said := read_words(words, source)):
        return said._replace(code=issue)
    code = codings[0].code if codings else issue
    verdict = VERDICTS.get(code or "") or VERDICTS.get(issue or "", OTHER)
    named = codings[0].display if codings else None
    meaning = words or named or ADJUDICATION_ERRORS.get(code or "") or "The payer reports an error"
    return Rejection(code, meaning, None, None, *verdict, source)
