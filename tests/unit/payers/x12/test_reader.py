"""The tokenizer reads whatever envelope payers send."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.x12.reader import Interchange, Transaction, read
from payers.x12.segments import MOST_SEGMENTS
from verifier.errors import UnreadableReply

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261124*0930*^*00501*000000101*0*T*:"
)
BODY = (
    "GS*HB*PAYER*CLINIC*20261124*0930*7*X*005010X279A1",
    "ST*271*0042*005010X279A1",
    "EB*1**30**EXAMPLE PLAN",
    "EB*B*IND*98^MH***27*30*****Y",
    "SE*4*0042",
    "GE*1*7",
    "IEA*1*000000101",
)
EB = "EB*B*IND*98^MH***27*30*****Y"


def write(*segments: str, isa: str = ISA, terminator: str = "~") -> str:
    return terminator.join([isa, *segments, ""])


def replaced(**changes: str) -> tuple[str, ...]:
    """Return the body with the segments of these ids replaced."""
    return tuple(changes.get(segment.split("*")[0], segment) for segment in BODY)


def only(text: str) -> tuple[Interchange, Transaction]:
    (interchange,) = read(text)
    (transaction,) = interchange.transactions
    return interchange, transaction


def codes(transaction: Transaction) -> list[str]:
    return [remark.code for remark in transaction.remarks]


def test_a_clean_message_gives_its_segments_control_numbers_and_no_remark() -> None:
    interchange, transaction = only(write(*BODY))

    assert interchange.separators == ("*", ":", "^", "~")
    assert transaction == Transaction(
        "271", list(BODY[1:5]), interchange.separators, "0042", "7", "000000101", ()
    )
    assert interchange == Interchange(interchange.separators, "000000101", (transaction,), (), ())


@pytest.mark.parametrize(
    ("terminator", "told"),
    [
        ("~", "~"),
        ("~\n", "~"),
        ("~\r\n", "~"),
        ("~ ", "~"),
        ("~\n\n  \n", "~"),
        ("~\n          ", "~"),
        ("\n", "\n"),
        ("\r\n", "\n"),
        ("\r", "\r"),
        ("\x1d", "\x1d"),
        ("!", "!"),
        ("~~", "~"),
        (" \r\n", "\n"),
        ("~\t", "~"),
    ],
)
def test_every_terminator_is_found_and_what_surrounds_it_left_out(terminator: str, told: str) -> None:
    interchange, transaction = only(write(*BODY, terminator=terminator))

    assert interchange.separators.segment == told
    assert transaction.segments == list(BODY[1:5])
    assert codes(transaction) == []


def test_the_last_segment_needs_no_terminator() -> None:
    for terminator in ("~", "\n", "~\r\n"):
        assert only(write(*BODY, terminator=terminator).rstrip("~\r\n"))[1].segments == list(BODY[1:5])


@pytest.mark.parametrize(
    "isa",
    [
        "ISA*00* *00* *ZZ*PAYER *ZZ*CLINIC *261124*0930*^*00501*000000101*0*T*:",
        "ISA*00*          *00*          *ZZ*PAYER *ZZ*CLINIC *261124*0930*^*00501*000000101*0*T*:",
        "ISA*00**00**ZZ*PAYER*ZZ*CLINIC*261124*0930*^*00501*000000101*0*T*:",
        ISA.replace("PAYER          ", "PAYER                         "),
    ],
)
def test_the_isa_may_have_any_length(isa: str) -> None:
    interchange, transaction = only(write(*BODY, isa=isa))

    assert interchange.separators == ("*", ":", "^", "~")
    assert transaction.segments == list(BODY[1:5])
    assert codes(transaction) == ["ISA_LENGTH_WRONG"]


def test_an_isa_without_its_sixteen_elements_still_gives_its_separators() -> None:
    for short in (
        ISA.replace("*T*:", "*:"),
        ISA.replace("*0*T*:", "*:"),
        ISA.replace("ISA*00", "ISA*00*00*00"),
    ):
        interchange, transaction = only(write(*BODY, isa=short))

        assert (interchange.separators.element, interchange.separators.segment) == ("*", "~")
        assert transaction.segments == list(BODY[1:5])
        assert codes(transaction) == ["ISA_DAMAGED"]


@pytest.mark.parametrize(
    ("told", "version", "taken", "remarks"),
    [
        ("^", "00501", "^", []),
        ("}", "00501", "}", []),
        (">", "00501", ">", []),
        ("U", "00401", "^", []),
        ("U", "00501", "^", ["REPETITION_SEPARATOR_MISSING"]),
        (" ", "00501", "^", ["REPETITION_SEPARATOR_MISSING"]),
    ],
)
def test_the_repetition_separator_comes_from_isa11_unless_that_names_none(
    told: str, version: str, taken: str, remarks: list[str]
) -> None:
    isa = ISA.replace("*^*00501*", f"*{told}*{version}*")

    interchange, transaction = only(write(*BODY, isa=isa))

    assert interchange.separators.repetition == taken
    assert codes(transaction) == remarks


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from("*|+!:>`}^~\x1c\x1d\x1e\x1f&%"), min_size=4, max_size=4, unique=True),
    st.sampled_from(["", "\n", "\r\n"]),
)
def test_any_four_separators_give_the_same_segments(marks: list[str], line: str) -> None:
    element, component, repetition, segment = marks
    swap = str.maketrans({"*": element, ":": component, "^": repetition, "~": segment + line})

    interchange, transaction = only(write(*BODY).translate(swap))

    assert interchange.separators == (element, component, repetition, segment)
    assert transaction.segments == [text.translate(swap) for text in BODY[1:5]]
    assert codes(transaction) == []


def test_byte_order_mark_and_blanks_before_the_envelope_are_nothing() -> None:
    assert codes(only("\ufeff\n  " + write(*BODY))[1]) == []


def test_text_around_the_envelope_is_left_out_and_told() -> None:
    for text in ("HTTP/1.1 200 OK\n\n" + write(*BODY), write(*BODY) + "</Payload></Body>"):
        transaction = only(text)[1]

        assert transaction.segments == list(BODY[1:5])
        assert codes(transaction) == ["TEXT_AROUND_ENVELOPE"]


@pytest.mark.parametrize(
    ("changes", "remarks"),
    [
        ({"SE": "SE*9*0042"}, ["SEGMENT_COUNT_WRONG"]),
        ({"SE": "SE*4*0099"}, ["CONTROL_NUMBER_MISMATCH"]),
        ({"SE": "SE**"}, ["SEGMENT_COUNT_WRONG", "CONTROL_NUMBER_MISMATCH"]),
        ({"GE": "GE*2*7"}, ["COUNT_WRONG"]),
        ({"GE": "GE*1*8"}, ["CONTROL_NUMBER_MISMATCH"]),
        ({"IEA": "IEA*3*000000101"}, ["COUNT_WRONG"]),
        ({"IEA": "IEA*1*000000001"}, ["CONTROL_NUMBER_MISMATCH"]),
        ({"GS": BODY[0].replace("HB", "HS")}, ["GROUP_CODE_UNEXPECTED"]),
        ({"GS": BODY[0].replace("HB", "XX")}, ["GROUP_CODE_UNEXPECTED"]),
        ({"GS": BODY[0].replace("X279A1", "X279")}, ["VERSION_MISMATCH"]),
        ({"ST": "ST*271*0042"}, []),
        ({"SE": "SE*0004*0042"}, []),
    ],
)
def test_wrong_counts_numbers_and_codes_are_remarks_and_never_a_refusal(
    changes: dict[str, str], remarks: list[str]
) -> None:
    transaction = only(write(*replaced(**changes)))[1]

    assert transaction.segments[1:3] == list(BODY[2:4])
    assert codes(transaction) == remarks


def test_a_message_without_envelope_tells_its_separators_by_its_segments() -> None:
    for terminator in ("~", "~\n", "\n", "\r\n", "\x1c", "'\n"):
        for element in "*|":
            body = [text.replace("*", element) for text in BODY[1:5]]
            interchange, transaction = only(terminator.join([*body, ""]))

            assert interchange.separators[0] == element
            assert transaction.segments == body
            assert codes(transaction) == ["ENVELOPE_MISSING"]


@pytest.mark.parametrize("start", range(1, len(BODY)))
def test_a_message_that_begins_late_is_read_from_there(start: int) -> None:
    if "EB" not in "".join(BODY[start:]):
        with pytest.raises(UnreadableReply):
            read(write(*BODY[start:], isa="").lstrip("~"))
        return
    interchange = read(write(*BODY[start:], isa="").lstrip("~"))[0]

    assert [text for each in interchange.transactions for text in each.segments if text.startswith("EB")] == [
        text for text in BODY[start:] if text.startswith("EB")
    ]


@pytest.mark.parametrize("end", range(120, write(*BODY).index("IEA"), 7))
def test_a_message_cut_off_anywhere_gives_what_came_and_says_so(end: int) -> None:
    (interchange,) = read(write(*BODY)[:end])

    told = [remark.code for each in interchange.transactions for remark in each.remarks]
    told += [remark.code for remark in interchange.remarks]
    assert "TRUNCATED" in told
    whole = [text for text in BODY[1:5] if write(*BODY).index(text) + len(text) < end]
    assert [text for each in interchange.transactions for text in each.segments][: len(whole)] == whole


def test_batches_keep_every_transaction_group_and_interchange_apart() -> None:
    first = [f"ST*271*{number:04}~EB*{number % 5 + 1}**30~SE*3*{number:04}" for number in range(153)]
    second = ["ST*271*9001~EB*6**30~SE*3*9001"]
    groups = [
        BODY[0],
        *first,
        "GE*153*7",
        BODY[0].replace("*7*", "*8*"),
        *second,
        "GE*1*8",
        "IEA*2*000000101",
    ]
    other = write(*BODY, isa=ISA.replace("*", "|").replace("|:", "|>")).replace("*", "|").replace("~", "\n")

    interchanges = read(write(*groups) + other)

    assert [len(each.transactions) for each in interchanges] == [154, 1]
    assert [each.separators for each in interchanges] == [("*", ":", "^", "~"), ("|", ">", "^", "\n")]
    assert [each.control for each in interchanges[0].transactions] == [
        *(f"{n:04}" for n in range(153)),
        "9001",
    ]
    assert {each.group for each in interchanges[0].transactions} == {"7", "8"}
    assert all(not each.remarks for interchange in interchanges for each in interchange.transactions)


def test_a_transaction_that_was_not_closed_ends_where_the_next_begins() -> None:
    text = write(
        BODY[0], "ST*271*1", "EB*1**30", "ST*271*2", "EB*6**30", "SE*3*2", "GE*2*7", "IEA*1*000000101"
    )

    (interchange,) = read(text)

    assert [each.segments for each in interchange.transactions] == [
        ["ST*271*1", "EB*1**30"],
        ["ST*271*2", "EB*6**30", "SE*3*2"],
    ]
    assert [codes(each) for each in interchange.transactions] == [["TRUNCATED"], []]


def test_benefits_outside_st_and_se_are_not_lost() -> None:
    (interchange,) = read(write(BODY[0], "EB*1**30", *BODY[1:5], "EB*6**30", *BODY[5:]))

    assert [each.segments for each in interchange.transactions] == [
        ["EB*1**30"],
        list(BODY[1:5]),
        ["EB*6**30"],
    ]
    assert "ST_MISSING" in codes(interchange.transactions[0])


def test_segments_wrapped_by_line_breaks_are_joined_and_prose_is_left_out() -> None:
    text = (
        "ST*271*00001~\nNM1*PR*2*STATE HEALTH \nCARE*****FI*99~\n"
        "PER*IC*HELP LINE*TE*800\r\n5551212~\nMSG*CALL THE\n    PLAN FIRST~\n"
        "AAA*N**51*C~ (Only if a receiver error occurred)\nHL*3*2*22*0~\nEB*1*IND*30~\nSE*7*00001~\n"
    )

    _, transaction = only(text)

    assert transaction.segments == [
        "ST*271*00001",
        "NM1*PR*2*STATE HEALTH CARE*****FI*99",
        "PER*IC*HELP LINE*TE*8005551212",
        "MSG*CALL THE PLAN FIRST",
        "AAA*N**51*C",
        "HL*3*2*22*0",
        "EB*1*IND*30",
        "SE*7*00001",
    ]
    assert codes(transaction) == ["ENVELOPE_MISSING", "LINES_JOINED", "TEXT_IGNORED", "SEGMENT_COUNT_WRONG"]


def test_a_segment_whose_terminator_is_missing_before_the_line_break_stands_alone() -> None:
    _, transaction = only(write(*BODY).replace("PLAN~", "PLAN\n"))

    assert transaction.segments == list(BODY[1:5])


def test_ta1_stands_beside_transactions() -> None:
    (interchange,) = read(write("TA1*000000007*261124*0930*R*025", "IEA*0*000000101"))

    assert interchange.acknowledgements == ("TA1*000000007*261124*0930*R*025",)
    assert interchange.transactions == ()
    assert interchange.remarks == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "hello",
        "<html><body>Bad gateway</body></html>",
        '{"status": "ok"}',
        "VISA*00*",
        "%PDF-1.7 \x00\x01",
    ],
)
def test_what_is_no_x12_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(UnreadableReply) as caught:
        read(text)

    assert "X12" in caught.value.detail
    assert not text.strip() or text not in caught.value.detail


def test_only_so_many_segments_are_read() -> None:
    body = ["EB*1**30"] * (MOST_SEGMENTS + 5)

    (interchange,) = read(write(BODY[0], BODY[1], *body))

    assert len(interchange.transactions[0].segments) == MOST_SEGMENTS - 1
    assert "SEGMENT_LIMIT" in codes(interchange.transactions[0])


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=st.sampled_from("ISAGSTE*~^:|\n\r 01279XB\x1d"), max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        interchanges = read(text)
    except UnreadableReply:
        return
    assert interchanges


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_to_a_message_loses_an_eb_segment(data: st.DataObject) -> None:
    segments = [EB.replace("30", str(amount)) for amount in range(40, 60)]
    lines = list(write(BODY[0], BODY[1], *segments, "SE*22*0042", "GE*1*7", "IEA*1*000000101").split("~"))
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(1, len(lines) - 1))
        noise = data.draw(
            st.sampled_from(
                ["", " ", "\n", "\r\n  ", "(a comment)", "MSG*WORDS*AND STARS", "SE*1*1", "ST*271*9"]
            )
        )
        lines.insert(place, noise)

    found = [text for each in read("~".join(lines)) for one in each.transactions for text in one.segments]

    assert [text for text in found if re.match(r"EB\*", text)] == segments
