"""A bucket that was there before: our statements join its policy, all else stays unless config says so."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.bucket_encryption import default_encryption
from components.errors import InputError
from components.existing_bucket import ExistingBucket, look_at
from components.existing_notes import Changes, blocks_policy, notes
from components.existing_policy import ExistingPolicy
from components.existing_settings import Adopting
from components.owner_plan import OwnerPlan
from crossaccess.policy.contradict import Allowed, allowed_by, contradictions
from crossaccess.policy.document import (
    Document,
    Effect,
    PolicyError,
    Statement,
    canonical_json,
)
from crossaccess.policy.existing import (
    SavedPolicy,
    check_kept,
    check_merged_size,
    merged,
    read_existing,
    same_policy,
)
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.lockout import check_foreign, check_lockout
from crossaccess.policy.requesters import named
from crossaccess.policy.s3_statements import s3_statements
from crossaccess.policy.share import statements_of
from crossaccess.policy.sides import OwnerSide, owner_side
from crossaccess.policy.sizes import BUCKET_POLICY, Used

_SETS_ACLS = "s3:PutObjectAcl"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPlan:
    """What is about to be deployed beside what was found; `policy` is the bucket's whole, with ours in it.

    `encrypted` says whether config sets the bucket's default encryption.
    """

    adopting: Adopting
    encrypted: bool
    existing: ExistingBucket
    side: OwnerSide
    policy: str
    warnings: tuple[str, ...]


def plan_adopted(plan: OwnerPlan, adopting: Adopting, *, encrypted: bool) -> AdoptedPlan:
    """Look at the bucket, and refuse what AWS would refuse while it is deployed.

    `encrypted` says whether the plan's encryption stands in config, rather than what holds where nobody says.
    Raises `InputError` with all faults. What lets the deployment work but not the grants is a warning.
    """
    existing = look_at(adopting.bucket, plan.caller, profile=adopting.profile)
    saved = _read(existing)
    faults = Faults()
    bucket = Bucket(
        name=adopting.bucket,
        account=plan.caller.account,
        partition=plan.caller.partition,
        region=plan.caller.region,
        adopted=True,
    )
    side = owner_side(bucket, plan.grants, faults, encryption=plan.encryption)
    key = f"the policy of the bucket {adopting.bucket!r}"
    policy = _merged(saved, side, key, faults)
    check_kept(saved, key=key, faults=faults)
    if existing.acls_on and not adopting.enforce_ownership:
        _check_acls(plan.grants, faults)
    check_merged_size(policy, key=key, faults=faults)
    deployer = plan.deployer
    check_lockout(side.bucket_policy, bucket_arn=bucket.arn, deployer=deployer, key=key, faults=faults)
    closing = check_foreign(saved.foreign, bucket_arn=bucket.arn, deployer=deployer, key=key, faults=faults)
    if blocks_policy(existing, adopting) and not same_policy(existing.policy, policy):
        mend = (
            "have these statements narrowed to accounts or other fixed values: S3 saves no public policy "
            "while BlockPublicPolicy is on, as it is or as blockPublicAccess asks for"
        )
        faults.add(key, "is public by statements of others", mend)
    if faults:
        raise InputError("The grants cannot be deployed:", faults.all())
    # Of no statements there is no policy, though they have a text.
    size = len(policy.encode()) if saved.foreign or side.bucket_policy.statements else 0
    used = Used(document=key.removeprefix("the "), used=size, limit=BUCKET_POLICY)
    found = contradictions(saved.foreign, _allowed(side, plan.grants))
    changes = Changes(
        adopting=adopting,
        encryption=plan.encryption if encrypted else None,
        denies_there=_denies(side.bucket_policy.statements) <= _denies(saved.ours),
    )
    return AdoptedPlan(
        adopting=adopting,
        encrypted=encrypted,
        existing=existing,
        side=dataclasses.replace(side, sizes=(used, *side.sizes)),
        policy=policy,
        warnings=(
            *closing,
            *(f"In the bucket {adopting.bucket!r}, {one}." for one in found),
            *notes(existing, plan.grants, changes),
        ),
    )


def make_adopted(
    name: str,
    adopted: AdoptedPlan,
    key_arn: pulumi.Input[str] | None,
    *,
    parent: pulumi.Resource,
) -> pulumi.Resource | None:
    """Make what config says about the bucket, then our statements; answer with the last resource.

    These settings are no more than set: the bucket keeps them when the stack is destroyed, since it belongs
    to somebody else.
    """
    adopting = adopted.adopting
    last: pulumi.Resource | None = None

    def then() -> pulumi.ResourceOptions:
        # One after the other: S3 refuses two changes of one bucket at a time.
        before = [] if last is None else [last]
        return pulumi.ResourceOptions(parent=parent, depends_on=before, retain_on_delete=True)

    if adopting.block_public_access:
        last = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access-block",
            bucket=adopting.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=then(),
        )
    if adopting.enforce_ownership:
        last = aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=adopting.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=then(),
        )
    if adopted.encrypted:
        last = aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=adopting.bucket,
            rules=[default_encryption(key_arn)],
            opts=then(),
        )
    if adopting.versioning is not None:
        last = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=adopting.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled" if adopting.versioning else "Suspended"
            ),
            opts=then(),
        )
    if adopted.side.bucket_policy.statements:
        options = pulumi.ResourceOptions(parent=parent, depends_on=[] if last is None else [last])
        last = ExistingPolicy(f"{name}-policy", at=adopted.existing.at, policy=adopted.policy, opts=options)
    return last


def _read(existing: ExistingBucket) -> SavedPolicy:
    try:
        return read_existing(existing.policy)
    except PolicyError as error:
        raise InputError(
            f"The policy of the bucket {existing.at.bucket!r} cannot be read, so that nothing is written "
            f"beside it: {error}"
        ) from None


def _check_acls(grants: Iterable[Grant], faults: Faults) -> None:
    """Note grants that could widen themselves: whoever sets an ACL opens the object to anybody they like.

    Amazon S3 User Guide, "Access control list (ACL) overview".
    """
    for grant in grants:
        if _SETS_ACLS in grant.actions:
            found = f"gives {_SETS_ACLS} in a bucket that has ACLs on"
            mend = (
                "leave the action out, or switch ACLs off by enforceOwnership: with them on, whoever sets an "
                "ACL opens objects to other accounts or to everybody, whatever the grants say"
            )
            faults.add(f"the grant {grant.name!r}", found, mend)


def _merged(saved: SavedPolicy, side: OwnerSide, key: str, faults: Faults) -> str:
    try:
        return merged(saved, side.bucket_policy)
    except PolicyError as error:
        faults.add(key, "cannot take our statements", str(error))
        return merged(saved, Document(statements=()))


def _denies(statements: Iterable[Statement]) -> set[str]:
    return {canonical_json(Document(statements=(one,))) for one in statements if one.effect is Effect.DENY}


def _allowed(side: OwnerSide, grants: Iterable[Grant]) -> tuple[Allowed, ...]:
    """What each grant gives, to whom: what a deny in the bucket's policy could take away."""
    bucket = side.bucket
    found: list[Allowed] = []
    for grant in grants:
        callers: list[str] = []
        if grant.role_name is not None:
            callers = [bucket.role_arn(grant.role_name)]
        else:
            for who in named(bucket, grant):
                arns = [one.values for one in who.conditions if one.key == "aws:PrincipalArn"]
                callers += arns[0] if arns else [one.value for one in who.principals]
        found += allowed_by(grant.name, statements_of(s3_statements(bucket, grant)), callers)
    return tuple(found)
