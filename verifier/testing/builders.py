"""Builders for tests: say what matters, the rest is filled in."""

from datetime import date
from decimal import Decimal
from typing import Any

from verifier.model.coverage import Benefit, Coverage, Source, bare_benefit
from verifier.model.program import Program, Weekday
from verifier.model.vocabulary import BenefitKind, CoverageLevel, CoverageStatus, Network


def benefit(**overrides: Any) -> Benefit:  # noqa: ANN401 - each field of `Benefit` has its own type
    """Build a benefit row: an individual, in-network copay row of the whole plan unless told otherwise.

    ``code`` and ``source`` follow from nothing: give them where a test reads them.
    """
    usual = {"services": ("30",), "level": CoverageLevel.INDIVIDUAL, "network": Network.IN}
    return bare_benefit(**{"kind": BenefitKind.COPAY, "source": Source(None, "EB"), **usual, **overrides})


def coverage(*benefits: Benefit, **overrides: Any) -> Coverage:  # noqa: ANN401 - see above
    """Build a coverage of *benefits*, active unless told otherwise; sources number the rows from 1."""
    numbered = tuple(
        row if row.source.segment else row._replace(source=row.source._replace(segment=number))
        for number, row in enumerate(benefits, 1)
    )
    return Coverage(**{"status": CoverageStatus.ACTIVE, "benefits": numbered, **overrides})


def program(**overrides: Any) -> Program:  # noqa: ANN401 - see above
    """Build an addiction IOP: 24 sessions from 2026-03-02, Monday, Wednesday and Friday, $325.00 allowed."""
    fields: dict[str, Any] = {
        "code": "H0015",
        "start_date": date(2026, 3, 2),
        "weekdays": (Weekday.MON, Weekday.WED, Weekday.FRI),
        "sessions": 24,
        "allowed_amount": Decimal("325.00"),
        "place_of_service": "57",
    }
    return Program(**{**fields, **overrides})
