"""Who may do what, for whom: the whole table of roles, and every way a policy says no."""

from dataclasses import replace

import pytest

from verifier.access.fence import reach, widen, within
from verifier.access.policy import PUBLIC, SIGNED_IN, FacilityRule, Policy, authorize, needing, place
from verifier.access.principal import EVERY, NO_FACILITY, OPEN, Facilities, Kind, Principal
from verifier.access.roles import SCOPES, Role, Scope, scopes_of
from verifier.errors import Forbidden, Unauthenticated

HERE, ELSEWHERE = Facilities.of(["here"]), Facilities.of(["elsewhere"])
CLERK = Principal(Kind.USER, "usr_1", frozenset({Scope.READ}), HERE)


def test_each_role_has_the_scopes_it_needs_and_no_other() -> None:
    words = {role.value: " ".join(sorted(SCOPES[role])) for role in Role}

    assert words == {
        "admissions": "estimate read roster verify",
        "reviewer": "estimate raw read review verify",
        "billing": "estimate raw read roster",
        "auditor": "audit read",
        "admin": "admin",
    }


def test_several_roles_allow_what_each_allows_and_none_allows_nothing() -> None:
    assert scopes_of([Role.AUDITOR, Role.ADMIN]) == {Scope.READ, Scope.AUDIT, Scope.ADMIN}
    assert scopes_of([]) == frozenset()


@pytest.mark.parametrize(
    ("policy", "principal", "reached"),
    [
        (PUBLIC, None, NO_FACILITY),
        (PUBLIC, CLERK, NO_FACILITY),
        (SIGNED_IN, CLERK, HERE),
        (Policy(), CLERK, HERE),
        (needing(Scope.READ), CLERK, HERE),
        (needing(Scope.ADMIN), OPEN, EVERY),
        (needing(Scope.READ), replace(CLERK, emergency=ELSEWHERE), HERE | ELSEWHERE),
        (SIGNED_IN, replace(CLERK, emergency=ELSEWHERE), HERE),
        (
            needing(Scope.READ, Scope.VERIFY),
            replace(OPEN, facilities=HERE, emergency=ELSEWHERE),
            HERE,
        ),
    ],
)
def test_who_is_let_through_reaches_their_facilities_and_in_an_emergency_reads_one_more(
    policy: Policy, principal: Principal | None, reached: Facilities
) -> None:
    assert authorize(policy, principal) == reached


@pytest.mark.parametrize(
    ("policy", "principal", "refusal"),
    [
        (Policy(), None, Unauthenticated),
        (SIGNED_IN, None, Unauthenticated),
        (needing(Scope.READ), None, Unauthenticated),
        (needing(Scope.RAW), CLERK, Forbidden),
        (needing(Scope.READ, Scope.RAW), CLERK, Forbidden),
        (SIGNED_IN, replace(CLERK, kind=Kind.API_KEY), Forbidden),
        (SIGNED_IN, OPEN, Forbidden),
        (needing(Scope.READ), replace(CLERK, scopes=frozenset()), Forbidden),
    ],
)
def test_anybody_else_is_refused(
    policy: Policy, principal: Principal | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        authorize(policy, principal)


@pytest.mark.parametrize(
    ("named", "reached", "placed"),
    [
        ("here", HERE, "here"),
        (None, HERE, "here"),
        (None, EVERY, None),
        ("anywhere", EVERY, "anywhere"),
        ("elsewhere", HERE | ELSEWHERE, "elsewhere"),
    ],
)
def test_an_inquiry_is_about_a_facility_of_its_caller(
    named: str | None, reached: Facilities, placed: str | None
) -> None:
    assert place(named, reached) == placed


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        ("elsewhere", HERE),
        ("", HERE),
        ("*", HERE),
        (None, HERE | ELSEWHERE),
        (None, NO_FACILITY),
        ("here", NO_FACILITY),
    ],
)
def test_and_about_no_other_nor_about_one_that_has_to_be_guessed(
    named: str | None, reached: Facilities
) -> None:
    with pytest.raises(Forbidden):
        place(named, reached)


def test_a_policy_says_how_it_is_bound_to_a_facility() -> None:
    assert needing(Scope.READ, facility=FacilityRule.RECORD) == Policy(
        frozenset({Scope.READ}), FacilityRule.RECORD
    )


def test_the_fence_is_as_wide_as_said_and_ends_with_its_context() -> None:
    assert reach() is EVERY
    with within(NO_FACILITY):
        assert "here" not in reach()
        widen(HERE)
        assert reach() == HERE
    assert reach() is EVERY


def test_a_star_stands_for_every_facility_and_names_are_listed_in_order() -> None:
    assert Facilities.of(["*", "here"]).listing() == ("*",)
    assert Facilities.of(["b", "a"]).listing() == ("a", "b")
    assert "anything" in EVERY
    assert (HERE | EVERY).every


def test_the_audit_trail_knows_a_principal_by_kind_and_id() -> None:
    assert CLERK.label == "user:usr_1"
    assert "Clerk" not in repr(replace(CLERK, name="Clerk"))
