"""Pairs that differ in whether the patient is covered, by whom, how long, and on which terms."""

from datetime import date
from typing import Final

import pytest

from tests.unit.verifier.changes.pairs import (
    Pair,
    amount,
    carve_out,
    contracted,
    dated,
    ends,
    in_state,
    inactive,
    needs,
    no,
    on,
    other,
    paid_by,
    paid_to,
    part,
    partly,
    payer,
    plan,
    planned,
    rejected,
    row,
    says,
    served_stale,
    unknown,
    wire,
)
from verifier.model.coverage import PayerName
from verifier.model.verification import VerificationStatus
from verifier.model.vocabulary import Authorization, BenefitKind, Network, RejectionClass

ENDED: Final = "coverage_ended urgent active > inactive"
DENIED: Final = "coverage_not_active urgent - > inactive"
REQUIRED, FREE, SILENT = Authorization.REQUIRED, Authorization.NOT_REQUIRED, Authorization.UNKNOWN
IN, OUT, NOBODY_SAID = Network.IN, Network.OUT, Network.UNKNOWN
SAYS_IN, SAYS_OUT = says("PROVIDER IS IN NETWORK"), says("PROVIDER IS OUT OF NETWORK FOR MEMBER")
REFUSED: Final = row("no", kind=BenefitKind.NOT_COVERED, services=("CJ",))
NO_PROMISE: Final = (no("copay"), row("active", services=("30",)), REFUSED)

STATUS: Final = (
    Pair("active stays active", []),
    Pair("active becomes inactive", [inactive], [ENDED]),
    Pair("ended on a day", [inactive, ends("2026-02-28")], [ENDED]),
    Pair("ended after a premium ran out", [inactive, paid_to("2026-02-28")], [ENDED]),
    Pair(
        "ended, whatever else was lost with it", [inactive, payer("Other Health"), plan(name="Gold")], [ENDED]
    ),
    Pair("inactive stays inactive", [inactive], [], [inactive]),
    Pair("inactive becomes active", [], ["coverage_began notice inactive > active"], [inactive]),
    Pair(
        "active again on other terms: it began",
        [amount("copay", "90"), ends("2026-04-01")],
        ["coverage_began notice inactive > active"],
        [inactive],
    ),
    Pair("nobody can say tonight", [unknown]),
    Pair("nobody could say last night, active now", [], [], [unknown]),
    Pair("nobody could say last night, inactive now", [inactive], [DENIED], [unknown]),
    Pair("nobody can say on either night", [unknown], [], [unknown]),
    Pair("inactive, and tonight nobody can say", [unknown], [], [inactive]),
    Pair("an older answer is served, and it says inactive", [inactive, served_stale()]),
    Pair("an older answer was served before, inactive now", [inactive], [DENIED], [served_stale()]),
    Pair("still pending", [inactive, in_state(VerificationStatus.PENDING)]),
    Pair("failed here", [inactive, in_state(VerificationStatus.FAILED)]),
    Pair("the payer is down", [rejected(RejectionClass.PAYER_UNAVAILABLE, "42")]),
    Pair("the facility is not enrolled", [rejected(RejectionClass.PROVIDER, "43")]),
    Pair("the request was malformed", [rejected(RejectionClass.REQUEST, "33")]),
    Pair("refused for another reason", [rejected(RejectionClass.OTHER, "35")]),
    Pair("the member is not found any more", [rejected()], ["member_not_found important active > rejected"]),
    Pair(
        "the member id was replaced", [rejected(code="72")], ["member_not_found important active > rejected"]
    ),
    Pair("the member is still not found", [rejected()], [], [rejected()]),
    Pair("the member of an ended coverage is not found", [rejected()], [], [inactive]),
    Pair("the member is found at last", [], [], [rejected()]),
    Pair(
        "the member is found at last, and not covered",
        [inactive],
        ["coverage_not_active urgent rejected > inactive"],
        [rejected()],
    ),
    Pair(
        "the member is found at last, with another payer and authorization",
        [other("Medicare"), carve_out("Magellan"), needs(REQUIRED)],
        [],
        [rejected()],
    ),
    Pair(
        "an inactive period inside active coverage", [row("gap", kind=BenefitKind.INACTIVE, services=("30",))]
    ),
    Pair(
        "ended while another payer is named",
        [inactive, other("Medicaid")],
        [ENDED, "other_coverage_appeared important - > Medicaid"],
    ),
    Pair(
        "inactive still, and another payer is named now",
        [inactive, other("Medicaid")],
        ["other_coverage_appeared important - > Medicaid"],
        [inactive],
    ),
)
DATES: Final = (
    Pair("the plan ends next week", [ends("2026-03-20")], ["coverage_will_end urgent - > 2026-03-20"]),
    Pair("the plan ends in 13 days", [ends("2026-03-24")], ["coverage_will_end urgent - > 2026-03-24"]),
    Pair("the plan ends in 14 days", [ends("2026-03-25")], ["coverage_will_end important - > 2026-03-25"]),
    Pair(
        "the plan ends a day before the last session",
        [ends("2026-04-23")],
        ["coverage_will_end important - > 2026-04-23"],
    ),
    Pair("the plan ends on the last session's day", [ends("2026-04-24")]),
    Pair("the plan ends after the program", [ends("2026-12-31")]),
    Pair("the plan ends without an end", [ends("9999-12-31")]),
    Pair(
        "the plan's last day is past, it says active",
        [ends("2026-03-01")],
        ["coverage_will_end urgent - > 2026-03-01"],
    ),
    Pair("the same last day as before", [ends("2026-03-31")], [], [ends("2026-03-31")]),
    Pair(
        "the plan ends sooner than it said",
        [ends("2026-03-31")],
        ["coverage_will_end important 2026-04-15 > 2026-03-31"],
        [ends("2026-04-15")],
    ),
    Pair(
        "the plan ends in the program, not at the year's end",
        [ends("2026-03-31")],
        ["coverage_will_end important 2026-12-31 > 2026-03-31"],
        [ends("2026-12-31")],
    ),
    Pair(
        "the plan ends later, still in the program",
        [ends("2026-04-10")],
        ["coverage_extended notice 2026-03-31 > 2026-04-10"],
        [ends("2026-03-31")],
    ),
    Pair(
        "the plan ends later, after the program",
        [ends("2026-12-31")],
        ["coverage_extended notice 2026-03-31 > 2026-12-31"],
        [ends("2026-03-31")],
    ),
    Pair("the plan year is renewed", [ends("2027-12-31")], [], [ends("2026-12-31")]),
    Pair("the last day is not told any more", [ends(None)], [], [ends("2026-03-31")]),
    Pair("the last day is told of a program without days", [ends("2026-03-31"), planned(weekdays=())], []),
    Pair(
        "a longer program now outlasts the plan, as was told",
        [ends("2026-06-30"), planned(sessions=60)],
        [],
        [ends("2026-06-30")],
    ),
    Pair("the plan began anew", [plan(begins=date(2026, 3, 1))]),
    Pair("premiums are overdue", [paid_to("2026-02-28")], ["premium_overdue important - > 2026-02-28"]),
    Pair("premiums were paid a month ahead, as ever", [paid_to("2026-03-31")], [], [paid_to("2026-02-28")]),
    Pair("premiums are overdue as they were", [paid_to("2026-02-28")], [], [paid_to("2026-02-28")]),
    Pair(
        "a premium was taken back",
        [paid_to("2026-01-31")],
        ["premium_overdue important 2026-03-31 > 2026-01-31"],
        [paid_to("2026-03-31")],
    ),
    Pair("premiums are paid to today", [paid_to("2026-03-11")], [], [paid_to("2026-02-28")]),
    Pair("premiums are not told of any more", [], [], [paid_to("2026-02-28")]),
    Pair("a dated row of the plan", [plan(dates=(dated("plan", "2026-01-01", "2026-12-31"),))]),
)
PAYERS: Final = (
    Pair("another payer", [payer("Cigna", "62308")], ["payer_changed urgent Example Health Plan > Cigna"]),
    Pair("the payer in capitals", [payer("EXAMPLE HEALTH PLAN")]),
    Pair("the payer with its legal form, numbered otherwise", [payer("Example Health Plan, Inc.", "XHP")]),
    Pair("the payer in a longer form, numbered otherwise", [payer("Example Health Plan of Ohio", "XHP")]),
    Pair("the payer named anew under its number", [payer("Sunrise Benefits")]),
    Pair("the payer's number with leading zeros", [payer("Sunrise Benefits", "0060054")]),
    Pair(
        "a payer without a number, named otherwise",
        [payer("Sunrise Benefits", None)],
        ["payer_changed urgent Example Health Plan > Sunrise Benefits"],
    ),
    Pair("a payer with another number and the same name", [payer("Example Health Plan", "99999")]),
    Pair("a payer with a number and no name", [payer(None, "99999")]),
    Pair("no payer is named tonight", [part(payer=PayerName())]),
    Pair("no payer was named before", [], [], [part(payer=PayerName())]),
    Pair("accents are spelling", [payer("Éxample Health Plan", "XHP")]),
    Pair("an ampersand is spelling", [payer("Hale & Hearty", "2")], [], [payer("HALE AND HEARTY", "1")]),
    Pair("points are spelling", [payer("E.H.P.", "2")], [], [payer("EHP", "1")]),
    Pair(
        "a Medicare Advantage plan pays instead",
        [paid_by("Humana Gold")],
        ["payer_changed urgent - > Humana Gold"],
    ),
    Pair("the same plan pays instead", [paid_by("HUMANA GOLD")], [], [paid_by("Humana Gold")]),
    Pair(
        "another plan pays instead",
        [paid_by("Aetna Medicare")],
        ["payer_changed urgent Humana Gold > Aetna Medicare"],
        [paid_by("Humana Gold")],
    ),
    Pair("the plan that pays instead is not named any more", [], [], [paid_by("Humana Gold")]),
    Pair("another group", [plan(group_number="777")], ["plan_changed important 0012345 > 777"]),
    Pair("the group without its zeros", [plan(group_number="12345")]),
    Pair("the group with a hyphen", [plan(group_number="001-2345")]),
    Pair("no group is told", [plan(group_number=None)]),
    Pair("a group is told for the first time", [], [], [plan(group_number=None)]),
    Pair("another type", [plan(insurance_type="HMO")], ["plan_changed important PPO > HMO"]),
    Pair("another plan", [plan(name="Choice Basic")], ["plan_changed important Choice Plus > Choice Basic"]),
    Pair(
        "a plan with another figure in its name",
        [plan(name="PPO 1500")],
        ["plan_changed important PPO 500 > PPO 1500"],
        [plan(name="PPO 500")],
    ),
    Pair(
        "the plan one letter apart",
        [plan(name="Plan B")],
        ["plan_changed important Plan A > Plan B"],
        [plan(name="Plan A")],
    ),
    Pair("the plan in capitals", [plan(name="CHOICE PLUS")]),
    Pair("the plan with other spaces", [plan(name="Choice-Plus ")]),
    Pair(
        "a word more in the plan's name",
        [plan(name="Choice Plus Select")],
        ["plan_changed important Choice Plus > Choice Plus Select"],
    ),
    Pair("a word more, as another wire has it", [plan(name="UHC Choice Plus"), wire("stedi")]),
    Pair(
        "another plan over another wire",
        [plan(name="Gold"), wire("stedi")],
        ["plan_changed important Choice Plus > Gold"],
    ),
    Pair("no plan is named", [plan(name=None)]),
    Pair(
        "group, type and plan are other: told once",
        [plan(name="Gold", group_number="777", insurance_type="HMO")],
        ["plan_changed important 0012345 > 777"],
    ),
    Pair(
        "payer and plan are other",
        [payer("Cigna", "62308"), plan(name="Gold")],
        ["payer_changed urgent Example Health Plan > Cigna", "plan_changed important Choice Plus > Gold"],
    ),
    Pair("the group's name is another", [plan(group_name="ACME WEST")]),
)
NETWORKS: Final = (
    Pair("the payer calls the facility out of network", [SAYS_OUT], ["network_changed urgent in > out"]),
    Pair("the payer called it out, and in now", [SAYS_IN], ["network_changed notice out > in"], [SAYS_OUT]),
    Pair("the payer still calls it out", [SAYS_OUT], [], [SAYS_OUT]),
    Pair("the payer calls it in, as our contract does", [SAYS_IN]),
    Pair("the payer does not call it anything any more", [], [], [SAYS_OUT]),
    Pair("the payer says both", [says("PROVIDER IS IN NETWORK", "PROVIDER IS OUT OF NETWORK")]),
    Pair("our contract ended", [contracted(OUT)], ["network_changed urgent in > out"]),
    Pair("our contract began", [contracted(IN)], ["network_changed notice out > in"], [contracted(OUT)]),
    Pair("nobody says any more", [contracted(NOBODY_SAID)]),
    Pair("nobody said before", [], [], [contracted(NOBODY_SAID)]),
    Pair(
        "without a contract the payer's word turns",
        [contracted(NOBODY_SAID), SAYS_OUT],
        ["network_changed urgent in > out"],
        [contracted(NOBODY_SAID), SAYS_IN],
    ),
    Pair(
        "the payer's words go round the same thing",
        [says("FACILITY SHOWS AS OUT-OF-NETWORK")],
        [],
        [SAYS_OUT],
    ),
)
OTHERS: Final = (
    Pair(
        "somebody else administers behavioral health",
        [carve_out("Magellan")],
        ["carve_out_changed important - > Magellan"],
    ),
    Pair(
        "somebody else again",
        [carve_out("Carelon")],
        ["carve_out_changed important Magellan > Carelon"],
        [carve_out("Magellan")],
    ),
    Pair("the same administrator", [carve_out("MAGELLAN")], [], [carve_out("Magellan")]),
    Pair(
        "the same administrator in full",
        [carve_out("Magellan Healthcare, Inc.")],
        [],
        [carve_out("Magellan")],
    ),
    Pair("the administrator is not named any more", [], [], [carve_out("Magellan")]),
    Pair("dental care is administered by somebody else", [carve_out("Delta Dental", services=("35",))]),
    Pair("pharmacy is administered by somebody else", [carve_out("OptumRx", services=("88",))]),
    Pair(
        "an administrator of nobody knows what",
        [carve_out("Magellan", services=())],
        ["carve_out_changed important - > Magellan"],
    ),
    Pair(
        "an administrator without a name",
        [carve_out(None)],
        ["carve_out_changed important - > an administrator it does not name"],
    ),
    Pair(
        "two administrators in another order",
        [carve_out("Carelon", "Magellan")],
        [],
        [carve_out("Magellan", "Carelon")],
    ),
    Pair(
        "another payer is mentioned", [other("Medicare")], ["other_coverage_appeared important - > Medicare"]
    ),
    Pair(
        "two other payers are mentioned",
        [other("Medicare", "Tricare")],
        ["other_coverage_appeared important - > Medicare", "other_coverage_appeared important - > Tricare"],
    ),
    Pair(
        "a second one beside the first",
        [other("Medicare", "Tricare")],
        ["other_coverage_appeared important - > Tricare"],
        [other("Medicare")],
    ),
    Pair("the same one", [other("MEDICARE")], [], [other("Medicare")]),
    Pair("both in another order", [other("Tricare", "Medicare")], [], [other("Medicare", "Tricare")]),
    Pair("one that ended already", [other("Medicare", until="2026-02-28")]),
    Pair(
        "one that ends today",
        [other("Medicare", until="2026-03-11")],
        ["other_coverage_appeared important - > Medicare"],
    ),
    Pair("it is not mentioned any more", [], [], [other("Medicare")]),
    Pair(
        "one without a name",
        [other(None)],
        ["other_coverage_appeared important - > another payer it does not name"],
    ),
    Pair(
        "one without a name, by its type",
        [other(None, kind="Medicare Part B")],
        ["other_coverage_appeared important - > Medicare Part B"],
    ),
    Pair("still one without a name", [other(None)], [], [other(None)]),
)
LEAVE: Final = (
    Pair(
        "authorization is needed now",
        [needs(REQUIRED)],
        ["authorization_required urgent not_required > required"],
    ),
    Pair(
        "authorization is needed, nothing was said before",
        [needs(REQUIRED)],
        ["authorization_required important - > required"],
        [needs(SILENT)],
    ),
    Pair("authorization is needed as before", [needs(REQUIRED)], [], [needs(REQUIRED)]),
    Pair(
        "authorization is needed no more",
        [needs(FREE)],
        ["authorization_lifted notice required > not_required"],
        [needs(REQUIRED)],
    ),
    Pair("nothing is said of authorization any more", [needs(SILENT)], [], [needs(REQUIRED)]),
    Pair("nothing is said of it, and it was not needed", [needs(SILENT)]),
    Pair("it is not needed, nothing was said before", [needs(FREE)], [], [needs(SILENT)]),
    Pair(
        "one row of ours says it is needed",
        [row("basis", kind=BenefitKind.COVERAGE_BASIS, authorization=REQUIRED)],
        ["authorization_required urgent not_required > required"],
    ),
    Pair("another service needs it", [row("imaging", services=("62",), authorization=REQUIRED)]),
    Pair("out of network it is needed", [row("out", network=OUT, authorization=REQUIRED)]),
    Pair("it is needed; that part was not answered before", [needs(REQUIRED)], [], [needs(SILENT), partly()]),
    Pair("it is needed, but only a part is answered", [needs(REQUIRED), partly()]),
    Pair("the program is not covered any more", [*NO_PROMISE], ["program_not_covered urgent yes > no"]),
    Pair("the program is covered after all", [], ["program_covered notice no > yes"], [*NO_PROMISE]),
    Pair("the program is still not covered", [*NO_PROMISE], [], [*NO_PROMISE]),
    Pair("another service is not covered", [row("no", kind=BenefitKind.NOT_COVERED, services=("35",))]),
    Pair("out of network the program is not covered", [row("no", kind=BenefitKind.NOT_COVERED, network=OUT)]),
    Pair("the program is over, and coverage ended", [on("2026-05-01"), inactive], [ENDED]),
)
PAIRS: Final = (*STATUS, *DATES, *PAYERS, *NETWORKS, *OTHERS, *LEAVE)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_a_pair_gives_exactly_these_changes(pair: Pair) -> None:
    assert pair.found() == list(pair.expected)
