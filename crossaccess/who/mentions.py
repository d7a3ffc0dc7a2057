"""Which grants say what was found: judged by what the grants mean, never by what statements are called.

A statement can carry the id of a grant and allow something else. So each grant is built anew, as the program
would write it, and what was found has to lie inside of what that allows, over all requests. In doubt, and
where a grant cannot be read, no grant says it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crossaccess.compare.box import Box, meet, outside, plainly_apart
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass
from crossaccess.compare.deltas import Delta, Question
from crossaccess.compare.effort import TooHardError, limited
from crossaccess.compare.outside import Search
from crossaccess.compare.realm import realm_of
from crossaccess.compare.statements import Numbered, Part, applies, numbered
from crossaccess.compare.targets import TargetKind
from crossaccess.deployment.picture import Bucket as Pictured
from crossaccess.deployment.picture import Grant as Told
from crossaccess.deployment.picture import Picture
from crossaccess.policy.access import ACTIONS
from crossaccess.policy.build import bucket_statements, key_statements, role_policy, role_trust
from crossaccess.policy.document import Document, Statement
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import BY_NAME
from crossaccess.policy.read_principal import read_principals

_STEPS = 200_000
"""What one search may cost: in doubt no grant says it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """A grant as policies are built of it, each an object of its own.

    `arns` are those that it names, `None` where patterns do.
    """

    grant: Grant
    bucket: Bucket
    role_arn: str | None
    arns: tuple[str, ...] | None


class Mentions:
    """The grants of a picture."""

    def __init__(self, picture: Picture) -> None:
        said = [one for told in picture.grants if (one := _read(told, picture.buckets)) is not None]
        self._by_role: dict[str, list[_Said]] = {}
        self._by_arn: dict[str, list[_Said]] = {}
        self._wide: list[_Said] = []
        self._itself = [one for one in said if one.grant.method is Method.BUCKET_POLICY]
        for one in said:
            if one.role_arn is not None:
                self._by_role.setdefault(one.role_arn, []).append(one)
        for one in self._itself:
            if one.arns is None:
                self._wide.append(one)
            for arn in one.arns or ():
                self._by_arn.setdefault(arn, []).append(one)

    def of(self, question: Question, delta: Delta) -> tuple[str, ...] | None:
        """The names of the grants that say all of a delta together, none where they do not.

        `None` of who may assume a role that is no grant's: what can be done by it counts.
        """
        target = question.target
        if target.kind is TargetKind.ROLE and target.arn not in self._by_role:
            return None
        word_by_word = self._word_by_word(question, delta)
        if word_by_word is not None:
            return (word_by_word,)
        found: dict[str, None] = {}
        try:
            with limited(_STEPS):
                for action in delta.actions:
                    names = _covering(question, delta, action, [*self._statements(question, action)])
                    if not names:
                        return ()
                    found |= dict.fromkeys(names)
        except TooHardError:
            return ()
        return tuple(found)

    def _word_by_word(self, question: Question, delta: Delta) -> str | None:
        """The only grant of a role, where the statements that give a delta say just what it says.

        Of who may assume the role those of its trust policy, of what its sessions do those of its own.
        """
        caller, target = question.caller, question.target
        by_trust = target.kind is TargetKind.ROLE
        said = self._by_role.get((target.arn if by_trust else caller.arn) or "", ())
        if len(said) != 1 or question.new is None:
            return None
        mine = [source for source in delta.sources if (source in question.new.sources) is by_trust]
        wanted = _contents(_trust(said[0]) if by_trust else _by_role(said[0]))
        same = mine and all(_content(source.statement) in wanted for source in mine)
        return said[0].grant.name if same else None

    def _statements(self, question: Question, action: str) -> Iterator[Numbered]:
        """What the grants allow the callers at the target, as statements named by their grants."""
        caller, target = question.caller, question.target
        if target.kind is TargetKind.ROLE:
            yield from (one for said in self._by_role[target.arn] for one in _trust(said))
        elif caller.arn in self._by_role:
            yield from (one for said in self._by_role[caller.arn] for one in _by_role(said))
        elif caller.account != target.account:
            bucket = target.kind is TargetKind.BUCKET
            for said in self._of(caller):
                if bucket and said.bucket.arn == target.arn and action in said.grant.actions:
                    yield from _of_bucket(said)
                elif not bucket:
                    yield from _of_key(said)

    def _of(self, caller: CallerClass) -> Iterable[_Said]:
        """The grants that may be about the callers."""
        if caller.arn is None:
            return self._itself
        return (*self._by_arn.get(caller.arn, ()), *self._wide)


def _covering(
    question: Question, delta: Delta, action: str, statements: Sequence[Numbered]
) -> tuple[str, ...]:
    """The grants whose statements hold all of a delta's requests for an action together."""
    target = question.target
    resources = target.actions().get(action)
    if not statements or resources is None:
        return ()
    realm = realm_of(action, question.caller, target.account, resources, question.among)
    # What is told leaves out what all callers of the class have in common.
    box = meet(delta.box, Box({PRINCIPAL_ARN: realm[PRINCIPAL_ARN]}))
    if box is None:
        return ()
    parts = [part for one in statements for part in applies(one, realm, bounded=False).sure]
    near = [part for part in parts if not plainly_apart(box, part.box)]
    search = Search(realm)

    # Mostly one statement of one grant says it all.
    single = {part.source.policy for part in near if not outside(box, part.box, realm)}

    def cover(some: Iterable[Part]) -> bool:
        return search.outside(box, [*delta.spared, *(part.box for part in some)]) is None

    if not near or not (single or cover(near)):
        return ()
    names = tuple(dict.fromkeys(part.source.policy for part in near))
    if len(names) == 1:
        return names
    # Some may only overlap with what others say in full.
    whole = tuple(
        name for name in names if name in single or cover(part for part in near if part.source.policy == name)
    )
    return whole or names


def _read(told: Told, buckets: Sequence[Pictured]) -> _Said | None:
    """A grant as a handover tells it, as policies can be built of it; `None` where it cannot be read."""
    faults = Faults()
    principals = read_principals(list(told.principals), "principals", faults, account=told.account)
    known = told.method in tuple(Method) and all(action in ACTIONS for action in told.actions)
    if faults or principals is None or told.conditions is None or not known:
        return None
    role = None if told.role_arn is None else told.role_arn.rpartition("/")[2]
    same = (one for one in buckets if (one.name, one.partition) == (told.bucket, told.partition))
    region = next((one.region for one in same), None)
    named = all(one.kind in BY_NAME for one in principals) and told.account is not None
    arns = [
        arn
        for one in principals
        if named
        for arn in one.arn_patterns(partition=told.partition, account=told.account or "")
    ]
    return _Said(
        grant=Grant(
            name=told.name,
            account=told.account,
            principals=principals,
            method=Method(told.method),
            actions=told.actions,
            prefixes=told.prefixes,
            role_name=role,
            conditions=told.conditions,
        ),
        bucket=Bucket(
            name=told.bucket,
            account=told.owner,
            partition=told.partition,
            region=region or "",
            # Whichever key it is: through S3, and for the grant's objects alone.
            key_arn=f"arn:{told.partition}:kms:*:*:key/*",
        ),
        role_arn=told.role_arn,
        arns=tuple(arns) if named and not any("?" in arn for arn in arns) else None,
    )


@lru_cache(maxsize=4096)
def _trust(said: _Said) -> tuple[Numbered, ...]:
    return numbered(role_trust(said.bucket, said.grant), said.grant.name)


@lru_cache(maxsize=4096)
def _by_role(said: _Said) -> tuple[Numbered, ...]:
    return numbered(role_policy(said.bucket, said.grant), said.grant.name)


@lru_cache(maxsize=4096)
def _contents(statements: tuple[Numbered, ...]) -> frozenset[object]:
    """What they say; one with a variable says what depends on the version of its document."""
    return frozenset(_content(one.statement) for one in statements if one.said.fixed)


def _content(statement: Statement) -> object:
    """What a statement says: what it is called, and the order of its lists, mean nothing."""
    lists = (
        statement.principals,
        statement.not_principals,
        statement.actions,
        statement.not_actions,
        statement.resources,
        statement.not_resources,
    )
    conditions = ((one.operator, one.key, frozenset(one.values)) for one in statement.conditions)
    said = (None if one is None else frozenset(one) for one in lists)
    return (statement.effect, *said, frozenset(conditions))


@lru_cache(maxsize=4096)
def _of_bucket(said: _Said) -> tuple[Numbered, ...]:
    document = Document(statements=bucket_statements(said.bucket, said.grant))
    return numbered(document, said.grant.name)


@lru_cache(maxsize=4096)
def _of_key(said: _Said) -> tuple[Numbered, ...]:
    document = Document(statements=key_statements(said.bucket, (said.grant,)))
    return numbered(document, said.grant.name)
