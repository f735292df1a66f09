"""Refusals: AAA segments wherever they stand, and the ones payers only put into words.

Follows AAA in 005010X279A1 (loops 2000A, 2100A-D, 2110C/D) as payers send it: AAA01 says nothing reliable, so
the reason (AAA03) and follow-up action (AAA04) decide.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from payers.x12.entities import pick
from verifier.codes.reject_reasons import RejectReason, find, find_follow_up
from verifier.model.coverage import Rejection, Source
from verifier.model.vocabulary import RejectionClass, Retry

CONNECTION_LOST: Final = frozenset(
    {"42", "80"}
)  # beside one of them a 79 is the payer's gateway, not a wrong id
INVALID_PARTICIPANT: Final = "79"
PERSON: Final = r"(?:patient|member|subscriber|insured|dependent|individual|recipient|beneficiary|enrollee)"
# Few and whole phrases: a message is a refusal only where it can mean nothing else.
NOT_FOUND: Final = re.compile(
    rf"\b{PERSON}(?:/{PERSON})? (?:(?:was|is|could|can) ?)?not (?:be )?(?:found|on file|located|identified)\b"
    rf"|\bunable to (?:find|locate|identify) (?:the |this )?{PERSON}\b"
    rf"|\bno (?:matching |such )?{PERSON} (?:was )?found\b",
    re.IGNORECASE,
)
OUTAGE: Final = re.compile(
    r"\btransaction failure\b|\b999, 997 or ta1\b|\bunable to respond\b|\bno response (?:was )?received\b"
    r"|\bsystem (?:is )?(?:currently |temporarily )?(?:unavailable|down)\b|\btemporarily unavailable\b"
    r"|\bpayer (?:is |system )?(?:currently |temporarily )?(?:unavailable|down)\b"
    r"|\b(?:request|transaction|inquiry) (?:has )?timed out\b|\btry (?:your request )?again later\b"
    r"|\bunable to process (?:your |the |this )?(?:request|transaction|inquiry) at this time\b",
    re.IGNORECASE,
)
NOT_FOUND_ADVICE: Final = (
    "Check ID, name and birth date against the card, then whether this is the right payer."
)
OUTAGE_ADVICE: Final = "Ask again in a few minutes; this says nothing about the patient's coverage."
UNLISTED: Final = RejectReason(
    "", "Reason code not listed for a 271", "other", "never", "Call the payer and ask what it means.", "", ""
)


def read_rejection(elements: Sequence[str], loop: str | None, source: Source) -> Rejection:
    """Read one AAA, also one whose reason stands in the place of AAA02."""
    agency, reason, action = (pick(elements, place) for place in (2, 3, 4))
    known = find(reason or "")
    if known is None and agency and (shifted := find(agency)):
        known, reason = shifted, agency
    follow_up = find_follow_up(action or "")
    text = action if action and follow_up is None else None
    rejection = _build(known or UNLISTED, reason, text, loop, source)
    return rejection._replace(
        follow_up=follow_up.code if follow_up else None,
        retry=Retry(follow_up.retry) if follow_up and not _is_outage(rejection) else rejection.retry,
    )


def _build(
    known: RejectReason, code: str | None, text: str | None, loop: str | None, source: Source
) -> Rejection:
    category, retry, advice = RejectionClass(known.category), Retry(known.retry), known.advice
    if text and NOT_FOUND.search(text):
        category, retry, advice = RejectionClass.MEMBER, Retry.WITH_CHANGES, NOT_FOUND_ADVICE
    meaning = f"{known.meaning}: {text}" if text else known.meaning
    return Rejection(code, meaning, None, loop, category, retry, advice, source)


def _is_outage(rejection: Rejection) -> bool:
    return rejection.category is RejectionClass.PAYER_UNAVAILABLE


def weigh_together(rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Take a 79 beside a 42 or 80 for what it is there: the way to the payer is broken."""
    found = tuple(rejections)
    if CONNECTION_LOST.isdisjoint(rejection.code or "" for rejection in found):
        return found
    return tuple(
        each._replace(category=RejectionClass.PAYER_UNAVAILABLE, retry=Retry.LATER, advice=OUTAGE_ADVICE)
        if each.code == INVALID_PARTICIPANT
        else each
        for each in found
    )


def read_words(message: str, source: Source) -> Rejection | None:
    """Read a refusal that a payer put into words only; ``None`` when the message is none."""
    if OUTAGE.search(message):
        return Rejection(
            None, message, None, None, RejectionClass.PAYER_UNAVAILABLE, Retry.LATER, OUTAGE_ADVICE, source
        )
    if NOT_FOUND.search(message):
        return Rejection(
            None, message, None, None, RejectionClass.MEMBER, Retry.WITH_CHANGES, NOT_FOUND_ADVICE, source
        )
    return None
