"""The chart of a program's cost: what each week costs, and how it adds up; its text says the same."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from verifier.model.paper import Bar, Chart
from verifier.press.flow import Canvas, Flow, fill_box, set_line, use_ink, wrap
from verifier.press.ink import ACCENT, ACROSS, INK, LABEL, LEFT, QUIET, RULE, SMALL, SOFT
from verifier.press.letters import letters, width

HIGH: Final = 92.0
GAP: Final = 40.0
PANEL: Final = (ACROSS - GAP) / 2
STEPS: Final = (1, 2, 5, 10)
MOST_BARS: Final = 60
LABELS: Final = 7  # below a panel at most

Point = tuple[float, float]


def set_chart(flow: Flow, chart: Chart) -> None:
    """Set the chart, its key, and its text."""
    bars = chart.bars[:MOST_BARS]
    flow.need(HIGH + 62)
    node, base = flow.root.add("Figure", chart.text), flow.y - HIGH - 24
    left, right = LEFT + 26, LEFT + PANEL + GAP
    weekly = _nice(max((bar.patient + bar.plan for bar in bars), default=Decimal(0)))
    summed = _nice(max((bar.total for bar in bars), default=Decimal(0)))
    flow.put(node, lambda canvas: _draw_bars(canvas, bars, (left, base), weekly))
    flow.put(node, lambda canvas: _draw_sum(canvas, chart, bars, (right, base), summed))
    _set_key(flow, chart.names, flow.y - 8)
    flow.y = base - 16
    flow.write(flow.root.add("Caption"), chart.text, SMALL, ACROSS)
    flow.y -= 6


def _nice(most: Decimal) -> Decimal:
    """Round up to 1, 2 or 5 with zeros behind it."""
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** most.adjusted()
    return next(step * power for step in STEPS if step * power >= most)


def _set_key(flow: Flow, names: tuple[str, str, str], y: float) -> None:
    x = LEFT + 26
    for fill, name in ((ACCENT, names[0]), (SOFT, names[1])):
        flow.box((x, y - 1), (7, 7), fill)
        text = letters(name, 40)
        flow.line(None, (x + 11, y), text, SMALL)
        x += 22 + width(text, SMALL.face, SMALL.size)
    flow.line(None, (LEFT + PANEL + GAP, y), letters(names[2], 60), SMALL)


def _draw_frame(canvas: Canvas, at: Point, across: float, top: Decimal) -> None:
    x, base = at
    for part in (0, 0.5, 1):
        y = base + HIGH * part
        fill_box(canvas, (x, y), (across, 0.5), QUIET if part == 0 else RULE)
        text = f"${top * Decimal(part):,.0f}"
        set_line(canvas, (x - 4 - width(text, SMALL.face, 6.8), y - 2), text, SMALL._replace(size=6.8))


def _draw_bars(canvas: Canvas, bars: Sequence[Bar], at: Point, top: Decimal) -> None:
    x, base = at
    across = PANEL - 26
    _draw_frame(canvas, at, across, top)
    slot = across / max(1, len(bars))
    for place, bar in enumerate(bars):
        left, wide = x + slot * place + slot * 0.18, slot * 0.64
        own, other = HIGH * float(bar.patient / top), HIGH * float(bar.plan / top)
        fill_box(canvas, (left, base), (wide, own), ACCENT)
        fill_box(canvas, (left, base + own), (wide, other), SOFT)
    _draw_labels(canvas, bars, at, slot)


def _draw_sum(canvas: Canvas, chart: Chart, bars: Sequence[Bar], at: Point, top: Decimal) -> None:
    x, base = at
    across = PANEL - 26
    _draw_frame(canvas, at, across, top)
    slot = across / max(1, len(bars))
    points = [
        (x + slot * (place + 0.5), base + HIGH * float(bar.total / top)) for place, bar in enumerate(bars)
    ]
    canvas.setStrokeColorRGB(*ACCENT)
    canvas.setLineWidth(1.6)
    for begin, end in pairwise(points):
        canvas.line(*begin, *end)
    for place, (across_at, high) in enumerate(points):
        use_ink(canvas, ACCENT)
        canvas.circle(
            across_at, high, 2.6 if any(place == mark for mark, _ in chart.marks) else 1.4, stroke=0, fill=1
        )
    _draw_marks(canvas, chart, points, (base, x + across))
    _draw_labels(canvas, bars, at, slot)


def _draw_marks(canvas: Canvas, chart: Chart, points: Sequence[Point], corner: Point) -> None:
    base, right = corner
    for place, text in chart.marks:
        if place >= len(points):
            continue
        x, y = points[place]
        line = next(iter(wrap(text, LABEL, PANEL)), "")
        long = width(line, LABEL.face, LABEL.size)
        left = min(x + 5, right - long)
        set_line(canvas, (left, max(y - 10, base + 3)), line, LABEL._replace(ink=INK))


def _draw_labels(canvas: Canvas, bars: Sequence[Bar], at: Point, slot: float) -> None:
    x, base = at
    every = -(-len(bars) // LABELS)
    for place in range(0, len(bars), max(1, every)):
        text = letters(bars[place].label, 12)
        long = width(text, SMALL.face, 6.8)
        set_line(canvas, (x + slot * (place + 0.5) - long / 2, base - 9), text, SMALL._replace(size=6.8))
