"""Two pictures of the same accounts side by side: who gains and who loses what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from crossaccess.compare.agreed import allows_as_much
from crossaccess.compare.apart import is_only_about, may_mean, pinned_to
from crossaccess.compare.callers import CallerClass
from crossaccess.compare.change import Change, Comparison, Effect, Rewritten, Standing
from crossaccess.compare.deltas import Asked, Delta, Question, State, merged
from crossaccess.compare.effort import TooHardError, limited
from crossaccess.compare.elsewhere import targets_elsewhere
from crossaccess.compare.known import Known, known_in
from crossaccess.compare.near import Near, Single
from crossaccess.compare.outsiders import outsiders
from crossaccess.compare.reading import Readings, Stand, Statements, policies_of
from crossaccess.compare.services import as_of
from crossaccess.compare.shapes import literal
from crossaccess.compare.sides import alone, awaiting, delegating, letting_all, policies, standing_of
from crossaccess.compare.statements import differing
from crossaccess.compare.subjects import ANY
from crossaccess.compare.takers import Takers, TakersOf
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.compare.texts import ALL, Texts
from crossaccess.compare.through_roles import Through, through
from crossaccess.compare.told import changes_of, joined
from crossaccess.compare.unknowns import closed, too_hard, unreadable
from crossaccess.decide.caller import CallerKind
from crossaccess.deployment.picture import Picture

GrantsOf: TypeAlias = Callable[[Question, Delta], Sequence[str] | None]
_NOT_KNOWN = "its policy is not known yet"


def compare(
    old: Picture, new: Picture, *, titles: Sequence[str] = (), notes: Sequence[str] = ()
) -> Comparison:
    """What a change of policies does, for all requests that there can be."""
    readings = Readings()
    comparing = Comparing(Stand(old, readings), Stand(new, readings), readings)
    with limited():
        changes = joined(comparing.changes())
    return Comparison(
        changes=tuple(changes),
        rewritten=tuple(_rewritten(old, new)),
        unclear=tuple(readings.unclear),
        notes=tuple(notes),
        actions_as_of=as_of(),
        titles=tuple(titles),
    )


def _rewritten(old: Picture, new: Picture) -> Iterator[Rewritten]:
    """The policies whose text changes."""
    before = {(policy.name, account): policy.text for policy, account in policies_of(old)}
    after = {(policy.name, account): policy.text for policy, account in policies_of(new)}
    for (name, account), text in after.items():
        if (name, account) in before and before[name, account] != text:
            yield Rewritten(name=name, account=account)


class Comparing:
    """The changes between two stands of policies; where `gains` is said, only what is or may be gained."""

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        old: Stand,
        new: Stand,
        readings: Readings,
        *,
        gains: bool = False,
        asked: Asked | None = None,
        among: Texts | None = None,
        grants: GrantsOf | None = None,
    ) -> None:
        """`asked` narrows the requests down; of callers, those whose ARN is one of `among` count.

        `grants` tells the grants that say what was found.

        Where requests are asked about, principals whose own policies are known are taken as they are.
        """
        self.old, self.new, self.readings = old, new, readings
        self._effects = (Effect.GAIN,) if gains else (Effect.GAIN, Effect.LOSS)
        self._asked, self._among, self._grants = asked, among, grants
        self._nearby: dict[str, tuple[Known, ...]] = {}

    @property
    def spelling(self) -> Mapping[str, str]:
        """How condition keys are written, by thing."""
        return self.readings.spelling

    def changes(self) -> Iterator[Change]:
        """All of them, those through roles in the words of who comes through."""
        targets = {**self.old.targets, **self.new.targets}
        open_: list[Target] = []
        for target in targets.values():
            if self._is_readable(target):
                open_.append(target)
            else:
                yield unreadable(target, _NOT_KNOWN)
        for known in self.known:
            yield from closed(known)
        roles = {one.arn: one for one in open_ if one.kind is TargetKind.ROLE}
        others = [one for one in open_ if one.kind is not TargetKind.ROLE]
        for target in others:
            yield from self._at(target, but=frozenset(roles))
        for role in roles.values():
            yield from self._through(role, others)
        yield from self._elsewhere(frozenset(targets))

    def _is_readable(self, target: Target) -> bool:
        return self.old.is_readable(target) and self.new.is_readable(target)

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """The principals that either state knows."""
        return tuple(known_in(self.old, self.new))

    @cached_property
    def _freed(self) -> tuple[Known, ...]:
        return tuple(one for one in self.known if one.is_freed)

    @cached_property
    def _principals(self) -> Near:
        return Near(self.known)

    def _near(self, target: Target) -> tuple[Known, ...]:
        """Those of the known principals who can do something at a target, before or after."""
        found = self._nearby.get(target.arn)
        if found is None:
            statements = (*(self.old.resource(target) or ()), *(self.new.resource(target) or ()))
            found = self._nearby[target.arn] = self._principals.at(target, statements)
        return found

    def _at(self, target: Target, *, but: frozenset[str]) -> Iterator[Change]:
        """What changes at one target, but for sessions of these roles."""
        effective = [
            change
            for known in self._near(target)
            if known.caller.arn not in but
            for change in self._told(self._question(known, target), Standing.EFFECTIVE)
        ]
        yield from effective
        for known in self._freed if self._asked is None else ():
            if known.caller.arn not in but:
                yield from self._told(self._besides(known, target), Standing.DELEGATED)
        yield from self._delegated(target, effective)

    def _question(self, known: Known, target: Target) -> Question:
        old = policies(known.old, self.old.resource(target))
        new = policies(known.new, self.new.resource(target))
        return self._asking(known.caller, target, old, new, known.among)

    def _besides(self, known: Known, target: Target) -> Question:
        """What policies that nobody here knows of may let a principal do, but for what the known ones do."""
        plain = (
            policies(known.old, self.old.resource(target)),
            policies(known.new, self.new.resource(target)),
        )
        return self._asking(
            known.caller, target, letting_all(plain[0]), letting_all(plain[1]), known.among, but=plain
        )

    def _asking(  # noqa: PLR0913 - what a question is made of
        self,
        caller: CallerClass,
        target: Target,
        old: State,
        new: State,
        among: Texts | None,
        *,
        but: tuple[State, State] = (None, None),
    ) -> Question:
        if self._among is not None and caller.has_identity_side:
            among = (among or ALL).meet(self._among)
        return Question(caller, target, old, new, self.spelling, among=among, asked=self._asked, but=but)

    def _told(self, question: Question, standing: Standing, takers: TakersOf | None = None) -> list[Change]:
        found = self._changes(question.gains, Effect.GAIN, standing, question, takers)
        if Effect.LOSS in self._effects:
            found += self._changes(question.losses, Effect.LOSS, standing, question)
        return found

    def _changes(
        self,
        deltas: Callable[[], Iterable[Delta]],
        effect: Effect,
        standing: Standing,
        question: Question,
        takers: TakersOf | None = None,
    ) -> list[Change]:
        found: list[Change] = []
        try:
            for delta in merged(deltas()):
                so_far = None if takers is None else takers(delta)
                told = changes_of(delta, effect, standing, self.spelling, so_far)
                if self._grants is not None:
                    grants = self._grants(question, delta)
                    told = tuple(replace(change, grants=grants) for change in told)
                found += told
        except TooHardError:
            found += too_hard(question, standing)
        return found

    def _delegated(self, target: Target, effective: Sequence[Change]) -> Iterator[Change]:
        """What the target's policy says to callers whatever their own policies say, or may come to say."""
        before, after = self.old.resource(target), self.new.resource(target)
        if before == after:
            return
        try:
            outside = [*self._outside(target, before, after)]
        except TooHardError as error:
            yield unreadable(target, str(error))
            return
        classes: list[Change] = []
        if outside:
            questions = {known.label: self._question(known, target) for known in self._near(target)}
            takers = Takers(questions, target, frozenset(known.caller.account for known in self.known))
            for question in outside:
                classes += self._told(question, standing_of(question), takers.of)
        # Of those who are known, what their own policies do not allow as well.
        single = [
            change
            for known in (self._foreign(target, before, after) if self._asked is None else ())
            if not self._agrees(known, target, before, after)
            for change in self._told(self._letting(known, target, before, after), Standing.DELEGATED)
        ]
        yield from (self._but_for_known(change, target, [*effective, *single]) for change in classes)
        yield from (change for change in single if not _is_told_of_all(change, classes))

    def _but_for_known(self, change: Change, target: Target, single: Sequence[Change]) -> Change:
        """A loss of a class of principals, less those of them who are known and do not lose it."""
        kinds = {ANY[CallerKind.USER]: "user/", ANY[CallerKind.SESSION]: "role/"}
        kind = kinds.get(change.subject.name)
        if change.effect is not Effect.LOSS or kind is None or change.subject.account == target.account:
            return change
        losing = {
            one.subject.name
            for one in single
            if one.effect is Effect.LOSS and not set(one.actions).isdisjoint(change.actions)
        }
        kept = [
            known.label
            for known in self.known
            if known.caller.account == change.subject.account
            and known.label.startswith(kind)
            and known.label not in losing
        ]
        if not kept:
            return change
        name = f"{change.subject.name} but {' and '.join(kept)}"
        return replace(change, subject=replace(change.subject, name=name))

    @cached_property
    def _by_arn(self) -> Mapping[str, Known]:
        """The known principals that have an ARN; of two with the same one, the first."""
        return {arn: one for one in reversed(self.known) if (arn := one.caller.arn) is not None}

    @cached_property
    def _arns(self) -> frozenset[str]:
        return frozenset(self._by_arn)

    @cached_property
    def _but_known(self) -> Mapping[str | None, Texts | None]:
        """By account, all principals but the known ones."""
        by_account: dict[str | None, list[Known]] = {}
        for one in self.known:
            by_account.setdefault(one.caller.account, []).append(one)
        return {account: _but(some) for account, some in by_account.items()}

    def _outside(
        self, target: Target, before: Statements | None, after: Statements | None, *, whole: bool = False
    ) -> Iterator[Question]:
        """Questions about whom the changed statements may let in; or, where `whole`, any of them."""
        statements = list(dict.fromkeys((*(before or ()), *(after or ()))))
        fresh = set(statements) if whole else differing(before or (), after or ())
        changed = [one for one in fresh if not is_only_about(one, self._arns)]
        callers = outsiders(statements, changed, owner=target.account, partition=target.partition)
        for caller in callers:
            narrowed = caller.kind in (CallerKind.USER, CallerKind.SESSION)
            among = self._but_known.get(caller.account) if narrowed else None
            if caller.account is not None and caller.account == target.account:
                # What the policy alone lets its owner's own principals do, without a word of theirs; the
                # root user needs none.
                if caller.kind is not CallerKind.ROOT:
                    yield self._asking(caller, target, alone(before), alone(after), among)
                if None in (before, after):
                    # A new bucket: what else they may do there hangs on their own policies.
                    continue
            states = (delegating(before), delegating(after))
            yield self._asking(caller, target, *states, among)

    def _through(self, role: Target, others: Sequence[Target]) -> Iterator[Change]:
        """What changes for those who assume a role."""
        session = self._by_arn.get(role.arn)
        assumes = [*self._at(role, but=frozenset())]
        questions = [
            self._question(session, target)
            for target in others
            if session is not None and any(one is session for one in self._near(target))
        ]
        does = [change for one in questions for change in self._told(one, Standing.EFFECTIVE)]
        for effect in self._effects:
            some, deeds = (
                [one for one in listed if (one.effect is Effect.LOSS) == (effect is Effect.LOSS)]
                for listed in (assumes, does)
            )
            if not (some or deeds):
                continue
            # Of a new role all is told already.
            whole = (some, deeds) if role.arn not in self.old.targets else None
            yield from through(
                Through(
                    name=role.name,
                    arn=role.arn,
                    assumes=some,
                    does=deeds,
                    assumers=whole[0] if whole else self._assumers(role, effect),
                    deeds=whole[1] if whole else self._deeds(questions, effect),
                )
            )

    def _deeds(self, questions: Iterable[Question], effect: Effect) -> list[Change]:
        return [
            replace(change, effect=effect)
            for one in questions
            for change in self._all(one, Standing.EFFECTIVE, effect)
        ]

    def sessions(self) -> Iterator[Change]:
        """What the sessions of roles gain or lose in other accounts, whoever it is that assumes the roles.

        `changes` tells it of those who do.
        """
        targets = {**self.old.targets, **self.new.targets}
        open_ = [one for one in targets.values() if self._is_readable(one)]
        roles = {one.arn for one in open_ if one.kind is TargetKind.ROLE}
        for target in open_:
            for known in () if target.kind is TargetKind.ROLE else self._near(target):
                if known.caller.arn in roles and known.caller.account != target.account:
                    yield from self._told(self._question(known, target), Standing.EFFECTIVE)

    def _assumers(self, role: Target, effect: Effect) -> list[Change]:
        """Who may assume a role: those whose own policies let them, and whom their accounts may let."""
        found = [
            change
            for known in self._near(role)
            for change in self._all(self._question(known, role), Standing.EFFECTIVE, effect)
        ]
        trusts = (self.old.resource(role), self.new.resource(role))
        try:
            outside = [*self._outside(role, *trusts, whole=True)]
        except TooHardError:
            # Told already where the role's trust policy is looked at.
            outside = []
        outside += [self._letting(one, role, *trusts) for one in self._foreign(role, *trusts)]
        for question in outside:
            found += self._all(question, standing_of(question), effect)
        return found

    def _foreign(self, target: Target, before: Statements | None, after: Statements | None) -> list[Known]:
        """Single principals of other accounts, of whom the target's policy may speak."""
        allowing = [one for one in (*(before or ()), *(after or ())) if one.allows]
        pinned = [pinned_to(one) for one in allowing]
        names = None if None in pinned else frozenset(arn for some in pinned for arn in some or ())
        return [
            known
            for account, single in self._single.items()
            if account != target.account
            for known in single.among(names)
            if any(may_mean(one, known.caller) for one in allowing)
        ]

    def _agrees(
        self, known: Known, target: Target, before: Statements | None, after: Statements | None
    ) -> bool:
        """Whether the principal's own policies plainly allow all that the target's say, before and after."""
        states = ((known.old, before), (known.new, after))
        said = ((own, [one for one in some or () if may_mean(one, known.caller)]) for own, some in states)
        return all(allows_as_much(own, some, target.arn) for own, some in said if some)

    @cached_property
    def _single(self) -> Mapping[str | None, Single]:
        """By account, the principals that are known one by one."""
        by_account: dict[str | None, list[Known]] = {}
        for one in self.known:
            if one.caller.arn is not None or one.among is not None:
                by_account.setdefault(one.caller.account, []).append(one)
        return {account: Single(some) for account, some in by_account.items()}

    def _letting(
        self, known: Known, target: Target, before: Statements | None, after: Statements | None
    ) -> Question:
        """What the target's policy says of a principal, but for what its own policies allow as well."""
        states = (delegating(before), delegating(after))
        but = (policies(known.old, before), policies(known.new, after))
        return self._asking(known.caller, target, *states, known.among, but=but)

    def _all(self, question: Question, standing: Standing, effect: Effect) -> list[Change]:
        deltas = question.all_old if effect is Effect.LOSS else question.all_new
        return self._changes(deltas, Effect.GAIN, standing, question)

    def _elsewhere(self, held: frozenset[str]) -> Iterator[Change]:
        """What the principals' own policies say of targets that no source holds: their owners decide, too."""
        for known in self.known:
            if known.old == known.new:
                continue
            statements = [one for own in (known.old, known.new) if own is not None for one in own.identity]
            for target in targets_elsewhere(statements, held, known.caller.partition):
                old, new = awaiting(known.old), awaiting(known.new)
                question = self._asking(known.caller, target, old, new, known.among)
                questions = [question]
                if known.is_freed:
                    freed = (letting_all(old), letting_all(new))
                    questions.append(self._asking(known.caller, target, *freed, known.among, but=(old, new)))
                for one in questions:
                    for change in self._told(one, Standing.DELEGATED):
                        yield replace(change, awaits_owner=True, way=None)


def _but(some: Iterable[Known]) -> Texts | None:
    """All but these principals."""
    listed = tuple(some)
    arns = [literal(one.caller.arn) for one in listed if one.caller.arn is not None]
    sets = [one.among for one in listed if one.among is not None]
    shapes = (*arns, *(shape for texts in sets for group in texts.within for shape in group))
    return Texts(without=shapes) if shapes else None


def _is_told_of_all(change: Change, classes: Sequence[Change]) -> bool:
    """Whether the same is told of all principals of the account, or of all of its kind."""
    return any(
        one.subject.account == change.subject.account
        and one.subject.name in ANY.values()
        and (one.effect, one.shift) == (change.effect, change.shift)
        and set(change.actions) <= set(one.actions)
        and set(change.resources) <= set(one.resources)
        and set(change.conditions) >= set(one.conditions)
        for one in classes
    )
