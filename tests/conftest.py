"""What every test may lean on."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.store.database.support import Databases

ROOT = Path(__file__).parents[1]

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("deep", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def reference() -> Path:
    """Find the reference folder: published samples and code tables that are read, never copied."""
    folder = Path(os.environ.get("REFERENCE", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the reference folder is not on this machine; REFERENCE may say where it is")
    return folder


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"), server=None)


@pytest.fixture
def new_database(databases: Databases) -> str:
    return databases.create()
