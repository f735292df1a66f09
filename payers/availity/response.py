"""Availity's Coverage JSON as `Coverage`, and how far a request has come.

Status codes are told by users of the API and not by its definition: 0 in progress, 1 retrying, 3 and 4
complete, R and 19 request error, E, 7, 13, 14 and 15 communication error. The status in words is looked at
first, therefore.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import Final

from payers.availity.loops import write_coverage, write_refusal
from payers.kit.json_text import Node
from payers.medical_network.transcript import Transcript
from payers.x12 import response_271
from payers.x12.rejections import OUTAGE_ADVICE
from verifier.errors import UnreadableReply
from verifier.model.coverage import Benefit, Coverage, Rejection, Source, Trace, unknown_coverage
from verifier.model.coverage import Warning as Remark
from verifier.model.vocabulary import BenefitKind, CoverageStatus, Network, RejectionClass, Retry


class Progress(Enum):
    """How far a coverage request has come."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    UNREACHED = "unreached"  # Availity could not reach the payer


PROGRESS: Final[Mapping[str, Progress]] = MappingProxyType(
    {
        **dict.fromkeys(("0", "1"), Progress.PENDING),
        **dict.fromkeys(("3", "4"), Progress.DONE),
        **dict.fromkeys(("R", "19"), Progress.REFUSED),
        **dict.fromkeys(("E", "7", "13", "14", "15"), Progress.UNREACHED),
    }
)
WORDS: Final = (  # in this order: "Communication Error, Retrying" is pending
    ("progress", Progress.PENDING),
    ("retrying", Progress.PENDING),
    ("complete", Progress.DONE),
    ("request error", Progress.REFUSED),
    ("communication error", Progress.UNREACHED),
)
OWN_FIELDS: Final = frozenset(
    {"requestedServiceType", "requestingProvider", "validationMessages", "coverages"}
)
ERROR_FIELDS: Final = frozenset({"userMessage", "developerMessage"})
PROMISES: Final = frozenset(
    {BenefitKind.ACTIVE, BenefitKind.COPAY, BenefitKind.COINSURANCE, BenefitKind.DEDUCTIBLE}
)
EITHER: Final = frozenset({Network.BOTH, Network.UNKNOWN})
PENDING: Final = Remark(
    "REPLY_PENDING", "The payer has not answered yet; ask for the same coverage again later."
)
UNREACHED: Final = "The clearinghouse could not reach the payer"


def is_availity(document: Node) -> bool:
    """Tell whether *document* is Availity's by fields that no other wire has."""
    names = {name for name, _ in document.fields()}
    has_plans = any(isinstance(plan.at("benefits").value, list) for plan in document.at("plans").each())
    return not names.isdisjoint(OWN_FIELDS | ERROR_FIELDS) or has_plans


def read_progress(coverage: Node) -> Progress | None:
    """Tell how far the request has come; ``None`` when *coverage* does not say it."""
    status = (coverage.at("status").text or "").casefold()
    said = next((progress for words, progress in WORDS if words in status), None)
    return said or PROGRESS.get(coverage.at("statusCode").text or "")


def unwrap(document: Node) -> list[Node]:
    """List the coverages of a result set, or the one that *document* is."""
    listed = document.at("coverages")
    return list(listed.each()) if listed.value is not None else [document]


def read_coverages(document: Node) -> list[Coverage]:
    """Read every coverage in *document*, or the refusal that an error envelope is.

    Raises:
        UnreadableReply: it is neither.
    """
    if not is_availity(document):
        raise UnreadableReply("This is no coverage of Availity's.")
    names = {name for name, _ in document.fields()}
    if not names.isdisjoint(ERROR_FIELDS) and "plans" not in names:
        return [_read_error(document)]
    return [_read_coverage(coverage) for coverage in unwrap(document)]


def _read_coverage(coverage: Node) -> Coverage:
    progress = read_progress(coverage)
    if progress is Progress.PENDING:
        return unknown_coverage(PENDING)
    found = _note_contradictions(_read_written(write_coverage(coverage)))
    if progress is Progress.UNREACHED:
        rejections = (*found.rejections, _reject(coverage, RejectionClass.PAYER_UNAVAILABLE))
        return replace(found, status=CoverageStatus.UNKNOWN, rejections=rejections, warnings=())
    if progress is Progress.REFUSED and not found.rejections:
        rejections = (_reject(coverage, RejectionClass.REQUEST),)
        return replace(found, status=CoverageStatus.REJECTED, rejections=rejections)
    return found


def _read_error(envelope: Node) -> Coverage:
    """Read an ErrorResponse: its field errors, or its one message."""
    transcript = Transcript()
    errors = list(envelope.at("errors").each())
    for error in errors:
        write_refusal(transcript, error)
    if not errors:
        transcript.add_refusal("", envelope.at("userMessage").text or "", envelope, None)
    return _read_written(transcript)


def _read_written(transcript: Transcript) -> Coverage:
    """Read what was written down; its control numbers are the writer's own and say nothing."""
    found = transcript.relocate(response_271.read_coverages(transcript.write())[0])
    return replace(found, trace=Trace(reference=found.trace.reference, numbers=found.trace.numbers))


def _reject(coverage: Node, category: RejectionClass) -> Rejection:
    """Put into a rejection what the request's status says and no code does."""
    node = coverage.at("status")
    is_outage = category is RejectionClass.PAYER_UNAVAILABLE
    meaning = UNREACHED if is_outage else "The clearinghouse could not use the question"
    advice = OUTAGE_ADVICE if is_outage else "Check what this payer requires, then ask again."
    retry = Retry.LATER if is_outage else Retry.WITH_CHANGES
    return Rejection(
        None, meaning, None, None, category, retry, advice, Source(None, node.write(), node.pointer)
    )


def _note_contradictions(coverage: Coverage) -> Coverage:
    """Warn where a service is said not to be covered beside a promise or a price for it; both stay."""
    promised: dict[str, set[Network]] = {}
    for benefit in coverage.benefits:
        if benefit.kind in PROMISES:
            for service in benefit.services:
                promised.setdefault(service, set()).add(benefit.network)
    odd = dict.fromkeys(
        service for benefit in coverage.benefits for service in _contradict(benefit, promised)
    )
    remarks = tuple(
        Remark(
            "NOT_COVERED_CONTRADICTED",
            f"Service type {service} has a price or a yes and is said not to be covered.",
        )
        for service in odd
    )
    return replace(coverage, warnings=(*coverage.warnings, *remarks))


def _contradict(benefit: Benefit, promised: Mapping[str, set[Network]]) -> Iterator[str]:
    if benefit.kind in {BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION}:
        for service in benefit.services:
            networks = promised.get(service, set())
            if benefit.network in networks or (networks and (benefit.network in EITHER or networks & EITHER)):
                yield service
