"""How much of AWS's limits policies use, as the page shows it: the fullest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.findings.filling import NEARLY
from crossaccess.findings.measuring import Use, uses_of
from crossaccess.findings.places import Place
from crossaccess.report.page.links import Link
from crossaccess.report.page.policies import NAME, account_of
from crossaccess.report.sentence import name, phrase, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """How full something is; `level` is `fine`, `nearly` or `over`."""

    what: Link
    account: str
    limit: str
    used: int
    maximum: int
    unit: str
    percent: float
    level: str
    certain: bool

    @property
    def share(self) -> float:
        """How much of a bar of 100 is filled."""
        return min(self.percent, 100.0)


def gauges_of(places: Sequence[Place], ids: Mapping[str, str]) -> tuple[Gauge, ...]:
    """What is measured at these places; `ids` are those of policies by their names."""
    found = [_gauge(use, ids) for use in uses_of(places)]
    return tuple(sorted(found, key=lambda one: -one.percent))


def _gauge(use: Use, ids: Mapping[str, str]) -> Gauge:
    first, whole = use.places[0], len(use.places) == 1
    said = (
        (phrase(first.policy.name, NAME),)
        if whole
        else (words("inline policies of "), name(first.about, NAME))
    )
    percent = round(use.percent, 1)
    return Gauge(
        what=Link(said=said, target=ids.get(first.policy.name, "")),
        account=account_of(first.account),
        limit=use.limit.document,
        used=use.used,
        maximum=use.limit.maximum,
        unit=use.limit.unit,
        percent=percent,
        level="over" if use.used > use.limit.maximum else "nearly" if use.percent > NEARLY else "fine",
        certain=use.certain,
    )
