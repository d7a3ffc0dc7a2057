"""Whether AWS and the decision core agree, line by line and all together."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from crossaccess.verify.expecting import Expected
from crossaccess.verify.line import Answer, Line, Reply


class Verdict(Enum):
    """What the comparison of a line shows."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNTOLD = "cannot be told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A line with what was expected and what came of it.

    `weak`: a refusal says nothing, since it is what a missing object looks like, too. `tries` counts the
    calls, `seconds` is how long the last of them took, `rechecked` whether it was made once more at the end.
    """

    line: Line
    expected: Expected
    answer: Answer
    weak: bool = False
    tries: int = 1
    seconds: float = 0.0
    rechecked: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the two agree."""
        wanted, reply = self.expected.allowed, self.answer.reply
        if wanted is None or reply in (Reply.FAILED, Reply.NOT_MADE):
            return Verdict.UNTOLD
        if wanted == (reply is Reply.ALLOWED):
            return Verdict.AGREES
        return Verdict.UNTOLD if wanted and self.weak else Verdict.DIFFERS

    @property
    def why_untold(self) -> str | None:
        """Why nothing can be told of the line; `None` where something can."""
        if self.verdict is not Verdict.UNTOLD:
            return None
        if self.answer.reply in (Reply.FAILED, Reply.NOT_MADE):
            return self.answer.message or str(self.answer)
        if self.expected.allowed is None:
            return "; ".join(self.expected.reasons)
        return (
            "no object was there to ask for, and a missing one is refused as well to who may not list the "
            "bucket: --owner-profile makes a probe, unless with --read-only"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A probe that is still there, and why. `upload` is the id of an upload in parts that was not ended."""

    bucket: str
    key: str
    version: str | None = None
    upload: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All lines, what is left behind, and sentences for people."""

    caller: str
    outcomes: tuple[Outcome, ...]
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """All agree; else the worst that was found, a difference before what cannot be told."""
        return worst(one.verdict for one in self.outcomes)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of verdicts. Nothing at all cannot be told."""
    found = set(verdicts)
    for one in (Verdict.DIFFERS, Verdict.UNTOLD, Verdict.AGREES):
        if one in found:
            return one
    return Verdict.UNTOLD
