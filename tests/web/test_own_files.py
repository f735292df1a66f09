"""Our own files: kept by browsers under the address of their content, and by nobody otherwise."""

import re

import pytest
from flask.testing import FlaskClient


def test_a_file_by_the_address_on_a_page_may_be_kept_for_good(client: FlaskClient) -> None:
    found = re.search(r'href="(/static/page.css\?v=\w+)"', client.get("/").text)
    assert found

    with client.get(found[1]) as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "address", ["/static/page.css", "/static/page.css?v=0", "/static/none.css?v=", "/static/../app.py?v="]
)
def test_by_any_other_address_it_is_not_kept(client: FlaskClient, address: str) -> None:
    with client.get(address) as response:
        assert response.headers["Cache-Control"] == "no-store"
