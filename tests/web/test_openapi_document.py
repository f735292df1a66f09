"""The OpenAPI document is valid, complete, true to what is answered, and shown without any other host."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from schemas.estimate import load_estimate_requests
from schemas.inquiry import load_inquiry
from verifier.web.api import examples
from verifier.web.headers import OWN_FILES
from verifier.web.pages import SWAGGER_FILES, SWAGGER_NAMES


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get("/openapi.json").json


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, said)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method in {"get", "post", "patch", "delete"}
    ]


def check(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = {"components": document["components"], **schema}
    assert [error.message for error in OAS31Validator(whole).iter_errors(value)] == []


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)
    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "1.2.3")


def test_it_names_every_address_of_the_api(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/v1/", "/fhir/"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == served


def test_an_address_allows_the_methods_that_are_told_of_it_and_no_others(
    app: Flask, document: dict[str, Any]
) -> None:
    """`import` is no id, so what an entry of the list allows is not allowed there."""
    adapter = app.url_map.bind("localhost")
    allowed = {
        path: {method.lower() for method in adapter.allowed_methods(path)} - {"head", "options"}
        for path in document["paths"]
        if "{" not in path
    }
    assert allowed == {path: set(document["paths"][path]) for path in allowed}


def test_a_word_outside_a_parameters_vocabulary_is_refused(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    told = {}
    for path, method, said in operations(document):
        parameters = [*document["paths"][path].get("parameters", []), *said.get("parameters", [])]
        given = {each["name"]: each["example"] for each in parameters}
        for each in parameters:
            if each["in"] == "query" and "enum" in each["schema"]:
                answer = client.open(path.format(**given), method=method, query_string={each["name"]: "AAA"})
                told[path, each["name"]] = answer.status_code, answer.json.get("code")
    assert len(told) >= 3
    assert set(told.values()) == {(422, "bad_input")}, told


def test_every_operation_has_an_id_a_summary_examples_and_problems(document: dict[str, Any]) -> None:
    names = []
    for path, _, said in operations(document):
        names.append(said["operationId"])
        assert said["summary"].endswith(".")
        bodies = [said["requestBody"]] if "requestBody" in said else []
        bodies += [answer for status, answer in said["responses"].items() if status < "204"]
        assert all("example" in content for body in bodies for content in body["content"].values())
        assert all("example" in parameter for parameter in said.get("parameters", []))
        problems = [answer for status, answer in said["responses"].items() if status >= "400"]
        assert problems
        told = "fhir" if path.startswith("/fhir/") else "problem"
        assert all(list(problem["content"]) == [f"application/{told}+json"] for problem in problems)
    assert len(names) == len(set(names))


def test_every_example_is_what_its_schema_says(document: dict[str, Any]) -> None:
    checked = 0
    for _, _, said in operations(document):
        for body in (said.get("requestBody", {}), *said["responses"].values()):
            for content in body.get("content", {}).values():
                if "example" in content:
                    check(document, content["schema"], content["example"])
                    checked += 1
    assert checked >= 12


def test_the_request_examples_are_taken() -> None:
    load_inquiry(examples.INQUIRY)
    load_estimate_requests([examples.ESTIMATE_REQUEST])


SEVERAL_PLANS: dict[str, Any] = examples.INQUIRY | {
    "tricare": {
        "sponsor_id": "900100003",
        "plan": "select",
        "beneficiary": "retiree_family",
        "group": "A",
        "network": True,
    },
    "va": {"referral_number": "VA0012345678", "priority_group": "6", "service_connected_percent": 0},
    "own_coverage": {"as_dependent": True, "parent_birthday": "04-12"},
    "other_coverage": [{"kind": "medicare", "terms": {"coinsurance": "0.20"}}, {"kind": "medicaid"}],
}


@pytest.mark.parametrize(
    ("path", "suffix", "body"),
    [
        ("/v1/verifications", "", examples.INQUIRY),
        ("/v1/verifications", "", SEVERAL_PLANS),
        ("/v1/verifications", "", None),
        ("/v1/verifications/{verification_id}", "", None),
        ("/v1/verifications/{verification_id}/refresh", "", {}),
        ("/v1/estimates", "", examples.ESTIMATE_REQUEST),
        ("/v1/estimates", "", [examples.ESTIMATE_REQUEST]),
        ("/v1/estimates", "", {"terms": 1}),
        ("/v1/payers", "?q=sim", None),
        ("/v1/payers", "?x=sim", None),
        ("/v1/payers/{payer_id}", "", None),
        ("/v1/payers/{payer_id}/health", "", None),
        ("/v1/service-codes", "", None),
    ],
)
def test_what_is_answered_is_what_the_document_says(
    client: FlaskClient, document: dict[str, Any], path: str, suffix: str, body: object
) -> None:
    client.post("/v1/verifications", json=examples.INQUIRY)
    method = "get" if body is None else "post"
    address = path.format(verification_id="ver_000", payer_id="sim-commercial") + suffix
    response = client.open(address, method=method, json=body)
    said = document["paths"][path][method]["responses"][str(response.status_code)]
    check(document, said["content"][response.content_type]["schema"], response.json)


def test_an_unknown_field_is_outside_the_document_too(document: dict[str, Any]) -> None:
    whole = {"components": document["components"], "$ref": "#/components/schemas/Inquiry"}
    assert OAS31Validator(whole).is_valid(SEVERAL_PLANS)
    assert not OAS31Validator(whole).is_valid(examples.INQUIRY | {"payre": 1})
    assert not OAS31Validator(whole).is_valid(SEVERAL_PLANS | {"tricare": {"group": "C"}})


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_pages_load_this_hosts_own_files_only(client: FlaskClient, address: str) -> None:
    page = client.get(address)
    assert page.headers["Content-Security-Policy"] == OWN_FILES
    loaded = set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) - {"#main"}
    assert loaded
    for file in loaded:
        assert file.startswith("/")
        with client.get(file, follow_redirects=True) as response:
            assert response.status_code == 200
    assert not re.search(r"<script>|<style|\son\w+=|style=", page.text)


def test_the_landing_page_says_how_to_come_in(client: FlaskClient) -> None:
    text = client.get("/").text
    assert 'href="/staff/sign-in"' in text
    assert 'href="/docs"' in text


def test_the_documentation_asks_no_other_host() -> None:
    script = (SWAGGER_FILES.parents[0] / "dist" / "swagger-ui.css").read_text()
    assert not re.search(r"url\(['\"]?https?://|@import", script)
    assert {"swagger-ui-bundle.js", "swagger-ui.css"} < SWAGGER_NAMES
