"""Where this service may connect of itself: the one policy for every address that is configured.

1. **The address as written** (`is_safe`) is https, or http to the loopback interface. It is plain ASCII: a
   host name of letters, digits and hyphens whose last label is no number, or an IP address in its usual form.
   User names, fragments, trailing dots, percent signs, other scripts and the decimal, octal and hexadecimal
   spellings of IPv4 addresses are refused: programs differ in what they read there.
2. **The address connected to** (`admits`) is judged after the name was resolved and at each connection anew,
   so that a name cannot be made to point elsewhere in between. A name leads to public addresses only;
   ``localhost`` to loopback only; an IP address to itself only. An IPv4 address inside an IPv6 one (mapped,
   6to4, Teredo, NAT64) counts as itself. Link-local addresses, where clouds keep their metadata, and those
   that name no single host are never connected to.
3. **The operator decides the rest.** An IP address that is loopback or private is reached where the operator
   wrote it as such; names that lead to private networks (a VPN, a private link) are those of
   ``VERIFIER_PRIVATE_HOSTS``. Nothing else widens it: redirects are not followed, links in replies are not
   followed (the endpoints of a sign-in provider are names, or on its own host), and neither proxies nor
   ``.netrc`` are taken from the environment.

``DATABASE_URL`` and ``REDIS_URL`` are the operator's own parts and not judged here.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

LOCALHOST: Final = "localhost"
WRITTEN: Final = re.compile(r"[!-~]+", re.ASCII)  # no space and no control character
NAME: Final = re.compile(
    r"(?=.{1,253}\Z)"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"(?!\d+\Z|0x[0-9a-f]*\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)
NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215


def is_safe(url: str) -> bool:
    """Tell whether *url* may be configured as the address of a payer, a sign-in server or a key set."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        has_port = parts.port != 0
    except ValueError:
        return False
    written_well = WRITTEN.fullmatch(url) and "\\" not in url and has_port
    if not written_well or parts.username is not None or parts.fragment:
        return False
    if not (_is_plain(host) or is_name(host)):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def is_name(host: str) -> bool:
    """Tell whether *host* is a host name as it may be configured."""
    return NAME.fullmatch(host) is not None


def admits(host: str, address: str, private: Collection[str] = ()) -> bool:
    """Tell whether a connection meant for *host* may go to the IP *address* its name was resolved to.

    *private* are the names that the operator lets lead to private networks.
    """
    found, literal = _read(address), _read(host)
    if found is None or not _names_one_host(found):
        return False
    if literal is not None:
        return literal == found
    if host == LOCALHOST:
        return found.is_loopback
    return found.is_global or (host in private and not found.is_loopback)


def _read(text: str) -> Address | None:
    """Read an IP address in its usual form, and the IPv4 address it may wrap; ``None`` for anything else."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return _unwrap(address) if isinstance(address, IPv6Address) else address


def _unwrap(address: IPv6Address) -> Address:
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo and address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_plain(host: str) -> bool:
    """Tell whether *host* is an IP address that wraps no other, has no zone and names one host."""
    found = _read(host)
    return found is not None and "%" not in host and found == ip_address(host) and _names_one_host(found)


def _names_one_host(address: Address) -> bool:
    reserved = address.is_reserved and not address.is_loopback  # ``::1`` lies in a reserved network
    return not (address.is_link_local or address.is_multicast or address.is_unspecified or reserved)


def _is_loopback(host: str) -> bool:
    literal = _read(host)
    return host == LOCALHOST or (literal is not None and literal.is_loopback)
