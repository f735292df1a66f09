"""Community Care Eligibility v0: what VA's advisory tool says of access to care outside VA.

The tool decides by drive time and by codes on file, knows neither waiting times nor the Veteran's best
medical interest, and goes by 60 minutes for mental health care where the rule says 30 (38 CFR 17.4040). So
what it says is kept as it says it, drive times too; what that comes to is for the rules of the VA program.
"""

from collections.abc import Iterator
from typing import Final

from payers.kit.json_text import Node
from payers.lighthouse.facts import Fact, write_fact
from payers.lighthouse.veterans import VA
from verifier.errors import BadReply, UnreadableReply
from verifier.model.coverage import Benefit, Coverage
from verifier.model.vocabulary import CoverageStatus

SERVICE: Final = "MentalHealthCare"  # there is none for substance use or intensive outpatient programs
SIGHT: Final = 90  # minutes; shows more of VA's facilities, and decides nothing
FLAGS: Final = {True: "true", False: "false"}


def read_access(document: Node, icn: str) -> Coverage:
    """Read the tool's answer about the Veteran with this *icn*.

    Raises:
        BadReply: it is about another Veteran or another kind of care.
        UnreadableReply: it is no answer of the tool.
    """
    asked = document.at("patientRequest")
    if not asked.is_object:
        raise UnreadableReply("This is no answer about community care.")
    if (asked.at("patientIcn").text, asked.at("serviceType").text) != (icn, SERVICE):
        raise BadReply("VA's answer about community care belongs to another question and was thrown away.")
    return Coverage(CoverageStatus.ACTIVE, payer=VA, benefits=tuple(_list_rows(document)))


def _list_rows(document: Node) -> Iterator[Benefit]:
    codes = document.at("eligibilityCodes")
    if found := [code for each in codes.each() if (code := each.at("code").text)]:
        named = (f"{each.at('code').text}: {each.at('description').text}" for each in codes.each())
        yield write_fact(Fact.CODES, " ".join(found), codes, *named)
    eligible = document.at("eligible")
    if eligible.flag is not None:
        yield write_fact(Fact.ELIGIBLE, FLAGS[eligible.flag], eligible)
    for name, key in ((Fact.PROCESSING, "processingStatus"), (Fact.PACT, "pactStatus")):
        if text := document.at(key).text:
            yield write_fact(name, text, document.at(key))
    yield from _find_nearest(document.at("nearbyFacilities"))


def _find_nearest(facilities: Node) -> Iterator[Benefit]:
    """Find the shortest drive: of the facilities listed, the one whose longest time is the shortest."""
    open_ones = (each for each in facilities.each() if each.at("active").flag is not False)
    drives = [(each.at("driveMinutes"), each.at("name").text) for each in open_ones]
    known = [(drive, name) for drive, name in drives if _is_span(drive)]
    if known:
        drive, name = min(known, key=lambda each: (each[0].at("max").value, each[0].at("min").value))
        least, most = drive.at("min").value, drive.at("max").value
        words = f"The nearest VA facility listed, {name or 'not named'}, is {least} to {most} minutes away."
        yield write_fact(Fact.NEAREST, f"{least}-{most}", drive, words)


def _is_span(drive: Node) -> bool:
    least, most = drive.at("min").value, drive.at("max").value
    return type(least) is int and type(most) is int and 0 <= least <= most
