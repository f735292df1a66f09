"""What keeps programs out of a public form, and lets people through."""

import hashlib
from dataclasses import replace
from itertools import count

import pytest

from tests.access import Reception, open_reception
from tests.store.support import MemoryClaims
from verifier.access.forms import WORK_BITS, Forms, Sending
from verifier.errors import BadInput, Throttled


@pytest.fixture
def reception(tmp_path_factory: pytest.TempPathFactory) -> Reception:
    return open_reception(tmp_path_factory.mktemp("forms"))


@pytest.fixture
def forms(reception: Reception) -> Forms:
    access = reception.access
    return Forms(access.staffing.digest, access.sign_in.tries, MemoryClaims(), reception.clock)


def send(token: str, work: str = "", bait: str = "", source: str = "203.0.113.7") -> Sending:
    return Sending(token, work, bait, source)


def do_work(token: str) -> str:
    for number in count():
        proof = hashlib.sha256(f"{token}:{number}".encode()).digest()
        if int.from_bytes(proof[:4]) >> (32 - WORK_BITS) == 0:
            return str(number)
    raise AssertionError


def test_a_form_is_taken_in_once_by_somebody_who_took_their_time(forms: Forms, reception: Reception) -> None:
    token = forms.hand_out("abita-springs")
    reception.clock.move(seconds=30)

    assert forms.take_in(send(token)) == "abita-springs"
    with pytest.raises(BadInput, match="sent before"):
        forms.take_in(send(token))


@pytest.mark.parametrize(
    ("seconds", "is_worked", "passes"),
    [(2, True, False), (4, True, True), (4, False, False), (9, False, True)],
)
def test_work_shortens_the_wait_and_without_it_the_form_works_too(
    seconds: float, is_worked: object, passes: object, forms: Forms, reception: Reception
) -> None:
    token = forms.hand_out("abita-springs")
    sending = send(token, do_work(token) if is_worked else "1")
    reception.clock.move(seconds=seconds)

    if passes:
        assert forms.take_in(sending) == "abita-springs"
    else:
        with pytest.raises(BadInput, match="very quick"):
            forms.take_in(sending)


def test_a_form_that_came_too_soon_may_be_sent_again(forms: Forms, reception: Reception) -> None:
    token = forms.hand_out("abita-springs")
    with pytest.raises(BadInput):
        forms.take_in(send(token))
    reception.clock.move(seconds=30)

    assert forms.take_in(send(token)) == "abita-springs"


def test_an_old_a_forged_and_a_baited_form_are_refused(forms: Forms, reception: Reception) -> None:
    token = forms.hand_out("abita-springs")
    other = token.replace("abita-springs", "covington")
    reception.clock.move(seconds=30)
    for sending in (
        send(other),
        send(token[:-1] + ("0" if token[-1] != "0" else "1")),
        send(""),
        send("x" * 100_000),
        send(token, bait="https://spam.example"),
    ):
        with pytest.raises(BadInput):
            forms.take_in(sending)
    reception.clock.move(hours=5)
    with pytest.raises(BadInput, match="too old"):
        forms.take_in(send(token))


def test_many_from_one_source_must_wait_and_another_source_need_not(
    forms: Forms, reception: Reception
) -> None:
    tokens = [forms.hand_out("abita-springs") for _ in range(22)]
    reception.clock.move(seconds=30)
    for token in tokens[:20]:
        forms.take_in(send(token))

    with pytest.raises(Throttled):
        forms.take_in(send(tokens[20]))
    assert forms.take_in(replace(send(tokens[21]), source="198.51.100.1")) == "abita-springs"
    reception.clock.move(minutes=2)
    assert forms.take_in(send(tokens[20])) == "abita-springs"
