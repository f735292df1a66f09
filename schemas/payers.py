"""The JSON of the payer directory."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from marshmallow import fields

from schemas.fields import Told
from schemas.written import Written


class Payer(Protocol):
    """What is written of a payer."""

    @property
    def id(self) -> str:
        """The id an inquiry names it by."""
        ...

    @property
    def name(self) -> str:
        """Its name as on a card."""
        ...

    @property
    def aliases(self) -> Sequence[str]:
        """Other names, former names."""
        ...

    @property
    def program(self) -> str:
        """The kind of coverage: commercial, tricare, va."""
        ...

    @property
    def card_texts(self) -> Sequence[str]:
        """What the front of its cards says."""
        ...

    @property
    def payer_ids(self) -> Sequence[str]:
        """The ids people know it by."""
        ...

    @property
    def requires(self) -> Sequence[str]:
        """What an inquiry must hold, ``member.id``."""
        ...

    @property
    def service_types(self) -> Sequence[str]:
        """The X12 service types worth asking it about; empty: what the program asks."""
        ...

    @property
    def line(self) -> str:
        """Its line of business."""
        ...

    @property
    def states(self) -> Sequence[str]:
        """Where it insures; empty: everywhere, or not known."""
        ...

    @property
    def routes(self) -> Sequence[object]:
        """The ids it has at clearinghouses, each with its source."""
        ...

    @property
    def behavioral_health(self) -> object | None:
        """Who administers its behavioral health, where it is not the payer itself."""
        ...


class Match(Protocol):
    """What is written of a payer that resembles a search text."""

    @property
    def id(self) -> str:
        """The id an inquiry names it by."""
        ...

    @property
    def name(self) -> str:
        """Its name as on a card."""
        ...

    @property
    def score(self) -> float:
        """How alike, 0 to 100."""
        ...

    @property
    def matched_on(self) -> str:
        """The name or id that is alike."""
        ...

    @property
    def reachable(self) -> bool:
        """Whether a route to it is configured here."""
        ...


class FactSourceSchema(Written):
    """Where a fact was read; one that is not confirmed is to be checked before it is relied on."""

    text = fields.String()
    year = fields.Integer()
    confirmed = fields.Boolean()


class RouteSchema(Written):
    """An id the payer has on a connection, best first; ``source`` is ``null`` for a route of your own."""

    connection = fields.String()
    payer_id = fields.String()
    source = fields.Nested(FactSourceSchema, allow_none=True)


class AdministratorSchema(Written):
    """Who administers behavioral health, by its id in this directory."""

    payer = fields.String()
    source = fields.Nested(FactSourceSchema, allow_none=True)


class PayerSchema(Written):
    """A payer: what an inquiry must hold, and whether it can be asked from here."""

    id = fields.String()
    name = fields.String()
    program = fields.String(metadata={"examples": ["commercial"]})
    aliases = fields.List(fields.String())
    card_texts = fields.List(fields.String())
    payer_ids = fields.List(fields.String())
    requires = fields.List(fields.String(), metadata={"description": "Fields its inquiries must hold"})
    service_types = fields.List(fields.String())
    line = fields.String(metadata={"description": "Line of business", "examples": ["medicaid"]})
    states = fields.List(fields.String(), metadata={"description": "Empty: everywhere, or not known"})
    routes = fields.List(fields.Nested(RouteSchema))
    behavioral_health = fields.Nested(AdministratorSchema, allow_none=True)


class ReachablePayerSchema(PayerSchema):
    """A payer, and whether a route to it is configured here."""

    reachable = fields.Boolean()


class MatchSchema(Written):
    """A payer found; ``score`` and ``matched_on`` are ``null`` where nothing was searched for."""

    id = fields.String()
    name = fields.String()
    score = Told(
        lambda score: round(score, 1), {"type": "number", "minimum": 0, "maximum": 100}, allow_none=True
    )
    matched_on = fields.String(allow_none=True)
    reachable = fields.Boolean()


class PayersSchema(Written):
    """Payers, best match first; in the directory's order where nothing was searched for."""

    items = fields.List(fields.Nested(MatchSchema))


def dump_payer(payer: Payer, *, reachable: bool) -> dict[str, Any]:
    """Write *payer*."""
    return {**PAYER.dump(payer), "reachable": reachable}


def dump_match(match: Match) -> dict[str, Any]:
    """Write what a search found."""
    return MATCH.dump(match)  # type: ignore[no-any-return]


def dump_row(payer: Payer, *, reachable: bool) -> dict[str, Any]:
    """Write *payer* as a row of the whole directory."""
    return {"id": payer.id, "name": payer.name, "score": None, "matched_on": None, "reachable": reachable}


PAYER: Final = PayerSchema()
MATCH: Final = MatchSchema()
