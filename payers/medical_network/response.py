"""An eligibility answer of a medical-network API as `Coverage`.

Three shapes: v3 of Change Healthcare, in which Stedi and Optum answer; Stedi's redesigned one, grouped by
plan; and the summary of Optum's Enhanced Eligibility. Where the payer's own 271 is in the body (``x12``,
``x12-271``) that is read, because nothing was lost on the way; the JSON beside it then gives each benefit
its pointer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from payers.kit.json_text import Node
from payers.medical_network import plans
from payers.medical_network.items import Benefit
from payers.medical_network.loops import write_reply
from payers.x12.acknowledgement import ACCEPTED, RECEIVED, REFUSED
from payers.x12.response_271 import read_coverages as read_x12
from verifier.errors import UnreadableReply
from verifier.model.coverage import Coverage, Source, Trace
from verifier.model.coverage import Warning as Remark

RAW: Final = ("x12", "x12-271")
WHOLE: Final = re.compile(r"\b(?:IEA|SE)[^A-Za-z0-9\s]\d")  # the trailer that a message cut off has lost
TAIL: Final = 120
LONGEST_REMARK: Final = 500
NUMBERS: Final = {  # what ties the answer to the clearinghouse's records; nothing of it identifies a person
    "check_id": ("id",),
    "control_number": ("controlNumber",),
    "search_id": ("eligibilitySearchId",),
    "trace_id": ("meta", "traceId"),
    "outbound_trace_id": ("meta", "outboundTraceId"),
}
SUMMARIES: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "eligible": {"benefitsInformation": [{"code": "1", "serviceTypeCodes": ["30"]}]},
        "ineligible": {"benefitsInformation": [{"code": "6", "serviceTypeCodes": ["30"]}]},
        "payer_unavailable": {"errors": [{"code": "42", "location": "2100A"}]},
        "processing_error": {"errors": [{"code": "42", "location": "2100A"}]},
        "payer_not_in_system": {"errors": [{"code": "79", "location": "2100A"}]},
        "patient_unknown": {"errors": [{"code": "75", "location": "2100C"}]},
    }
)  # status.value of Enhanced Eligibility


def read_coverages(document: Node) -> list[Coverage]:
    """Read every answer in *document*: the one it is, or each of its ``items``.

    Raises:
        UnreadableReply: it holds no eligibility answer.
    """
    replies = [reply for reply in _find_replies(document) if is_answer(reply)]
    if not replies:
        raise UnreadableReply("This JSON holds no eligibility answer.")
    return [coverage for reply in replies for coverage in _read_reply(reply)]


def is_answer(reply: Node) -> bool:
    """Tell whether *reply* says anything about somebody's eligibility, if only why it cannot be said."""
    return bool(
        _find_raw(reply)
        or any(isinstance(reply.at(name).value, list) for name in ("benefitsInformation", "plans"))
        or any(_is_refusal(error) for error in reply.at("errors").each())
        or any(reply.at(name, "aaaErrors").value for name in ("payer", "provider", "subscriber"))
        or reply.at("transactionSetAcknowledgement").text
        or reply.at("status", "value").text in SUMMARIES
    )


def _is_refusal(error: Node) -> bool:
    """Tell an AAA from any other API's error, which may have a code too."""
    return bool(error.at("code").text and any(error.at(name).text for name in ("location", "followupAction")))


def _find_replies(document: Node) -> Iterator[Node]:
    items = document.at("items")
    yield from items.each() if isinstance(items.value, list) else (document,)


def _find_raw(reply: Node) -> str:
    found = (reply.at(name).value for name in RAW)
    return next((text for text in found if isinstance(text, str) and WHOLE.search(text.rstrip()[-TAIL:])), "")


def _read_reply(reply: Node) -> list[Coverage]:
    coverages = _read_raw(reply)
    said = [coverage for coverage in coverages if coverage.benefits or coverage.rejections]
    if not said and (not coverages or _says_more(reply)):
        coverages = _read_json(reply)
    numbers = MappingProxyType(
        {name: text for name, path in NUMBERS.items() if (text := reply.at(*path).text)}
    )
    remarks = tuple(_list_remarks(reply))
    return [
        replace(each, warnings=tuple(dict.fromkeys((*each.warnings, *remarks))), extras=numbers)
        for each in coverages
    ]


def _says_more(reply: Node) -> bool:
    return bool(reply.at("benefitsInformation").value or reply.at("plans").value or reply.at("errors").value)


def _read_raw(reply: Node) -> list[Coverage]:
    """Read the payer's own message; none where it is missing, cut off or no X12."""
    text = _find_raw(reply)
    try:
        coverages = read_x12(text) if text else []
    except UnreadableReply:
        return []
    places = [benefit.place for benefit in _list_benefits(reply)]
    if len(coverages) == 1 and len(places) == len(coverages[0].benefits):
        return [_point(coverages[0], places)]
    return coverages


def _point(coverage: Coverage, places: list[Node]) -> Coverage:
    """Add to each benefit read from X12 the place of the same benefit in the JSON."""
    pointers = {
        benefit.source.segment: place.pointer
        for benefit, place in zip(coverage.benefits, places, strict=True)
    }

    def add(source: Source) -> Source:
        return source._replace(pointer=pointers.get(source.segment))

    return replace(
        coverage,
        benefits=tuple(each._replace(source=add(each.source)) for each in coverage.benefits),
        carve_outs=tuple(each._replace(source=add(each.source)) for each in coverage.carve_outs),
        other_coverage=tuple(each._replace(source=add(each.source)) for each in coverage.other_coverage),
    )


def _read_json(reply: Node) -> list[Coverage]:
    document = _restate(reply)
    transcript = write_reply(document, _list_benefits(reply if reply.at("plans").value else document))
    coverages = [transcript.relocate(coverage) for coverage in read_x12(transcript.write())]
    numbers = [
        each.at("referenceIdentification").text for each in document.at("subscriberTraceNumbers").each()
    ]
    trace = Trace(
        interchange=reply.at("controlNumber").text,
        reference=reply.at("meta", "traceId").text,
        numbers=tuple(number for number in numbers if number),
    )
    return [replace(coverage, trace=trace) for coverage in coverages]


def _restate(reply: Node) -> Node:
    if isinstance(reply.at("plans").value, list):
        return plans.restate(reply)
    summary = SUMMARIES.get(reply.at("status", "value").text or "")
    return Node({**reply.value, **summary}, reply.pointer) if summary else reply


def _list_benefits(reply: Node) -> Iterator[Benefit]:
    if isinstance(reply.at("plans").value, list):
        yield from plans.list_benefits(reply)
    else:
        for item in reply.at("benefitsInformation").each():
            yield Benefit(item, item)


def _list_remarks(reply: Node) -> Iterator[Remark]:
    for warning in reply.at("warnings").each():
        if text := warning.at("description").text:
            yield Remark("CLEARINGHOUSE_WARNING", text[:LONGEST_REMARK])
    if verdict := reply.at("transactionSetAcknowledgement").text:
        yield RECEIVED if verdict in ACCEPTED else REFUSED
