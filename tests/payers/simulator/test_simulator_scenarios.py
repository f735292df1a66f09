"""A scenario file is checked when it is read, and its file is named when it is wrong."""

from pathlib import Path

import pytest

from payers.simulator.inquiries import Person, read_inquiry
from payers.simulator.matching import MemberFile
from payers.simulator.rendering import render_row
from payers.simulator.scenarios import Row, build_scenario, load_scenarios
from tests.payers.simulator.calls import NOW, SCENARIOS, write_270
from verifier.errors import BadInput

HEAD = 'description = "d"\nperson = { id = "A", last_name = "B" }\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("= nothing", "Invalid"),
        ('description = "no person"', "person"),
        (HEAD + 'plam = "x"', "plam is not part of a scenario"),
        (HEAD + 'benefits = [{ kind = "copayment" }]', "'copayment' is none of"),
        (HEAD + 'benefits = [{ kind = "copay", network = "yes" }]', "'yes' is none of in, out"),
        (HEAD + 'benefits = [{ kind = "copay", amount = 30 }]', "amount is a text, in quotes"),
        (HEAD + 'benefits = [{ kind = "copay", messages = ["A*B"] }]', "messages holds a character"),
        (HEAD + 'benefits = [{ kind = "copay", plan_text = "Plán" }]', "plan_text holds a character"),
        (HEAD + 'benefits = [{ kind = "active", dates = { plan = "someday" } }]', "someday"),
        (HEAD + 'benefits = [{ kind = "active", dates = { birthday = "today" } }]', "'birthday' is none of"),
        (HEAD + 'plan = { begins = "soon" }', "soon"),
        (HEAD + "fault = { seconds = 1.0 }", "kind"),
    ],
)
def test_a_mistake_in_a_file_names_the_file_and_the_mistake(
    tmp_path: Path, text: str, complaint: str
) -> None:
    (tmp_path / "mine.toml").write_text(text)

    with pytest.raises(BadInput, match=r"mine\.toml: .*" + complaint):
        load_scenarios(tmp_path)


def test_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + 'benefits = [{ kind = "copay", amount = "30" }]')

    (scenario,) = load_scenarios(tmp_path)

    assert (scenario.name, scenario.person.id, scenario.benefits) == (
        "mine",
        "A",
        (Row("copay", amount="30"),),
    )


def test_two_scenarios_may_not_share_a_member() -> None:
    scenario = SCENARIOS["inactive"]

    with pytest.raises(BadInput, match="same member"):
        MemberFile(
            [scenario, SCENARIOS["slow"], load_scenarios()[0], scenario.__class__("two", "", scenario.person)]
        )


def test_a_row_writes_its_segments_in_the_order_of_the_guide() -> None:
    scenario = SCENARIOS["other_payer"]
    rows = [*scenario.benefits[-1:], *SCENARIOS["visit_limit_in_delivery"].benefits[-1:]]

    segments = [segment for row in rows for segment in render_row(row, NOW.date())]

    assert segments == [
        "EB*R*IND*30*OT",
        "DTP*356*D8*20230901",
        "LS*2120",
        "NM1*PRP*2*OTHERLAND MUTUAL*****PI*OTHER1",
        "PER*IC**TE*5555550177",
        "LE*2120",
        "EB*F*IND*CJ^CH^MH*********Y",
        "HSD*VS*18***29",
        "MSG*MENTAL HEALTH AND SUBSTANCE USE VISITS COMBINED",
    ]


def test_every_element_of_a_benefit_has_its_place() -> None:
    row = Row(
        kind="copay",
        services=["CJ", "MH"],
        level="individual",
        network="in",
        period="visit",
        amount="30",
        rate=".2",
        quantity="3",
        quantity_of="visits",
        authorization="required",
        insurance_type="PR",
        plan_text="PLAN",
        procedure="H0015",
    )

    assert render_row(row, NOW.date()) == ["EB*B*IND*CJ^MH*PR*PLAN*27*30*.2*VS*3*Y*Y*HC:H0015"]


FAMILY = build_scenario(
    "family",
    {
        "description": "d",
        "payer": "P",
        "person": {"id": "S1", "last_name": "A"},
        "numbers": ["S2"],
        "dependents": [
            {"id": "D1", "last_name": "A", "first_name": "KIT", "relationship": "child"},
            {"last_name": "A", "first_name": "UNNUMBERED", "relationship": "child"},
        ],
        "match": [],
    },
)


@pytest.mark.parametrize(("number", "first_name"), [("S1", ""), ("S2", ""), ("D1", "KIT"), ("D2", None)])
def test_a_member_is_found_by_every_number_and_a_dependent_by_its_own(
    number: str, first_name: str | None
) -> None:
    inquiry = read_inquiry(write_270(Person("A", "B", number), payer="P"))

    match = MemberFile([FAMILY]).match(inquiry)

    assert (match.refusal is None) == (first_name is not None)
    if first_name is not None:
        assert match.scenario.person.first_name == first_name
        assert match.scenario.person.relationship == "self"


def test_the_number_of_a_dependent_may_not_be_another_members() -> None:
    other = build_scenario("other", {"description": "d", "payer": "P", "person": {"id": "D1"}})

    with pytest.raises(BadInput, match="are the same member"):
        MemberFile([FAMILY, other])
