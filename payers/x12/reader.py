"""The tolerant tokenizer: text in, interchanges and their transactions out, as segments still in one piece.

Follows X12.5 and X12.6 where payers do, and reads what they send where they do not: whatever is odd becomes a
warning and never a refusal. Elements are split by whoever reads a transaction, once.
"""

from itertools import pairwise
from typing import Final, NamedTuple

from payers.x12.envelope import Envelope, Separators, find_envelopes
from payers.x12.segments import MOST_REMARKS, MOST_SEGMENTS, cut_segments
from verifier.model.coverage import Warning as Remark

GROUP_CODES: Final = {"271": "HB", "999": "FA", "997": "FA", "270": "HS"}  # GS01
CONTENT: Final = frozenset({"EB", "AAA", "NM1", "AK1"})  # segments worth reading even outside ST and SE
TRUNCATED: Final = "TRUNCATED"
NINE: Final = 9  # elements of the longest envelope segment read here, GS with its id
PADDING: Final = [""] * NINE


class Transaction(NamedTuple):
    """The segments of one transaction set, ST to SE, without terminators.

    ``kind`` is ST01 (``271``, ``999``), empty when no ST was sent.
    """

    kind: str
    segments: list[str]
    separators: Separators
    control: str | None = None  # ST02
    group: str | None = None  # GS06
    interchange: str | None = None  # ISA13
    remarks: tuple[Remark, ...] = ()


class Interchange(NamedTuple):
    """One ISA to IEA: its transactions, and the TA1 segments that acknowledge another interchange."""

    separators: Separators
    control: str | None
    transactions: tuple[Transaction, ...] = ()
    acknowledgements: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read(text: str) -> list[Interchange]:
    """Cut *text* into interchanges, transactions and segments.

    Raises:
        UnreadableReply: nothing in it looks like X12.
    """
    envelopes = find_envelopes(text)
    return [_read_consistent(envelope) or _InterchangeReader(envelope).read() for envelope in envelopes]


def _read_consistent(envelope: Envelope) -> Interchange | None:
    """Read the one transaction of a body whose counts and control numbers all agree, as nearly all are.

    What agrees with its own envelope needs no search for what is odd, which costs as much as reading it.
    """
    separators, body = envelope.separators, envelope.body
    element, terminator = separators.element, separators.segment
    if envelope.remarks or "\n" in body or f" {terminator}" in body or f"{terminator} " in body:
        return None
    segments = body.removesuffix(terminator).split(terminator, MOST_SEGMENTS)
    _, code, _, _, _, _, group, _, version = (segments[0].split(element) + PADDING)[:NINE]
    _, kind, control, told = (segments[min(1, len(segments) - 1)].split(element) + PADDING)[:4]
    interchange = envelope.header[13]
    closing = [
        f"SE{element}{len(segments) - 3}{element}{control}",
        f"GE{element}1{element}{group}",
        f"IEA{element}1{element}{interchange}",
    ]
    if segments[-3:] != closing or GROUP_CODES.get(kind) != code or (told and told != version):
        return None
    transaction = Transaction(kind, segments[1:-2], separators, control, group, interchange)
    return Interchange(separators, interchange, (transaction,))


class _Group(NamedTuple):
    """What the last GS segment said, and at which transaction it stood."""

    code: str = ""
    control: str | None = None
    version: str = ""
    first: int = 0


class _InterchangeReader:
    """Reads one envelope; holds what was seen so far."""

    def __init__(self, envelope: Envelope) -> None:
        self.separators = envelope.separators
        self.element = envelope.separators.element
        self.control = envelope.header[13] or None if envelope.header else None
        self.is_closed = not envelope.header
        self.body = envelope.body
        self.group = _Group()
        self.groups = 0
        self.transactions: list[Transaction] = []
        self.acknowledgements: list[str] = []
        self.remarks = list(envelope.remarks)

    def read(self) -> Interchange:
        """Read the body from one envelope segment to the next."""
        segments, marks, remarks = cut_segments(self.body, self.separators)
        self.remarks += remarks
        if not marks or marks[0]:
            self._add_stray(segments[: marks[0]] if marks else segments)
        for here, there in pairwise([*marks, len(segments)]):
            self._read_mark(segments, here, there)
        if not self.is_closed:
            self.remarks.append(
                Remark(TRUNCATED, "The message ends before its IEA segment; what came was read.")
            )
        told = tuple(self.remarks[:MOST_REMARKS])
        transactions = [
            each._replace(remarks=told + each.remarks) if told else each for each in self.transactions
        ]
        return Interchange(
            self.separators, self.control, tuple(transactions), tuple(self.acknowledgements), told
        )

    def _read_mark(self, segments: list[str], here: int, there: int) -> None:
        """Read one envelope segment, and what stands between it and the next one."""
        elements = segments[here].split(self.element, NINE)
        elements += PADDING
        name = elements[0]
        if name == "ST":
            self._add_transaction(elements, segments, here, there)
            return
        if name == "GS":
            self.groups += 1
            code, control, version = elements[1].strip(), elements[6].strip(), elements[8].strip()
            self.group = _Group(code, control or None, version, len(self.transactions))
        elif name == "GE":
            self._compare_count("GE01", elements[1], len(self.transactions) - self.group.first)
            self._compare_control("GE02", elements[2], self.group.control)
        elif name == "IEA":
            self.is_closed = True
            self._compare_count("IEA01", elements[1], self.groups)
            if self.control:
                self._compare_control("IEA02", elements[2], self.control)
        elif name == "TA1":
            self.acknowledgements.append(segments[here])
        if there > here + 1:
            self._add_stray(segments[here + 1 : there])

    def _add_transaction(self, opening: list[str], segments: list[str], start: int, end: int) -> None:
        """Take the segments from an ST to its SE, or to whatever came instead of it."""
        outer, self.remarks = self.remarks, []
        kind, control, version = opening[1].strip(), opening[2].strip(), opening[3].strip()
        is_closed = end < len(segments) and segments[end].startswith(f"SE{self.element}")
        body = segments[start : end + is_closed]
        if is_closed:
            _, count, repeated = (body[-1].split(self.element, 3) + PADDING)[:3]
            self._compare_count("SE01", count, len(body))
            self._compare_control("SE02", repeated, control)
        else:
            self.remarks.append(
                Remark(TRUNCATED, "The transaction ends before its SE segment; what came was read.")
            )
        self._compare_group(kind, version)
        self._keep(kind, body, control or None)
        self.remarks = outer

    def _add_stray(self, segments: list[str]) -> None:
        """Take segments that stand outside ST and SE for a transaction of their own, so that none is lost."""
        if any(segment.partition(self.element)[0] in CONTENT for segment in segments):
            outer, self.remarks = (
                self.remarks,
                [Remark("ST_MISSING", "Segments came outside ST and SE; they were read.")],
            )
            self._keep("", segments, None)
            self.remarks = outer
        elif segments:
            self.remarks.append(Remark("TEXT_IGNORED", "Segments outside ST and SE were left out."))

    def _keep(self, kind: str, segments: list[str], control: str | None) -> None:
        self.transactions.append(
            Transaction(
                kind,
                segments,
                self.separators,
                control,
                self.group.control,
                self.control,
                tuple(self.remarks),
            )
        )

    def _compare_count(self, place: str, told: str, counted: int) -> None:
        if (told.strip().lstrip("0") or "0") != str(counted):
            code = "SEGMENT_COUNT_WRONG" if place == "SE01" else "COUNT_WRONG"
            self.remarks.append(Remark(code, f"{place} does not say how many were sent: {counted}."))

    def _compare_control(self, place: str, told: str, expected: str | None) -> None:
        if told.strip() != (expected or ""):
            text = f"{place} does not repeat the control number it closes."
            self.remarks.append(Remark("CONTROL_NUMBER_MISMATCH", text))

    def _compare_group(self, kind: str, version: str) -> None:
        expected = GROUP_CODES.get(kind, self.group.code)
        if self.group.code and self.group.code != expected:
            text = f"GS01 is not {expected}, as it should be around a {kind}."
            self.remarks.append(Remark("GROUP_CODE_UNEXPECTED", text))
        if version and self.group.version and version != self.group.version:
            self.remarks.append(Remark("VERSION_MISMATCH", "ST03 and GS08 name different versions."))
