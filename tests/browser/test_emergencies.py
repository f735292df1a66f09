"""Breaking the glass: who reads what is not theirs says why, and somebody else looks into it."""

from tests.browser.conftest import Opening
from tests.browser.service import PASSWORD, Service, Staff
from tests.browser.visitor import PHONE
from verifier.access.principal import Facilities
from verifier.access.roles import Role

EMAIL = "night.desk@riverbend.example"


def employ(service: Service) -> Staff:
    """Let somebody work for one facility."""
    with service.rooms.staffing("test") as (staffing, context):
        here = Facilities.of(["abita-springs"])
        return Staff(staffing.add_user(context, EMAIL, PASSWORD, [Role.ADMISSIONS], here))


def test_an_emergency_opens_another_facility_and_an_administrator_reviews_it(
    visit: Opening, service: Service
) -> None:
    visitor = visit(viewport=PHONE)
    page = visitor.page
    visitor.sign_in(employ(service))
    visitor.go("/staff/verifications/")
    page.get_by_role("link", name="Read them in an emergency").click()
    assert visitor.violations() == []
    assert not visitor.overflows()
    page.get_by_role("button", name="Read these records now").click()
    assert "must be" in page.get_by_role("alert").inner_text()

    page.get_by_label("Whose records").select_option("bayou-house")
    page.get_by_label("Why they must be read now").fill("Brought in unable to speak")
    page.get_by_role("button", name="Read these records now").click()
    assert "until the time is over" in page.get_by_role("status").inner_text()

    admin = visit("admin")
    admin.go("/staff/emergencies/")
    row = admin.page.get_by_role("row", name=EMAIL)
    assert "Brought in unable to speak" in row.inner_text()
    assert admin.violations() == []
    row.get_by_role("button").click()
    assert "reviewed by admin" in admin.page.get_by_role("row", name=EMAIL).inner_text()


def test_who_may_read_everything_needs_no_emergency(visit: Opening) -> None:
    visitor = visit("admissions", java_script_enabled=False)
    visitor.go("/staff/emergencies/new")

    assert "You may read the records of every facility already." in visitor.page.inner_text("main")
