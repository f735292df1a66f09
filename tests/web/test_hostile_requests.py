"""Whatever is sent, the answer is a problem in the 4xx, with every protective header."""

import json
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from verifier.web.api import examples
from verifier.web.headers import HEADERS, NOTHING

ROUTES = [
    ("POST", "/v1/verifications"),
    ("GET", "/v1/verifications"),
    ("GET", "/v1/verifications/nothing"),
    ("POST", "/v1/verifications/nothing/refresh"),
    ("POST", "/v1/estimates"),
    ("POST", "/v1/normalizations"),
    ("GET", "/v1/payers"),
    ("GET", "/v1/payers/nothing"),
    ("GET", "/v1/service-codes"),
]
JSON_ROUTES = ["/v1/verifications", "/v1/estimates"]
MIB = 1024 * 1024


def assert_problem(response: TestResponse, *statuses: int) -> None:
    assert response.content_type == "application/problem+json"
    problem = response.json
    assert problem["status"] == response.status_code
    assert response.status_code in statuses or (not statuses and 400 <= response.status_code < 500)
    assert {"type", "title", "code", "detail", "request_id"} <= problem.keys()
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert problem["detail"].endswith(".")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS | {
        "Content-Security-Policy": NOTHING
    }


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize(
    "query", ["?_sort=1;drop", "?%ff=%00", "?" + "&".join(f"p{n}=1" for n in range(2000))]
)
def test_every_route_answers_garbage_with_a_problem(
    client: FlaskClient, method: str, route: str, query: str
) -> None:
    assert_problem(
        client.open(route + query, method=method, data=b"\x00garbage", content_type="application/json")
    )


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/v1",
        "/v1/",
        "/v1//payers",
        "/v1/payers/",
        "/v1/../etc/passwd",
        "/%00",
        "/docs/../app.py",
        "/docs/swagger-ui.js",
        "/static/../app.py",
        "/v1/payers/" + "a" * 5000,
    ],
)
def test_an_address_that_is_none_is_a_problem(client: FlaskClient, address: str) -> None:
    assert_problem(client.get(address), 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "GET\x00"])
@pytest.mark.parametrize("address", ["/v1/verifications", "/livez", "/", "/openapi.json"])
def test_a_method_that_is_not_taken_names_those_that_are(
    client: FlaskClient, method: str, address: str
) -> None:
    response = client.open(address, method=method)
    assert_problem(response, 405)
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("route", JSON_ROUTES)
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json\x00",
    ],
)
def test_a_body_that_does_not_say_it_is_json_is_refused(
    client: FlaskClient, route: str, content_type: str
) -> None:
    assert_problem(client.post(route, data=b"{}", content_type=content_type), 415)


@pytest.mark.parametrize("route", [*JSON_ROUTES, "/v1/normalizations"])
def test_a_compressed_body_is_refused(client: FlaskClient, route: str) -> None:
    response = client.post(
        route, data=b"\x1f\x8b", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    assert_problem(response, 415)


@pytest.mark.parametrize("route", [*JSON_ROUTES, "/v1/normalizations"])
@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_refused(client: FlaskClient, route: str, body: bytes) -> None:
    assert_problem(client.post(route, data=body, content_type="application/json"), 422)


@pytest.mark.parametrize(
    ("route", "limit"), [(JSON_ROUTES[0], MIB), (JSON_ROUTES[1], MIB), ("/v1/normalizations", 10 * MIB)]
)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "4d0a9c52"}], ids=["once", "repeatable"])
def test_a_body_over_the_limit_is_refused_and_one_at_it_is_read(
    client: FlaskClient, route: str, limit: int, headers: dict[str, str]
) -> None:
    sent = {"headers": headers, "content_type": "application/json"}
    assert_problem(client.post(route, data=b" " * (limit - 1) + b"[", **sent), 400, 422)
    assert_problem(client.post(route, data=b"[" * (limit + 1), **sent), 413)


@pytest.mark.parametrize(
    ("route", "limit"), [(JSON_ROUTES[0], MIB), (JSON_ROUTES[1], MIB), ("/v1/normalizations", 10 * MIB)]
)
def test_a_body_of_untold_length_is_refused_over_the_limit(
    client: FlaskClient, route: str, limit: int
) -> None:
    """A server may hand over a chunked body without a length; what is cut must not be taken for the whole."""
    body = json.dumps(examples.ESTIMATE_REQUEST).encode().ljust(limit + 5)
    untold = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = client.post(
        route, input_stream=BytesIO(body), content_type="application/json", environ_overrides=untold
    )
    assert_problem(response, 413)


@pytest.mark.parametrize("route", JSON_ROUTES)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"payer": "a", "payer": "b"}',
        b'{"max_age": NaN}',
        b'{"max_age": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{\x00}\x00",
        b"{",
    ],
)
def test_json_that_cannot_be_trusted_is_malformed(client: FlaskClient, route: str, body: bytes) -> None:
    response = client.post(route, data=body, content_type="application/json")
    assert_problem(response, 400)
    assert response.json["code"] == "malformed_input"


@pytest.mark.parametrize("host", ["evil.example", "a b<script>", "", "x" * 3000, "[::1"])
def test_a_strange_host_changes_nothing(client: FlaskClient, host: str) -> None:
    response = client.post("/v1/verifications", json=examples.INQUIRY, headers={"Host": host})
    assert response.status_code < 500
    assert response.headers.get("Location", "/").startswith("/")


def test_headers_that_would_split_a_response_are_not_repeated(client: FlaskClient) -> None:
    response = client.get("/v1/verifications/x%0d%0aSet-Cookie:%20a=b")
    assert_problem(response, 404)
    assert "Set-Cookie" not in response.headers


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=st.binary(max_size=100) | st.text(max_size=50).map(lambda text: json.dumps({text: text}).encode()),
    query=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    prefer=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
)
def test_no_request_is_a_fault_of_ours(
    client: FlaskClient, route: tuple[str, str], body: bytes, query: dict[str, str], prefer: str
) -> None:
    method, address = route
    headers = {"Prefer": prefer, "Idempotency-Key": prefer}
    response = client.open(
        address,
        method=method,
        data=body,
        query_string=query,
        content_type="application/json",
        headers=headers,
    )
    if response.status_code >= 400:
        assert_problem(response)
