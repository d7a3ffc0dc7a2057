"""Addresses and networks as people write them, for conditions on `aws:SourceIp`."""

import pytest

from crossaccess.policy.addresses import read_addresses
from crossaccess.policy.faults import Faults


def read(raw: object) -> tuple[tuple[str, ...] | None, list[str]]:
    """Read addresses; answer them and the faults as they are told."""
    faults = Faults()
    return read_addresses(raw, "sourceIp", faults), [str(fault) for fault in faults.all()]


def test_addresses_are_read_as_networks_in_their_shortest_form() -> None:
    """An address alone is a network of one.

    IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    raw = ["203.0.113.7", "198.51.100.0/24", "2001:DB8:0:0::/48", "2001:db8::7", "8.0.0.0/8", "2001:db8::/32"]
    assert read(raw) == (
        (
            "203.0.113.7/32",
            "198.51.100.0/24",
            "2001:db8::/48",
            "2001:db8::7/128",
            "8.0.0.0/8",
            "2001:db8::/32",
        ),
        [],
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (None, "sourceIp is missing or empty: write a list, such as [203.0.113.0/24]"),
        ([], "name at least one"),
        ("203.0.113.7", "write a list"),
        (["203.0.113.7", "203.0.113.7/32"], "sourceIp[1] is '203.0.113.7/32': it stands there twice"),
        ([203], "sourceIp[0] is 203 (a number): quote it"),
        (["203.0.113.1/24"], "write the network, '203.0.113.0/24', or one address"),
        (["2001:db8::1/64"], "write the network, '2001:db8::/64', or one address"),
        (["0.0.0.0/0"], "it is every address there is"),
        (["::/0"], "it is every address there is"),
        (["128.0.0.0/1"], "S3 takes IPv4 networks wider than /8 for public"),
        (["8.0.0.0/7"], "wider than /8"),
        (["2001:db8::/31"], "S3 takes IPv6 networks wider than /32 for public"),
        (["10.0.0.0/8"], "AWS sees public addresses only"),
        (["172.16.3.0/24"], "AWS sees public addresses only"),
        (["192.168.1.1"], "AWS sees public addresses only"),
        (["fd00::/32"], "AWS sees public addresses only"),
        (["::ffff:203.0.113.7"], "write IPv4 addresses as IPv4"),
        (["203.0.113.7/33"], "an address or a network is written such as 203.0.113.7"),
        (["203.0.113.0/255.255.255.0"], "an address or a network is written such as"),
        (["203.0.113"], "an address or a network is written such as"),
        (["203.0.113.007"], "an address or a network is written such as"),
        (["203.0.113.7 "], "an address or a network is written such as"),
        (["203.0.113.7\n"], "an address or a network is written such as"),
        (["203.0.113.*"], "an address or a network is written such as"),
        (["${aws:SourceIp}"], "an address or a network is written such as"),
        (["fe80::1%eth0"], "an address or a network is written such as"),
        (["٢٠٣.0.113.7"], "an address or a network is written such as"),
        (["example.org"], "an address or a network is written such as"),
        (["/24"], "an address or a network is written such as"),
        ([""], "write an address or a network"),
    ],
)
def test_what_is_no_narrow_public_network_is_named_with_its_mend(raw: object, told: str) -> None:
    """Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".

    IAM User Guide, "AWS global condition context keys".
    """
    _, (fault,) = read(raw)
    assert told in fault
    assert "\n" not in fault
