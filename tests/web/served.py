"""The application over hand-written rooms, for a real server to load."""

from pathlib import Path
from tempfile import mkdtemp

from conftest import FakePayers, FakeService

from tests.access import open_reception
from tests.store.support import open_office
from verifier.web.app import create_app

app = create_app(open_office(FakeService()), FakePayers(), open_reception(Path(mkdtemp()), door=True).access)
