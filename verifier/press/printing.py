"""`Printing`: a paper as a PDF; the same paper always gives the same bytes."""

from io import BytesIO
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from verifier.model.paper import Banner, Chart, Facts, Grid, Heading, Notice, Paper, Points, Sums, Text
from verifier.press.blocks import (
    set_banner,
    set_facts,
    set_heading,
    set_notice,
    set_points,
    set_sums,
    set_text,
)
from verifier.press.charts import set_chart
from verifier.press.flow import Element, Flow, Mark, Piece, fill_box, set_line, wrap
from verifier.press.ink import (
    ACROSS,
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    RULE,
    SMALL,
    SUBTITLE,
    TITLE,
    TOP,
    WIDTH,
)
from verifier.press.letters import letters, load_faces, width
from verifier.press.structure import StructureTree
from verifier.press.tables import set_grid

SETTERS: Final = MappingProxyType(
    {
        Heading: set_heading,
        Text: set_text,
        Points: set_points,
        Facts: set_facts,
        Grid: set_grid,
        Banner: set_banner,
        Sums: set_sums,
        Chart: set_chart,
        Notice: set_notice,
    }
)
LONGEST_TITLE: Final = 120
SCALES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)


class Printing:
    """Prints papers one at a time: the typeface keeps count of the letters of the document in hand."""

    def __init__(self) -> None:
        """Load the typeface."""
        load_faces()
        self._turn = Lock()

    def print(self, paper: Paper) -> bytes:
        """Print *paper* as a tagged PDF, with its title and its language."""
        flow = _fit(paper) if paper.is_one_page else _lay_out(paper, 1.0)
        with self._turn:
            return _draw(paper, flow)


def _fit(paper: Paper) -> Flow:
    """Lay out on one page, as large as it goes; what is too long even for the smallest takes more."""
    flows = (_lay_out(paper, scale) for scale in SCALES)
    return next((flow for flow in flows if len(flow.pages) == 1), None) or _lay_out(paper, 1.0)


def _lay_out(paper: Paper, scale: float) -> Flow:
    flow = Flow(scale)
    flow.write(flow.root.add("H1"), paper.title, TITLE, ACROSS)
    flow.write(flow.root.add("P"), paper.subtitle, SUBTITLE, ACROSS)
    flow.y -= 10
    for block in paper.blocks:
        setter: Any = SETTERS[type(block)]
        setter(flow, block)
    return flow


def _draw(paper: Paper, flow: Flow) -> bytes:
    file = BytesIO()
    canvas = Canvas(
        file, (WIDTH, HEIGHT), pageCompression=1, invariant=1, lang=paper.language, pdfVersion=(1, 7)
    )
    canvas.setTitle(letters(paper.title, LONGEST_TITLE))
    canvas.setSubject("")
    canvas.setAuthor("")
    canvas.setCreator("benefits verifier")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, pieces in enumerate(flow.pages):
        canvas.saveState()
        canvas.ink = canvas.face = None  # a page begins with neither
        canvas.translate(WIDTH * (1 - flow.scale) / 2, TOP * (1 - flow.scale))
        canvas.scale(flow.scale, flow.scale)
        _draw_page(canvas, pieces, number)
        canvas.restoreState()
        canvas.ink = canvas.face = None
        _draw_foot(canvas, paper, number + 1, len(flow.pages))
        canvas.showPage()
    StructureTree(canvas).write(flow.root)
    canvas.save()
    return file.getvalue()


def _draw_page(canvas: Canvas, pieces: list[Piece], page: int) -> None:
    number = 0
    for element, drawn in _runs(pieces):
        if element is None:
            _draw_marked(canvas, "/Artifact BMC", drawn)
            continue
        element.children.append(Mark(page, number))
        _draw_marked(canvas, f"/{element.tag} <</MCID {number}>> BDC", drawn)
        number += 1


def _runs(pieces: list[Piece]) -> list[tuple[Element | None, list[Piece]]]:
    """Put together what follows one another within one element."""
    runs: list[tuple[Element | None, list[Piece]]] = []
    for piece in pieces:
        if runs and runs[-1][0] is piece.element:
            runs[-1][1].append(piece)
        else:
            runs.append((piece.element, [piece]))
    return runs


def _draw_marked(canvas: Canvas, begin: str, pieces: list[Piece]) -> None:
    code = canvas._code  # noqa: SLF001 - reportlab has no other way to mark content
    code.append(begin)
    for piece in pieces:
        piece.draw(canvas)
    code.append("EMC")


def _draw_foot(canvas: Canvas, paper: Paper, page: int, pages: int) -> None:
    y = BOTTOM - 24
    words = letters(paper.page_words.format(page=page, pages=pages), 60)
    foot = wrap(paper.foot, SMALL, ACROSS - 90)[:2]
    code = canvas._code  # noqa: SLF001 - see above
    code.append("/Artifact BMC")
    fill_box(canvas, (LEFT, y + 11), (ACROSS, 0.6), RULE)
    for place, line in enumerate(foot):
        set_line(canvas, (LEFT, y - place * SMALL.leading), line, SMALL)
    set_line(canvas, (RIGHT - width(words, SMALL.face, SMALL.size), y), words, SMALL)
    code.append("EMC")
