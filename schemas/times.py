"""Days and moments, ISO 8601."""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Unpack

from marshmallow.experimental.context import Context

from schemas.fields import Field, messages

if TYPE_CHECKING:
    from marshmallow.fields import _BaseFieldKwargs as Options

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2100, 12, 31)
OLDEST: Final = date(1880, 1, 1)
ISO_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Day(Field[date]):
    """A calendar day, ISO 8601, within bounds."""

    default_error_messages = messages(
        form="must be a date like 2026-12-07",
        impossible="is no day of the calendar",
        range="must be from {earliest} to {latest}",
    )

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        super().__init__({"type": "string", "format": "date"}, **options)

    def bounds(self) -> tuple[date, date]:
        """Tell the first and the last day taken."""
        return EARLIEST, LATEST

    def read(self, value: object) -> date:
        """Read a day that exists."""
        if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
            raise self.make_error("form")
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("impossible") from error
        earliest, latest = self.bounds()
        if not earliest <= day <= latest:
            raise self.make_error("range", earliest=earliest, latest=latest)
        return day

    def write(self, value: date) -> str:
        """Write ISO 8601."""
        return value.isoformat()


class BirthDay(Day):
    """A day a living person can be born on; the loader says which day is today."""

    default_error_messages = messages(range="must be from {earliest} to today")

    def bounds(self) -> tuple[date, date]:
        """Tell the first and the last day taken."""
        return OLDEST, Context[date].get(datetime.now(UTC).date())


class Moment(Field[datetime]):
    """A time with its offset; written in UTC."""

    default_error_messages = messages(
        form="must be a time with its offset, like 2026-11-24T15:04:05+00:00",
        range="must be from {earliest} to {latest}",
    )

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        examples = ["2026-11-24T15:04:05+00:00"]
        super().__init__({"type": "string", "format": "date-time", "examples": examples}, **options)

    def read(self, value: object) -> datetime:
        """Read a time, as of UTC."""
        if not isinstance(value, str) or not ISO_TIME.fullmatch(value):
            raise self.make_error("form")
        try:
            moment = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("form") from error
        if not EARLIEST <= moment.date() <= LATEST:
            raise self.make_error("range", earliest=EARLIEST, latest=LATEST)
        return moment

    def write(self, value: datetime) -> str:
        """Write ISO 8601, in UTC."""
        return value.astimezone(UTC).isoformat()
