"""What changed in whether the patient is covered, by whom, how long, and on which terms."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from verifier.changes.names import is_same_name, is_same_number, is_same_or_shorter
from verifier.changes.pair import Pair
from verifier.model.change import Change, ChangeKind, Severity, Topic
from verifier.model.vocabulary import Authorization, Network

SOON: Final = timedelta(days=14)
SETTLED_IN: Final = timedelta(days=7)  # claims are posted in batches, so counts of visits move to and fro
PLAN_WORDS: Final[Mapping[Topic, str]] = MappingProxyType(
    {Topic.GROUP: "group number", Topic.INSURANCE_TYPE: "insurance type", Topic.PLAN: "plan"}
)


def tell_end(pair: Pair) -> Iterator[Change]:
    """Tell that coverage, which was active, is not."""
    ends = pair.words(Topic.ENDS)[1]
    since = f"; its last day is {ends}" if ends else ""
    text = f"Coverage ended: the payer says that it is not active any more{since}."
    yield pair.change(ChangeKind.COVERAGE_ENDED, Severity.URGENT, text, Topic.STATUS)


def tell_denial(pair: Pair) -> Iterator[Change]:
    """Tell that the first answer there is denies coverage."""
    text = "The payer says that coverage is not active."
    yield pair.change(ChangeKind.COVERAGE_NOT_ACTIVE, Severity.URGENT, text, Topic.STATUS)


def tell_beginning(pair: Pair) -> Iterator[Change]:
    """Tell that coverage, which was not active, is."""
    text = "Coverage is active now; before, the payer said that it was not."
    yield pair.change(ChangeKind.COVERAGE_BEGAN, Severity.NOTICE, text, Topic.STATUS)


def tell_refusal(pair: Pair) -> Iterator[Change]:
    """Tell that the payer does not find the member any more."""
    text = "The payer does not find this member any more, which says nothing about coverage; check the card."
    yield pair.change(ChangeKind.MEMBER_NOT_FOUND, Severity.IMPORTANT, text, Topic.STATUS)


def compare_last_day(pair: Pair) -> Iterator[Change]:
    """Tell that the plan's last day came before the program's last session, or is so no more."""
    (before, ends), (_, last) = pair.days(Topic.ENDS), pair.days(Topic.LAST_SESSION)
    if ends is None or last is None or ends == before:
        return
    if ends < last and (before is None or ends < before):
        severity = Severity.URGENT if ends < pair.on + SOON else Severity.IMPORTANT
        text = f"The plan's last day is {ends}, before the program's last session on {last}."
        yield pair.change(ChangeKind.COVERAGE_WILL_END, severity, text, Topic.ENDS)
    elif before and before < min(ends, last):
        text = f"The plan runs to {ends}; before, its last day was {before}."
        yield pair.change(ChangeKind.COVERAGE_EXTENDED, Severity.NOTICE, text, Topic.ENDS)


def compare_premium(pair: Pair) -> Iterator[Change]:
    """Tell that premiums are overdue."""
    before, paid = pair.days(Topic.PREMIUM_PAID_TO)
    if paid and paid != before and paid < pair.on:
        text = f"Premiums are paid to {paid} only; coverage may be taken back to that day."
        yield pair.change(ChangeKind.PREMIUM_OVERDUE, Severity.IMPORTANT, text, Topic.PREMIUM_PAID_TO)


def compare_payer(pair: Pair) -> Iterator[Change]:
    """Tell that another payer answers; where either its number or its name is the same, it is the same."""
    names, numbers = pair.both(Topic.PAYER), pair.both(Topic.PAYER_ID)
    is_known = numbers is not None and is_same_number(*numbers)
    if names and not is_known and not is_same_or_shorter(*names):
        text = f"The payer is {names[1]}; before, it was {names[0]}. Send claims there."
        yield pair.change(ChangeKind.PAYER_CHANGED, Severity.URGENT, text, Topic.PAYER)


def compare_actual_payer(pair: Pair) -> Iterator[Change]:
    """Tell that another plan pays instead of the payer asked."""
    before, actual = pair.words(Topic.ACTUAL_PAYER)
    if actual and not (before and is_same_or_shorter(before, actual)):
        text = f"{actual} pays instead of the payer asked; send claims there."
        yield pair.change(ChangeKind.PAYER_CHANGED, Severity.URGENT, text, Topic.ACTUAL_PAYER)


def compare_plan(pair: Pair) -> Iterator[Change]:
    """Tell that group, type or name of the plan is another: the first of them that is."""
    channels = pair.both(Topic.CHANNEL)
    is_another_wire = channels is not None and channels[0] != channels[1]
    is_named_alike = is_same_or_shorter if is_another_wire else is_same_name
    tests = {Topic.GROUP: is_same_number, Topic.INSURANCE_TYPE: is_same_name, Topic.PLAN: is_named_alike}
    for topic, is_alike in tests.items():
        said = pair.both(topic)
        if said and not is_alike(*said):
            text = f"The {PLAN_WORDS[topic]} is {said[1]}; before, it was {said[0]}."
            yield pair.change(ChangeKind.PLAN_CHANGED, Severity.IMPORTANT, text, topic)
            return


def compare_network(pair: Pair) -> Iterator[Change]:
    """Tell that the facility's standing is another: by the payer's word, else by our own contract."""
    said, contract = pair.told(Topic.STANDING), pair.told(Topic.CONTRACT)
    was, now = said if said[1] else contract
    was = was or contract[0]
    if was and now and was.value != now.value:
        severity = Severity.URGENT if now.value == Network.OUT else Severity.NOTICE
        words = {Network.IN: "in network", Network.OUT: "out of network"}
        text = f"The facility is {words[Network(now.value)]}; before, it was {words[Network(was.value)]}."
        yield Change(ChangeKind.NETWORK_CHANGED, severity, text, was, now)


def compare_carve_outs(pair: Pair) -> Iterator[Change]:
    """Tell that somebody else administers the program's services."""
    known, named = pair.all(Topic.CARVE_OUT)
    for told in named:
        if not any(is_same_or_shorter(told.value, each.value) for each in known):
            text = f"Behavioral health is administered by {told.value}; ask there."
            before = known[0] if known else None
            yield Change(ChangeKind.CARVE_OUT_CHANGED, Severity.IMPORTANT, text, before, told)


def compare_other_coverage(pair: Pair) -> Iterator[Change]:
    """Tell that the reply mentions a payer it did not mention before."""
    known, named = pair.all(Topic.OTHER_COVERAGE)
    for told in named:
        if not any(is_same_or_shorter(told.value, each.value) for each in known):
            text = f"The reply mentions {told.value}; settle which plan pays first."
            yield Change(ChangeKind.OTHER_COVERAGE_APPEARED, Severity.IMPORTANT, text, None, told)


def compare_authorization(pair: Pair) -> Iterator[Change]:
    """Tell that authorization is needed now, or no more."""
    before, now = pair.words(Topic.AUTHORIZATION)
    was_answered = before or pair.words(Topic.COVERED)[0]  # else that part was not answered at all
    if now == Authorization.REQUIRED and before != now and was_answered:
        severity = Severity.URGENT if before else Severity.IMPORTANT
        text = "The payer requires authorization now; get it before the next session."
        yield pair.change(ChangeKind.AUTHORIZATION_REQUIRED, severity, text, Topic.AUTHORIZATION)
    elif now == Authorization.NOT_REQUIRED and before == Authorization.REQUIRED:
        text = "The payer does not require authorization any more."
        yield pair.change(ChangeKind.AUTHORIZATION_LIFTED, Severity.NOTICE, text, Topic.AUTHORIZATION)


def compare_covered(pair: Pair) -> Iterator[Change]:
    """Tell that the program is listed as not covered, or no more."""
    said = pair.both(Topic.COVERED)
    if said == ("yes", "no"):
        text = "The payer lists this program as not covered now; call to confirm."
        yield pair.change(ChangeKind.PROGRAM_NOT_COVERED, Severity.URGENT, text, Topic.COVERED)
    elif said == ("no", "yes"):
        text = "The payer does not list this program as not covered any more."
        yield pair.change(ChangeKind.PROGRAM_COVERED, Severity.NOTICE, text, Topic.COVERED)


def compare_visits(pair: Pair) -> Iterator[Change]:
    """Tell that visits run out before the program ends, or more than a week sooner than was told."""
    before, runs_out = pair.days(Topic.VISITS_END)
    if runs_out and (before is None or runs_out < before - SETTLED_IN):
        severity = Severity.URGENT if runs_out < pair.on + SOON else Severity.IMPORTANT
        text = f"Covered visits run out: from {runs_out} on none is left, and the program goes on."
        yield pair.change(ChangeKind.VISITS_RUN_OUT, severity, text, Topic.VISITS_END)
