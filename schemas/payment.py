"""The JSON of several plans for one patient: what is told of each, whose turn comes when, what is owed."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.amounts import Money
from schemas.fields import Field, Flag, Part, Text, Word, messages
from schemas.record import Record
from schemas.terms import TermsSchema
from schemas.times import Day
from schemas.written import Written
from verifier.model.payment import Cover, Method, OtherPlan, PlanKind

MOST_PLANS: Final = 5
LEAP_YEAR: Final = 2024  # in which every month and day exists


class Birthday(Field[tuple[int, int]]):
    """A month and a day without the year, ``"04-12"``."""

    default_error_messages = messages(form='must be month and day like "04-12"')

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        """Fix the form."""
        super().__init__({"type": "string", "pattern": r"^\d{2}-\d{2}$", "examples": ["04-12"]}, **options)
        self.day = Day()

    def read(self, value: object) -> tuple[int, int]:
        """Read a day that exists in some year."""
        try:
            found = self.day.read(f"{LEAP_YEAR}-{value}")
        except ValidationError as error:
            raise self.make_error("form") from error
        return found.month, found.day

    def write(self, value: tuple[int, int]) -> str:
        """Write two digits each."""
        return f"{value[0]:02d}-{value[1]:02d}"


def _flag(description: str) -> Flag:
    return Flag(load_default=None, allow_none=True, metadata={"description": description})


class CoverSchema(Record):
    """What the order of payment needs to know of one plan; ``null``: nobody said."""

    model: ClassVar[type] = Cover

    as_dependent = _flag("It covers the patient as somebody's dependent")
    is_decreed = Flag(metadata={"description": "A court made this parent responsible for the health care"})
    parent_birthday = Birthday(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the parent who holds it, for a child of parents who live together"},
    )
    is_retired = _flag("Its holder is retired or laid off")
    is_continuation = _flag("It is continued coverage, such as COBRA")
    began = Day(load_default=None, allow_none=True, metadata={"description": "Since when it covers"})
    is_authorized = _flag("VA only: VA authorized this care")
    method = Word(Method, metadata={"description": "How it pays when it does not pay first"})


OF_THE_COVER: Final = tuple(CoverSchema().fields)


class OtherPlanSchema(CoverSchema):
    """Another plan of the patient's, and what is known of what it pays."""

    model: ClassVar[type] = OtherPlan

    kind = Word(PlanKind, required=True)
    payer = Text(
        80, load_default=None, allow_none=True, metadata={"description": "Payer id of GET /v1/payers"}
    )
    verification_id = Text(80, load_default=None, allow_none=True)
    terms = Part(TermsSchema, load_default=None, allow_none=True)
    allowed_amount = Money(
        load_default=None,
        allow_none=True,
        metadata={"description": "What it allows for one session; the program's unless given"},
    )

    @validates_schema
    def choose(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse two accounts of what it pays."""
        if data["terms"] is not None and data["verification_id"] is not None:
            raise ValidationError("give either terms or verification_id", "terms")

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Set apart what the order depends on."""
        told = {name: data.pop(name) for name in ("kind", *OF_THE_COVER) if name in data}
        return {"cover": Cover(**told), **data}

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        """Find it where the model keeps it."""
        owner = obj.cover if attr in {"kind", *OF_THE_COVER} else obj
        return super().get_attribute(owner, attr, default)


class TurnSchema(Written):
    """When one plan's turn to pay comes; ``position`` is ``null`` while undecided or where never billed."""

    position = fields.Integer(allow_none=True)
    kind = Word(PlanKind)
    payer = fields.String(allow_none=True)
    is_this = fields.Boolean(metadata={"description": "The plan that was inquired about"})
    is_billed = fields.Boolean()
    rule = fields.String()
    reason = fields.String()
    is_confirmed = fields.Boolean(metadata={"description": "A source confirms the rule"})


class SecondPaymentSchema(Written):
    """One session: what the plans before left, what this one pays of it, what the patient owes."""

    date = Day()
    left = Money()
    paid = Money()
    patient = Money()


class AfterPrimarySchema(Written):
    """What the patient owes after every plan that pays before this one, and after this one."""

    low = Money()
    expected = Money()
    high = Money()
    method = Word(Method)
    is_primary_known = fields.Boolean()
    text = fields.String()
    sessions = fields.List(fields.Nested(SecondPaymentSchema))
