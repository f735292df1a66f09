"""The public form for a free verification, which any website named in the settings may frame.

It works without a script. Nothing of any coverage is ever shown here, whoever asks.
"""

from typing import Final

from flask import Blueprint, Response, request

from schemas.intake import load_request, load_sending
from verifier.access.forms import STALE
from verifier.access.policy import PUBLIC
from verifier.admissions import Receipt
from verifier.errors import BadInput, Throttled
from verifier.web.forms import Form, attempt, read_form
from verifier.web.guard import declare, require_same_origin, source
from verifier.web.intake.fields import FIELDS, begin, in_place, offering, renew, request_of
from verifier.web.receiving import forms, hand_out, offer_payers, receive
from verifier.web.showing import is_fragment, show

BAIT: Final = "website"
AT: Final = "/free-verification"
NONCE: Final = "token"
LONGEST_WORDS: Final = 120

blueprint = Blueprint("free", __name__, url_prefix=AT)


@blueprint.get("")
@declare(PUBLIC)
def first_form() -> Response:
    """Show the form of the first facility."""
    return _draw(None)


@blueprint.get("/<facility>")
@declare(PUBLIC)
def show_form(facility: str) -> Response:
    """Show the form."""
    return _draw(facility)


@blueprint.post("/<facility>/payers")
@declare(PUBLIC)
def choose_payer(facility: str) -> Response:
    """Offer insurers that resemble what was typed; all that was typed stays."""
    require_same_origin()
    template = "intake/payers.html" if is_fragment() else "intake/form.html"
    return _draw(facility, read_form(FIELDS, request.form), template=template)


@blueprint.post("/<facility>")
@declare(PUBLIC)
def send_form(facility: str) -> Response:
    """Take the form in, and hand out a receipt with a copy of the consent."""
    require_same_origin()
    form = read_form(FIELDS, request.form)
    done = attempt(form, lambda: _receive(form, facility), Throttled)
    if isinstance(done, Form):
        return _draw(facility, done, 422)
    return show("intake/thanks.html", 201, receipt=done)


def _receive(form: Form, facility: str) -> Receipt:
    try:
        body = request_of(form, facility)
        sending = load_sending(body, source(), request.form.get(BAIT, ""))
        return receive(load_request(body), sending)
    except BadInput as error:
        raise in_place(error, form) from error


def _draw(
    facility: str | None, form: Form | None = None, status: int = 200, template: str = "intake/form.html"
) -> Response:
    """Draw the form; one that is too old, or was sent, gets a new token."""
    handed = hand_out(facility)
    drawn = begin(handed[NONCE]) if form is None else renew(form, handed[NONCE]) if _is_spent(form) else form
    words = drawn.value("payer_text").strip()[:LONGEST_WORDS]
    payers = offer_payers(words) if words and words.isprintable() else []
    return show(template, status, form=offering(drawn, payers), payers=payers, words=words, **handed)


def _is_spent(form: Form) -> bool:
    return form.error("") == STALE or not forms().is_ours(form.value(NONCE))
