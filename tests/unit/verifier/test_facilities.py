from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import BadInput
from verifier.facilities import (
    demo_facilities,
    find_differences,
    is_npi,
    read_facilities,
    read_facility,
)
from verifier.model.inquiry import Facility

GOOD = {
    "name": '"Covington"',
    "npi": '"1245319599"',
    "tax_id": '"000000000"',
    "state": '"LA"',
    "place_of_service": '"11"',
    "phone": '"(985) 555-0100"',
}


def write(path: Path, table: dict[str, str], header: str = "[facilities.covington]") -> str:
    file = path / "facilities.toml"
    file.write_text("\n".join([header, *(f"{key} = {value}" for key, value in table.items())]))
    return str(file)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1234567893", True),  # the example of CMS's check digit paper
        ("1245319599", True),
        ("1234567890", False),
        ("1234567839", False),
        ("2234567893", False),
        ("3234567893", False),
        ("123456789", False),
        ("12345678933", False),
        ("", False),
        ("١٢٣٤٥٦٧٨٩٣", False),
        ("123456789X", False),
    ],
)
def test_an_npi_is_ten_digits_with_a_check_digit(text: str, good: bool) -> None:  # noqa: FBT001
    assert is_npi(text) is good


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_of_ten_last_digits_exactly_one_is_right(beginning: str) -> None:
    assert sum(is_npi(f"{beginning}{digit}") for digit in range(10)) == 1


def test_the_demonstration_facility_has_an_npi_that_payers_would_take() -> None:
    assert [is_npi(facility.npi) for facility in demo_facilities().values()] == [True]


def test_a_facility_is_read_whole(tmp_path: Path) -> None:
    found = read_facilities(write(tmp_path, GOOD))

    assert dict(found) == {
        "covington": Facility(
            "covington", "Covington", "1245319599", "000000000", "LA", "11", phone="(985) 555-0100"
        )
    }


@pytest.mark.parametrize(
    "change",
    [
        {"npi": '"1245319598"'},
        {"npi": "1245319599"},
        {"name": '""'},
        {"name": f'"{"x" * 61}"'},
        {"name": '"a\\nb"'},
        {"tax_id": '"00-0000000"'},
        {"state": '"Louisiana"'},
        {"state": '"LX"'},
        {"time_zone": '"America/Nowhere"'},
        {"time_zone": '"../etc/passwd"'},
        {"part2": '"yes"'},
        {"phone": '"call us"'},
        {"schedule": '"daily"'},
        {"schedule": "{ weeks = 99 }"},
        {"programs": '"H0015"'},
        {"programs": "[{ weeks = 8 }]"},
        {"programs": '[{ code = "H0015" }, { code = "H0015" }]'},
        {"programs": '[{ code = ["H0015"] }]'},
        {"place_of_service": "11"},
        {"color": '"blue"'},
        {"id": '"other"'},
    ],
)
def test_a_facility_that_no_payer_would_take_is_refused(change: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        read_facilities(write(tmp_path, GOOD | change))


@pytest.mark.parametrize("missing", ["npi", "name"])
def test_what_is_needed_is_asked_for(missing: str, tmp_path: Path) -> None:
    table = {key: value for key, value in GOOD.items() if key != missing}

    with pytest.raises(ValueError, match=missing):
        read_facilities(write(tmp_path, table))


@pytest.mark.parametrize(
    "header", ["", "[facility.covington]", "[facilities]", '[facilities."Co vington"]', "[["]
)
def test_a_file_of_another_shape_is_refused(header: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names a file"):
        read_facilities(write(tmp_path, GOOD, header))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[facilities]\n", b""])
def test_a_file_without_facilities_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "facilities.toml").write_bytes(content)

    with pytest.raises(ValueError, match="names a file"):
        read_facilities(str(tmp_path / "facilities.toml"))


def test_each_fault_is_named_where_it_stands() -> None:
    with pytest.raises(BadInput) as caught:
        read_facility(
            "Not An Id",
            {
                "name": "Covington",
                "npi": "1245319598",
                "schedule": {"weekdays": []},
                "programs": [{"code": "H0015"}, {"code": "H0015"}, {"weeks": 8}, 5],
            },
        )

    assert caught.value.errors.keys() == {
        "/id",
        "/npi",
        "/schedule/weekdays",
        "/programs/1/code",
        "/programs/2/code",
        "/programs/3",
    }


def test_two_descriptions_differ_by_field() -> None:
    one = read_facility("covington", {"name": "Covington", "npi": "1245319599"})
    other = read_facility(
        "covington", {"name": "Covington", "npi": "1234567893", "programs": [{"code": "H0015"}]}
    )

    assert find_differences(one, one) == ()
    assert find_differences(one, other) == ("npi", "programs")
