"""The one gate for values, and the envelope around a transaction."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from payers.x12.elements import Delimiters, Element, Entry, Kind, encode, name_element
from payers.x12.names import strip_titles
from payers.x12.writer import Control, Guide, write_interchange
from tests.payers.questions import CONTROL, OTHER_DELIMITERS, split
from verifier.errors import BadInput

GUIDE = Guide("270", "HS", "005010X279A1")
NAME = name_element(10)
IDENTIFIER = Element(Kind.TEXT, 2, 8)
PLAIN = Delimiters()


@pytest.mark.parametrize(
    ("element", "value", "written"),
    [
        (IDENTIFIER, "W1-9 a#", "W1-9 a#"),
        (IDENTIFIER, "  W19  ", "W19"),
        (Element(Kind.CODE, 1, 3), "aB3", "aB3"),
        (Element(Kind.DATE, 8, 8), "20261124", "20261124"),
        (Element(Kind.TIME, 4, 8), "0905", "0905"),
        (Element(Kind.WHOLE, 1, 3), "-12", "-12"),
        (Element(Kind.NUMBER, 1, 9), "-12.50", "-12.50"),
        (Element(Kind.NUMBER, 1, 9), ".5", ".5"),
        (NAME, "  Zoë   Öst ", "ZOE OST"),
        (NAME, "Maximiliana Ruth", "MAXIMILIAN"),
        (NAME, "Maximilia Ruth", "MAXIMILIA"),
        (NAME, "A*B~C:D^E", "A B C D E"),
        (NAME, "A＊B～C", "A B C"),  # noqa: RUF001 - look-alikes on purpose
        (NAME, "ﬃﬃﬃﬃ", "FFIFFIFFIF"),
        (name_element(60, strip_titles), "DOE*JANE~EQ*98~NM1*IL*1*SMITH", "DOE JANE EQ 98 NM1 IL 1 SMITH"),
        (name_element(60, strip_titles), "Doe, Jr.", "DOE"),
    ],
)
def test_a_value_that_fits_is_written(element: Element, value: str, written: str) -> None:
    assert encode(Entry(value, element, "/here"), PLAIN) == written


@pytest.mark.parametrize(
    ("element", "value", "fault"),
    [
        (IDENTIFIER, "", "is empty"),
        (IDENTIFIER, "   ", "is empty"),
        (IDENTIFIER, "W", "is shorter than 2 characters"),
        (IDENTIFIER, "W12345678", "is longer than 8 characters"),
        (IDENTIFIER, "W1*2", "holds a character that separates X12 values"),
        (IDENTIFIER, "W1:2", "holds a character that separates X12 values"),
        (IDENTIFIER, "W1^2", "holds a character that separates X12 values"),
        (IDENTIFIER, "W1~", "holds a character that separates X12 values"),
        (IDENTIFIER, "W1\n2", "holds a character X12 does not have"),
        (IDENTIFIER, "W1\r", "holds a character X12 does not have"),
        (IDENTIFIER, "W1\x00", "holds a character X12 does not have"),
        (IDENTIFIER, "W1\x7f", "holds a character X12 does not have"),
        (IDENTIFIER, "W1\x1d", "holds a character X12 does not have"),
        (IDENTIFIER, "Wé", "holds a character X12 does not have"),
        (IDENTIFIER, "W１２", "holds a character X12 does not have"),  # noqa: RUF001 - full-width on purpose
        (IDENTIFIER, "W\N{ZERO WIDTH SPACE}1", "holds a character X12 does not have"),
        (IDENTIFIER, "W\udcff1", "holds a character X12 does not have"),
        (Element(Kind.CODE, 1, 3), "a b", "does not have the form this field must have"),
        (Element(Kind.DATE, 8, 8), "2026112a", "does not have the form this field must have"),
        (Element(Kind.TIME, 4, 8), "9:05", "holds a character that separates X12 values"),
        (Element(Kind.WHOLE, 1, 3), "1.5", "does not have the form this field must have"),
        (Element(Kind.NUMBER, 1, 9), "1e9", "does not have the form this field must have"),
        (NAME, "*~*", "is empty"),
        (NAME, "\N{COMBINING ACUTE ACCENT}", "is empty"),
        (NAME, "-'.", "does not have the form this field must have"),
        (NAME, "Zoë\n", "holds a character X12 does not have"),
        (NAME, "Zo\x00", "holds a character X12 does not have"),
        (NAME, "李", "holds a character X12 does not have"),
        (NAME, "A" * 257, "is longer than 10 characters"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_field_and_never_quoted(
    element: Element, value: str, fault: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        encode(Entry(value, element, "/here"), PLAIN)

    assert refusal.value.errors == {"/here": fault}
    assert not value.strip() or value not in str(refusal.value)


def test_an_entry_hides_its_value_from_whoever_prints_it() -> None:
    assert "Secret" not in repr(Entry("Secret", NAME, "/here"))


@pytest.mark.parametrize(
    "separators",
    [
        ("*", "*", "^", "~"),
        ("A", ":", "^", "~"),
        ("*", "1", "^", "~"),
        ("*", ":", " ", "~"),
        ("*", ":", "^", "\n"),
        ("*", ":", "^", ""),
        ("**", ":", "^", "~"),
        ("*", ":", "^", "\x00"),
        ("é", ":", "^", "~"),
    ],
)
def test_delimiters_that_could_be_data_or_each_other_are_refused(
    separators: tuple[str, str, str, str],
) -> None:
    with pytest.raises(ValueError, match="four different"):
        Delimiters(*separators)


@pytest.mark.parametrize("delimiters", [PLAIN, OTHER_DELIMITERS, Delimiters("\x1d", "\x1f", "\x1e", "\x1c")])
def test_the_envelope_is_whole(delimiters: Delimiters) -> None:
    body = [
        ("HL", "1", None, "20", "1"),
        ("EQ", None, ("HC", Entry("H0015", IDENTIFIER, "/program/code")), None),
    ]

    interchange = write_interchange(GUIDE, body, CONTROL, delimiters)

    assert interchange.isascii()
    assert interchange[105] == delimiters.segment
    assert split(interchange, delimiters) == [
        [
            *(
                "ISA",
                "00",
                " " * 10,
                "00",
                " " * 10,
                "ZZ",
                "ABITARECOVERY  ",
                "01",
                "030240928      ",
                "261124",
            ),
            *("0905", delimiters.repetition, "00501", "000004711", "0", "T", delimiters.component),
        ],
        ["GS", "HS", "ABITARECOVERY", "CLEARWAY", "20261124", "0905", "4711", "X", "005010X279A1"],
        ["ST", "270", "0001", "005010X279A1"],
        ["HL", "1", "", "20", "1"],
        ["EQ", "", f"HC{delimiters.component}H0015"],
        ["SE", "4", "0001"],
        ["GE", "1", "4711"],
        ["IEA", "1", "000004711"],
    ]


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"sender_id": "SENDER*1"}, {"/control/sender_id"}),
        ({"sender_id": "A" * 16}, {"/control/sender_id"}),
        ({"sender_id": ""}, {"/control/sender_id"}),
        ({"receiver_id": "R~", "receiver_code": "R~"}, {"/control/receiver_id", "/control/receiver_code"}),
        ({"sender_code": "S"}, {"/control/sender_code"}),
        ({"sender_qualifier": "Z"}, {"/control/sender_qualifier"}),
        ({"receiver_qualifier": "Z*"}, {"/control/receiver_qualifier"}),
        ({"interchange_number": 0}, {"/control/interchange_number"}),
        ({"interchange_number": 1_000_000_000}, {"/control/interchange_number"}),
        ({"interchange_number": -1}, {"/control/interchange_number"}),
        ({"group_number": 0}, {"/control/group_number"}),
        ({"group_number": -1}, {"/control/group_number"}),
        (
            {"group_number": 1_000_000_000, "transaction_number": 0},
            {"/control/group_number", "/control/transaction_number"},
        ),
        ({"usage": "X"}, {"/control/usage"}),
    ],
)
def test_an_envelope_that_cannot_be_written_names_every_field_to_blame(
    changed: dict[str, object], pointers: set[str]
) -> None:
    control: Control = replace(CONTROL, **changed)  # type: ignore[arg-type]

    with pytest.raises(BadInput) as refusal:
        write_interchange(GUIDE, [], control, PLAIN)

    assert set(refusal.value.errors) == pointers


def test_dates_of_the_first_centuries_keep_their_width() -> None:
    early = replace(CONTROL, created=datetime(101, 2, 3, 4, 5, tzinfo=UTC))

    assert split(write_interchange(GUIDE, [], early, PLAIN), PLAIN)[1][4:6] == ["01010203", "0405"]


@pytest.mark.parametrize(
    ("sender", "originator"), [("ABITARECOVERY", "9ARECOVERY"), ("AB-1", "9000000AB1"), ("é", "9000000000")]
)
def test_the_originator_is_nine_and_nine_characters_of_the_sender(sender: str, originator: str) -> None:
    assert replace(CONTROL, sender_id=sender).originator == originator
