"""What the simulated payer answers, over real HTTP and through both envelopes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from payers.simulator.inquiries import Person
from payers.simulator.server import Simulator
from payers.simulator.veterans import load_veterans
from tests.payers.simulator.calls import (
    NOW,
    SCENARIOS,
    FixedClock,
    ask,
    call,
    get,
    write_270,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "simulator"
PLAIN = sorted(name for name, scenario in SCENARIOS.items() if scenario.fault is None)
REFUSING = sorted(
    name for name, scenario in SCENARIOS.items() if scenario.fault and scenario.fault.kind == "aaa"
)
DEMO = SCENARIOS["coinsurance_after_deductible"]
WIRES = ("mime", "soap")


@pytest.fixture(scope="module")
def payer() -> Iterator[Simulator]:
    with Simulator(clock=FixedClock()) as simulator:
        yield simulator


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_scenario_answers_with_a_271_that_bears_the_numbers_of_the_270(
    payer: Simulator, name: str, wire: str
) -> None:
    scenario = SCENARIOS[name]

    page = call(payer.url, wire, ask(scenario, trace="T-" + name, control="000004711"))

    segments = page.segments
    identity = [
        s for s in segments if s.startswith(("BHT", "TRN", "NM1*PR", "NM1*1P", "NM1*IL", "GE", "IEA"))
    ]
    person = scenario.person
    assert page.status == 200
    assert {key: page.fields[key] for key in ("PayloadType", "ErrorCode", "SenderID", "ReceiverID")} == {
        "PayloadType": "X12_271_Response_005010X279A1",
        "ErrorCode": "Success",
        "SenderID": "SIMULATED",
        "ReceiverID": "VERIFIER",
    }
    assert segments[0].split("*")[13] == "000004711"
    assert [part for part in identity if "*IL*" in part or part.startswith(("TRN", "BHT", "IEA", "GE"))] == [
        "BHT*0022*11*REFERENCE1*20261124*1230",
        f"TRN*2*T-{name}*9VERIFIER0",
        f"NM1*IL*1*{person.last_name}*{person.first_name}****MI*{person.id}",
        "GE*1*101",
        "IEA*1*000004711",
    ]
    assert f"NM1*PR*2*{scenario.payer_name}*****PI*{scenario.named_payer or scenario.payer}" in identity
    assert "NM1*1P*2*BAYOU RECOVERY*****XX*1999999984" in identity
    assert any(segment.startswith("EB*") for segment in segments)
    start, end = (next(i for i, s in enumerate(segments) if s.startswith(tag)) for tag in ("ST*", "SE*"))
    assert segments[end] == f"SE*{end - start + 1}*0001"


@pytest.mark.parametrize(
    ("name", "dependent"),
    [("coinsurance_after_deductible", 0), ("carve_out", 0), ("dependent", 1)],
)
def test_the_whole_271_is_the_one_written_down(payer: Simulator, name: str, dependent: int) -> None:
    scenario = SCENARIOS[name]
    patient = scenario.dependents[dependent - 1] if dependent else None

    segments = call(payer.url, "mime", ask(scenario, dependent=patient)).segments

    assert segments == (FIXTURES / f"{name}.271").read_text().replace("~", "").splitlines()


@pytest.mark.parametrize("name", REFUSING)
def test_a_refusal_has_one_aaa_for_each_code_in_its_loop_and_no_benefits(payer: Simulator, name: str) -> None:
    scenario = SCENARIOS[name]
    fault = scenario.fault
    assert fault is not None
    level = {"2000A": "20", "2100A": "20", "2100B": "21", "2100C": "22"}[fault.loop]

    segments = call(payer.url, "soap", ask(scenario)).segments

    at = [index for index, segment in enumerate(segments) if segment.startswith("AAA")]
    assert [segments[index] for index in at] == [
        f"AAA*{fault.valid}**{code}*{fault.follow_up}" for code in fault.codes
    ]
    above = [segment for segment in segments[: at[0]] if segment.startswith("HL")]
    assert above[-1].split("*")[3:] == [level, "0"]
    assert not [segment for segment in segments if segment.startswith("EB")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "NOBODY"}, ["AAA*N**75*C"]),
        ({"birth_date": date(1999, 1, 1)}, ["AAA*N**71*C"]),
        ({"birth_date": None}, ["AAA*N**58*C"]),
        ({"last_name": "OTHER", "birth_date": date(1999, 1, 1)}, ["AAA*N**71*C", "AAA*N**73*C"]),
        ({"last_name": "av-ery"}, []),
        ({"id": ""}, []),
        ({"id": "", "first_name": "NOBODY"}, ["AAA*N**75*C"]),
    ],
)
def test_any_member_is_checked_against_the_member_file(
    payer: Simulator, changes: dict[str, object], expected: list[str]
) -> None:
    person = replace(DEMO.person, **changes)  # type: ignore[arg-type]

    segments = call(payer.url, "mime", write_270(person)).segments

    assert [segment for segment in segments if segment.startswith("AAA")] == expected


def test_an_unknown_payer_id_is_an_invalid_participant(payer: Simulator) -> None:
    segments = call(payer.url, "mime", write_270(DEMO.person, payer="NOSUCH")).segments

    assert segments[5:8] == ["NM1*PR*2*SIMULATED HEALTH PLAN*****PI*NOSUCH", "AAA*N**79*C", "SE*6*0001"]


def test_an_unknown_dependent_is_refused_in_the_dependent_loop(payer: Simulator) -> None:
    stranger = Person("NOBODY", "ANN", birth_date=date(2010, 1, 1))

    segments = call(payer.url, "soap", ask(SCENARIOS["dependent"], dependent=stranger)).segments

    assert segments[segments.index("HL*4*3*23*0") :] == [
        "HL*4*3*23*0",
        "TRN*2*TRACE0001*9VERIFIER0",
        "NM1*03*1*NOBODY*ANN",
        "AAA*N**77*C",
        "DMG*D8*20100101",
        "SE*15*0001",
        "GE*1*101",
        "IEA*1*000000101",
    ]


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (["30"], ["1", "1", *"CCCGGGCCGG"]),
        (["CJ"], ["1", "1", *"CCCGGGCCGG", "A", "A"]),
        (["MH"], ["1", "1", *"CCCGGGCCGG", "B"]),
        (["CJ^98"], ["1", "1", *"CCCGGGCCGG", "A", "A", "B"]),
        (["ZZ"], ["1", "1", *"CCCGGGCCGG"]),
        (["*HC:H0015"], ["1", "1", *"CCCGGGCCGG"]),
    ],
)
def test_what_is_told_depends_on_the_service_types_asked(
    payer: Simulator, asked: list[str], kinds: list[str]
) -> None:
    segments = call(payer.url, "mime", ask(DEMO, asked)).segments

    assert [segment.split("*")[1] for segment in segments if segment.startswith("EB*")] == kinds


def test_the_delimiters_of_the_question_may_be_any(payer: Simulator) -> None:
    usual = call(payer.url, "mime", ask(DEMO))
    other = call(payer.url, "mime", ask(DEMO, delimiters="|!>\n"))

    assert other.segments == usual.segments


@pytest.mark.parametrize(
    ("now", "name", "expected"),
    [
        (NOW, "service_year_reset", ["DTP*346*D8*20260701", "DTP*347*D8*20270630"]),
        (
            datetime(2027, 6, 30, tzinfo=UTC),
            "service_year_reset",
            ["DTP*346*D8*20260701", "DTP*347*D8*20270630"],
        ),
        (
            datetime(2027, 7, 1, tzinfo=UTC),
            "service_year_reset",
            ["DTP*346*D8*20270701", "DTP*347*D8*20280630"],
        ),
        (datetime(2031, 2, 3, tzinfo=UTC), "plan_year_reset", ["DTP*346*D8*20310101", "DTP*347*D8*20311231"]),
        (NOW, "inactive", ["DTP*346*D8*20190101", "DTP*347*D8*20251231"]),
    ],
)
def test_dates_in_words_follow_the_clock(now: datetime, name: str, expected: list[str]) -> None:
    with Simulator(clock=FixedClock(now)) as simulator:
        segments = call(simulator.url, "mime", ask(SCENARIOS[name])).segments

    assert [segment for segment in segments if segment.startswith("DTP")] == expected


def test_a_payer_that_fails_once_answers_the_second_time(payer: Simulator) -> None:
    scenario = SCENARIOS["payer_unavailable_once"]
    with Simulator(clock=FixedClock()) as simulator:
        first, second = (call(simulator.url, "mime", ask(scenario)).segments for _ in range(2))

    assert "AAA*N**42*R" in first
    assert "EB*A*IND*CJ^CH^MH*****.2****Y" in second


def test_the_pages_tell_scenarios_and_health(payer: Simulator) -> None:
    assert get(f"{payer.url}/livez") == {"status": "alive"}
    assert get(f"{payer.url}/scenarios") == [
        {"name": one.name, "description": one.description} for one in (*payer.scenarios, *load_veterans())
    ]
    assert len(payer.scenarios) >= 30
