"""Invented people whose every word can be searched for, in whatever spelling it may have got out.

`WORDS` are sent through the service; `find` says which of them stand in some bytes: raw, percent-encoded,
JSON-escaped, HTML-escaped, in hex, in UTF-16, in base64 and base32 wherever in a longer text they begin, each
in any case, and dates as they are written in ISO 8601, in X12 and in the United States.
"""

import base64
import html
import json
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 8  # bytes: shorter ones turn up in any ciphertext by chance
BORN: Final = date(1913, 7, 29)
FIRST, LAST, SUFFIXED, CHILD = "Zandrophine", "Quibblewyxt", "D'Quorn-Plimsoll", "Thistlequax"
MEMBER_ID, SSN, REFERRAL, SPONSOR = "ZQX7719024WV", "923714406", "VA0087315529", "8841907263"
WORDS: Final = {
    "first name": FIRST,
    "last name": LAST,
    "name with marks": SUFFIXED,
    "name in another script": "Žvýkačkovičová",
    "child": CHILD,
    "member id": MEMBER_ID,
    "social security number": SSN,
    "social security number, hyphened": "923-71-4406",
    "referral number": REFERRAL,
    "sponsor": SPONSOR,
    "note": "overheard weeping in the vestibule",
    "token": "vk_canarytokenQ7xJp2",
    "password": "plover-hatchet-meridian-41",
    "e-mail address": "grizelda.vanterpool@canary.example",
    "group": "WIDGERY-OSTLERS-88",
}


def write_dates(day: date) -> Iterator[str]:
    """Write *day* in every usual way."""
    yield from (f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}")
    yield from (f"{day:%m%d%Y}", f"{day:%Y/%m/%d}", f"{day:%d.%m.%Y}", f"{day:%B} {day.day}, {day.year}")


def spell(word: str) -> Iterator[bytes]:
    """Write *word* in every way that it may have got out in."""
    raw = word.encode()
    yield from (
        raw,
        raw.hex().encode(),
        word.encode("utf-16-le"),
        "".join(f"%{byte:02x}" for byte in raw).encode(),
    )
    for write in (quote, quote_plus, html.escape, lambda text: json.dumps(text)[1:-1]):
        yield write(word).encode()
    for bits, encode in ((6, base64.b64encode), (6, base64.urlsafe_b64encode), (5, base64.b32encode)):
        for shift in range(bits):  # wherever in a longer text the word stands
            whole = slice(-(-8 * shift // bits), 8 * (shift + len(raw)) // bits)
            yield encode(b"\0" * shift + raw)[whole]


SPELLINGS: Final = {
    name: {spelled.lower() for cased in (word, word.lower(), word.upper()) for spelled in spell(cased)}
    for name, word in [*WORDS.items(), *((f"birth date {each}", each) for each in write_dates(BORN))]
}


def find(content: bytes) -> list[str]:
    """Name every word that stands in *content*."""
    folded = content.lower()
    return [
        name
        for name, spellings in SPELLINGS.items()
        if any(len(spelled) >= SHORTEST and spelled in folded for spelled in spellings)
    ]
