"""The policies of a picture that count for one request, read; and those that nobody can read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crossaccess.decide import CompiledDocument, compile_document
from crossaccess.decide.pattern import arn_matches, arn_patterns_of
from crossaccess.deployment.picture import Grant, Picture, Policy, Principal
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import PolicyError, PolicyKind, parse_document

NOT_HELD = "no source here holds it"
URN = "urn:pulumi:"
"""What a policy's source begins with, where a stack holds it."""
# STS API Reference, "GetFederationToken".
_OF_FEDERATED = "a federated user has those of the user who asked for the session, whom its ARN does not name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One policy that was read; `document` is `None` where nobody can, and `why` says so.

    `is_wrong`: its text is known, and no policy that AWS would take.
    """

    name: str
    source: str = ""
    document: CompiledDocument | None = None
    why: str = ""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What an organization attaches at one level: every level has to allow."""

    name: str
    policies: tuple[Read, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What is attached to a principal. `label` is what people call it: `user/bob`. `scp` limits its account.

    `held` is whether a source holds the principal itself, so that there are no other policies. `missing` says
    why nothing is known of it at all. `session` is the ARN of the one session of a role that is asked about.
    """

    label: str
    arn: str
    account: str | None
    identity: tuple[Read, ...] = ()
    boundary: Read | None = None
    scp: tuple[Level, ...] = ()
    held: bool = False
    missing: str | None = None
    session: str | None = None

    @property
    def is_federated(self) -> bool:
        """Whether it is a federated user, who has no policies but those of a user and of the session."""
        return ":federated-user/" in self.arn


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A resource and its policy: `None` where it has none. `rcp` limits who uses its account's resources."""

    label: str
    arn: str
    account: str | None
    policy: Read | None
    rcp: tuple[Level, ...] = ()


class Held:
    """What a picture holds, by ARN."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.stacks = dict(_stacks(picture))
        """The stacks' names by account, as far as resources tell them."""
        self.accounts = frozenset(account for account, _ in _sources(picture))
        """The accounts of which a source holds something."""
        self._by_arn = {one.arn: one for one in reversed(picture.principals) if one.arn is not None}
        self._others = tuple(one for one in picture.principals if one.arn is None)
        self._grants: dict[str, list[Grant]] = {}
        for grant in picture.grants:
            self._grants.setdefault(grant.bucket, []).append(grant)
        self._attached: dict[str, Attached] = {}
        self._roles: dict[str, Owned] = {}
        self._buckets: dict[tuple[str, str], Owned] = {}
        self.kept: dict[object, object] = {}
        """What was found out about single requests, for whoever asks much of one picture."""

    def grants_of(self, bucket: str | None) -> Sequence[Grant]:
        """The grants of a bucket, by its name, in the order in which they are told."""
        return self._grants.get(bucket, ()) if bucket is not None else ()

    def attached(self, arn: str) -> Attached:
        """What is attached to a user or role."""
        if arn not in self._attached:
            self._attached[arn] = self._attached_to(arn)
        return self._attached[arn]

    def tells_key_of(self, name: str) -> bool:
        """Whether a source tells of a bucket's encryption: stacks do, folders of policies have no place."""
        found = next((one for one in self.picture.buckets if one.name == name), None)
        return found is not None and (found.key is not None or found.source.startswith(URN))

    def role(self, arn: str) -> Owned:
        """A role with its trust policy, as what is assumed."""
        if arn not in self._roles:
            self._roles[arn] = self._role(arn)
        return self._roles[arn]

    def bucket(self, name: str, partition: str) -> Owned:
        """A bucket with its policy."""
        if (name, partition) not in self._buckets:
            self._buckets[name, partition] = self._bucket(name, partition)
        return self._buckets[name, partition]

    def _attached_to(self, arn: str) -> Attached:
        parsed = parse_arn(arn)
        account = None if parsed is None else parsed.account
        label = arn if parsed is None else parsed.resource
        found = self._by_arn.get(arn) or next((one for one in self._others if _is(one, arn)), None)
        if found is None:
            missing = None if account in self.accounts else f"no source here is of account {account}"
            scp = self._levels(PolicyKind.SCP, account)
            bare = Attached(label=label, arn=arn, account=account, scp=scp, missing=missing)
            if label == "root":
                # IAM User Guide, "AWS account root user": no policy is attached to it.
                return replace(bare, held=True, missing=None)
            return replace(bare, missing=_OF_FEDERATED) if bare.is_federated else bare
        return Attached(
            label=found.label,
            arn=arn,
            account=account,
            scp=self._levels(PolicyKind.SCP, account),
            identity=tuple(_readable(found.policies, PolicyKind.IDENTITY)),
            boundary=None if found.boundary is None else read(found.boundary, PolicyKind.BOUNDARY),
            held=found.held,
        )

    def _role(self, arn: str) -> Owned:
        parsed = parse_arn(arn)
        label = arn if parsed is None else parsed.resource
        found = self._by_arn.get(arn)
        trust = None if found is None else found.trust
        name = f"trust policy of {label}"
        policy = Read(name=name, why=NOT_HELD) if trust is None else read(trust, PolicyKind.TRUST)
        return self._owned(label, arn, None if parsed is None else parsed.account, policy)

    def _bucket(self, name: str, partition: str) -> Owned:
        found = next((one for one in self.picture.buckets if one.name == name), None)
        if found is None:
            policy = Read(name=f"bucket policy of {name}", why=NOT_HELD)
            arn = f"arn:{partition}:s3:::{name}"
            owner = next((one.owner for one in self.grants_of(name)), None)
            return self._owned(f"bucket {name}", arn, owner, policy)
        told = None if found.policy is None else read(found.policy, PolicyKind.RESOURCE)
        return self._owned(f"bucket {name}", found.arn, found.account, told)

    def key(self, named: str, account: str | None, partition: str, region: str | None) -> Owned:
        """A KMS key with its policy, by its ARN, its id or its resource's name."""
        parsed = parse_arn(named)
        name = named if parsed is None else parsed.resource.removeprefix("key/")
        found = next((one for one in self.picture.keys if named in (one.arn, one.name)), None)
        if found is None and parsed is not None:
            # A folder tells no Region.
            keys = (one for one in self.picture.keys if one.arn is None and one.account == parsed.account)
            found = next((one for one in keys if one.name == name), None)
        place = parsed.region if parsed is not None else region
        if found is not None:
            account, partition, place = found.account or account, found.partition, found.region or place
        # A key that is still to be made has no id yet.
        arn = f"arn:{partition}:kms:{place or '*'}:{account or ''}:key/{name}"
        told = None if found is None or found.arn is None else parse_arn(found.arn)
        arn = named if parsed is not None else (str(told) if told is not None else arn)
        policy = Read(name=f"key policy of {name}", why=NOT_HELD)
        if found is not None and found.policy is not None:
            policy = read(found.policy, PolicyKind.RESOURCE)
        owner = parsed.account if parsed is not None else account
        return self._owned(f"key {name}", arn, owner, policy)

    def _owned(self, label: str, arn: str, account: str | None, policy: Read | None) -> Owned:
        rcp = self._levels(PolicyKind.RCP, account)
        return Owned(label=label, arn=arn, account=account, policy=policy, rcp=rcp)

    def _levels(self, kind: PolicyKind, account: str | None) -> tuple[Level, ...]:
        return tuple(
            Level(name=one.name, policies=tuple(read(policy, kind) for policy in one.policies))
            for one in self.picture.levels_of(kind, account)
        )


def read(policy: Policy, kind: PolicyKind) -> Read:
    """Read one policy."""
    if policy.text is None:
        why = policy.unknown or "its text is not known"
        return Read(name=policy.name, source=policy.source, why=why)
    document, why = _compiled(policy.text, kind)
    wrong = document is None
    return Read(name=policy.name, source=policy.source, document=document, why=why, is_wrong=wrong)


@lru_cache(maxsize=4096)
def _compiled(text: str, kind: PolicyKind) -> tuple[CompiledDocument | None, str]:
    try:
        return compile_document(parse_document(text, kind)), ""
    except PolicyError as error:
        return None, f"AWS would refuse it: {error}"


def _readable(policies: Iterable[Policy], kind: PolicyKind) -> Iterator[Read]:
    """Each policy once: one that a stack only names is passed over where a folder holds the text of it."""
    listed = [read(one, kind) for one in policies]
    told = {one.name for one in listed if one.document is not None}
    return (one for one in listed if one.document is not None or one.name not in told)


def _is(principal: Principal, arn: str) -> bool:
    patterns = map(arn_patterns_of, principal.arn_patterns)
    return any(one is not None and arn_matches(one, arn) for one in patterns)


def _sources(picture: Picture) -> Iterator[tuple[str, str]]:
    """Where what a source holds stands: account and source."""
    for bucket in picture.buckets:
        own = () if bucket.policy is None or not bucket.held else (bucket.policy,)
        yield from _told(bucket.account, bucket.source, own)
    for key in picture.keys:
        yield from _told(key.account, key.source, ())
    for principal in picture.principals:
        yield from _told(principal.account, principal.source, principal.policies)
    for group in picture.groups:
        yield from _told(group.account, group.source, group.policies)


def _told(account: str | None, source: str, policies: Iterable[Policy]) -> Iterator[tuple[str, str]]:
    if account is not None:
        yield from ((account, text) for text in (source, *(one.source for one in policies)) if text)


def _stacks(picture: Picture) -> Iterator[tuple[str, str]]:
    for account, source in reversed(tuple(_sources(picture))):
        if source.startswith(URN):
            yield account, source.removeprefix(URN).partition("::")[0]
