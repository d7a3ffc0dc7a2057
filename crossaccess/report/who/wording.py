"""The sentences about who gets in, the same in every format.

`read: s3:GetObject on reports/* of bucket shared, over TLS — bucket-policy, grant reports`
"""

from collections.abc import Sequence
from typing import Final

from crossaccess.compare.change import Standing, Subject
from crossaccess.report.diff.order import actions_in_order
from crossaccess.report.diff.wording import BRIEF, Brevity
from crossaccess.report.sentence import Piece, Sentence, counted, listed, name, phrase, strong, words
from crossaccess.who.matrix import Entry, Matrix, Method

UNMENTIONED: Final = "no grant mentions it"
_EVERYTHING: Final = ("*",)
_METHODS: Final = {
    Method.BUCKET_POLICY: "bucket-policy",
    Method.ASSUME_ROLE: "assume-role",
    Method.KEY_POLICY: "by the key policy",
    Method.TRUST_POLICY: "to no end that is known here",
    Method.OWN_ACCOUNT: "in its own account",
}


def subject(one: Subject, brevity: Brevity = BRIEF) -> Sentence:
    """Who it is, with the account."""
    who = phrase(one.name, brevity.characters)
    if one.account is None:
        return (who,)
    return (who, words(" ("), name(one.account, brevity.characters), words(")"))


def sentence(entry: Entry, brevity: Brevity = BRIEF) -> Sentence:
    """What an entry says, without whom it is about."""
    does = [name(action, brevity.characters) for action in actions_in_order(entry.actions)]
    access = (words(f"{', '.join(entry.access)}: "),) if entry.access else ()
    return (
        *_standing(entry),
        *access,
        *listed(does, brevity.actions),
        *_where(entry, brevity),
        *_conditions(entry, brevity),
        words(" — "),
        *_way(entry, brevity),
        *_rest(entry, brevity),
    )


def sign(entry: Entry) -> str:
    """`?` nobody can tell, `!` no grant mentions it, `~` a side has not said its word, `+` gets in."""
    if not entry.is_sure:
        return "?"
    if not entry.is_mentioned:
        return "!"
    return "+" if entry.standing is Standing.EFFECTIVE else "~"


def headline(matrix: Matrix) -> str:
    """How much there is, in one line."""
    if not matrix.entries:
        return "nobody gets in, as far as is known"
    subjects = len({one.subject for one in matrix.entries})
    effective = [one for one in matrix.entries if one.is_sure and one.standing is Standing.EFFECTIVE]
    waiting = [one for one in matrix.entries if one.is_sure and one.standing is not Standing.EFFECTIVE]
    doubtful = len(matrix.entries) - len(effective) - len(waiting)
    parts = [counted(len(effective), "access that both sides allow", "accesses that both sides allow")]
    parts += [f"{len(waiting):,} that one side allows"] if waiting else []
    parts += [f"{doubtful:,} unknown"] if doubtful else []
    parts += [f"{len(matrix.unmentioned):,} that no grant mentions"] if matrix.unmentioned else []
    return f"{counted(subjects, 'principal', 'principals')}: {', '.join(parts)}"


def _standing(entry: Entry) -> Sentence:
    if entry.awaits_owner:
        return (words("once the owner allows it, "),)
    if entry.standing is Standing.DELEGATED:
        return (words("once its own account allows it, "),)
    return ()


def _where(entry: Entry, brevity: Brevity) -> Sentence:
    place = name(entry.place.label, brevity.characters)
    if not entry.resources:
        return (words(" on "), place)
    what: Sentence = (words(" on every object"),)
    if tuple(entry.resources) != _EVERYTHING:
        what = (words(" on "), *_names(entry.resources, brevity))
    spared = (words(" but not "), *_names(entry.spared, brevity)) if entry.spared else ()
    return (*what, *spared, words(" of "), place)


def _conditions(entry: Entry, brevity: Brevity) -> Sentence:
    shown = entry.conditions[: brevity.conditions]
    more = len(entry.conditions) - len(shown)
    pieces = [piece for one in shown for piece in (words(", "), phrase(one, brevity.characters))]
    rest = (words(f", on {counted(more, 'more condition', 'more conditions')}"),) if more else ()
    return (*pieces, *rest)


def _way(entry: Entry, brevity: Brevity) -> Sentence:
    way: Sentence = (words("by its own policies" if entry.method is None else _METHODS[entry.method]),)
    if entry.role is not None:
        way = (*way, words(" "), name(entry.role, brevity.characters))
    if entry.grants:
        label = "grant" if len(entry.grants) == 1 else "grants"
        return (*way, words(f", {label} "), *_names(entry.grants, brevity))
    return way if entry.is_mentioned else (*way, words("; "), strong(UNMENTIONED))


def _rest(entry: Entry, brevity: Brevity) -> Sentence:
    pieces: list[Piece] = []
    if entry.takers:
        pieces += [words("; so far: "), *_names(entry.takers, brevity)]
    elif entry.takers is not None:
        pieces += [words("; so far: nobody")]
    if entry.reason:
        pieces += [words("; it cannot be told: "), phrase(entry.reason, brevity.characters)]
    if entry.public:
        pieces += [words("; "), strong("it is open to everyone")]
    return tuple(pieces)


def _names(texts: Sequence[str], brevity: Brevity) -> Sentence:
    return listed([name(text, brevity.characters) for text in sorted(set(texts))], brevity.entries)
