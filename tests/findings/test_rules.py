"""Each rule finds what it is about, and nothing that comes near to it."""

import pytest

from crossaccess.findings.catalogue import RULES
from crossaccess.findings.finding import Severity
from tests.findings.cases import CASES
from tests.support.found import found, names


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_goes_against_it(name: str) -> None:
    """The picture that has it."""
    assert name in names(CASES[name][0])


@pytest.mark.parametrize("name", CASES)
def test_a_rule_leaves_alone_what_only_comes_near(name: str) -> None:
    """The picture that nearly has it."""
    assert name not in names(CASES[name][1])


def test_every_rule_has_its_pictures() -> None:
    """No rule is without one that it finds."""
    assert list(CASES) == [one.name for one in RULES]


def test_ids_and_names_are_each_rules_own() -> None:
    """They are what people and programs know a rule by."""
    assert len({one.id for one in RULES}) == len({one.name for one in RULES}) == len(RULES)
    assert [one.id for one in RULES] == sorted(one.id for one in RULES)


def test_the_worst_comes_first() -> None:
    """People read from the top, and a log may be cut off."""
    for looked_at, _ in CASES.values():
        ranks = [one.severity.rank for one in found(looked_at)]
        assert ranks == sorted(ranks, reverse=True)


def test_severities_are_in_order() -> None:
    """Each reaches itself and those below it."""
    order = ["info", "low", "medium", "high", "critical"]
    for rank, name in enumerate(order):
        one = Severity(name)
        assert [other.value for other in Severity if one.reaches(other)] == order[: rank + 1]
