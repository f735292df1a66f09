"""``insurance.item`` of a CoverageEligibilityResponse written down as the benefits of a 271.

FHIR puts into one item what X12 spreads over EB segments: an item is a service in a network, at a level, over
a term, and each of its ``benefit`` is an amount allowed and perhaps an amount used. A used amount is a row of
its own, as it is in a 271 (EB06 24). One reader of 271s then makes the benefits, so that no word can mean one
thing in X12 and another here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from payers.fhir.concepts import (
    ANNUAL,
    BENEFIT,
    COINSURANCE,
    COPAY,
    LEVEL,
    LIFETIME,
    NETWORK,
    PERIOD,
    VISIT,
    name_code,
    read_codings,
    read_services,
    to_x12,
)
from payers.kit.json_text import Node
from payers.medical_network.transcript import Transcript, repeat
from verifier.model.coverage import Warning as Remark
from verifier.money import read_number, write_rate

DOLLARS: Final = "USD"
HUNDRED: Final = 100
AUTHORIZATIONS: Final = {True: "Y", False: "N"}
ACTIVE: Final = "1"
INCLUDED: Final = ""  # a service listed in a plan that is not said to be in force
NOT_COVERED: Final = "I"
YEAR_TO_DATE: Final = "24"
VISITS: Final = "VS"
PRICES: Final = frozenset({COINSURANCE, COPAY})
LIMITING: Final = frozenset({ANNUAL, LIFETIME})  # HL7: the term of a limit, so it says nothing of a price


class Worth(NamedTuple):
    """What ``allowed[x]`` or ``used[x]`` comes to: EB07, EB08, EB09, EB10, and words that are no number."""

    amount: str = ""
    share: str = ""
    measure: str = ""
    quantity: str = ""
    words: str = ""


@dataclass(slots=True)
class Minutes:
    """A 271 being written down, the codes of benefits as the payer wrote them, and what was odd."""

    transcript: Transcript
    codes: dict[str, str] = field(default_factory=dict)  # by JSON pointer
    remarks: list[Remark] = field(default_factory=list)


def write_item(minutes: Minutes, item: Node, *, in_force: bool | None, year: str) -> None:
    """Write *item* down; *year* is what an annual term means in this plan, as a code of EB06.

    An item with nothing in it says that the service is a part of the plan, as far as the plan is in force.
    """
    writer = _ItemWriter(minutes, item, year)
    if item.at("excluded").flag:
        writer.write_whole(NOT_COVERED, item.at("excluded").pointer)
    benefits = [benefit for benefit in item.at("benefit").each() if benefit.is_object]
    for benefit in benefits:
        writer.write_benefit(benefit)
    if not benefits and not item.at("excluded").flag:
        writer.write_whole(ACTIVE if in_force and writer.services else INCLUDED, item.pointer)


class _ItemWriter:
    """What all rows of one item have in common, and the rows."""

    def __init__(self, minutes: Minutes, item: Node, year: str) -> None:
        self.services = read_services(item.at("category"))
        self._minutes = minutes
        self._item = item
        self._term = name_code(item.at("term"), PERIOD)
        self._period = year if self._term == ANNUAL else to_x12(item.at("term"), PERIOD)

    def write_whole(self, code: str, pointer: str) -> None:
        """Write the item as a whole as one row."""
        self._write(code, self._period, Worth(), Node(self._item.value, pointer))

    def write_benefit(self, benefit: Node) -> None:
        """Write one of its benefits: what is allowed, and what of it is used."""
        kind = benefit.at("type")
        code = to_x12(kind, BENEFIT)
        self._minutes.codes[benefit.pointer] = name_code(kind, BENEFIT)
        is_price = code in PRICES and self._term in LIMITING
        allowed = _read_worth(self._minutes, benefit, "allowed", code)
        self._write(code, "" if is_price else self._period, allowed, benefit)
        used = _read_worth(self._minutes, benefit, "used", code)
        if any(used):
            self._write(code, YEAR_TO_DATE, used, benefit)

    def _write(self, code: str, period: str, worth: Worth, place: Node) -> None:
        transcript, item = self._minutes.transcript, self._item
        transcript.add(
            "EB",
            code,
            to_x12(item.at("unit"), LEVEL),
            repeat(self.services),
            None,
            None,
            period,
            worth.amount,
            worth.share,
            worth.measure,
            worth.quantity,
            AUTHORIZATIONS.get(bool(flag))
            if (flag := item.at("authorizationRequired").flag) is not None
            else None,
            to_x12(item.at("network"), NETWORK),
            item.at("productOrService", "coding", 0, "code").text,
            place=place,
        )
        for words in (item.at("name").text, item.at("description").text, worth.words):
            if words:
                transcript.add("MSG", words)
        for qualifier, value, description in _list_references(item):
            transcript.add("REF", qualifier, value, description)


def _read_worth(minutes: Minutes, benefit: Node, name: str, code: str) -> Worth:
    """Read ``allowed[x]`` or ``used[x]``; a whole number is a percentage, a number of visits, or a count."""
    money, count, words = (benefit.at(f"{name}{part}") for part in ("Money", "UnsignedInt", "String"))
    amount = _read_money(minutes, money)
    if code == COINSURANCE:
        share = _read_percent(count) or _read_share(words)
        return Worth(amount, share, words="" if share else words.text or "")
    is_visits = VISIT in {coding.code for coding in read_codings(benefit.at("type"))}
    measure = VISITS if is_visits and count.text else ""
    return Worth(amount, "", measure, count.text or "", words.text or "")


def _read_money(minutes: Minutes, money: Node) -> str:
    currency = money.at("currency").text
    if currency in (DOLLARS, None):
        return money.at("value").text or ""
    words = f"{money.pointer}: an amount in another currency is not taken."
    minutes.remarks.append(Remark("CURRENCY_NOT_USD", words))
    return ""


def _read_percent(count: Node) -> str:
    """Read a whole percentage as a fraction: unlike in EB08, 1 is one percent here."""
    number = read_number(count.text or "")
    if number is None:
        return ""
    return write_rate(number / HUNDRED) if number <= HUNDRED else str(number)


def _read_share(words: Node) -> str:
    text = (words.text or "").removesuffix("%").strip()
    return text if read_number(text) is not None else ""


def _list_references(item: Node) -> Iterator[tuple[str, str, str | None]]:
    lists = {"modifier": item.at("modifier"), "authorization_supporting": item.at("authorizationSupporting")}
    if not read_services(item.at("category")):
        lists["category"] = item.at("category")
    for qualifier, concepts in lists.items():
        for concept in concepts.each():
            for coding in read_codings(concept):
                yield qualifier, coding.code, coding.display
    if url := item.at("authorizationUrl").text:
        yield "authorization_url", url, None
