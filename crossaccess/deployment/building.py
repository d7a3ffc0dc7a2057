"""From a stack's resources to a picture."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crossaccess.deployment.accounts import Accounts
from crossaccess.deployment.grants import Handed, first_hand, handovers
from crossaccess.deployment.identities import Identities
from crossaccess.deployment.picture import Bucket, Key, Picture, Policy, PublicAccessBlock
from crossaccess.deployment.resources import REFERENCE, Resource, Snapshot
from crossaccess.deployment.types import (
    BUCKET_ENCRYPTIONS,
    BUCKET_POLICIES,
    BUCKETS,
    KEY_ALIAS,
    KEY_POLICY,
    KEYS,
    PUBLIC_ACCESS_BLOCK,
    UNREAD,
)
from crossaccess.deployment.values import NOT_KNOWN, mapping_of, policy_of, text_of, why_unreadable
from crossaccess.policy.arn import parse_arn

ELSEWHERE = "no stack here holds it"
SEVERAL = "several resources of the stack write it, and the last to write wins"
BY_AWS = "the program leaves it to AWS"


def picture_of(snapshot: Snapshot) -> Picture:
    """Put the resources of a stack together."""
    accounts = Accounts(snapshot)
    identities = Identities(snapshot, accounts)
    handed = tuple(handovers(snapshot.outputs))
    estate = _Estate(snapshot, accounts)
    # A requester's stack keeps what the owner's handed over: the grants, and not the owner's resources.
    told = [grant for one in handed for grant in one.grants]
    remembered = [replace(grant, first_hand=False) for one in _referred(snapshot) for grant in one.grants]
    return Picture(
        buckets=estate.buckets(handed),
        keys=estate.keys(handed),
        principals=identities.principals(),
        groups=identities.groups(),
        grants=first_hand((*told, *remembered)),
        stacks=snapshot.stacks,
        unread=tuple(
            f"{UNREAD[one.type]} {one.name} ({one.type})" for one in snapshot.resources if one.type in UNREAD
        ),
    )


def _referred(snapshot: Snapshot) -> Iterator[Handed]:
    for one in snapshot.resources:
        if one.type == REFERENCE:
            yield from handovers(mapping_of(one.values.get("outputs")))


class _Estate:
    """The buckets and keys of a snapshot."""

    def __init__(self, snapshot: Snapshot, accounts: Accounts) -> None:
        self._resources = snapshot.resources
        self._accounts = accounts
        self._by_urn = {one.urn: one for one in snapshot.resources}

    def buckets(self, handed: tuple[Handed, ...]) -> tuple[Bucket, ...]:
        """The buckets, those that only a handover names at the end."""
        found: dict[str, Bucket] = {}
        for one in self._resources:
            if one.type in BUCKETS:
                bucket = self._bucket(one, self._name(one, "bucket"), unknown=not self._is_named(one))
                found[bucket.name] = replace(bucket, policy=_inline_policy(one, bucket.name))
        for one in self._resources:
            if one.type not in (*BUCKET_POLICIES, PUBLIC_ACCESS_BLOCK, *BUCKET_ENCRYPTIONS):
                continue
            name = self._name(one, "bucket")
            bucket = found.get(name) or self._bucket(one, name, unknown=name.startswith("("))
            found[name] = self._told(bucket, one)
        for given in handed:
            if given.bucket not in found:
                found[given.bucket] = _handed_bucket(given)
        return tuple(found.values())

    def _told(self, bucket: Bucket, one: Resource) -> Bucket:
        """The bucket, with what a resource beside it says of it."""
        if one.type in BUCKET_POLICIES:
            name = f"bucket policy of {bucket.name}"
            policy = policy_of(one.values.get("policy"), name=name, source=one.urn)
            if bucket.policy is not None and bucket.policy.source not in ("", bucket.source, one.urn):
                policy = Policy(name=name, unknown=SEVERAL, source=one.urn)
            return replace(bucket, policy=policy, held=True)
        policy_there = bucket.policy
        if not bucket.held:
            policy_there = Policy(name=f"bucket policy of {bucket.name}", unknown=ELSEWHERE)
        if one.type == PUBLIC_ACCESS_BLOCK:
            return replace(bucket, public_access_block=_block(one.values), policy=policy_there)
        return replace(bucket, key=self._key_of(one), policy=policy_there)

    def _bucket(self, one: Resource, name: str, *, unknown: bool) -> Bucket:
        account, partition = self._accounts.of(one)
        return Bucket(
            name=name,
            account=account,
            partition=partition,
            region=self._accounts.region(one),
            unknown=NOT_KNOWN if unknown else None,
            held=one.type in BUCKETS,
            source=one.urn if one.type in BUCKETS else "",
        )

    def _is_named(self, one: Resource) -> bool:
        return one.text("bucket") is not None or one.id is not None

    def _name(self, one: Resource, name: str) -> str:
        """A bucket's name, out of a name, an ARN, or the resource that it comes from."""
        text = one.text(name)
        if text is not None:
            arn = parse_arn(text)
            return arn.resource if arn is not None and arn.service == "s3" else text
        if one.id is not None and one.type in (*BUCKETS, *BUCKET_POLICIES):
            return one.id
        for urn in one.sources.get(name, ()):
            maker = self._by_urn.get(urn)
            if maker is not None and maker is not one and maker.type in BUCKETS:
                return self._name(maker, "bucket")
        return f"({one.name})"

    def keys(self, handed: tuple[Handed, ...]) -> tuple[Key, ...]:
        """The keys, those that only a bucket's encryption or a handover names at the end."""
        found: dict[str, Key] = {}
        for one in self._resources:
            if one.type in KEYS:
                found[one.urn] = self._key(one)
        for one in self._resources:
            urn = self._key_urn(one, "keyId" if one.type == KEY_POLICY else "targetKeyId", found)
            if urn is None:
                continue
            key = found[urn]
            if one.type == KEY_POLICY:
                policy = policy_of(one.values.get("policy"), name=f"key policy of {key.name}", source=one.urn)
                found[urn] = replace(key, policy=policy)
            elif one.type == KEY_ALIAS:
                found[urn] = replace(key, alias=one.text("name"))
        encryptions = [one for one in self._resources if one.type in BUCKET_ENCRYPTIONS]
        named = [*map(self._key_of, encryptions), *(given.key_arn for given in handed)]
        for arn in dict.fromkeys(named):
            outside = _outside_key(arn or "")
            if outside is not None and all(key.arn != arn for key in found.values()):
                found[outside.name] = outside
        return tuple(found.values())

    def _key(self, one: Resource) -> Key:
        account, partition = self._accounts.of(one)
        region = self._accounts.region(one)
        identifier = one.text("keyId") or one.id
        arn = one.text("arn")
        if arn is None and None not in (identifier, account, region):
            arn = f"arn:{partition}:kms:{region}:{account}:key/{identifier}"
        name = identifier or one.name
        label = f"key policy of {name}"
        value = one.values.get("policy")
        # Without one KMS gives the key its default policy (KMS Developer Guide, "Default key policy").
        policy = (
            Policy(name=label, unknown=BY_AWS, source=one.urn)
            if value is None
            else policy_of(value, name=label, source=one.urn)
        )
        return Key(
            name=name,
            arn=arn,
            account=account,
            partition=partition,
            region=region,
            policy=policy,
            source=one.urn,
        )

    def _key_urn(self, one: Resource, name: str, keys: Mapping[str, Key]) -> str | None:
        """Which of the stack's keys a property names, by id or ARN or as the resource that it comes from."""
        if one.type not in (KEY_POLICY, KEY_ALIAS):
            return None
        text = one.text(name)
        if text is not None:
            return next((urn for urn, key in keys.items() if text in (key.arn, key.name)), None)
        return next((urn for urn in one.sources.get(name, ()) if urn in keys), None)

    def _key_of(self, encryption: Resource) -> str | None:
        """The key of a bucket's default encryption: its ARN or id, or its resource's name."""
        rules = encryption.values.get("rules")
        for rule in rules if isinstance(rules, list) else []:
            by_default = mapping_of(mapping_of(rule).get("applyServerSideEncryptionByDefault"))
            named = by_default.get("kmsMasterKeyId")
            if text_of(named) is not None:
                return text_of(named)
            if named is not None and why_unreadable(named) is not None:
                makers = (self._by_urn.get(urn) for urn in encryption.sources.get("rules", ()))
                return next((one.name for one in makers if one is not None and one.type in KEYS), None)
        return None


def _inline_policy(one: Resource, name: str) -> Policy | None:
    """The policy that an older bucket resource has in itself."""
    value = one.values.get("policy")
    if value in (None, ""):
        return None
    return policy_of(value, name=f"bucket policy of {name}", source=one.urn)


def _block(values: Mapping[str, object]) -> PublicAccessBlock:
    def said(name: str) -> bool | None:
        value = values.get(name, False)
        return value if isinstance(value, bool) else None

    return PublicAccessBlock(
        block_public_acls=said("blockPublicAcls"),
        block_public_policy=said("blockPublicPolicy"),
        ignore_public_acls=said("ignorePublicAcls"),
        restrict_public_buckets=said("restrictPublicBuckets"),
    )


def _handed_bucket(given: Handed) -> Bucket:
    return Bucket(
        name=given.bucket,
        account=given.account,
        partition=given.partition,
        region=given.region,
        policy=Policy(name=f"bucket policy of {given.bucket}", unknown=ELSEWHERE),
        key=given.key_arn,
        held=False,
    )


def _outside_key(text: str) -> Key | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "kms" or not arn.resource.startswith("key/"):
        return None
    name = arn.resource.removeprefix("key/")
    return Key(
        name=name,
        arn=text,
        account=arn.account,
        partition=arn.partition,
        region=arn.region,
        policy=Policy(name=f"key policy of {name}", unknown=ELSEWHERE),
    )
