"""What is to be priced, as far as a payer's rows can differ by it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from verifier.codes import places_of_service, procedures, revenue_codes
from verifier.codes.places_of_service import PlaceSetting
from verifier.codes.procedures import LevelOfCare
from verifier.model.program import Program

SHORTEST_DAY: Final = 3  # hours; the text of H0015


@dataclass(frozen=True, slots=True)
class Setting:
    """A program's code, track, level of care, place and days; ``place`` is ``None`` when nobody gave one."""

    code: str
    track: str | None
    level: str
    place: str | None
    place_setting: PlaceSetting
    first_day: date
    last_day: date

    @property
    def is_facility(self) -> bool:
        """Tell whether the program is given at an outpatient facility, or nobody said where."""
        return self.place_setting is PlaceSetting.FACILITY


def describe(program: Program, last_day: date) -> Setting:
    """Work out the setting of *program*; the track is the procedure code's, else the revenue code's."""
    procedure = procedures.find(program.code)
    revenue = revenue_codes.find(program.revenue_code) if program.revenue_code else None
    place = places_of_service.find(program.place_of_service) if program.place_of_service else None
    return Setting(
        code=program.code.strip().upper(),
        track=(procedure.track if procedure else None) or (revenue.track if revenue else None),
        level=procedure.level if procedure else LevelOfCare.IOP,
        place=program.place_of_service,
        place_setting=place.setting if place else PlaceSetting.FACILITY,
        first_day=program.start_date,
        last_day=last_day,
    )


def doubts_of(program: Program, setting: Setting) -> list[str]:
    """List the assumptions that the program's own description makes necessary."""
    procedure = procedures.find(program.code)
    hours = program.hours_per_session
    doubts = {
        "TRACK_UNKNOWN": setting.track is None,
        "LEVEL_OF_CARE_AMBIGUOUS": procedure is not None and procedure.by_contract,
        "SESSION_UNDER_THREE_HOURS": hours is not None
        and hours < SHORTEST_DAY
        and setting.level == LevelOfCare.IOP,
        "PLACE_ASSUMED_FACILITY": setting.place is None,
    }
    return [code for code, holds in doubts.items() if holds]
