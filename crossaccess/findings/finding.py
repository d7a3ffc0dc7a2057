"""Findings: what a rule says, and where something goes against it."""

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad it is, by name; see `rank` for their order."""

    INFO = "info"
    """Worth knowing; nothing has to change."""
    LOW = "low"
    """Better otherwise, and harmless as it is."""
    MEDIUM = "medium"
    """A layer of protection is missing, or something does not work as it is meant to."""
    HIGH = "high"
    """More is given away than anybody can have meant."""
    CRITICAL = "critical"
    """Open to everyone."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return _ORDER.index(self)

    def reaches(self, other: "Severity") -> bool:
        """Whether it is as bad as another, or worse."""
        return self.rank >= other.rank


_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is looked for. All of it is our own text.

    `id` (`XA101`) never changes its meaning and is never given away again; `name` (`tls-not-required`) is the
    same for people. `reason` says why it matters, `mend` what to do about it, and `page` is the page of AWS's
    documentation that it rests on, by its title.
    """

    id: str
    name: str
    title: str
    severity: Severity
    reason: str
    page: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that goes against a rule. All but the rule may hold foreign text, as it came.

    `about` is what it is found on, as people call it: `bucket lake`, `key 1234abcd-…`, `role/reader`, `grant
    reports`. `account` is whose that is. `policy` and `statement` (`statement 3 (Reader)`) are where it
    stands, as far as it stands in one; `source` is the URN or the file that holds it. `mend` is what to
    change just here, where more can be said than the rule says. It is not `certain` where something that
    decides it is not known, and the message says what.
    """

    rule: Rule
    about: str
    message: str
    account: str | None = None
    policy: str | None = None
    statement: str | None = None
    source: str = ""
    mend: str | None = None
    certain: bool = True

    @property
    def severity(self) -> Severity:
        """That of its rule."""
        return self.rule.severity
