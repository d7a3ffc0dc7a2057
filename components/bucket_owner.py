"""The owner's side: the bucket, what protects it, and what lets the requesters in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket_encryption import (
    EncryptionArgs,
    check_existing_key,
    default_encryption,
    make_key,
    read_encryption_args,
    statements_to_add,
)
from components.bucket_settings import (
    BucketSettings,
    BucketSettingsArgs,
    check_log_bucket,
    make_settings,
    read_settings_args,
)
from components.caller import Caller, find_caller
from components.errors import InputError
from components.grant_args import GrantArgs, read_grant_args
from components.handover import write_handover
from crossaccess.policy.document import Document, canonical_json
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.fields import read_bucket_name
from crossaccess.policy.grant import NAME_PREFIX, Bucket, Grant
from crossaccess.policy.lockout import Deployer, check_lockout
from crossaccess.policy.sides import GrantRole, OwnerSide, owner_side


class BucketOwnerArgs(TypedDict):
    """What `BucketOwner` needs."""

    bucket_name: pulumi.Input[str]
    """The new bucket's name, unique in all of AWS."""
    grants: Sequence[GrantArgs]
    """Who gets in. Plain values, since each grant may bring a role along."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the bucket. Default: yes."""
    encryption: NotRequired[EncryptionArgs | None]
    """How objects are encrypted. Default: by S3, with keys of its own (SSE-S3)."""
    settings: NotRequired[BucketSettingsArgs]
    """What the bucket keeps, locks, cleans up, logs and is called. Default: versions are kept."""
    force_destroy: NotRequired[pulumi.Input[bool]]
    """Whether deleting the bucket deletes its objects too. Default: no."""


class BucketOwner(pulumi.ComponentResource):
    """A bucket that is closed to the public, and open to what its grants name and to nothing else.

    Raises `InputError` with all faults of its arguments, before any of its parts is registered.
    """

    bucket_name: pulumi.Output[str]
    """The bucket's name."""
    bucket_arn: pulumi.Output[str]
    """The bucket's ARN."""
    role_arns: pulumi.Output[Mapping[str, str]]
    """The ARNs of the roles, by the name of their grant."""
    key_arn: pulumi.Output[str | None]
    """The ARN of the KMS key that encrypts the bucket; none where S3 encrypts by itself."""
    key_statements: pulumi.Output[Sequence[Any] | None]  # Any: JSON statements
    """What the policy of an existing key has to allow: for whoever administers that key to add."""
    handover: pulumi.Output[Mapping[str, Any]]  # Any: a JSON document, which its reader checks
    """What requesters need to know: export it for their stack references."""

    def __init__(self, name: str, args: BucketOwnerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        grants = read_grant_args(args["grants"])
        encryption = read_encryption_args(args.get("encryption"))
        settings = read_settings_args(args.get("settings", {}))
        super().__init__("crossaccess:index:BucketOwner", name, None, opts)
        caller = find_caller(parent=self)
        bucket_name = args["bucket_name"]
        # A name that is at hand is checked now, since an error inside of `apply` comes after the first
        # resources. Out of a known name everything below is known too, at the first preview as well.
        known = (
            _plan(bucket_name, grants, caller, encryption, settings) if isinstance(bucket_name, str) else None
        )
        if encryption.key_arn is not None:
            check_existing_key(encryption.key_arn, parent=self)
        side = pulumi.Output.from_input(bucket_name).apply(
            lambda text: known if known is not None else _plan(text, grants, caller, encryption, settings)
        )
        key_arn = self._key(name, args, encryption, settings, side)
        bucket, last_protection = self._make_bucket(name, args, key_arn, settings)
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.bucket,
            policy=side.apply(lambda made: canonical_json(made.bucket_policy)),
            opts=self._after(last_protection),
        )
        for grant in grants:
            if grant.role_name is not None:
                # By its own name: a grant that is renamed keeps its role, which cannot be made twice.
                self._make_role(f"{name}-{grant.role_name}", grant, side, policy, settings)
        self.bucket_name = side.apply(lambda made: made.bucket.name)
        self.bucket_arn = side.apply(lambda made: made.bucket.arn)
        self.role_arns = side.apply(lambda made: {grant: role.arn for grant, role in made.roles.items()})
        self.handover = side.apply(lambda made: dict(write_handover(made.bucket, grants)))
        self.key_arn = pulumi.Output.from_input(key_arn)
        self.key_statements = side.apply(lambda made: statements_to_add(made, encryption))
        outputs = ("bucket_name", "bucket_arn", "role_arns", "key_arn", "key_statements", "handover")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _key(
        self,
        name: str,
        args: BucketOwnerArgs,
        encryption: Encryption,
        settings: BucketSettings,
        side: pulumi.Output[OwnerSide],
    ) -> pulumi.Input[str] | None:
        """The ARN of the bucket's key, which is made where it is not there."""
        if encryption.key_arn is not None:
            pulumi.log.warn(
                f"The key {encryption.key_arn} is not of this stack: its policy has to allow what the output "
                "key_statements says, or nobody can use encrypted objects.",
                self,
            )
            return encryption.key_arn
        if not encryption.makes_key:
            return None
        # Without its key the bucket's objects are lost: what keeps the one keeps the other.
        options = pulumi.ResourceOptions(parent=self, protect=args.get("protect", True))
        return make_key(name, encryption, side, tags=settings.tags, opts=options).arn

    def _make_bucket(
        self,
        name: str,
        args: BucketOwnerArgs,
        key_arn: pulumi.Input[str] | None,
        settings: BucketSettings,
    ) -> tuple[aws.s3.Bucket, pulumi.Resource]:
        """Make the bucket and its protections, and answer it with the last of them.

        One after the other: S3 refuses two changes of one bucket at a time.
        """
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=args["bucket_name"],
            force_destroy=args.get("force_destroy", False),
            object_lock_enabled=True if settings.object_lock is not None else None,
            tags=settings.tags or None,
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect", True)),
        )
        block = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access-block",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            # A bucket that cannot be deleted, since it holds objects, stays closed.
            skip_destroy=True,
            opts=self._after(bucket),
        )
        ownership = aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._after(block),
        )
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[default_encryption(key_arn)],
            opts=self._after(ownership),
        )
        last = make_settings(name, settings, bucket, after=encryption, parent=self)
        return bucket, last

    def _make_role(
        self,
        name: str,
        grant: Grant,
        side: pulumi.Output[OwnerSide],
        bucket_policy: pulumi.Resource,
        settings: BucketSettings,
    ) -> None:
        """Make a grant's role, empty at first: it may do something once the bucket refuses plain HTTP."""

        def document(of_role: Callable[[GrantRole], Document]) -> pulumi.Output[str]:
            return side.apply(lambda made: canonical_json(of_role(made.roles[grant.name])))

        role = aws.iam.Role(
            f"{name}-role",
            name=grant.role_name,
            description=f"Grant {grant.name}: principals of {grant.account} assume it to reach the bucket",
            assume_role_policy=document(lambda role: role.trust),
            tags=settings.tags or None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.iam.RolePolicy(
            f"{name}-role-policy",
            name=f"{NAME_PREFIX}bucket",
            role=role.name,
            policy=document(lambda role: role.policy),
            opts=self._after(bucket_policy),
        )

    def _after(self, earlier: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=[earlier])


def _plan(
    bucket_name: object,
    grants: tuple[Grant, ...],
    caller: Caller,
    encryption: Encryption,
    settings: BucketSettings,
) -> OwnerSide:
    """Build all policies, and refuse what AWS would refuse in the middle of a deployment."""
    faults = Faults()
    name = read_bucket_name(bucket_name, "bucketName", faults)
    if name is None:
        raise InputError("The bucket is not right:", faults.all())
    bucket = Bucket(name=name, account=caller.account, partition=caller.partition, region=caller.region)
    side = owner_side(bucket, grants, faults, encryption=encryption)
    check_lockout(
        side.bucket_policy,
        bucket_arn=bucket.arn,
        deployer=Deployer(arn=caller.arn, account=caller.account),
        key=f"the policy of the bucket {name!r}",
        faults=faults,
    )
    check_log_bucket(settings, name, faults)
    if faults:
        raise InputError("The grants cannot be deployed:", faults.all())
    return side
