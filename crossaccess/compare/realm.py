"""Realms: all requests for one action on one resource's owner by one class of callers.

Within a realm requests differ in their resource and in their condition keys. What each of these may be is
AWS's (Service Authorization Reference; IAM User Guide, "AWS global condition context keys").
"""

from functools import cached_property, lru_cache
from typing import Final

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass, sides_of
from crossaccess.compare.carried import always_present, can_carry, fixed_value
from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.keys import is_multivalued, kind_of, line_of
from crossaccess.compare.kind import Kind
from crossaccess.compare.line import Line
from crossaccess.compare.organizations import agreeing
from crossaccess.compare.rolls import rolled
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.spans import Spans, everything
from crossaccess.compare.texts import ALL, NOTHING, Texts, of
from crossaccess.compare.ties import TIES, Rule
from crossaccess.compare.value_set import Names, Values
from crossaccess.compare.values import values_of
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.context import ABSENT as NO_VALUE
from crossaccess.decide.context import UNKNOWN, Lookup

# One clock under two names.
NOW: Final = "aws:currenttime"
_ALIASES: Final = {"aws:epochtime": NOW}
_OWNERS: Final = frozenset({"aws:resourceaccount", "s3:resourceaccount"})


@lru_cache(maxsize=4096)
def realm_of(
    action: str, caller: CallerClass, owner: str | None, resources: Texts, among: Texts | None
) -> "Realm":
    """The realm, one for all who ask about the same: what was read in it is read once."""
    return Realm(action=action, caller=caller, owner=owner, resources=resources, among=among)


class Realm:
    """What each thing may be in any request for the action by a caller of the class.

    `resources` are those that are looked at, `among` narrows the callers down. `owner` is the resources'
    account, `None` where nobody told.
    """

    def __init__(
        self,
        *,
        action: str,
        caller: CallerClass,
        owner: str | None,
        resources: Texts,
        among: Texts | None = None,
    ) -> None:
        self.action: Final = action
        self.asked: Final = action.lower()
        self.caller: Final = caller
        self.owner: Final = owner
        self.read: Final[dict[object, object]] = {}
        """What was found out about statements in this realm, kept for the other state of a change."""
        self._sides: dict[str, KeySet] = {**sides_of(caller), RESOURCE: present(resources)}
        if among is not None:
            mine = key_set.meet(self._sides[PRINCIPAL_ARN], present(among))
            self._sides[PRINCIPAL_ARN] = present(NOTHING) if mine is None else mine

    @cached_property
    def is_empty(self) -> bool:
        """Whether there is no such resource, or no such caller. Raises `TooHardError`."""
        return any(key_set.is_empty(self[thing]) for thing in (RESOURCE, PRINCIPAL_ARN))

    def __getitem__(self, thing: str) -> KeySet:
        """What this thing may be."""
        found = self._sides.get(thing)
        if found is None:
            found = self._sides[thing] = self._side(thing)
        return found

    def lookup(self, key: str) -> Lookup:
        """The values of a key that all requests of the realm share; unknown where they differ."""
        keys = self[thing_of(key)]
        if keys.every is None:
            return NO_VALUE
        text = None if keys.absent or keys.several else _only_text(keys.every)
        return UNKNOWN if text is None else (text,)

    def settled(self, box: Box) -> Box | None:
        """The requests of the box in which keys that hang together agree; `None` where there are none.

        Keys that a request need not have are left out of it afterwards.
        """
        sides = dict(box.sides)
        ties = _ties()
        waiting = [key for key in dict.fromkeys((*self._tied, *sides)) if key in ties]
        while waiting:
            key = waiting.pop()
            mine = self._of(sides, key)
            if mine.absent or mine.every is None:
                continue
            for other, kept_in in ties[key]:
                theirs = self._of(sides, other)
                kept = key_set.meet(theirs, kept_in)
                if kept is None:
                    return None
                if kept != theirs:
                    sides[other] = kept
                    if other in ties:
                        waiting.append(other)
        agreed = agreeing(sides)
        listed = None if agreed is None else rolled(agreed, self.__getitem__)
        if listed is None:
            return None
        return box if len(listed) == len(box.sides) and listed == box.sides else Box(listed)

    @cached_property
    def _tied(self) -> tuple[str, ...]:
        """The keys that call for others and that every request has."""
        return _always_tied(self.action, self.caller.kind)

    def _of(self, sides: dict[str, KeySet], key: str) -> KeySet:
        return sides[key] if key in sides else self[key]

    def _side(self, key: str) -> KeySet:
        if key in _OWNERS and self.owner is not None:
            return present(of(literal(self.owner)))
        return _side(self.action, self.caller.kind, key)


@lru_cache(maxsize=16_384)
def _side(action: str, kind: CallerKind, key: str) -> KeySet:
    """What a key may be in requests for the action by callers of the kind."""
    if not can_carry(action, key, kind):
        return ABSENT
    fixed = fixed_value(key, kind)
    whole = _whole(key) if fixed is None else _one_of(key, fixed)
    several = is_multivalued(key)
    return KeySet(absent=not always_present(key, action, kind), every=whole, several=several)


@lru_cache(maxsize=1024)
def _always_tied(action: str, kind: CallerKind) -> tuple[str, ...]:
    """The keys that call for others and that every such request has."""
    return tuple(key for key in _ties() if not _side(action, kind, key).absent)


def thing_of(key: str) -> str:
    """The thing that a condition key is about; its name has no case."""
    name = key.lower()
    return _ALIASES.get(name, name)


@lru_cache(maxsize=1)
def _ties() -> dict[str, list[tuple[str, KeySet]]]:
    """Where the first key is there, each other one is in its set. One clock needs no tie to itself."""
    found: dict[str, list[tuple[str, KeySet]]] = {}
    for tie in TIES:
        key, other = thing_of(tie.key), thing_of(tie.other)
        if tie.rule is Rule.ABSENT:
            found.setdefault(key, []).append((other, ABSENT))
        elif tie.rule is not Rule.SAME_MOMENT:
            whole = _whole(other) if tie.rule is Rule.PRESENT else _one_of(other, *tie.values)
            kept = KeySet(absent=False, every=whole, several=is_multivalued(other))
            found.setdefault(key, []).append((other, kept))
    return found


def _one_of(key: str, *values: str) -> Values:
    if kind_of(key) is Kind.TRUTH:
        return Names(frozenset(values))
    return of(*map(literal, values))


@lru_cache(maxsize=1024)
def _whole(key: str) -> Values:
    """All values that a key of its kind may have."""
    if key == NOW:
        # What both of its names can say.
        return Spans(Line.MOMENT, everything(Line.EPOCH).cuts)
    line = line_of(key)
    if line is not None:
        return everything(line)
    if kind_of(key) is Kind.TRUTH:
        return Names(frozenset({"true", "false"}))
    forms = values_of(key)
    return ALL if forms is None else of(*map(glob, forms))


def _only_text(values: Values) -> str | None:
    """The text of a set that is written as one text."""
    if isinstance(values, Texts) and len(values.within) == 1 and len(values.within[0]) == 1:
        shape = values.within[0][0]
        return shape.text if shape.is_literal else None
    return None
