"""The sentences about a comparison, the same in every format.

`user/bob (112233445566) gains s3:PutObject on reports/*, over TLS, until 2027-01-31 — by role uploads`
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crossaccess.compare.change import (
    Change,
    Comparison,
    Effect,
    Rewritten,
    Shift,
    Standing,
    Subject,
    Unclear,
)
from crossaccess.compare.verdict import tally
from crossaccess.report.diff.about import CHANGE, About
from crossaccess.report.diff.order import actions_in_order
from crossaccess.report.sentence import Piece, Sentence, counted, listed, name, phrase, strong, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Brevity:
    """How many entries of each list a sentence names, and how long a name may be; `None` is all of it."""

    actions: int | None
    conditions: int | None
    entries: int | None
    characters: int | None


BRIEF = Brevity(actions=3, conditions=6, entries=3, characters=120)
WHOLE = Brevity(actions=None, conditions=None, entries=None, characters=None)

_VERBS = {Effect.GAIN: " gains ", Effect.LOSS: " loses ", Effect.UNKNOWN: " may gain "}
_MAY_LET = {Effect.GAIN: " may let ", Effect.LOSS: " may no longer let ", Effect.UNKNOWN: " may perhaps let "}
_AWAITS = {
    Effect.GAIN: ", as far as its own account goes, gains ",
    Effect.LOSS: ", as far as its own account goes, loses ",
    Effect.UNKNOWN: ", as far as its own account goes, may gain ",
}
_PUBLIC = {
    Effect.GAIN: "this opens it to everyone",
    Effect.LOSS: "this was open to everyone",
    Effect.UNKNOWN: "this may open it to everyone",
}
_SHIFTS = {Shift.LOOSENED: " under looser conditions", Shift.TIGHTENED: " only under stricter conditions"}
# Subjects that are a class of an account's principals, as seen from that account.
_OF_ITS = {
    "any principal": "any of its principals",
    "any role session": "any of its role sessions",
    "any user": "any of its users",
    "any role": "any of its roles",
    "any federated user": "any of its federated users",
    "the root user": "its root user",
}
_OF_ANY = " of any "
_KINDS = ("bucket", "key", "role")
_EVERYTHING = ("*",)


def sentence(
    change: Change, brevity: Brevity = BRIEF, *, placed: bool = False, stands: bool = False
) -> Sentence:
    """What a change does, as one sentence; `placed`: it stands under a heading that names the target.

    `stands`: nothing changes, it is so.
    """
    does = actions_in_order(change.actions)
    actions = listed([name(action, brevity.characters) for action in does], brevity.actions)
    middle = (*actions, *_place(change, brevity, placed=placed), *_conditions(change, brevity))
    way = (words(" — "), phrase(change.way, brevity.characters)) if change.way else ()
    return (*_beginning(change, brevity, stands=stands), *middle, *way, *_rest(change, brevity))


def unclear(entry: Unclear, brevity: Brevity = BRIEF, about: About = CHANGE) -> Sentence:
    """That something is not known yet, and why."""
    known = (name(entry.name, brevity.characters), words(f" is {about.unknown}: "))
    return (*known, phrase(entry.reason, brevity.characters))


def rewritten(policy: Rewritten, brevity: Brevity = BRIEF) -> Sentence:
    """A policy whose text changes."""
    account = (words(" ("), name(policy.account, brevity.characters), words(")")) if policy.account else ()
    return (name(policy.name, brevity.characters), *account)


def headline(comparison: Comparison, about: About = CHANGE) -> str:
    """What the comparison comes to, in one line of our own words."""
    said = _counted(comparison, about)
    if not about.besides:
        return said
    return f"{said}; {counted(about.besides, 'thing is', 'things are')} not as deployed"


def _counted(comparison: Comparison, about: About) -> str:
    if comparison.changes or comparison.unclear:
        total = tally(comparison)
        parts = ((total.gained, "gained"), (total.lost, "lost"), (total.unknown, "unknown"))
        numbers = ", ".join(f"{number:,} {word}" for number, word in parts if number)
        return f"{numbers}{about.since}" if total.gained or total.lost else numbers
    if comparison.rewritten:
        policies = counted(len(comparison.rewritten), "policy", "policies")
        return f"{policies} rewritten{about.since}, no access changed"
    return about.nothing


def basis(comparison: Comparison) -> Sentence:
    """For which actions the comparison is complete; empty where nobody said so."""
    if not comparison.actions_as_of:
        return ()
    return (words("Complete for AWS's list of actions of "), phrase(comparison.actions_as_of, 40))


def compared(comparison: Comparison, brevity: Brevity = BRIEF) -> Sentence:
    """What was compared; empty where nobody said so."""
    titles = [name(title, brevity.characters) for title in comparison.titles]
    return (words("Compared: "), *listed(titles, brevity.conditions)) if titles else ()


def sign(change: Change) -> str:
    """`+` gained, `-` lost, `~` conditions loosened or tightened, `?` unknown."""
    if change.effect is Effect.UNKNOWN:
        return "?"
    if change.shift is not None:
        return "~"
    return "+" if change.effect is Effect.GAIN else "-"


def is_shortened(change: Change, brevity: Brevity = BRIEF) -> bool:
    """Whether the sentence of a change leaves something out."""
    return sentence(change, brevity) != sentence(change, WHOLE)


def _beginning(change: Change, brevity: Brevity, *, stands: bool) -> Sentence:
    who = _who(change.subject, brevity)
    if change.awaits_owner:
        return (*who, words(_AWAITS[change.effect]))
    if change.standing is Standing.DELEGATED:
        return (*_delegating(change, brevity), words(" use "))
    if change.shift is not None or stands:
        may = " may perhaps use " if change.effect is Effect.UNKNOWN else " may use "
        return (*who, words(may))
    doubtful = change.effect is Effect.LOSS and change.reason is not None
    return (*who, words(" may lose " if doubtful else _VERBS[change.effect]))


def _who(subject: Subject, brevity: Brevity) -> Sentence:
    who = _phrase(subject.name, brevity)
    return (
        (who,)
        if subject.account is None
        else (who, words(" ("), name(subject.account, brevity.characters), words(")"))
    )


def _delegating(change: Change, brevity: Brevity) -> Sentence:
    """Whose word is still missing, and whom they may let in."""
    # Under stricter conditions it still may.
    effect = Effect.GAIN if change.shift is Shift.TIGHTENED else change.effect
    subject, may_let = change.subject, words(_MAY_LET[effect])
    if subject.account is not None:
        inner = _OF_ITS.get(subject.name)
        whom = words(inner) if inner else _phrase(subject.name, brevity)
        return (words("account "), name(subject.account, brevity.characters), may_let, whom)
    inner, of_any, accounts = subject.name.partition(_OF_ANY)
    known = _OF_ITS.get(inner) if of_any else None
    whose = _phrase(f"any {accounts}" if of_any else "any account", brevity)
    return (whose, may_let, words(known) if known else _phrase(inner, brevity))


def _place(change: Change, brevity: Brevity, *, placed: bool) -> Sentence:
    target = name(change.target, brevity.characters)
    if not change.resources:
        # A target begins with what it is: `bucket shared`.
        kind = change.target.partition(" ")[0]
        return (words(f" on the {kind}"),) if placed and kind in _KINDS else (words(" on "), target)
    if tuple(change.resources) == _EVERYTHING:
        what: Sentence = (words(" on every object"),)
    else:
        what = (words(" on "), *_names(change.resources, brevity))
    spared = (words(" but not "), *_names(change.spared, brevity)) if change.spared else ()
    return (*what, *spared) if placed else (*what, *spared, words(" of "), target)


def _conditions(change: Change, brevity: Brevity) -> Sentence:
    if change.shift is None:
        told = change.conditions[: brevity.conditions]
        more = len(change.conditions) - len(told)
        rest = (words(f", on {counted(more, 'more condition', 'more conditions')}"),) if more else ()
        return (*(piece for one in told for piece in (words(", "), _phrase(one, brevity))), *rest)
    before, now = (_phrases(texts, brevity) for texts in (change.before, change.conditions))
    return (words(f"{_SHIFTS[change.shift]} (before: "), *before, words("; now: "), *now, words(")"))


def _rest(change: Change, brevity: Brevity) -> Sentence:
    pieces: list[Piece] = []
    if change.takers:
        pieces += [words("; so far: "), *_names(change.takers, brevity)]
    elif change.takers is not None:
        pieces += [words("; so far: nobody")]
    if change.reason:
        pieces += [words("; it cannot be told: "), _phrase(change.reason, brevity)]
    if change.public:
        pieces += [words("; "), strong(_PUBLIC[change.effect])]
    return tuple(pieces)


def _phrases(texts: Sequence[str], brevity: Brevity) -> Sentence:
    if not texts:
        return (words("none"),)
    return listed([_phrase(text, brevity) for text in texts], brevity.conditions)


def _phrase(text: str, brevity: Brevity) -> Piece:
    return phrase(text, brevity.characters)


def _names(texts: Sequence[str], brevity: Brevity) -> Sentence:
    return listed([name(text, brevity.characters) for text in sorted(set(texts))], brevity.entries)
