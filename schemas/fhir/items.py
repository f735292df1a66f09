"""``insurance.item`` of a CoverageEligibilityResponse: one for each benefit and service.

A benefit whose kind FHIR has no example code for still has its X12 code, so nothing a payer said is dropped.
Money is exact: an amount that a JSON number would not hold to the cent is written as text.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from schemas.fhir.concepts import (
    BENEFIT,
    HL7,
    NETWORKS,
    TERMS,
    TYPES,
    UNITS,
    X12,
    Json,
    concept,
    drop_empty,
    procedure,
    translate,
)
from verifier.model.coverage import Benefit
from verifier.model.vocabulary import Authorization, BenefitKind, Period
from verifier.money import write_amount, write_rate

CURRENCY: Final = "USD"
UNLIMITED: Final = "unlimited"
VISITS: Final = "visits"
EXCLUDED: Final = frozenset({BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION})
AUTHORIZATIONS: Final = {Authorization.REQUIRED: True, Authorization.NOT_REQUIRED: False}


def write_items(benefit: Benefit) -> Iterator[Json]:
    """Write *benefit* as an item for each service it names, or as one where it names none."""
    for service in benefit.services or ("",):
        yield drop_empty(
            {
                "category": concept((f"{HL7}ex-benefitcategory", service), (f"{X12}1365", service)),
                "productOrService": procedure(benefit.procedure),
                "excluded": True if benefit.kind in EXCLUDED else None,
                "name": benefit.plan_text,
                "description": "\n".join(benefit.messages),
                "network": translate(benefit.network, "benefit-network", "1073", NETWORKS),
                "unit": translate(benefit.level, "benefit-unit", "1207", UNITS),
                "term": translate(benefit.period, "benefit-term", "615", TERMS),
                "benefit": list(_write_worths(benefit)),
                "authorizationRequired": AUTHORIZATIONS.get(benefit.authorization),
            }
        )


def write_money(amount: Decimal) -> Json | None:
    """Write dollars as Money; ``None`` where a JSON number would not hold them to the cent."""
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    exact = Decimal(repr(number)) == amount
    return {"value": number, "currency": CURRENCY} if exact else None


def _write_worths(benefit: Benefit) -> Iterator[Json]:
    """Write what the benefit comes to; one that has an amount and a quantity is written twice."""
    kind = _type(benefit)
    worths = [worth for worth in (_money(benefit), _share(benefit), _quantity(benefit)) if worth]
    if benefit.unlimited:
        worths.append({"allowedString": UNLIMITED})
    for worth in worths or [{}]:
        yield {"type": kind, **worth}


def _type(benefit: Benefit) -> Json:
    hl7 = "visit" if benefit.quantity_qualifier == VISITS else TYPES.get(benefit.kind)
    return concept((f"{HL7}benefit-type", hl7), (BENEFIT, benefit.code), text=str(benefit.kind))


def _money(benefit: Benefit) -> Json:
    if benefit.amount is None:
        return {}
    part = "used" if benefit.period is Period.YEAR_TO_DATE else "allowed"
    money = write_money(benefit.amount)
    return (
        {f"{part}Money": money} if money else {f"{part}String": f"{write_amount(benefit.amount)} {CURRENCY}"}
    )


def _share(benefit: Benefit) -> Json:
    if benefit.rate is None:
        return {}
    percent = benefit.rate * 100
    return _count(percent) or {"allowedString": f"{write_rate(percent)}%"}


def _quantity(benefit: Benefit) -> Json:
    if benefit.quantity is None:
        return {}
    of = benefit.quantity_qualifier
    if of in {VISITS, None}:
        return _count(benefit.quantity) or {"allowedString": write_rate(benefit.quantity)}
    return {"allowedString": f"{write_rate(benefit.quantity)} {of}"}


def _count(number: Decimal) -> Json:
    return {"allowedUnsignedInt": int(number)} if number == number.to_integral_value() else {}
