"""What a change gives and takes for one class of callers at one target."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.allowed import NOTHING, Allowed, Policies, allowed, boxes
from crossaccess.compare.apart import about
from crossaccess.compare.box import RESOURCE, Box, plainly_inside
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass, sides_of
from crossaccess.compare.carried import always_present, can_carry
from crossaccess.compare.change import Example
from crossaccess.compare.deciding import decision_on
from crossaccess.compare.difference import Found, Granted, gained
from crossaccess.compare.examples import request_in
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.outside import Search
from crossaccess.compare.principals import said_to
from crossaccess.compare.realm import Realm, realm_of, thing_of
from crossaccess.compare.statements import Actions, Numbered, Source, differing, reach, take
from crossaccess.compare.targets import Target, TargetKind, places_of
from crossaccess.compare.texts import Texts
from crossaccess.decide import Decision, RequestError
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.pattern import glob_of
from crossaccess.policy.document import Statement

ALLOWED: Final = Decision.ALLOWED.value
State: TypeAlias = Policies | None
"""The policies that count; `None` where the target or the caller is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """Requests that one state allows and another does not, for some actions.

    `box` are the requests, less those of `spared`. `whole` is all that the state allows by the same
    statements, and `before` what the other state allowed of the same callers and resources, where it did.
    `sure`: it is so; otherwise it cannot be told. `example` is one of them, of `actions[0]`.
    """

    caller: CallerClass
    target: Target
    actions: tuple[str, ...]
    box: Box
    spared: tuple[Box, ...]
    whole: Box
    before: Box | None
    sure: bool
    hard: bool
    """Where it cannot be told: it would take too long; otherwise the policies hold what nobody can decide."""
    sources: tuple[Source, ...]
    """The statements that make the difference."""
    example: Example | None

    @property
    def statements(self) -> tuple[str, ...]:
        """Where the sources stand, for people."""
        return tuple(str(source) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Asked:
    """Actions, as patterns in lower case, and resources that a question is about."""

    actions: tuple[str, ...]
    resources: Texts

    def narrowed(self, actions: Sequence[str], where: Texts) -> tuple[tuple[str, ...], Texts | None]:
        """Those of the actions that are asked about, and the resources: `None` where there are none."""
        some = tuple(
            action
            for action in actions
            if any(glob_of(pattern).matches(action.lower()) for pattern in self.actions)
        )
        both = where.meet(self.resources)
        return some, None if not some or both.is_empty() else both


class Question:
    """One class of callers at one target: what do two states of policies allow?

    `among` narrows the callers down to some ARNs, `asked` the requests to some actions and resources. What
    the states of `but` allow for certain, before and after, is left out.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        caller: CallerClass,
        target: Target,
        old: State,
        new: State,
        spelling: Mapping[str, str],
        *,
        among: Texts | None = None,
        asked: Asked | None = None,
        but: tuple[State, State] = (None, None),
    ) -> None:
        self.caller, self.target = caller, target
        self.old, self.new = about(old, caller, target), about(new, caller, target)
        self.spelling = spelling
        self.among = among
        self.asked = asked
        self.but = (about(but[0], caller, target), about(but[1], caller, target))
        self._read: dict[tuple[int, Realm], Allowed] = {}
        """What the states, which are kept here, allow in a realm."""

    def gains(self) -> Iterator[Delta]:
        """What the new state allows and the old one does not. Raises `TooHardError`."""
        return self._deltas(self.old, self.new, self.but[1])

    def losses(self) -> Iterator[Delta]:
        """What the old state allows and the new one does not. Raises `TooHardError`."""
        return self._deltas(self.new, self.old, self.but[0])

    def all_new(self) -> Iterator[Delta]:
        """All that the new state allows."""
        return self._deltas(None, self.new, self.but[1])

    def lets(self, actions: Iterable[str], resources: Texts) -> bool:
        """Whether the new state may allow any of the actions on any of the resources.

        Raises `TooHardError`.
        """
        if self.new is None or self._is_about_nobody():
            return False
        asked = Asked(tuple(action.lower() for action in actions), resources)
        narrowed = Question(
            self.caller, self.target, None, self.new, self.spelling, among=self.among, asked=asked
        )
        return any(
            next(gained(realm, NOTHING, allowed(self.new, realm)), None) is not None
            for _, realm in narrowed._realms(None, self.new)
        )

    def all_old(self) -> Iterator[Delta]:
        """All that the old state allowed."""
        return self._deltas(None, self.old, self.but[0])

    def _deltas(self, old: State, new: State, but: State) -> Iterator[Delta]:
        if new is None or old == new or self._is_about_nobody():
            return
        if old is not None and self._says_the_same:
            return
        for actions, realm in self._realms_of(old, new):
            before = NOTHING if old is None else self._allowed(old, realm)
            after = self._allowed(new, realm)
            left_out = None if but is None else allowed(but, realm)
            earlier = _Earlier(before, realm)
            for found in _widest(tuple(gained(realm, before, after, but=left_out))):
                yield self._delta(actions, realm, found, earlier, after)

    @cached_property
    def _says_the_same(self) -> bool:
        """Whether all that changed is what is said of others."""
        old, new = self.old, self.new
        return old is not None and new is not None and _says_the_same(old, new, self.caller)

    def _realms_of(self, old: State, new: Policies) -> Iterable[tuple[tuple[str, ...], Realm]]:
        return self._realms(None, new) if old is None else self._shared

    @cached_property
    def _shared(self) -> list[tuple[tuple[str, ...], Realm]]:
        """The realms of both states: gains and losses are looked for in the same ones."""
        return [] if self.new is None else list(self._realms(self.old, self.new))

    def _allowed(self, state: Policies, realm: Realm) -> Allowed:
        found = self._read.get((id(state), realm))
        if found is None:
            found = self._read[id(state), realm] = allowed(state, realm)
        return found

    def _is_about_nobody(self) -> bool:
        if self.among is None:
            return False
        return key_set.meet(sides_of(self.caller)[PRINCIPAL_ARN], key_set.present(self.among)) is None

    def _realms(self, old: State, new: Policies) -> Iterator[tuple[tuple[str, ...], Realm]]:
        """Actions that no statement tells apart share a realm."""
        states = [state for state in (old, new) if state is not None]
        statements = list(dict.fromkeys(one for state in states for one in state.statements))
        changed = _changed(old, new)
        of_changed = frozenset(one.actions for one in changed)
        # In order, so that the same ones are asked about alike.
        told = tuple(sorted({one.actions for one in statements}))
        keys = tuple(sorted({thing_of(c.key) for one in statements for c in one.statement.conditions}))
        groups: dict[object, list[str]] = {}
        resources: dict[str, Texts] = {}
        allowing: dict[tuple[Actions, ...], bool] = {}
        actions_here = self.target.actions()
        for alike in _told_apart(self.target.kind, told):
            takes = alike.takes
            may = allowing.get(takes)
            if may is None:
                may = any(_may_allow(state, takes, self.caller, self.target) for state in states)
                allowing[takes] = may
            if not may or (old is not None and of_changed.isdisjoint(takes)):
                continue
            where: Texts | None = actions_here[alike.actions[0]]
            some = alike.actions
            if self.asked is not None and where is not None:
                some, where = self.asked.narrowed(some, where)
            if where is None:
                continue
            if old is not None and _have_the_same_sides(old, new):
                # Whatever no changed statement is about is decided as before.
                where = reach((one for one in changed if one.actions in takes), where)
                if where.is_plainly_empty():
                    continue
            for carried, same in _by_carried(some, keys, self.caller.kind):
                groups.setdefault((takes, where, carried, alike.special), []).extend(same)
                resources[same[0]] = where
        for actions in groups.values():
            yield (
                tuple(actions),
                realm_of(actions[0], self.caller, self.target.account, resources[actions[0]], self.among),
            )

    def _delta(
        self, actions: tuple[str, ...], realm: Realm, found: Found, before: "_Earlier", after: Allowed
    ) -> Delta:
        search = Search(realm)
        whole = search.told(
            found.positive, boxes(after.perhaps_denied if found.sure else after.surely_denied)
        )
        told = found.box if whole is None else whole[0]
        earlier = before.like(found, search)
        example = self._example(found, realm)
        return Delta(
            caller=self.caller,
            target=self.target,
            actions=actions,
            box=_essence(found.box, realm),
            spared=_spared(found, realm),
            whole=_essence(told, realm),
            # Other conditions are looser only where they let through all that those before did.
            before=_essence(earlier, realm) if earlier is not None and _looser(earlier, told) else None,
            # What the decision core does not confirm is not told as sure.
            sure=found.sure and example is not None and ALLOWED in (example.old, example.new),
            hard=found.example is None,
            sources=tuple(source for source in found.sources if source.policy),
            example=example if found.sure else None,
        )

    def _example(self, found: Found, realm: Realm) -> Example | None:
        if found.example is None:
            return None
        request = request_in(found.example, realm, self.spelling)
        try:
            old, new = decision_on(request, self.old), decision_on(request, self.new)
        except RequestError:
            # A caller that the decision core does not know, such as `accounts.google.com`.
            return None
        return Example(request=request, old=old, new=new)


def _says_the_same(old: Policies, new: Policies, caller: CallerClass) -> bool:
    """Whether all that changed is what is said of others."""
    if (old.identity, old.boundary) != (new.identity, new.boundary):
        return False
    if old.resource is None or new.resource is None:
        return False
    before, after = frozenset(old.resource), frozenset(new.resource)
    # Most of both is the same, and most of what is not is about others.
    fresh = _said(before - after, caller) ^ _said(after - before, caller)
    return not fresh or fresh <= _said(before & after, caller)


def _said(statements: Iterable[Numbered], caller: CallerClass) -> set[tuple[bool, Statement]]:
    found = ((one.variables, said_to(one.statement, caller)) for one in statements)
    return {(variables, said) for variables, said in found if said is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """Actions that are among the same patterns, and asked on the same kinds of resources.

    `special` is an action that the rules treat apart from all others, and which is alone then.
    """

    actions: tuple[str, ...]
    takes: tuple[Actions, ...]
    special: str


@lru_cache(maxsize=4096)
def _told_apart(kind: TargetKind, told: tuple[Actions, ...]) -> tuple[_Alike, ...]:
    """The actions on such a target, by what these patterns tell of them."""
    found: dict[tuple[tuple[Actions, ...], tuple[bool, bool], str], list[str]] = {}
    for action, places in places_of(kind).items():
        name = action.lower()
        takes = tuple(one for one in told if take(one, name))
        found.setdefault((takes, places, name if name in _BY_NAME else ""), []).append(action)
    return tuple(
        _Alike(actions=tuple(some), takes=takes, special=special)
        for (takes, _, special), some in found.items()
    )


_Carried: TypeAlias = tuple[tuple[bool, bool], ...]


@lru_cache(maxsize=4096)
def _by_carried(
    actions: tuple[str, ...], keys: tuple[str, ...], caller: CallerKind
) -> tuple[tuple[_Carried, tuple[str, ...]], ...]:
    """The actions by which of the keys their requests can have, and have always."""
    found: dict[_Carried, list[str]] = {}
    for action in actions:
        carried = tuple((can_carry(action, key, caller), always_present(key, action, caller)) for key in keys)
        found.setdefault(carried, []).append(action)
    return tuple((carried, tuple(some)) for carried, some in found.items())


def _may_allow(state: Policies, takes: Sequence[Actions], caller: CallerClass, target: Target) -> bool:
    """Whether all sides that have to allow may do so by statements about such actions."""
    own = state.identity is None or not caller.has_identity_side or caller.kind is CallerKind.ROOT
    own = own or not state.allowing_own.isdisjoint(takes)
    theirs = state.resource is None or not state.allowing.isdisjoint(takes)
    return own or theirs if caller.account == target.account else own and theirs


def _have_the_same_sides(old: Policies, new: Policies) -> bool:
    """Whether the same sides have a word in both states, and are known."""
    pairs = ((old.identity, new.identity), (old.boundary, new.boundary), (old.resource, new.resource))
    return all((one is None) == (other is None) for one, other in pairs)


# What the rules treat apart from all other actions.
_BY_NAME = frozenset(
    {
        "s3:getbucketpolicy",
        "s3:putbucketpolicy",
        "s3:deletebucketpolicy",
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
    }
)


def _changed(old: State, new: State) -> frozenset[Numbered]:
    """The statements of one state alone. Where a side is no longer known, all of them."""
    if old is None or new is None:
        return frozenset(one for state in (old, new) if state is not None for one in state.statements)
    if not _have_the_same_sides(old, new):
        return old.statements | new.statements
    pairs = ((old.identity, new.identity), (old.boundary, new.boundary), (old.resource, new.resource))
    return frozenset[Numbered]().union(*(differing(one or (), other or ()) for one, other in pairs))


def _widest(found: Sequence[Found]) -> list[Found]:
    """Without those that lie inside of others."""
    kept: list[Found] = []
    for one in found:
        if any(
            other.sure >= one.sure and not other.spared and plainly_inside(one.box, other.box)
            for other in kept
        ):
            continue
        if not one.spared:
            kept = [
                other for other in kept if not (one.sure >= other.sure and plainly_inside(other.box, one.box))
            ]
        kept.append(one)
    return kept


def _looser(earlier: Box, told: Box) -> bool:
    """Whether the conditions of the one let through all that those of the other did, and more."""
    same = {thing: keys for thing, keys in told.sides.items() if thing not in _WHO_AND_WHAT}
    return plainly_inside(earlier, Box(same))


def _essence(box: Box, realm: Realm) -> Box:
    """The box without what it asks for that holds of every request of the realm."""
    kept = {
        thing: keys
        for thing, keys in box.sides.items()
        if thing in _WHO_AND_WHAT or not key_set.inside(realm[thing], keys)
    }
    if PRINCIPAL_ARN in kept:
        kept[PRINCIPAL_ARN] = _less(kept[PRINCIPAL_ARN], realm[PRINCIPAL_ARN])
    return Box(kept)


def _spared(found: Found, realm: Realm) -> tuple[Box, ...]:
    """What is left out, each box once, and none that lies in another one."""
    boxes_ = list(dict.fromkeys(_essence(box, realm) for box in found.spared))
    return tuple(
        one
        for place, one in enumerate(boxes_)
        if not any(
            plainly_inside(one, other) and not (plainly_inside(other, one) and place < index)
            for index, other in enumerate(boxes_)
            if index != place
        )
    )


def _less(keys: KeySet, whole: KeySet) -> KeySet:
    """Written without what all callers of the class have in common, for people to read."""
    if not isinstance(keys.every, Texts) or not isinstance(whole.every, Texts):
        return keys
    common = whole.every
    groups = tuple(group for group in keys.every.within if group not in common.within)
    without = tuple(shape for shape in keys.every.without if shape not in common.without)
    within = groups or keys.every.within[:1]
    return KeySet(absent=keys.absent, every=Texts(within=within, without=without))


class _Earlier:
    """What the other state allowed."""

    def __init__(self, state: Allowed, realm: Realm) -> None:
        self._granted = Granted(state, realm[RESOURCE])
        self._denied = boxes(state.perhaps_denied)
        self._realm = realm

    def like(self, found: Found, search: Search) -> Box | None:
        """What it allowed of the same callers and resources, on conditions of its own."""
        mine, positive, realm = found.box, found.positive, self._realm

        def holds(box: Box) -> bool:
            return all(
                key_set.plainly_inside(positive.sides[t] if t in positive.sides else realm[t], box.sides[t])
                for t in _WHO_AND_WHAT
                if t in box.sides
            )

        for box in self._granted.by(holds):
            told = search.told(box, self._denied)
            if told is not None:
                return Box({**told[0].sides, **{t: mine.sides[t] for t in _WHO_AND_WHAT if t in mine.sides}})
        return None


_WHO_AND_WHAT = (RESOURCE, PRINCIPAL_ARN)


def merged(deltas: Iterable[Delta]) -> list[Delta]:
    """Those that differ in their actions alone, as one."""
    found: dict[object, Delta] = {}
    for one in deltas:
        key = (one.caller, one.target.arn, one.box, one.spared, one.whole, one.before, one.sure)
        if key in found:
            first = found[key]
            found[key] = replace(
                first,
                actions=(*first.actions, *one.actions),
                sources=tuple(dict.fromkeys((*first.sources, *one.sources))),
            )
        else:
            found[key] = one
    return list(found.values())
