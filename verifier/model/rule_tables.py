"""Tables of published rules: what loading one did, and how well the cells of each year are known."""

from collections.abc import Mapping
from typing import NamedTuple

from verifier.model.findings import FigureStatus


class RuleLoad(NamedTuple):
    """What loading a table did, in cells; *misses* are printed ones that the index rule does not give."""

    program: str
    year: int
    sha256: str
    added: int
    changed: int
    removed: int
    misses: tuple[str, ...] = ()


class RuleYear(NamedTuple):
    """The table of one year: *origin* is ``shipped`` or ``loaded``."""

    program: str
    year: int
    origin: str
    counts: Mapping[FigureStatus, int]
