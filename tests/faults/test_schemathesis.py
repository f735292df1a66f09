"""Whatever its document allows or forbids, the service answers as the document says, and never by a fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.fuzzing import FOR_PEOPLE, Served, fuzz, serve

QUICK = ("--seed=7", "--max-examples=8", "--phases=examples,fuzzing,stateful")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("fuzzing")) as running:
        yield running


@pytest.mark.timeout(300)
def test_generated_requests_of_a_program_find_no_fault_and_no_answer_outside_the_document(
    tmp_path: Path, served: Served
) -> None:
    report = fuzz(tmp_path, served.address, served.program, *QUICK)

    assert report.failures == (), report.text[-4000:]
    assert report.cases >= 300
    assert report.operations >= 20


@pytest.mark.timeout(300)
def test_generated_requests_of_a_person_find_none_on_the_addresses_that_are_for_people(
    tmp_path: Path, served: Served
) -> None:
    for_people = ("--include-path-regex=^/v1/(session|emergencies)", *FOR_PEOPLE)

    report = fuzz(tmp_path, served.address, served.sign_in(), *QUICK, *for_people)

    assert report.failures == (), report.text[-4000:]
    assert report.cases >= 30
