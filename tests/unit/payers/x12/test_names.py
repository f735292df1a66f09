"""Names: ASCII, upper case, without titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.x12.names import TITLES, fold, list_spellings, normalize_last_name, strip_titles


@pytest.mark.parametrize(
    ("given_name", "folded"),
    [
        ("García", "GARCIA"),
        ("Łukasz Øster Æbel", "LUKASZ OSTER AEBEL"),
        ("Straße", "STRASSE"),
        ("Þóra Guðmundsdóttir", "THORA GUDMUNDSDOTTIR"),
        ("ﬁsher", "FISHER"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Neil", "O'NEIL"),
        ("D\N{ACUTE ACCENT}Arc", "D'ARC"),
        ("Smith\N{EN DASH}Jones", "SMITH-JONES"),
        ("\N{LEFT DOUBLE QUOTATION MARK}Bo\N{RIGHT DOUBLE QUOTATION MARK}", '"BO"'),
        ("A\N{NO-BREAK SPACE}B", "A B"),
        ("ＡＢ＊", "AB*"),  # noqa: RUF001 - full-width on purpose
        ("Nguyễn", "NGUYEN"),
        ("李", "李"),
        ("A\nB\x00", "A\nB\x00"),
    ],
)
def test_what_has_an_ascii_spelling_gets_it_and_the_rest_stays_to_be_refused(
    given_name: str, folded: str
) -> None:
    assert fold(given_name) == folded


@pytest.mark.parametrize(
    ("last_name", "without_titles"),
    [
        ("Smith", "SMITH"),
        ("Smith Jr", "SMITH"),
        ("Smith, Jr.", "SMITH"),
        ("Smith/III", "SMITH"),
        ("Smith, M.D., PhD", "SMITH, M.D."),
        ("Smith Jr MD", "SMITH"),
        ("Smith Esq Jones", "SMITH JONES"),
        ("Smith-Jr", "SMITH-JR"),
        ("Burn", "BURN"),
        ("Pompii", "POMPII"),
        ("Dr Smith", "DR SMITH"),
        ("St. John", "ST. JOHN"),
        ("De la Cruz V", "DE LA CRUZ"),
        ("V", "V"),
        ("Dr", "DR"),
        (" V ", "V"),
        (", Dr.", "DR."),
        ("Jr Sr", "JR"),
    ],
)
def test_a_title_goes_only_behind_a_delimiter_and_before_a_space_or_the_end(
    last_name: str, without_titles: str
) -> None:
    assert strip_titles(last_name) == without_titles


@pytest.mark.parametrize(
    ("last_name", "normalized"),
    [
        ("O\N{RIGHT SINGLE QUOTATION MARK}Donnell-Griswold III", "ODONNELLGRISWOLD"),
        ("Smith, M.D.", "SMITH"),
        ("St. John", "ST JOHN"),
        ("García  Márquez", "GARCIA MARQUEZ"),
        ("Smith_Jones", "SMITHJONES"),
        ("V", "V"),
        ("Dr.", "DR"),
    ],
)
def test_normalizing_leaves_letters_digits_and_single_spaces(last_name: str, normalized: str) -> None:
    assert normalize_last_name(last_name) == normalized


@given(st.sampled_from(TITLES), st.sampled_from(["", " ", ", ", "/"]), st.sampled_from(["", ".", " "]))
def test_a_name_that_is_only_a_title_is_never_emptied(title: str, before: str, after: str) -> None:
    assert normalize_last_name(f"{before}{title}{after}") == title


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1), st.sampled_from(TITLES))
def test_a_title_changes_nothing_about_the_name_before_it(name: str, title: str) -> None:
    assert normalize_last_name(f"{name} {title.lower()}") == normalize_last_name(name)


@pytest.mark.parametrize(
    ("given_name", "spellings"),
    [
        ("Brown", ()),
        ("Brown Jr.", ()),
        ("O'Donnell", ("ODONNELL",)),
        ("Lopez-Garcia", ("LOPEZGARCIA", "GARCIA", "LOPEZ", "GARCIA LOPEZ", "LOPEZ GARCIA")),
        ("Lopez Garcia, III", ("GARCIA", "LOPEZ", "GARCIA LOPEZ")),
        ("De la Cruz", ()),
        ("", ()),
    ],
)
def test_other_spellings_of_a_last_name_are_listed_likeliest_first(
    given_name: str, spellings: tuple[str, ...]
) -> None:
    assert list_spellings(given_name) == spellings
