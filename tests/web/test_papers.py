"""The report leaves this service as a PDF that nobody stores, with its event, and only with it."""

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from flask.testing import FlaskClient

from tests.access import bearing
from tests.store.support import inquire
from tests.web.house import OWN, WebHouse, open_web
from verifier.access.roles import Scope
from verifier.model.audit import Action


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(Scope.READ, Scope.RAW, facilities=[OWN]))


def read(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_the_report_is_a_pdf_that_is_not_stored_and_whose_name_is_no_persons(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))

    answer = client.get(f"/v1/verifications/{kept.id}/report.pdf")

    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'inline; filename="verification-{kept.id}.pdf"'
    assert answer.data.startswith(b"%PDF-")
    assert "Ana Testcase" in read(answer.data)


def test_taking_the_report_out_is_an_export_and_nothing_is_served_without_its_event(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))
    client.get(f"/v1/verifications/{kept.id}/report.pdf")
    house.reception.audit.away = True

    refused = client.get(f"/v1/verifications/{kept.id}/report.pdf")

    assert [what for _, what, _ in house.reception.told(Action.EXPORT)] == [
        f"report of verification {kept.id}"
    ]
    assert refused.status_code == 503
    assert b"%PDF" not in refused.data


def test_whoever_holds_the_answer_and_the_exchange_can_check_the_hashes_of_the_report(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))
    answer = client.get(f"/v1/verifications/{kept.id}").json
    wire = client.get(f"/v1/verifications/{kept.id}/x12").json
    assert answer
    assert wire

    text = read(client.get(f"/v1/verifications/{kept.id}/report.pdf").data).replace(" ", "").replace("\n", "")

    written = json.dumps(answer, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    messages = [wire["exchanges"][0][name]["content"] for name in ("request", "reply")]
    for content in (written, *messages):
        assert hashlib.sha256(content.encode()).hexdigest() in text


def test_there_is_no_report_of_what_nobody_asked_or_another_facility_did(
    house: WebHouse, client: FlaskClient
) -> None:
    foreign = house.verifier.verify(inquire(facility="covington"))

    for verification_id in (foreign.id, "ver_nothing"):
        assert client.get(f"/v1/verifications/{verification_id}/report.pdf").status_code == 404


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "What your insurance says"),
        ("?language=en", "What your insurance says"),
        ("?language=es", "Lo que dice su seguro"),
    ],
)
def test_the_explanation_speaks_the_patients_language_and_its_export_is_recorded(
    house: WebHouse, client: FlaskClient, query: str, title: str
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))

    answer = client.get(f"/v1/verifications/{kept.id}/explanation.pdf{query}")

    assert title in read(answer.data)
    assert answer.headers["Cache-Control"] == "no-store"
    assert [what for _, what, _ in house.reception.told(Action.EXPORT)] == [
        f"explanation of verification {kept.id}"
    ]


def test_a_language_that_is_not_spoken_here_is_a_fault_of_the_request(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))

    answer = client.get(f"/v1/verifications/{kept.id}/explanation.pdf?language=tlh")

    assert answer.status_code == 422
    assert answer.json
    assert answer.json["errors"] == [{"pointer": "/language", "detail": "must be one of: en, es"}]


@pytest.mark.parametrize(
    ("query", "title"), [("", "What your insurance says"), ("?language=es", "Lo que dice su seguro")]
)
def test_the_explanation_is_a_page_too_with_the_same_words(
    house: WebHouse, client: FlaskClient, query: str, title: str
) -> None:
    kept = house.verifier.verify(inquire(facility=OWN))

    page = client.get(f"/staff/verifications/{kept.id}/explanation{query}").text

    printed = read(client.get(f"/v1/verifications/{kept.id}/explanation.pdf{query}").data)
    words = re.sub(r"<[^>]*>", " ", page[page.index("<article") : page.index("</article>")])
    assert title in page
    assert [word for word in html.unescape(words).split() if word not in printed] == []
