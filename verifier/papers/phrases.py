"""What the patient is told, sentence by sentence and in each language; the sentences stand in `words.tsv`."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from verifier.codes.table import read_rows


class Language(StrEnum):
    """The languages a patient is spoken to in (ISO 639-1)."""

    ENGLISH = "en"
    SPANISH = "es"


class Phrases:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        """Speak *language*."""
        self._words = _words()[language]

    def say(self, key: str, **values: object) -> str:
        """Say the sentence *key* with *values* in its blanks."""
        return self._words[key].format(**values)

    def knows(self, key: str) -> bool:
        """Tell whether there is such a sentence."""
        return key in self._words

    def raw(self, key: str) -> str:
        """Return the sentence *key* with its blanks."""
        return self._words[key]

    def day(self, day: date) -> str:
        """Write a day with the name of its month, which nobody mistakes for its number."""
        return self.say("day", month=self._words[f"month_{day.month}"], number=day.day, year=day.year)

    def month(self, day: date) -> str:
        """Write the month of a day."""
        return self.say("month", month=self._words[f"month_{day.month}"], year=day.year)


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    rows = list(read_rows("words.tsv", "verifier.papers"))
    return MappingProxyType(
        {language: MappingProxyType({row["key"]: row[language] for row in rows}) for language in Language}
    )
