from collections.abc import Iterable
from pathlib import Path

import pytest

from verifier.codes import places_of_service, procedures, revenue_codes, service_types
from verifier.codes.places_of_service import PlaceSetting
from verifier.codes.procedures import LevelOfCare, Unit
from verifier.codes.service_types import ServiceSetting
from verifier.codes.table import read_rows

TABLES = ["service_types", "procedures", "revenue_codes", "places_of_service"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_its_own_code_a_source_with_its_year_and_a_yes_or_no(name: str) -> None:
    rows = list(read_rows(f"{name}.tsv"))

    assert len({row["code"] for row in rows}) == len(rows)
    assert all("20" in row["source"] for row in rows)
    assert {row["confirmed"] for row in rows} <= {"yes", "no"}
    assert all(cell == cell.strip() for row in rows for cell in row.values())


def test_a_row_with_a_cell_too_few_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tables_with_a_gap"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "odd.tsv").write_text("code\tname\nX\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(ValueError, match="shorter"):
        list(read_rows("odd.tsv", folder.name))


def ranked(track: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for code in service_types.all_service_types():
        rank = service_types.rank(code, track)
        if rank is not None:
            found.setdefault(rank, set()).add(code)
    return dict(sorted(found.items()))


def test_service_types_are_ranked_for_an_addiction_program() -> None:
    assert ranked("sud") == {
        1: {"CJ"},
        2: {"AI"},
        3: {"AJ", "AK"},
        4: {"MH"},
        5: {"A8", "CH"},
        6: {"A4", "CF"},
        7: {"A6"},
        8: {"50", "A0"},
        9: {"60", "1"},
        10: {"30"},
    }


def test_service_types_are_ranked_for_a_mental_health_program() -> None:
    assert ranked("mh") == {
        1: {"CH"},
        2: {"A8"},
        3: {"MH"},
        4: {"A4"},
        5: {"CF"},
        6: {"BC"},
        7: {"A6"},
        8: {"50", "A0"},
        9: {"60", "1"},
        10: {"30"},
    }


def test_without_a_track_the_better_rank_of_both_counts() -> None:
    both = service_types.all_service_types()

    assert {code: service_types.rank(code, None) for code in both} == {
        code: min(filter(None, (row.sud_rank, row.mh_rank)), default=None) for code, row in both.items()
    }


def test_what_is_asked_for_each_track() -> None:
    assert service_types.plan_for("sud") == ("CJ", "AI", "MH", "30")
    assert service_types.plan_for("mh") == service_types.plan_for(None) == ("CH", "MH", "30")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("30", "Health Benefit Plan Coverage"),
        ("A6", "Psychotherapy"),
        ("A4", "Psychiatric"),
        ("CI", "Substance Abuse Facility - Inpatient"),
        ("ZZ", None),
        ("", None),
    ],
)
def test_service_types_have_their_names(code: str, name: str | None) -> None:
    assert service_types.name_of(code) == name


@pytest.mark.parametrize("code", ["A5", "A7", "CE", "CG", "CI", "RT", "48"])
def test_inpatient_types_are_known_as_such_and_never_ranked(code: str) -> None:
    found = service_types.find(code)

    assert found is not None
    assert found.setting is ServiceSetting.INPATIENT
    assert service_types.rank(code, None) is None


def test_what_a_single_copy_knows_is_marked() -> None:
    rows = service_types.all_service_types().values()

    assert {row.code for row in rows if not row.confirmed} == {"B", "C", "31"}
    assert len(rows) == 190


def summarize(codes: Iterable[str]) -> list[tuple[str, str | None, str]]:
    found = (procedures.find(code) for code in codes)
    return [(each.unit, each.track, each.level) for each in found if each]


def test_the_programs_own_codes() -> None:
    assert summarize(["H0015", "S9480", "h2035 ", "H0035", "S0201"]) == [
        (Unit.DAY, "sud", LevelOfCare.IOP),
        (Unit.DAY, "mh", LevelOfCare.IOP),
        (Unit.HOUR, "sud", LevelOfCare.IOP),
        (Unit.DAY, "mh", LevelOfCare.PHP),
        (Unit.DAY, None, LevelOfCare.PHP),
    ]


def test_codes_whose_level_a_contract_decides_are_marked() -> None:
    assert {row.code for row in procedures.all_procedures() if row.by_contract} == {"H0035", "S9475", "H2036"}


def test_what_no_source_was_found_for_is_marked() -> None:
    unconfirmed = {row.code for row in procedures.all_procedures() if not row.confirmed}

    assert unconfirmed == {"G0137", "G0480", "G0481", "G0482", "G0483"}


def test_the_catalogue_begins_with_the_programs() -> None:
    assert [row.code for row in procedures.all_procedures()[:2]] == ["H0015", "S9480"]
    assert procedures.find("99999") is None


@pytest.mark.parametrize(
    ("code", "track", "expected"),
    [("0906", "sud", "iop"), ("906", "sud", "iop"), ("0905", "mh", "iop"), ("0912", None, "php")],
)
def test_revenue_codes(code: str, track: str | None, expected: str) -> None:
    found = revenue_codes.find(code)

    assert found is not None
    assert (found.track, found.level) == (track, expected)


def test_revenue_codes_name_procedures_of_the_catalogue_or_outside_it() -> None:
    assert revenue_codes.find("0914") == revenue_codes.RevenueCode(
        code="0914",
        label="Individual therapy",
        track=None,
        level="component",
        procedures=("90832", "90834", "90837"),
        source="provider code list citing NUBC, 2026-09",
        confirmed=True,
    )
    assert revenue_codes.find("0000") is None
    assert sum(not row.confirmed for row in revenue_codes.all_revenue_codes()) == 8


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("57", PlaceSetting.FACILITY),
        ("22", PlaceSetting.FACILITY),
        ("11", PlaceSetting.OFFICE),
        ("2", PlaceSetting.TELEHEALTH),
        ("55", PlaceSetting.RESIDENTIAL),
    ],
)
def test_places_of_service(code: str, setting: PlaceSetting) -> None:
    found = places_of_service.find(code)

    assert found is not None
    assert found.setting is setting


def test_a_place_nobody_knows_is_none() -> None:
    assert places_of_service.find("00") is None
    assert len(places_of_service.all_places_of_service()) == 15
