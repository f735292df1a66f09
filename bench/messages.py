"""Eligibility replies to measure with: clean 005010X279A1, every person and payer invented."""

from itertools import cycle, islice
from typing import Final

HEADER: Final = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261124*0930*^*00501*000000101*0*T*:",  # noqa: E501 - as sent
    "GS*HB*PAYER*CLINIC*20261124*0930*101*X*005010X279A1",
)
OPENING: Final = (
    "ST*271*0001*005010X279A1",
    "BHT*0022*11*BENCH-0001*20261124*0930",
    "HL*1**20*1",
    "NM1*PR*2*EXAMPLE MUTUAL*****PI*99001",
    "HL*2*1*21*1",
    "NM1*1P*2*EXAMPLE RECOVERY CENTER*****XX*1999999984",
    "HL*3*2*22*0",
    "TRN*2*BENCH-TRACE-1*9EXAMPLECO",
    "NM1*IL*1*TESTCASE*NORA*Q***MI*EXM100200300",
    "REF*6P*GRP-77*EXAMPLE WORKS",
    "N3*12 SAMPLE ROAD",
    "N4*ABITA SPRINGS*LA*704200000",
    "DMG*D8*19880412*F",
    "INS*Y*18*001*25",
    "DTP*346*D8*20260101",
)
# Each row is an EB segment and what belongs to it, as commercial payers answer for behavioral health.
BENEFITS: Final = (
    ("EB*1**30**EXAMPLE PPO 1500", "DTP*291*D8*20260101", "MSG*COVERAGE IS SUBJECT TO THE TERMS OF THE PLAN"),
    ("EB*1**1^33^47^48^50^86^88^98^AL^MH^UC**EXAMPLE PPO 1500",),
    ("EB*C*IND*30***23*1500*****Y", "MSG*DEDUCTIBLE IS INCLUDED IN OUT OF POCKET"),
    ("EB*C*IND*30***29*1250.5*****Y", "MSG*DEDUCTIBLE IS INCLUDED IN OUT OF POCKET"),
    ("EB*C*FAM*30***23*3000*****Y", "MSG*DEDUCTIBLE IS INCLUDED IN OUT OF POCKET"),
    ("EB*G*IND*30***23*4000*****Y", "MSG*COPAY DOES APPLY", "MSG*COINSURANCE DOES APPLY"),
    ("EB*G*IND*30***29*3750.5*****Y",),
    ("EB*A*IND*A4^A6^A8^AI***27**.2****Y", "MSG*AFTER DEDUCTIBLE", "III*ZZ*22"),
    ("EB*B*IND*98***27*30*****Y", "MSG*OFFICE VISIT", "III*ZZ*11"),
    ("EB*B*IND*AI^MH***27*45****Y*Y", "III*ZZ*22"),
    ("EB*F*IND*AI***23***VS*60*Y*Y", "HSD*VS*60***23*1", "MSG*COMBINED WITH MENTAL HEALTH"),
    ("EB*A*IND*A4^A6^A8^AI***27**.5****N", "DTP*292*RD8*20260101-20261231"),
)
# The rows that packages with typed models accept: they refuse III, visit limits, service types A6 and A8.
PLAIN: Final = BENEFITS[:7]
TRAILER: Final = ("GE*1*101", "IEA*1*000000101")


def write_message(benefits: int, rows: tuple[tuple[str, ...], ...] = BENEFITS) -> str:
    """Write one reply with *benefits* EB segments: 40 of them make 111 segments."""
    taken = islice(cycle(rows), benefits)
    body = [*OPENING, *(segment for row in taken for segment in row)]
    return "~".join((*HEADER, *body, f"SE*{len(body) + 1}*0001", *TRAILER, ""))
