"""The pages of a case: no barrier, no need of scripts, news by themselves, nothing told to strangers."""

from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Opening
from tests.browser.flows import FORM, JORDAN, answer, open_request, request_check, verify_request
from tests.browser.visitor import PHONE, Visitor

Picture = Callable[[Visitor, str], None]


def test_the_pages_have_no_barrier_in_either_theme_and_fit_a_phone(visit: Opening, picture: Picture) -> None:
    request_check(visit(), JORDAN)
    found: dict[str, Any] = {}
    public = visit(viewport=PHONE)
    public.go(FORM)
    picture(public, "form-phone")
    found["form"] = public.violations(), public.overflows()
    public.page.get_by_role("button", name="Ask for my free check").click()
    found["form with faults"] = public.violations(), public.overflows()
    staff = visit("admissions", viewport=PHONE)
    staff.go("/staff/requests/")
    found["queue"] = staff.violations(), staff.overflows()
    staff.page.locator("tbody th a").first.click()
    found["request"] = staff.violations(), staff.overflows()
    address = verify_request(staff)
    for name in ("worksheet", "review"):
        staff.go(f"{address}/{name}")
        found[name] = staff.violations(), staff.overflows()

    assert found == dict.fromkeys(found, ([], False))


def test_without_scripts_the_form_and_the_desk_work_all_the_same(visit: Opening) -> None:
    request_check(visit(java_script_enabled=False), JORDAN, scripts=False)
    staff = visit("admissions", java_script_enabled=False)
    open_request(staff, JORDAN)
    address = verify_request(staff)
    staff.go(f"{address}/worksheet")
    answer(staff, {"visit_limit.limit": "no"})

    assert "Dana R." in staff.page.inner_text("main")


def test_the_queue_shows_a_new_request_by_itself(visit: Opening) -> None:
    staff = visit("admissions")
    staff.go("/staff/requests/?whose=nobody")
    before = len(staff.texts("tbody th a"))

    public = visit()
    request_check(public, JORDAN)

    staff.page.locator("tbody th a").nth(before).wait_for(timeout=30_000)
    told = public.page.inner_text("body").lower()
    assert "your copy of what you signed" in told
    assert not [word for word in ("active", "deductible", "copay", "$") if word in told]
