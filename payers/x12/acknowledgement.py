"""999, 997 and TA1: what a payer's translator says instead of an answer, in plain words.

None of them says anything of the member, so the coverage they give is always unknown. Codes follow
X12C 005010X231A1 (999), X12 997 and X12.5 (TA1).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from payers.x12.entities import pick
from payers.x12.reader import Interchange, Transaction
from verifier.model.coverage import Coverage, Trace, unknown_coverage
from verifier.model.coverage import Warning as Remark

ACKNOWLEDGEMENTS: Final = frozenset({"999", "997"})
SEGMENT_FAULTS: Final = {  # IK304, AK304
    "1": "the segment is not known",
    "2": "the segment is not expected there",
    "3": "the segment is missing",
    "4": "the loop comes too often",
    "5": "the segment comes too often",
    "6": "the segment is not allowed in this inquiry",
    "7": "the segments are out of order",
    "8": "the segment has faulty elements",
    "I4": "the segment is not used in this inquiry",
    "I6": "a segment the situation asks for is missing",
    "I7": "the loop comes too seldom",
    "I8": "the segment comes too seldom",
    "I9": "a dependent segment is missing",
}
ELEMENT_FAULTS: Final = {  # IK403, AK403
    "1": "it is missing",
    "2": "it is missing although another element asks for it",
    "3": "there are too many elements",
    "4": "it is too short",
    "5": "it is too long",
    "6": "it has a character that is not allowed",
    "7": "its code is not allowed",
    "8": "it is no valid date",
    "9": "it is no valid time",
    "10": "it contradicts another element",
    "12": "it is repeated too often",
    "13": "it has too many components",
    "I6": "its code is not used in this inquiry",
    "I9": "it is missing although the situation asks for it",
    "I10": "it is not used in this inquiry",
    "I12": "it does not match its pattern",
}
INTERCHANGE_FAULTS: Final = {  # TA105
    "001": "its control numbers do not agree",
    "002": "its standard is not supported",
    "003": "its version is not supported",
    "004": "its segment terminator is invalid",
    "005": "its sender qualifier is invalid",
    "006": "its sender is not known to the payer",
    "007": "its receiver qualifier is invalid",
    "008": "its receiver is not known to the payer",
    "009": "its receiver qualifier is unknown",
    "010": "its authorization qualifier is invalid",
    "011": "its authorization is invalid",
    "012": "its security qualifier is invalid",
    "013": "its security information is invalid",
    "014": "its date is invalid",
    "015": "its time is invalid",
    "016": "its standards identifier is invalid",
    "017": "its version identifier is invalid",
    "018": "its control number is invalid",
    "019": "its acknowledgement indicator is invalid",
    "020": "its test indicator is invalid",
    "021": "its number of groups is invalid",
    "022": "its control structure is invalid",
    "023": "it ends too early",
    "024": "its content is invalid",
    "025": "its control number was used before",
    "026": "its element separator is invalid",
    "027": "its component separator is invalid",
}
ACCEPTED: Final = frozenset({"A", "E"})  # E: accepted, but errors were noted
MOST_FAULTS: Final = 20
DIGITS: Final = re.compile(r"[0-9]{1,2}")
RECEIVED: Final = Remark(
    "ACKNOWLEDGED_WITHOUT_ANSWER", "The payer confirmed our question but did not answer it. Ask again."
)
REFUSED: Final = Remark(
    "QUESTION_REFUSED", "The payer's translator refused our question (999), so nobody looked at the coverage."
)
NOTED: Final = Remark(
    "QUESTION_NOTED_WITH_ERRORS",
    "The payer took our question with errors noted, but did not answer it. Ask again.",
)
EMPTY: Final = Remark("NO_TRANSACTION", "The payer sent an envelope with nothing in it. Ask again.")


def explain_acknowledgements(interchanges: Iterable[Interchange]) -> list[Coverage]:
    """Give unknown coverage for everything that came instead of a 271, with warnings that say why."""
    return [coverage for interchange in interchanges for coverage in _explain_interchange(interchange)]


def _explain_interchange(interchange: Interchange) -> Iterator[Coverage]:
    trace = Trace(interchange=interchange.control)
    for transaction in interchange.transactions:
        yield _explain_transaction(transaction)
    for segment in interchange.acknowledgements:
        fault = _explain_ta1(segment.split(interchange.separators.element, 9))
        yield _build([fault, *interchange.remarks], trace)
    if not interchange.transactions and not interchange.acknowledgements:
        yield _build([EMPTY, *interchange.remarks], trace)


def _build(remarks: Iterable[Remark], trace: Trace) -> Coverage:
    return replace(unknown_coverage(*dict.fromkeys(remarks)), trace=trace)


def _explain_transaction(transaction: Transaction) -> Coverage:
    if transaction.kind in ACKNOWLEDGEMENTS:
        told = _explain_999(transaction)
    else:
        kind = transaction.kind or "message"
        told = [Remark("NOT_A_271", f"This is a {kind}, not an answer (271). It says nothing of coverage.")]
    trace = Trace(transaction.interchange, transaction.group, transaction.control)
    return _build([*told, *transaction.remarks], trace)


def _explain_999(transaction: Transaction) -> list[Remark]:
    """Say whether the question was refused, and which segment and element the payer could not take."""
    faults: list[str] = []
    verdicts: set[str] = set()
    place = ""
    for segment in transaction.segments:
        elements = segment.split(transaction.separators.element, 9)
        match elements[0]:
            case "IK3" | "AK3":
                place, fault = _describe_segment(elements)
                faults.append(fault)
            case "IK4" | "AK4":
                faults.append(f"{place}, {_describe_element(elements)}")
            case "IK5" | "AK5" | "AK9":
                verdicts.add(pick(elements, 1) or "")
    if verdicts <= ACCEPTED and not faults:
        return [RECEIVED]
    remarks = [REFUSED] if verdicts - ACCEPTED else [NOTED]
    return remarks + [Remark("QUESTION_FAULT", f"{fault}.") for fault in faults[:MOST_FAULTS]]


def _describe_segment(elements: list[str]) -> tuple[str, str]:
    name, position, fault = (pick(elements, place) for place in (1, 2, 4))
    place = f"Segment {name or 'unnamed'} at position {position or 'unknown'} of our question"
    return place, f"{place}: {SEGMENT_FAULTS.get(fault or '', f'refused, code {fault}')}"


def _describe_element(elements: list[str]) -> str:
    number, fault = DIGITS.match(pick(elements, 1) or ""), pick(elements, 3)
    reason = ELEMENT_FAULTS.get(fault or "", f"refused, code {fault}")
    return f"element {number[0] if number else 'unknown'}: {reason}"


def _explain_ta1(elements: list[str]) -> Remark:
    """Read a TA1; its verdict (TA104) is searched, as payers leave out elements before it."""
    verdicts = [place for place, element in enumerate(elements[1:], 1) if element.strip() in ("A", "E", "R")]
    verdict = elements[verdicts[-1]].strip() if verdicts else ""
    note = pick(elements, verdicts[-1] + 1) if verdicts else None
    if verdict in ACCEPTED:
        return RECEIVED
    reason = INTERCHANGE_FAULTS.get(note or "", f"code {note}" if note else "no reason given")
    return Remark(
        "QUESTION_REFUSED",
        f"The payer's gateway refused the message we sent (TA1): {reason}. Coverage is unknown.",
    )
