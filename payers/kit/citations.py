"""Where published figures come from: each program keeps its citations in ``sources.tsv`` beside its rules."""

from collections.abc import Mapping
from types import MappingProxyType

from verifier.codes.table import read_rows


def read_sources(room: str) -> Mapping[str, str]:
    """Read the citation that each key of the package *room* stands for."""
    return MappingProxyType({row["key"]: row["text"] for row in read_rows("sources.tsv", room)})
