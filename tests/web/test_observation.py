"""How much is logged is a setting."""

import json

import pytest

from verifier.web.observation import json_log


@pytest.mark.parametrize(
    ("level", "told"), [("debug", ["request", "fault"]), ("info", ["request", "fault"]), ("error", ["fault"])]
)
def test_what_is_below_the_level_is_left_out(
    level: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log = json_log(level)

    log.info("request", route="/v1/payers")
    log.error("fault", kind="OSError")

    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == told
