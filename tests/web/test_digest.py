"""The morning digest: sent once each morning to a real mail server, and about nobody."""

import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509

from tests.access import OPERATOR, Person
from tests.store.support import ACTIVE, FAULT, INACTIVE, MEMBER, inquire
from tests.unit.payers.kit.test_http_tls import write_certificate
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.alerting import AGAIN, EmergencyMail
from verifier.access.roles import Role
from verifier.errors import Unavailable
from verifier.mail import DigestMail, MailRoute
from verifier.mailing import SmtpMail
from verifier.model.audit import Action
from verifier.model.verification import Verification
from verifier.news import newsroom
from verifier.news.digest import gather, write_mail
from verifier.news.morning import MorningMail
from verifier.news.webhook import Disabled, EventType
from verifier.store.database.mornings import DatabaseMornings
from verifier.web.staff import digest as digest_page

SITE = "https://verifier.example.org"
CHICAGO = ZoneInfo("America/Chicago")
SEVEN = datetime(2026, 11, 25, 13, tzinfo=UTC)  # in Chicago


@dataclass
class MailServer:
    """Takes mail on loopback, or says that it cannot."""

    reply: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return self.reply


class OnAnyPort(Controller):
    """Listens on a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def listening(server: MailServer, host: str = "127.0.0.1", **terms: Any) -> Iterator[MailRoute]:  # noqa: ANN401
    controller = OnAnyPort(server, hostname=host, port=0, **terms)
    controller.start()
    yield MailRoute(host, controller.port, tls_from_the_start=False, user="", password="")
    controller.stop()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def server() -> MailServer:
    return MailServer()


@pytest.fixture
def route(server: MailServer) -> Iterator[MailRoute]:
    with listening(server) as route:
        yield route


@pytest.fixture
def morning(house: WebHouse, route: MailRoute) -> MorningMail:
    return open_morning(house, route)


def digest_mail(route: MailRoute) -> DigestMail:
    return DigestMail(route, "verifier@example.org", ("ana@example.org", "bo@example.org"), SITE)


def open_morning(house: WebHouse, route: MailRoute) -> MorningMail:
    mornings = DatabaseMornings(house.reception.database)
    send = SmtpMail(digest_mail(route)).send
    return MorningMail(house.news, mornings, send, SITE, time(6, 30), lambda: CHICAGO)


def night(house: WebHouse) -> None:
    """Let coverage of one end, and the payer of another fail; nothing changes for a third."""
    others = (("Otherwise", OTHER, ACTIVE), ("Exampleton", OTHER, FAULT), ("Testcase", OWN, INACTIVE))
    for name, facility, _ in others:
        house.payer.answer = ACTIVE
        house.verifier.verify(
            inquire(facility=facility, member=replace(MEMBER, last_name=name)), refresh=True
        )
    house.reception.clock.moment = SEVEN - timedelta(hours=4)
    for name, facility, answer in others:
        house.payer.answer = answer
        house.verifier.verify(
            inquire(facility=facility, member=replace(MEMBER, last_name=name)), refresh=True
        )


def test_the_mail_counts_and_points_and_names_nobody(
    house: WebHouse, morning: MorningMail, server: MailServer
) -> None:
    night(house)
    assert morning.send_when_due(SEVEN)

    (mail,) = server.mails
    assert mail["Subject"] == "Benefits verifier: digest of 2026-11-25"
    assert (mail["From"], mail["To"]) == ("verifier@example.org", "ana@example.org, bo@example.org")
    assert mail.get_content().splitlines() == [
        "Since yesterday:",
        "",
        "- 1 urgent",
        "- 1 could not be asked about",
        "",
        f"{SITE}/staff/digest (sign in) says who and why.",
    ]
    text = mail.as_string().lower()
    words = ("testcase", "exampleton", "ana t", "w199003344", "1988", "sim-commercial", "h0015", "ended", OWN)
    assert [word for word in words if word in text] == []


def test_a_quiet_night_is_told_too(morning: MorningMail, server: MailServer) -> None:
    assert morning.send_when_due(SEVEN)

    assert server.mails[0].get_content().splitlines()[0] == (
        "Nothing changed that matters, and everybody could be asked."
    )


def test_a_webhook_that_was_switched_off_is_told(house: WebHouse) -> None:
    room = house.news.room(OPERATOR)
    made = room.add_webhook("https://hooks.example/", frozenset(EventType), OWN)
    house.news.outbox.give_up(made.id, Disabled.FAILING, SEVEN)

    assert "1 webhook is switched off" in write_mail(
        gather(house.news.changes, house.news.webhooks, SEVEN), SITE
    )


def test_each_morning_one_process_sends_one_mail(
    house: WebHouse, route: MailRoute, server: MailServer
) -> None:
    processes = [open_morning(house, route) for _ in range(3)]
    sent = [
        (day, sum(each.send_when_due(SEVEN + timedelta(days=day)) for each in processes))
        for day in (0, 0, 1, 3)
    ]

    assert sent == [(0, 1), (0, 0), (1, 1), (3, 1)]
    assert len(server.mails) == 3


@pytest.mark.parametrize(
    ("moment", "is_sent"),
    [
        (datetime(2026, 11, 25, 12, 29, tzinfo=UTC), False),
        (datetime(2026, 11, 25, 12, 30, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 11, 29, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 11, 30, tzinfo=UTC), True),  # summer time
        (datetime(2026, 11, 26, 5, 59, tzinfo=UTC), True),  # still the 25th in Chicago
    ],
)
def test_morning_is_where_the_facility_is(morning: MorningMail, moment: datetime, *, is_sent: bool) -> None:
    assert morning.send_when_due(moment) is is_sent


def test_what_the_server_does_not_take_is_tried_again(morning: MorningMail, server: MailServer) -> None:
    server.reply = "451 later"
    with pytest.raises(Unavailable):
        morning.send_when_due(SEVEN)
    server.reply = "250 OK"

    assert morning.send_when_due(SEVEN + timedelta(minutes=1))
    assert len(server.mails) == 1


def test_a_server_that_is_away_is_no_crash(house: WebHouse) -> None:
    away = open_morning(house, MailRoute("127.0.0.1", 1, tls_from_the_start=False))
    with pytest.raises(Unavailable):
        away.send_when_due(SEVEN)
    assert DatabaseMornings(house.reception.database).take(date(2026, 11, 25))


BEYOND = "127.0.0.2"  # on this machine too, but not by a name or address that says so


def test_beyond_this_machine_nothing_is_said_without_tls(server: MailServer, tmp_path: Path) -> None:
    with listening(server, BEYOND) as plain, pytest.raises(Unavailable):
        SmtpMail(digest_mail(plain)).send("subject", "text")
    assert server.mails == []

    certificate = write_certificate(tmp_path, x509.IPAddress(ip_address(BEYOND)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(server, BEYOND, tls_context=context, require_starttls=True) as route:
        with pytest.raises(Unavailable):
            SmtpMail(digest_mail(route)).send("subject", "text")  # nobody vouches for this certificate
        SmtpMail(digest_mail(route), certificates=str(certificate)).send("subject", "text")
    assert [mail["Subject"] for mail in server.mails] == ["subject"]


def read(house: WebHouse, role: Role, facility: str, address: str = "/staff/digest") -> str:
    """Read the page as somebody of a role at a facility."""
    person = house.reception.add(
        f"{role}@{facility.replace('*', 'every')}.example", role, facilities=[facility]
    )
    client = house.app.test_client(use_cookies=False)
    answer = client.get(address, headers=house.session(person.id))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_names_people_with_what_changed_and_who_could_not_be_asked_about(house: WebHouse) -> None:
    night(house)
    house.reception.clock.moment = SEVEN

    own, other = (read(house, Role.ADMISSIONS, facility) for facility in (OWN, OTHER))
    assert "Testcase, Ana" in own
    assert "Coverage ended: the payer says that it is not active any more." in own
    assert "Exampleton" not in own
    assert "Exampleton, Ana" in other
    assert "the payer did not answer in time" in other
    assert "Testcase" not in other
    assert all("Otherwise" not in page for page in (own, other)), "nothing changed for them"


def test_a_long_digest_is_read_page_by_page_and_only_who_is_shown_was_looked_at(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(house)
    house.reception.clock.moment = SEVEN
    for module in (newsroom, digest_page):
        monkeypatch.setattr(module, "PAGE", 1)

    first = read(house, Role.ADMISSIONS, "*")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    looked_at = [each.whose.last_name for each in house.reception.audit.events[-1:] if each.whose]
    second = read(house, Role.REVIEWER, "*", following.replace("&amp;", "&"))

    assert [name for name in ("Testcase", "Exampleton") if name in first] == ["Testcase"]
    assert looked_at == ["Testcase"]
    assert [name for name in ("Testcase", "Exampleton") if name in second] == ["Exampleton"]
    assert 'rel="next"' not in second
    assert "First</a>" in second
    assert "Testcase" in read(house, Role.BILLING, "*", "/staff/digest?from=nowhere")


def test_whoever_reads_the_page_is_seen_to_have_looked_at_each_person(house: WebHouse) -> None:
    night(house)
    house.reception.clock.moment = SEVEN
    read(house, Role.ADMISSIONS, OWN)

    *_, page, person = house.reception.audit.events
    assert (page.action, page.what) == (Action.READ, "digest")
    assert person.what.startswith("verification ver_")
    assert person.whose
    assert person.whose.last_name == "Testcase"


def test_what_is_older_than_asked_for_is_not_shown(house: WebHouse) -> None:
    night(house)
    house.reception.clock.moment = SEVEN + timedelta(days=2)

    assert "Nothing changed that matters in the last day" in read(house, Role.AUDITOR, OWN)
    week = house.app.test_client().get("/staff/digest?days=7", headers=bearer(house))
    assert "Coverage ended" in week.text
    odd = house.app.test_client().get("/staff/digest?days=9999999999", headers=bearer(house))
    assert "in the last day" in odd.text


def test_a_person_whose_verification_is_gone_is_still_counted(house: WebHouse) -> None:
    night(house)
    house.reception.clock.moment = SEVEN
    gone = replace(house.news, records=NoRecords())
    digest = gone.room(OPERATOR).digest(timedelta(days=1))

    assert (len(digest.reports), dict(digest.verifications)) == (1, {})


def bearer(house: WebHouse) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.reception.key(facilities=[OWN])}"}


class NoRecords:
    """Records past their retention."""

    def find_all(self, _: Collection[str]) -> dict[str, Verification]:
        return {}


@pytest.fixture
def ana(house: WebHouse) -> Person:
    return house.reception.add("ana@riverbend.example", Role.ADMISSIONS, Role.ADMIN, facilities=[OWN])


def open_alerts(house: WebHouse, route: MailRoute) -> EmergencyMail:
    staffing = house.reception.access.staffing
    return EmergencyMail(staffing.users, staffing.emergencies, SmtpMail(digest_mail(route)).send_to, SITE)


def break_glass(house: WebHouse, person: Person) -> str:
    terms = {"facility": OTHER, "reason": "Testcase was brought in unable to speak", "minutes": 15}
    answer = house.app.test_client(use_cookies=False).post(
        "/v1/emergencies", json=terms, headers=house.session(person.id)
    )
    return str(answer.json["id"])


def test_everybody_else_in_charge_is_told_of_an_emergency_once_and_not_of_whom(
    house: WebHouse, route: MailRoute, server: MailServer, ana: Person
) -> None:
    for name, role in (("bo", Role.ADMIN), ("cy", Role.ADMIN), ("dee", Role.BILLING)):
        house.reception.add(f"{name}@riverbend.example", role)
    house.reception.access.staffing.disable_user(OPERATOR, "cy@riverbend.example")
    emergency, now = break_glass(house, ana), house.reception.clock.now()

    assert [open_alerts(house, route).send_due(now + number * AGAIN) for number in range(3)] == [1, 0, 0]

    (mail,) = server.mails
    assert mail["To"] == "bo@riverbend.example"
    assert f"{ana.id} reads the records" in mail.get_content()
    assert emergency in mail.get_content()
    text = mail.as_string().lower()
    assert [word for word in ("testcase", "unable", OTHER, "ana@") if word in text] == []


def test_an_alert_that_the_server_does_not_take_is_tried_again(
    house: WebHouse, route: MailRoute, server: MailServer, ana: Person
) -> None:
    house.reception.add("bo@riverbend.example", Role.ADMIN)
    break_glass(house, ana)
    alerts, now, server.reply = open_alerts(house, route), house.reception.clock.now(), "451 later"
    with pytest.raises(Unavailable):
        alerts.send_due(now)
    server.reply = "250 OK"

    assert (alerts.send_due(now), alerts.send_due(now + AGAIN), len(server.mails)) == (0, 1, 1)
