"""An outside opinion on a 270: pyx12, its 4010 map of the 270 edited into one of 005010X279A1.

pyx12 ships no 5010 map of the 270. The two versions have the same loops and segments but for one (HI); the
edits below are the rest of the difference that matters to a question about benefits.
"""

import io
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement, fromstring, parse

from pyx12.errors import EngineError
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document

GUIDE = "005010X279A1"
OLD_MAP, MAP = "270.4010.X092.A1.xml", "270.5010.X279.A1.xml"
USED_AS_THEY_ARE = ("codes.xml", "dataele.xml", "x12.control.00501.xml")
INDEX = f'<maps><version icvn="00501"><map vriic="{GUIDE}" fic="HS" abbr="270">{MAP}</map></version></maps>'

ONLY = {  # the codes an element may have in the new guide, by element and the loops it stands in
    ("ISA12", ""): "00501",
    ("GS08", ""): GUIDE,
    ("PRV02", ""): "PXC",
    ("NM108", "2100C"): "II MI",
    ("DTP01", "2100"): "102 291",
    ("DTP01", "2110"): "291",
}
NEW_SERVICE_TYPES = (
    *("CA", "CB", "CC", "CD", "CE", "CF", "CG", "CH", "CI", "CJ", "CK", "CL", "CM", "CN", "CO", "CP", "CQ"),
    *("DM", "DS", "GF", "GN", "GY", "IC", "MH", "NI", "ON", "PT", "PU", "RN", "RT", "TC", "TN", "UC"),
)
ST03 = """<element xid="ST03"><data_ele>1705</data_ele>
<name>Convention</name><usage>R</usage><seq>03</seq></element>"""
HI = """<segment xid="HI"><name>Diagnosis</name><usage>S</usage><pos>115</pos><max_use>1</max_use>
<composite><data_ele>C022</data_ele><name>Code</name><usage>R</usage><seq>01</seq>
<element xid="HI01-01"><data_ele>1270</data_ele><name>Qualifier</name><usage>R</usage><seq>01</seq></element>
<element xid="HI01-02"><data_ele>1271</data_ele><name>Code</name><usage>R</usage><seq>02</seq></element>
</composite></segment>"""


class Judge:
    """Judges whole interchanges; *folder* is where it may put its maps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with as_file(files("pyx12") / "map") as shipped:
            for name in USED_AS_THEY_ARE:
                shutil.copy(shipped / name, folder)
            document = parse(shipped / OLD_MAP)  # noqa: S314 - a file of the installed package
        rewrite(document)
        document.write(folder / MAP)
        (folder / "maps.xml").write_text(INDEX)

    def find_faults(self, interchange: str) -> list[str]:
        """Tell what is wrong with *interchange*; nothing when it is accepted."""
        report, source = io.StringIO(), io.StringIO(repeat_whole_segments(interchange))
        try:
            accepted = x12n_document(
                ParamsBase(), source, None, None, fd_json=report, map_path=str(self.folder)
            )
        except (EngineError, FileNotFoundError):
            return ["another version or guide"]
        faults = list(find_errors(json.loads(report.getvalue())))
        return faults if faults or accepted else ["refused, in the envelope"]


def find_errors(report: object) -> Iterator[str]:
    if isinstance(report, dict):
        if "err_str" in report:
            yield str(report["err_str"])
        for part in report.values():
            yield from find_errors(part)
    elif isinstance(report, list):
        for part in report:
            yield from find_errors(part)


def repeat_whole_segments(interchange: str) -> str:
    """Write a repeated EQ01 as several EQ, since pyx12 does not know it to repeat; the count follows."""
    element, repetition, end = interchange[3], interchange[82], interchange[105]
    segments: list[str] = []
    for segment in interchange.split(end):
        parts = segment.strip().split(element)
        codes = parts[1].split(repetition) if parts[0] == "EQ" else [""]
        more = [element.join(["EQ", code, *parts[2:]]) for code in codes]
        segments += more if len(codes) > 1 else [segment]
    added = len(segments) - interchange.count(end) - 1
    count = re.compile(rf"(?<={re.escape(end)}SE{re.escape(element)})\d+")
    return count.sub(lambda found: str(int(found[0]) + added), end.join(segments))


def rewrite(document: "ElementTree[Any]") -> None:
    """Edit the 4010 map into the 5010 one."""
    for loop, node in walk(document.getroot(), ""):
        name = node.get("xid", "")
        for (element, where), codes in ONLY.items():
            if name == element and loop.startswith(where):
                replace_codes(node, codes.split())
        if name == "EQ01":
            add_codes(node, NEW_SERVICE_TYPES)
        if name == "ISA11":
            replace_codes(node, [])
            node.find("data_ele").text = "I65"
        if name == "ST":
            node.append(fromstring(ST03))  # noqa: S314 - our own text
        if name in {"2100C", "2100D"}:
            after = next(place for place, part in enumerate(node) if part.get("xid") == "INS")
            node.insert(after + 1, fromstring(HI))  # noqa: S314 - our own text


def walk(node: Element, loop: str) -> Iterator[tuple[str, Element]]:
    for part in list(node):
        inner = part.get("xid", "") if part.tag == "loop" else loop
        yield inner, part
        yield from walk(part, inner)


def replace_codes(element: Element, codes: list[str]) -> None:
    held = element.find("valid_codes")
    if held is not None:
        element.remove(held)
    if codes:
        SubElement(element, "valid_codes")
        add_codes(element, codes)


def add_codes(element: Element, codes: Iterable[str]) -> None:
    for code in codes:
        SubElement(element.find("valid_codes"), "code").text = code
