"""Key services: ours, and one that another package offers."""

from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.store.support import RING
from verifier.errors import NotConfigured
from verifier.ports import KeyService
from verifier.settings import Settings
from verifier.store import key_service as services
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.upgrade import upgrade
from verifier.store.key_service import GROUP, HeldMasterKey, MasterKeyFile, find_key_service
from verifier.store.opening import key_service
from verifier.testing.key_service_contract import KeyServiceContract


class Cloud(HeldMasterKey):
    """A service as another package would offer one."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(RING)
        self.key_id = options["key_id"]


class Nothing:
    def __init__(self, options: Mapping[str, str]) -> None:
        pass


def offer(name: str, what: type) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{what.__name__}", GROUP)


CLOUD = offer("cloud", Cloud)


class TestAHeldKeyKeepsTheContract(KeyServiceContract):
    @pytest.fixture
    def service(self) -> KeyService:
        return HeldMasterKey(RING)


class TestAKeyFileKeepsTheContract(KeyServiceContract):
    @pytest.fixture
    def service(self, tmp_path: Path) -> KeyService:
        return MasterKeyFile(tmp_path / "payload.key")


class TestAStrangersServiceKeepsTheContract(KeyServiceContract):
    @pytest.fixture
    def service(self) -> KeyService:
        return find_key_service("cloud", {"key_id": "1"}, [CLOUD])


def test_the_settings_name_a_service_and_hand_it_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "entry_points", lambda group: [CLOUD] if group == GROUP else [])
    named = {"VERIFIER_KEY_SERVICE": "cloud", "VERIFIER_KEY_SERVICE_KEY_ID": "arn:1"}
    settings = Settings.from_environ(named | {"VERIFIER_DATA": str(tmp_path)})

    service = key_service(settings)

    assert isinstance(service, Cloud)
    assert service.key_id == "arn:1"
    with closing(Database.open(f"sqlite:///{tmp_path}/verifier.db")) as database:
        upgrade(database)
        made = DataKeys.open(database, service).current()
        assert DataKeys.open(database, service).current() == made
    assert not (tmp_path / "payload.key").exists()


@pytest.mark.parametrize(
    ("name", "installed", "words"),
    [
        ("cloud", [], "there are: none"),
        ("clod", [CLOUD], "there are: cloud"),
        ("cloud", [CLOUD, CLOUD], "installed once"),
        ("cloud", [offer("cloud", Nothing)], "is no key service"),
        ("cloud", [EntryPoint("cloud", "nowhere:at_all", GROUP)], "cannot be opened"),
    ],
)
def test_a_service_that_is_none_stops_the_start(name: str, installed: list[EntryPoint], words: str) -> None:
    with pytest.raises(NotConfigured, match=words):
        find_key_service(name, {"key_id": "1"}, installed)
