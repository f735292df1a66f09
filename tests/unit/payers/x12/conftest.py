"""What the tests of X12 lean on."""

import pytest

from tests.payers.judge_270 import Judge


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Ask somebody else whether a 270 is one."""
    return Judge(tmp_path_factory.mktemp("maps"))
