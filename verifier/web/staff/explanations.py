"""The explanation for the patient as a page: the words of the printed one, to read along on a screen."""

from typing import Final

from flask import Blueprint, Response

from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.papers.phrases import Language
from verifier.web.exchange import choice, query
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import show

NAMES: Final = {Language.ENGLISH: "English", Language.SPANISH: "Español"}

blueprint = Blueprint("explanations", __name__, url_prefix="/verifications")


@blueprint.get("/<verification_id>/explanation")
@declare(needing(Scope.READ, facility=FacilityRule.RECORD))
def show_explanation(verification_id: str) -> Response:
    """Show the explanation in the patient's language."""
    language = Language(choice(query("language", "told"), "language", Language, Language.ENGLISH))
    paper = rooms().verifier.explain(verification_id, language).paper
    kinds = [(type(block).__name__, block) for block in paper.blocks]
    return show(
        "staff/explanation.html", paper=paper, kinds=kinds, id=verification_id, language=language, names=NAMES
    )
