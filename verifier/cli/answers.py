"""`verifier normalize`, `estimate` and `verify`: read, price, ask."""

from collections.abc import Callable
from typing import Any

import click

from schemas.coverage import dump_coverage
from schemas.estimate import EstimateRequest, dump_estimate, load_estimate_requests
from schemas.inquiry import load_inquiry
from schemas.verification import dump_verification
from verifier.cli import render
from verifier.cli.files import read_bytes, read_json
from verifier.cli.output import print_json, show
from verifier.cli.rooms import Rooms
from verifier.errors import BadInput
from verifier.estimation.estimator import estimate_terms
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json_option
@click.pass_obj
def normalize(rooms: Rooms, files: tuple[str, ...], *, as_json: bool) -> None:
    """Read payers' replies (X12 271 bare or wrapped in SOAP, MIME or JSON; 999; TA1) into coverage.

    One transaction in one FILE gives one coverage; several transactions or FILEs give a list. A FILE that
    cannot be read stops nothing: the others are printed, and the command ends with exit code 2.
    """
    found: list[Coverage] = []
    problems: list[str] = []
    for name in files:
        try:
            found.extend(rooms.normalize(read_bytes(name)))
        except BadInput as error:
            problems.append(error.detail if name in error.detail else f"{name}: {error.detail}")
    if found:
        _print(found, single=len(files) == 1, as_json=as_json, dump=dump_coverage, draw=render.coverage)
    if problems:
        raise BadInput(" ".join(problems))


@click.command()
@click.argument("file", metavar="FILE")
@as_json_option
def estimate(file: str, *, as_json: bool) -> None:
    """Price a program under known plan terms: {"terms": ..., "program": ...}, or a list of such.

    Pure arithmetic: no network, no state. See docs/reference for every field.
    """
    given = read_json(file)
    found = [_price(request) for request in load_estimate_requests(given)]
    single = not isinstance(given, list)
    _print(found, single=single, as_json=as_json, dump=dump_estimate, draw=render.estimate)


def _price(request: EstimateRequest) -> Estimate:
    if request.terms is None:
        raise BadInput("Only the service keeps verifications; give terms here.", {"/terms": "is missing"})
    return estimate_terms(request.terms, request.program)


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--payer", help="Payer id of the directory; find it with: verifier payers search.")
@click.option("--member-id", help="Member id as on the card.")
@click.option("--first-name", help="The member's first name.")
@click.option("--last-name", help="The member's last name.")
@click.option("--birth-date", help="The member's birth date, 1988-04-12.")
@click.option("--facility", help="Facility id; the first configured one when left out.")
@click.option("--code", default="H0015", show_default=True, help="Procedure code of the program.")
@click.option("--start-date", help="First day of the program, 2026-12-07.")
@click.option("--weekdays", default="mon,wed,fri", show_default=True, help="Days it meets.")
@click.option("--weeks", default=8, show_default=True, type=click.IntRange(1, 52))
@click.option("--allowed", help="Contracted price of one session, 325.00.")
@click.option("--billed", help="Billed price of one session, 950.00.")
@click.option("--network", type=click.Choice(["in", "out", "unknown"]), default="unknown", show_default=True)
@as_json_option
@click.pass_obj
def verify(rooms: Rooms, /, file: str | None, *, as_json: bool, **flags: Any) -> None:  # noqa: ANN401 - click
    """Verify one patient: from a JSON FILE as POST /v1/verifications takes it, or from flags.

    \b
    verifier verify inquiry.json
    verifier verify --payer sim-commercial --member-id ... --last-name ... --birth-date ... \\
                    --start-date 2026-12-07 --allowed 325.00 --network in
    """  # noqa: D301 - click takes the control character itself as "do not rewrap"
    inquiry = load_inquiry(read_json(file) if file else inquiry_from_flags(flags))
    with rooms.verifier() as service:
        answer = service.verify(inquiry)
    if as_json:
        print_json(dump_verification(answer))
    else:
        show(*render.verification(answer))


def inquiry_from_flags(flags: dict[str, Any]) -> dict[str, Any]:
    """Write the flags in the shape of an inquiry; what was not given is left out."""
    member = {
        "id": "member_id",
        "first_name": "first_name",
        "last_name": "last_name",
        "birth_date": "birth_date",
    }
    program = {"code": "code", "start_date": "start_date", "weeks": "weeks"}
    prices = {"allowed_amount": "allowed", "billed_amount": "billed"}
    weekdays = [day.strip() for day in flags["weekdays"].split(",")]
    return {
        **_given({"payer": "payer", "facility": "facility", "network": "network"}, flags),
        "member": _given(member, flags),
        "program": {**_given(program | prices, flags), "weekdays": weekdays},
    }


def _given(names: dict[str, str], flags: dict[str, Any]) -> dict[str, Any]:
    return {field: flags[flag] for field, flag in names.items() if flags[flag] is not None}


def _print(
    found: list[Any], *, single: bool, as_json: bool, dump: Callable[..., Any], draw: Callable[..., Any]
) -> None:
    if as_json:
        print_json(dump(found[0]) if single and len(found) == 1 else [dump(one) for one in found])
        return
    for one in found:
        show(*draw(one))
