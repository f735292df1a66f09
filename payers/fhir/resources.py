"""The resources of one body, and references between them.

A reference is followed one step, and only to what came in the same body: contained resources and the entries
of a Bundle. Nothing is ever fetched, so a reply cannot send us anywhere.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from payers.kit.json_text import Node
from verifier.model.coverage import CoveredPerson, PayerName

NOBODY: Final = Node(None)
SEXES: Final = {"female": "F", "male": "M", "other": "U", "unknown": "U"}
RELATIONSHIPS: Final = frozenset({"self", "spouse", "child"})
DAY_LENGTH: Final = 10
YEARS: Final = range(
    1880, 2200
)  # others are a payer's filler: 1001-01-01 for "not known", 9999-12-31 for "no end"
MEMBER_NUMBER: Final = "MB"  # v2-0203


class Body:
    """Every resource of a body: the one it is, those of its entries, one layer of Parameters undone."""

    def __init__(self, document: Node) -> None:
        """Index the resources of *document* by every name a reference may call them."""
        self.resources = list(_list_resources(document))
        self._by_name: dict[str, Node] = {}
        self._contained: dict[str, dict[str | None, Node]] = {}  # by the pointer of what contains them
        for url, resource in self.resources:
            kind, identifier = resource.at("resourceType").text, resource.at("id").text
            for name in (url, f"{kind}/{identifier}" if identifier else None):
                if name:
                    self._by_name.setdefault(name, resource)

    def of_type(self, kind: str) -> list[Node]:
        """List the resources of one type."""
        return [resource for _, resource in self.resources if resource.at("resourceType").text == kind]

    def resolve(self, reference: Node, container: Node) -> Node:
        """Return what *reference* leads to; a node of ``None`` where that did not come in this body."""
        name = reference.at("reference").text or ""
        if name.startswith("#"):
            return self._list_contained(container).get(name[1:], NOBODY)
        short = "/".join(name.split("/_history/")[0].split("/")[-2:])
        return self._by_name.get(name) or self._by_name.get(short) or NOBODY

    def _list_contained(self, container: Node) -> dict[str | None, Node]:
        if container.pointer not in self._contained:
            contained = container.at("contained").each()
            self._contained[container.pointer] = {each.at("id").text: each for each in contained}
        return self._contained[container.pointer]


def _list_resources(document: Node) -> Iterator[tuple[str | None, Node]]:
    wrapper = document.at("resourceType").text
    if wrapper == "Parameters":
        for parameter in document.at("parameter").each():
            yield from _list_entries(parameter.at("resource"))
    else:
        yield from _list_entries(document)


def _list_entries(document: Node) -> Iterator[tuple[str | None, Node]]:
    if document.at("resourceType").text != "Bundle":
        yield None, document
        return
    for entry in document.at("entry").each():
        if entry.at("resource").is_object:
            yield entry.at("fullUrl").text, entry.at("resource")


def read_person(patient: Node, relationship: str, member_id: str | None) -> CoveredPerson:
    """Read a Patient resource; *member_id* is what the coverage says, where it says anything."""
    names = list(patient.at("name").each())
    name = next((each for each in names if each.at("use").text == "official"), names[0] if names else NOBODY)
    given = [text for each in name.at("given").each() if (text := each.text)]
    identifier = member_id or find_member_id(patient)
    return CoveredPerson(
        relationship=relationship,
        id=identifier,
        id_qualifier="MI" if identifier else None,
        first_name=given[0] if given else None,
        middle_name=" ".join(given[1:]) or None,
        last_name=name.at("family").text,
        suffix=" ".join(text for each in name.at("suffix").each() if (text := each.text)) or None,
        birth_date=read_date(patient.at("birthDate").text),
        sex=SEXES.get(patient.at("gender").text or ""),
        address=_read_address(next(patient.at("address").each(), NOBODY)),
    )


def read_date(text: str | None) -> date | None:
    """Read the day of a FHIR date or dateTime; ``None`` for a month or a year alone, and for a filler."""
    try:
        day = date.fromisoformat((text or "")[:DAY_LENGTH])
    except ValueError:
        return None
    return day if day.year in YEARS else None


def find_member_id(resource: Node) -> str | None:
    """Find the identifier that says it is a member number; others are the payer's own affair."""
    for identifier in resource.at("identifier").each():
        codes = (coding.at("code").text for coding in identifier.at("type", "coding").each())
        if MEMBER_NUMBER in codes and (value := identifier.at("value").text):
            return value
    return None


def read_relationship(concept: Node) -> str:
    """Read ``Coverage.relationship``: self, spouse, child, other, unknown."""
    code = concept.at("coding", 0, "code").text
    return "unknown" if code is None else code if code in RELATIONSHIPS else "other"


def read_payer(organization: Node, reference: Node) -> PayerName:
    """Name the insurer, as a resource or as the reference to it describes it."""
    return PayerName(
        name=organization.at("name").text or reference.at("display").text,
        id=organization.at("identifier", 0, "value").text or reference.at("identifier", "value").text,
    )


def _read_address(address: Node) -> str | None:
    lines = [text for line in address.at("line").each() if (text := line.text)]
    town = [text for part in ("city", "state", "postalCode") if (text := address.at(part).text)]
    return ", ".join([*lines, *([" ".join(town)] if town else [])]) or address.at("text").text
