"""CoverageEligibilityResponse (FHIR R4) as `Coverage`.

Read alone, in a Bundle or in Parameters. What the response itself says decides; a Coverage resource beside it
names plan and people. ``inforce`` is the payer's yes or no; the lifecycle status of a resource is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from payers.fhir.items import Minutes, write_item
from payers.fhir.outcome import read_errors, read_issues, refuse
from payers.fhir.resources import NOBODY, Body, read_date, read_payer, read_person, read_relationship
from payers.kit.json_text import Node
from payers.medical_network.transcript import Transcript
from payers.x12.response_271 import read_coverages as read_x12
from verifier.errors import UnreadableReply
from verifier.model.coverage import (
    Coverage,
    CoveredPerson,
    DateSpan,
    PayerName,
    Plan,
    Trace,
    unknown_coverage,
)
from verifier.model.coverage import Warning as Remark
from verifier.model.vocabulary import CoverageStatus

RESPONSE: Final = "CoverageEligibilityResponse"
OUTCOME: Final = "OperationOutcome"
TRACE_SYSTEM: Final = "urn:benefits-verifier:trace"
FORMER: Final = frozenset({"EligibilityResponse", "EligibilityRequest"})
QUEUED: Final = "queued"
WITHDRAWN: Final = frozenset({"cancelled", "draft", "entered-in-error"})
UNFINISHED: Final[Mapping[str, Remark]] = MappingProxyType(
    {
        **dict.fromkeys(
            WITHDRAWN, Remark("REPLY_WITHDRAWN", "The payer marks this answer as a draft or taken back.")
        ),
        QUEUED: Remark(
            "REPLY_QUEUED", "The payer has taken the question and not answered it yet; ask again later."
        ),
        "partial": Remark("REPLY_PARTIAL", "The payer says that this is a part of its answer."),
    }
)
CALENDAR_YEAR: Final = "23"
SERVICE_YEAR: Final = "22"


def read_coverages(document: Node) -> list[Coverage]:
    """Read every answer in a FHIR *document*: each response, or what an OperationOutcome stands for.

    Raises:
        UnreadableReply: it is no FHIR resource, or one that answers no eligibility question; says which.
    """
    body = Body(document)
    responses = body.of_type(RESPONSE)
    if responses:
        return [_read_response(body, response) for response in responses]
    if outcomes := body.of_type(OUTCOME):
        return [refuse(unknown_coverage(), tuple(read_issues(outcome))) for outcome in outcomes]
    raise UnreadableReply(explain(document))


def explain(document: Node) -> str:
    """Say in one sentence what *document* is, that answers no eligibility question, and what to send."""
    body, kind = Body(document), document.at("resourceType").text
    kinds = {resource.at("resourceType").text for _, resource in body.resources}
    if kinds & FORMER:
        return f"It is FHIR before R4, where the resources had other names; ask for a {RESPONSE} of R4."
    if kind is None:
        return "It is JSON without a FHIR resource type."
    if not kind.isalpha():
        return f"It is no FHIR resource; send a {RESPONSE}, or a Bundle with one."
    without = " without a" if kind in {"Bundle", "Parameters"} else ", not a"
    return f"It is a FHIR {kind[:40]}{without} {RESPONSE}; send one, or a Bundle with one."


def _read_response(body: Body, response: Node) -> Coverage:
    insurances = [each for each in response.at("insurance").each() if each.is_object]
    policy = body.resolve(insurances[0].at("coverage"), response) if insurances else NOBODY
    found = _read_benefits(body, response, insurances)
    subscriber, patient = _read_people(body, response, policy)
    is_answer = response.at("outcome").text != QUEUED and response.at("status").text not in WITHDRAWN
    return replace(
        found,
        status=found.status if is_answer else CoverageStatus.UNKNOWN,
        payer=_read_insurer(body, response, policy),
        subscriber=subscriber,
        patient=patient,
        plan=_read_plan(policy, insurances, response),
        warnings=(*_note_state(response), *found.warnings) if is_answer else tuple(_note_state(response)),
        trace=_read_trace(response),
        extras=MappingProxyType(dict(_list_extras(response))),
    )


def _read_benefits(body: Body, response: Node, insurances: list[Node]) -> Coverage:
    """Write the benefits down as those of a 271 and have them read; then add what a 271 cannot say."""
    minutes = Minutes(_open_transcript(response))
    for insurance in insurances:
        _write_insurance(minutes, body, response, insurance)
    found = minutes.transcript.relocate(read_x12(minutes.transcript.write())[0])
    benefits = tuple(
        row._replace(code=minutes.codes.get(row.source.pointer or "", row.code)) for row in found.benefits
    )
    whole = replace(found, benefits=benefits, warnings=(*minutes.remarks, *found.warnings))
    return refuse(whole, tuple(read_errors(response)))


def _open_transcript(response: Node) -> Transcript:
    transcript = Transcript()
    for number, level in enumerate(("20", "21", "22"), 1):
        transcript.add("HL", str(number), str(number - 1) if number > 1 else None, level)
    if disposition := response.at("disposition").text:
        transcript.add("MSG", disposition)
    return transcript


def _note_state(response: Node) -> Iterator[Remark]:
    for name in ("outcome", "status"):
        if remark := UNFINISHED.get(response.at(name).text or ""):
            yield remark


def _read_people(
    body: Body, response: Node, policy: Node
) -> tuple[CoveredPerson | None, CoveredPerson | None]:
    member_id = policy.at("subscriberId").text
    relationship = read_relationship(policy.at("relationship"))
    resource = body.resolve(response.at("patient"), response)
    if resource is NOBODY:
        resource = body.resolve(policy.at("beneficiary"), response)
    if relationship == "self" or (relationship == "unknown" and policy is NOBODY):
        person = read_person(resource, "self", member_id) if resource.is_object or member_id else None
        return person, person
    holder = body.resolve(policy.at("subscriber"), response)
    subscriber = read_person(holder, "self", member_id) if holder.is_object or member_id else None
    return subscriber, read_person(resource, relationship, None) if resource.is_object else None


def _read_insurer(body: Body, response: Node, policy: Node) -> PayerName:
    reference = response.at("insurer")
    named = read_payer(body.resolve(reference, response), reference)
    if named.name or named.id:
        return named
    payor = policy.at("payor", 0)
    return read_payer(body.resolve(payor, response), payor)


def _read_plan(policy: Node, insurances: list[Node], response: Node) -> Plan:
    classes = {each.at("type", "coding", 0, "code").text: each for each in policy.at("class").each()}
    plan, group = classes.get("plan", NOBODY), classes.get("group", NOBODY)
    kind = policy.at("type")
    spans = [_read_span("plan", policy.at("period"))]
    spans += [_read_span("benefit", insurance.at("benefitPeriod")) for insurance in insurances]
    spans.append(_read_span("service", response.at("servicedPeriod")))
    dates = tuple(dict.fromkeys(span for span in spans if span))
    return Plan(
        name=plan.at("name").text or plan.at("value").text,
        group_number=group.at("value").text,
        group_name=group.at("name").text,
        insurance_type=kind.at("coding", 0, "display").text
        or kind.at("text").text
        or kind.at("coding", 0, "code").text,
        begins=dates[0].begins if dates and dates[0].qualifier != "service" else None,
        ends=dates[0].ends if dates and dates[0].qualifier != "service" else None,
        dates=dates,
    )


def _read_span(qualifier: str, period: Node) -> DateSpan | None:
    start, end = period.at("start").text, period.at("end").text
    if not start and not end:
        return None
    return DateSpan(qualifier, read_date(start), read_date(end), f"{start or ''}/{end or ''}")


def _write_insurance(minutes: Minutes, body: Body, response: Node, insurance: Node) -> None:
    in_force, year = insurance.at("inforce").flag, _name_year(insurance)
    if in_force is not None:
        policy = body.resolve(insurance.at("coverage"), response)
        name = _read_plan(policy, [], NOBODY).name
        node = insurance.at("inforce")
        minutes.transcript.add("EB", "1" if in_force else "6", None, None, None, name, place=node)
    for item in insurance.at("item").each():
        if item.is_object:
            write_item(minutes, item, in_force=in_force, year=year)


def _name_year(insurance: Node) -> str:
    """Tell what an annual term is: the calendar's year, unless the benefit period begins on another day."""
    begins = read_date(insurance.at("benefitPeriod", "start").text)
    return CALENDAR_YEAR if begins is None or (begins.month, begins.day) == (1, 1) else SERVICE_YEAR


def _read_trace(response: Node) -> Trace:
    identifier = response.at("request", "identifier")
    number = identifier.at("value").text
    is_ours = identifier.at("system").text == TRACE_SYSTEM
    return Trace(
        reference=response.at("identifier", 0, "value").text, numbers=(number,) if number and is_ours else ()
    )


def _list_extras(response: Node) -> Iterator[tuple[str, str]]:
    for name, path in (
        ("created", ("created",)),
        ("serviced_date", ("servicedDate",)),
        ("pre_authorization", ("preAuthRef",)),
        ("request", ("request", "reference")),
        ("response_status", ("status",)),
    ):
        if text := response.at(*path).text:
            yield name, text
