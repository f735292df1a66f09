"""How each kind of block but tables and charts is set."""

from typing import Final

from verifier.model.paper import Banner, Fact, Facts, Heading, Notice, Points, Sum, Sums, Text, Weight
from verifier.press.flow import Flow, height_of, wrap
from verifier.press.ink import (
    ACCENT,
    ACROSS,
    BODY,
    CELL,
    HEADINGS,
    LABEL,
    LEFT,
    MAIN_SUM,
    PALE,
    RULE,
    SMALL,
    SUM,
    TONES,
    VERDICT,
    Style,
)

BULLET: Final = "\N{BULLET}"
INDENT: Final = 14.0
GUTTER: Final = 18.0
BELOW_HEADING: Final = 64.0  # a heading never stands alone at the foot of a page
FACT_NAME: Final = 0.36  # of a column


def set_heading(flow: Flow, heading: Heading) -> None:
    """Set a heading; one of level 1 under a rule."""
    style = HEADINGS[heading.level]
    flow.skip(13 if heading.level == 1 else 8)
    flow.need(style.leading + BELOW_HEADING)
    if heading.level == 1:
        flow.rule(flow.y, LEFT, ACROSS, ACCENT)
        flow.y -= 5
    flow.write(flow.root.add(f"H{heading.level + 1}"), heading.text, style, ACROSS)
    flow.y -= 3


def set_text(flow: Flow, text: Text) -> None:
    """Set a paragraph."""
    style = (SMALL if text.weight is Weight.QUIET else BODY).weighing(text.weight)
    flow.write(flow.root.add("P"), text.text, style, ACROSS)
    flow.y -= 3


def set_points(flow: Flow, points: Points, *, across: float = ACROSS, style: Style = BODY) -> None:
    """Set a list."""
    node = flow.root.add("L")
    for number, item in enumerate(points.items, 1):
        lines = wrap(item, style, across - INDENT)
        flow.need(min(len(lines), 3) * style.leading)
        entry = node.add("LI")
        label = f"{number}." if points.is_numbered else BULLET
        flow.line(entry.add("Lbl"), (LEFT + 2, flow.y - style.size), label, style)
        flow.write(entry.add("LBody"), item, style, across - INDENT, LEFT + INDENT)
        flow.y -= 2
    flow.y -= 2


def set_facts(flow: Flow, facts: Facts) -> None:
    """Set names beside their values, column after column in each row."""
    across = (ACROSS - GUTTER * (facts.columns - 1)) / facts.columns
    for start in range(0, len(facts.rows), facts.columns):
        row = facts.rows[start : start + facts.columns]
        height = max(_fact_height(fact, facts.missing, across) for fact in row)
        flow.need(height)
        for place, fact in enumerate(row):
            _set_fact(flow, fact, facts.missing, LEFT + place * (across + GUTTER), across)
        flow.y -= height
        flow.rule(flow.y + 1, LEFT, ACROSS, RULE)
    flow.y -= 4


def _fact_lines(fact: Fact, missing: str, across: float) -> tuple[list[str], list[str], list[str]]:
    value = across * (1 - FACT_NAME) - 6
    return (
        wrap(fact.name, LABEL, across * FACT_NAME),
        wrap(missing if fact.value is None else fact.value, CELL, value),
        wrap(fact.note, SMALL, value),
    )


def _fact_height(fact: Fact, missing: str, across: float) -> float:
    name, value, note = _fact_lines(fact, missing, across)
    return 6 + max(height_of(name, LABEL), height_of(value, CELL) + height_of(note, SMALL))


def _set_fact(flow: Flow, fact: Fact, missing: str, x: float, across: float) -> None:
    name, value, note = _fact_lines(fact, missing, across)
    style = CELL.weighing(Weight.QUIET if fact.value is None else Weight.NORMAL)
    node, at = flow.root.add("P"), x + across * FACT_NAME + 6
    y = flow.y - 3 - CELL.size
    for place, line in enumerate(name):
        flow.line(node, (x, y - place * LABEL.leading), line, LABEL)
    for line in value:
        flow.line(node, (at, y), line, style)
        y -= CELL.leading
    for line in note:
        flow.line(node, (at, y), line, SMALL)
        y -= SMALL.leading


def set_banner(flow: Flow, banner: Banner) -> None:
    """Set the first thing to see: a coloured field with a title and its reasons."""
    ink, field = TONES[banner.tone]
    across = ACROSS - 2 * INDENT - 4
    points = [wrap(point, BODY, across - INDENT) for point in banner.points]
    title = wrap(banner.title, VERDICT, across)
    height = 18 + height_of(title, VERDICT) + sum(height_of(lines, BODY) + 2 for lines in points)
    flow.need(height)
    flow.box((LEFT, flow.y - height), (ACROSS, height), field)
    flow.box((LEFT, flow.y - height), (3.5, height), ink)
    y, node = flow.y - 8, flow.root.add("P")
    for line in title:
        y -= VERDICT.leading
        flow.line(node, (LEFT + INDENT, y + 4), line, VERDICT._replace(ink=ink))
    _set_reasons(flow, points, y - 2)
    flow.y -= height + 10


def _set_reasons(flow: Flow, points: list[list[str]], y: float) -> None:
    node = flow.root.add("L")
    for lines in points:
        entry = node.add("LI")
        flow.line(entry.add("Lbl"), (LEFT + INDENT, y - BODY.size), BULLET, BODY)
        body = entry.add("LBody")
        for line in lines:
            flow.line(body, (LEFT + 2 * INDENT, y - BODY.size), line, BODY)
            y -= BODY.leading
        y -= 2


def set_sums(flow: Flow, sums: Sums) -> None:
    """Set a few amounts side by side, the main one larger."""
    share = ACROSS / len(sums.sums)
    note = wrap(sums.note, SMALL, ACROSS - 2 * INDENT)
    height = 52 + height_of(note, SMALL) + (6 if note else 0)
    flow.need(height)
    flow.box((LEFT, flow.y - height), (ACROSS, height), PALE)
    for place, each in enumerate(sums.sums):
        _set_sum(flow, each, LEFT + place * share + INDENT)
    y, node = flow.y - 52, flow.root.add("P")
    for line in note:
        flow.line(node, (LEFT + INDENT, y - SMALL.size + 2), line, SMALL)
        y -= SMALL.leading
    flow.y -= height + 8


def _set_sum(flow: Flow, each: Sum, x: float) -> None:
    node = flow.root.add("P")
    for line in wrap(each.name, LABEL, ACROSS)[:1]:
        flow.line(node, (x, flow.y - 17), line, LABEL)
    style = MAIN_SUM if each.is_main else SUM
    for line in wrap(each.amount, style, ACROSS)[:1]:
        flow.line(node, (x, flow.y - 43), line, style)


def set_notice(flow: Flow, notice: Notice) -> None:
    """Set a statement in a frame of its own."""
    lines = wrap(notice.text, BODY, ACROSS - 2 * INDENT)
    height = 14 + height_of(lines, BODY)
    flow.need(height + 6)
    flow.y -= 3
    flow.box((LEFT, flow.y - height), (ACROSS, height), PALE)
    y, node = flow.y - 6, flow.root.add("P")
    for line in lines:
        y -= BODY.leading
        flow.line(node, (LEFT + INDENT, y + 3), line, BODY)
    flow.y -= height + 4
