"""Policies over most of their limit, and over all of it."""

from collections.abc import Iterator, Sequence
from typing import Final

from crossaccess.findings.catalogue import NEARLY_FULL, TOO_LARGE
from crossaccess.findings.finding import Finding
from crossaccess.findings.measuring import uses_of
from crossaccess.findings.places import Place

NEARLY: Final = 80
"""From how many percent of a limit on a policy is nearly full."""


def how_full_policies_are(places: Sequence[Place]) -> Iterator[Finding]:
    """Look at what each uses of its limit."""
    for use in uses_of(places):
        if use.percent <= NEARLY:
            continue
        limit = use.limit
        message = f"{use.used:,} of {limit.maximum:,} {limit.unit} ({use.percent:.0f} %) of {limit.document}"
        told = message if use.certain else f"{message}, if that is what it is"
        rule = TOO_LARGE if use.used > limit.maximum else NEARLY_FULL
        yield use.places[0].finding(rule, told, certain=use.certain)
