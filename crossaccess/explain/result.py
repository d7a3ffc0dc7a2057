"""What an explanation says. Names and texts come out of policies: they may hold anything."""

from dataclasses import dataclass
from enum import Enum

from crossaccess.decide import Decision


class Standing(Enum):
    """What one side says of a request."""

    ALLOWS = "allows"
    DENIES = "denies"
    DOES_NOT_ALLOW = "does not allow"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not needed"
    """It does not allow, and need not: the other side is enough inside of one account."""


class Part(Enum):
    """Which policies a side's are. Those of the network are nobody's here."""

    IDENTITY = "identity policies"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    BUCKET = "bucket policy"
    TRUST = "trust policy"
    KEY = "key policy"
    SCP = "service control policies"
    RCP = "resource control policies"


class Method(Enum):
    """By which way somebody gets at an object."""

    ITSELF = "as itself"
    ROLE = "by role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a side says, or does not say.

    `policy` and `statement` are where it stands, `element` is what missed (`Resource`, `Condition`; several
    with commas). `mend` is what to change, or to ask otherwise, and where; `ask` are the condition keys whose
    values would make the answer known.
    """

    text: str
    policy: str | None = None
    statement: str | None = None
    element: str | None = None
    source: str = ""
    mend: str | None = None
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a step: whose policies, and what they say. `stack` is `None` where no stack holds them.

    Of an organization's policies `whose` is the level, and `account` the one that they limit.
    """

    part: Part
    whose: str
    account: str | None
    stack: str | None
    standing: Standing
    findings: tuple[Finding, ...]

    @property
    def fails(self) -> bool:
        """Whether the step ends here."""
        return self.standing in (Standing.DENIES, Standing.DOES_NOT_ALLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request on the way, decided. `rule` is a rule of AWS that no policy changes.

    What is `only_for` something else than was asked (an upload in parts) does not decide.
    """

    action: str
    resource: str
    caller: str
    decision: Decision
    sides: tuple[Side, ...]
    rule: str | None = None
    only_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way: all of its steps have to be allowed.

    `grants` are those that give it, or come nearest to giving it, by name.
    """

    method: Method
    decision: Decision
    steps: tuple[Step, ...]
    role: str | None = None
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Which policies the answer knew, of one principal or resource.

    `read` are their names, `unread` those that nobody can read, with why. Where it is not `whole`, there may
    be others. `levelled`: they are an organization's, at one of its levels.
    """

    whose: str
    account: str | None
    read: tuple[str, ...]
    unread: tuple[tuple[str, str], ...] = ()
    whole: bool = True
    levelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An answer: the ways that matter, the one that gets furthest first, and what is known.

    `prefix` is what is listed, where something is. `others` are ways that were tried as well and that nobody
    meant. `assumed` is what the request was taken to hold unasked, as `KEY=VALUE`. `keyless`: that the object
    has no KMS key was taken for granted as well, since nothing here tells of any.
    """

    principal: str
    account: str | None
    action: str
    resource: str
    decision: Decision
    ways: tuple[Way, ...]
    prefix: str | None = None
    others: tuple[Way, ...] = ()
    known: tuple[Known, ...] = ()
    assumed: tuple[str, ...] = ()
    keyless: bool = False

    @property
    def ask(self) -> tuple[str, ...]:
        """The condition keys whose values would make an unknown answer known."""
        if self.decision is not Decision.UNKNOWN:
            return ()
        steps = [step for way in self.ways for step in way.steps if way.decision is Decision.UNKNOWN]
        found = (key for step in steps for side in step.sides for one in side.findings for key in one.ask)
        return tuple(dict.fromkeys(found))
