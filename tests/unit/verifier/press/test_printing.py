"""A printed paper is the paper, word for word: readable, tagged, the same each time, and nothing but text."""

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from tests.papers import a_subject, a_verification, poison, write
from tests.printed import ACTIVE_KEYS, keys_of, read, squeeze, text_of
from tests.store.support import FACILITY, PAPERS
from verifier.model.paper import (
    Banner,
    Bar,
    Block,
    Cell,
    Chart,
    Column,
    Fact,
    Facts,
    Grid,
    Heading,
    Notice,
    Paper,
    Points,
    Sum,
    Sums,
    Text,
    Tone,
)
from verifier.model.verification import Evidence
from verifier.papers.report import make_report
from verifier.papers.subject import Subject
from verifier.press.letters import BOX, letters

PRESS = PAPERS.press


def a_paper(*blocks: Block, **parts: str) -> Paper:
    words = {"title": "Title", "subtitle": "Subtitle", "language": "en-US", "foot": "Foot"} | parts
    return Paper(blocks=blocks, **words)


def test_the_same_paper_always_gives_the_same_bytes() -> None:
    paper = make_report(a_subject())

    assert PRESS.print(paper) == PRESS.print(paper)


def test_a_paper_says_its_title_and_its_language_and_is_tagged_for_screen_readers() -> None:
    catalog = read(PRESS.print(a_paper(Heading("H"), language="es-US"))).trailer["/Root"]

    assert catalog["/Lang"] == "es-US"
    assert catalog["/MarkInfo"]["/Marked"] is True or catalog["/MarkInfo"]["/Marked"].value
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalog["/StructTreeRoot"]["/K"]["/S"] == "/Document"


def test_the_structure_tells_headings_lists_tables_and_figures_in_reading_order() -> None:
    bars = tuple(Bar(f"12/{day}", Decimal(day), Decimal(1), Decimal(day)) for day in (1, 2))
    paper = a_paper(
        Heading("One"),
        Points(("a", "b")),
        Grid("Caption", (Column("C"),), ((Cell("x"),),)),
        Chart("Chart", "What it shows", bars, ("P", "Q", "R")),
    )
    root = read(PRESS.print(paper)).trailer["/Root"]["/StructTreeRoot"]["/K"]

    tags = [child.get_object()["/S"] for child in root["/K"]]

    assert tags == ["/H1", "/P", "/H2", "/L", "/Table", "/Figure", "/Caption"]
    table, figure = (root["/K"][place].get_object() for place in (4, 5))
    assert table["/Alt"] == "Caption"
    assert [row.get_object()["/K"][0].get_object()["/S"] for row in table["/K"]] == ["/TH", "/TD"]
    assert figure["/Alt"] == "What it shows"


def test_every_marked_part_of_a_page_leads_back_to_its_place_in_the_structure() -> None:
    reader = read(PRESS.print(make_report(a_subject())))
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]

    assert [page["/StructParents"] for page in reader.pages] == list(numbers[::2])
    for page, owners in zip(reader.pages, numbers[1::2], strict=True):
        marked = re.findall(rb"/MCID (\d+)", page.get_contents().get_data())
        assert [int(number) for number in marked] == [*range(len(owners.get_object()))]


def test_a_long_table_repeats_its_heading_and_loses_no_row() -> None:
    rows = tuple((Cell(f"row {number:03}"), Cell("1.00")) for number in range(150))
    content = PRESS.print(a_paper(Grid("Rows", (Column("Name"), Column("Amount", is_numeric=True)), rows)))
    pages = [page.extract_text() for page in read(content).pages]

    assert len(pages) > 2
    assert all("Amount" in page for page in pages)
    assert re.findall(r"row (\d{3})", "".join(pages)) == [f"{number:03}" for number in range(150)]


def test_names_with_accents_greek_and_cyrillic_are_printed_as_they_are() -> None:
    names = (
        "José Núñez Ibáñez",
        "Łukasz Żółw",
        "Şükrü Güneş",
        "Đặng Thị Hữu",
        "Ελένη",
        "Жанна Щукина",
        "¿Cuánto? ¡Sí!",
    )

    text = text_of(PRESS.print(a_paper(*map(Text, names))))

    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize(
    "sign", ["你", "\u0627", "\u202e", "\u200b", "\x00", "\ud800", "\U0001f480", "\ufffe"]
)
def test_a_sign_without_a_letter_is_a_box_that_can_be_seen(sign: str) -> None:
    assert BOX * 3 in text_of(PRESS.print(a_paper(Text(f"a{sign * 3}b"))))


def test_what_is_too_long_for_a_paper_is_cut_and_says_by_how_much() -> None:
    content = PRESS.print(a_paper(Text("x" * 100_000), Facts((Fact("n", "y" * 100_000),), "-")))

    assert text_of(content).count("(+97,000)") == 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_whatever_stands_in_a_paper_is_printed_letter_by_letter(long: str, short: str) -> None:
    paper = a_paper(
        Heading(short), Text(long), Notice(short), Grid(short, (Column(short),), ((Cell(long),),))
    )

    content = PRESS.print(paper)

    assert keys_of(content) & ACTIVE_KEYS == set()
    printed = squeeze(unicodedata.normalize("NFC", text_of(content)))
    assert squeeze(letters(long, 3000)) in printed


def every_kind_of_block(text: str) -> tuple[Block, ...]:
    """Put a text into each place of each kind of block."""
    bars = (Bar(text, Decimal(2), Decimal(1), Decimal(2)), Bar(text, Decimal(1), Decimal(1), Decimal(3)))
    return (
        Heading(text),
        Text(text),
        Points((text,)),
        Facts((Fact(text, text, text), Fact(text, None)), text),
        Grid(text, (Column(text), Column(text, is_numeric=True)), ((Cell(text), Cell(text, note=text)),)),
        Banner(text, Tone.CARE, (text,)),
        Sums((Sum(text, text),), text),
        Chart(text, text, bars, (text, text, text), ((1, text),)),
        Notice(text),
    )


@pytest.mark.parametrize("texts", [HOSTILE[start::6] for start in range(6)], ids=range(6))
def test_300_hostile_texts_in_every_place_of_a_paper_stay_texts(texts: tuple[str, ...]) -> None:
    blocks = tuple(block for text in texts for block in every_kind_of_block(text))

    content = PRESS.print(a_paper(*blocks, title=texts[0], subtitle=texts[1], foot=texts[2]))

    assert keys_of(content) & ACTIVE_KEYS == set()
    printed = squeeze(text_of(content))
    assert [text for text in texts if squeeze(letters(text, 3000))[:40] not in printed] == []


def test_300_hostile_texts_in_every_field_of_a_verification_are_only_words_of_the_report() -> None:
    verification = a_verification()
    assert len(HOSTILE) == 300
    for number, text in enumerate(HOSTILE):
        poisoned = poison(verification, lambda _, text=text: text)
        subject = Subject(
            Evidence(poisoned, ()), poison(FACILITY, lambda _, text=text: text), PAPERS.colophon
        )

        paper = make_report(subject)

        assert text in write(paper)
        if number % 50 == 0:
            assert keys_of(PRESS.print(paper)) & ACTIVE_KEYS == set()
