"""Where requests come from: addresses and networks, for conditions on `aws:SourceIp`.

IAM User Guide, "AWS global condition context keys" (`aws:SourceIp`) and "IAM JSON policy elements: Condition
operators" (IP address condition operators).
"""

import ipaddress
import re

from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import read_list, read_text

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SHAPE = re.compile(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", re.ASCII)
# Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage": wider ones make a policy public.
_WIDEST = {4: 8, 6: 32}
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NEVER_SEEN = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)
_EXAMPLE = "203.0.113.7 or 203.0.113.0/24"


def read_addresses(raw: object, key: str, faults: Faults) -> tuple[str, ...] | None:
    """IPv4 and IPv6 addresses and networks, at least one, each as a CIDR block in its shortest form."""
    return read_list(raw, key, faults, entry=read_address, example="[203.0.113.0/24]")


def read_address(raw: object, key: str, faults: Faults) -> str | None:
    """One address or network, as a CIDR block: `203.0.113.7` is `203.0.113.7/32`."""
    text = read_text(raw, key, faults, mend=f"write an address or a network, such as {_EXAMPLE}")
    if text is None:
        return None
    mend = _mend(text)
    if mend is None:
        return str(ipaddress.ip_network(text))
    faults.add(key, shown(text), mend)
    return None


def parse_network(text: str) -> Network | None:
    """The network that a text means beyond doubt; `None` for anything else, host bits included."""
    if not _SHAPE.fullmatch(text):
        return None
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def is_mapped(network: Network) -> bool:
    """Whether these are IPv4 addresses in the dress of IPv6, of which nobody says how they compare."""
    return isinstance(network, ipaddress.IPv6Network) and network.overlaps(_MAPPED)


def covered(networks: tuple[Network, ...], by: tuple[Network, ...]) -> bool:
    """Whether every address of the networks is in one of those others, maybe of several together."""
    wholes: list[Network] = [
        *ipaddress.collapse_addresses(one for one in by if isinstance(one, ipaddress.IPv4Network)),
        *ipaddress.collapse_addresses(one for one in by if isinstance(one, ipaddress.IPv6Network)),
    ]
    return all(any(_within(network, whole) for whole in wholes) for network in networks)


def touch(networks: tuple[Network, ...], others: tuple[Network, ...]) -> bool:
    """Whether any address is in one of the networks and in one of the others."""
    return any(_within(one, other) or _within(other, one) for one in networks for other in others)


def _within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def _mend(text: str) -> str | None:
    """What would be right instead; `None` where the text is."""
    network = parse_network(text)
    if network is None:
        if not _SHAPE.fullmatch(text):
            return f"an address or a network is written such as {_EXAMPLE}"
        try:
            right = ipaddress.ip_network(text, strict=False)
        except ValueError:
            return f"an address or a network is written such as {_EXAMPLE}"
        return f"that is an address inside of a network: write the network, {str(right)!r}, or one address"
    if network.prefixlen == 0:
        return "it is every address there is, and narrows nothing: name your own networks"
    if any(_within(network, never) for never in _NEVER_SEEN):
        return (
            "AWS sees public addresses only, and a request never comes from a private one: "
            "name the public addresses that your network leaves by"
        )
    if network.prefixlen < _WIDEST[network.version]:
        widest = f"/{_WIDEST[network.version]}"
        return f"S3 takes IPv{network.version} networks wider than {widest} for public: name narrower ones"
    if is_mapped(network):
        return "write IPv4 addresses as IPv4"
    return None
