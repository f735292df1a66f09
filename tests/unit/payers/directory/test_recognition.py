import pytest

from payers.directory.directory import load
from payers.directory.recognition import recognize

DIRECTORY = load()

RECOGNIZED = {
    "by its id": (None, "BHOVO", "carelon-behavioral-health"),
    "by its name": ("CARELON BEHAVIORAL HEALTH", None, "carelon-behavioral-health"),
    "by a former name": ("Beacon Health Options", None, "carelon-behavioral-health"),
    "by both": ("Magellan Healthcare", "01260", "magellan"),
    "by a name with a typing error": ("MAGELLAN BEHAVORIAL HEALTH", None, "magellan"),
    "by its name though nobody has the id": ("Magellan Healthcare", "XYZ99", "magellan"),
    "by its id though nobody has the name": ("THE ENTITY BELOW", "01260", "magellan"),
    "by the name among those who share an id": ("SUNSHINE HEALTH", "68069", "sunshine-health"),
    "the simulated one": ("SIMULATED BEHAVIORAL HEALTH", "SIMBEHAVIORAL", "sim-behavioral"),
}
IN_DOUBT = {
    "nothing said": (None, None),
    "a name of no payer": ("THE ENTITY BELOW", None),
    "a word of many": ("BEHAVIORAL HEALTH", None),
    "half a name": ("BLUE CROSS BLUE SHIELD", None),
    "an id many share": (None, "68069"),
    "an id and a name of two payers": ("Magellan Healthcare", "BHOVO"),
    "a group beside an id": ("GROUP 60054 MANAGED CARE", None),
}


@pytest.mark.parametrize(("name", "payer_id", "payer"), RECOGNIZED.values(), ids=RECOGNIZED)
def test_a_payer_is_recognized(name: str | None, payer_id: str | None, payer: str) -> None:
    found = recognize(DIRECTORY, name, payer_id)

    assert found is not None
    assert found.id == payer


@pytest.mark.parametrize(("name", "payer_id"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_in_doubt_nobody_is(name: str | None, payer_id: str | None) -> None:
    assert recognize(DIRECTORY, name, payer_id) is None
