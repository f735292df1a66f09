"""The application over hand-written rooms, for a real server to load."""

from conftest import FakePayers, FakeService

from tests.store.support import open_office
from verifier.web.app import create_app

app = create_app(open_office(FakeService()), FakePayers())
