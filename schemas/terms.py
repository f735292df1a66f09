"""The JSON of plan terms: what the estimator needs to know, whatever the payer."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, validates_schema

from schemas.amounts import Money, Rate
from schemas.fields import Count, Flag, Part, Several, Word
from schemas.record import Record, load
from schemas.times import Day
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    AfterLimitPrice,
    CoinsuranceBase,
    Copay,
    CopayPer,
    Counted,
    DeductibleRule,
    Reset,
    Structure,
    Terms,
)
from verifier.model.vocabulary import Network


class AccumulatorSchema(Record):
    """A yearly limit and what is left of it; both ``null``: no such limit."""

    model: ClassVar[type] = Accumulator

    total = Money(load_default=None, allow_none=True)
    remaining = Money(load_default=None, allow_none=True)

    @validates_schema
    def compare(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a limit without what is left of it, and more left than there is."""
        total, remaining = data["total"], data["remaining"]
        if total is not None and remaining is None:
            raise ValidationError(
                "say what remains of the total; the total alone decides no price", "remaining"
            )
        if total is not None and remaining > total:
            raise ValidationError("is more than the total", "remaining")


class PairSchema(Record):
    """The individual and the family side of one limit; ``null``: no such limit."""

    model: ClassVar[type | None] = AccumulatorPair

    individual = Part(AccumulatorSchema, allow_none=True)
    family = Part(AccumulatorSchema, allow_none=True)

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave out what does not exist."""
        return _said(data)


class DeductibleSchema(PairSchema):
    """A deductible, with how its individual and family side work together."""

    model: ClassVar[type | None] = None  # the terms take it apart

    structure = Word(Structure)


class CopaySchema(Record):
    """A fixed amount and what it buys."""

    model: ClassVar[type] = Copay

    amount = Money(required=True)
    per = Word(CopayPer)


class ResetSchema(Record):
    """From a day on, both limits are replaced; a plan year begins."""

    model: ClassVar[type] = Reset

    date = Day(required=True)
    deductible = Part(PairSchema, load_default=AccumulatorPair, allow_none=True)
    out_of_pocket = Part(PairSchema, load_default=AccumulatorPair, allow_none=True)

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Read ``null`` as no such limit."""
        return {"deductible": AccumulatorPair(), "out_of_pocket": AccumulatorPair(), **_said(data)}


class TermsSchema(Record):
    """What a plan pays and the patient owes."""

    model: ClassVar[type] = Terms

    network = Word((Network.IN, Network.OUT, Network.UNKNOWN), load_default=Network.UNKNOWN)
    covered = Flag()
    deductible_rule = Word(DeductibleRule)
    deductible = Part(DeductibleSchema, allow_none=True)
    out_of_pocket = Part(PairSchema, allow_none=True)
    copay = Part(CopaySchema, load_default=None, allow_none=True)
    coinsurance = Rate(load_default=None, allow_none=True, metadata={"description": "The patient's share"})
    coinsurance_base = Word(CoinsuranceBase)
    counts_to_out_of_pocket = Several(Word(Counted), most=3, once=True)
    copay_counts_to_deductible = Flag()
    first_visits_waived = Count(0, 1000)
    visits_remaining = Count(0, 10_000, load_default=None, allow_none=True)
    after_limit_price = Word(AfterLimitPrice)
    balance_billing = Flag()
    balance_limit = Rate(
        load_default=None,
        allow_none=True,
        metadata={"description": "The most of a balance bill, as a share of the allowed amount"},
    )
    resets = Several(Part(ResetSchema), most=20)

    @validates_schema
    def order_resets(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse two resets on one day."""
        days = [reset.date for reset in data.get("resets", ())]
        if len(set(days)) < len(days):
            raise ValidationError("has two entries for one day", "resets")

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take the structure out of the deductible, and order the resets by day."""
        deductible = data.pop("deductible", None) or {}
        structure = {"structure": deductible.pop("structure")} if "structure" in deductible else {}
        limits = {
            "out_of_pocket": data.pop("out_of_pocket", None),
            "deductible": AccumulatorPair(**_said(deductible)),
        }
        if "counts_to_out_of_pocket" in data:
            data["counts_to_out_of_pocket"] = frozenset(data["counts_to_out_of_pocket"])
        if "resets" in data:
            data["resets"] = sorted(data["resets"], key=lambda reset: reset.date)
        return super().arguments(data | structure | _said(limits))

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        """Write the structure inside the deductible, and the parts that count in a fixed order."""
        value = super().get_attribute(obj, attr, default)
        if attr == "deductible":
            return {"structure": obj.structure, "individual": value.individual, "family": value.family}
        return sorted(value) if attr == "counts_to_out_of_pocket" else value


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def load_terms(data: object) -> Terms:
    """Load plan terms.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return load(TERMS, data)  # type: ignore[no-any-return]


TERMS: Final = TermsSchema()
