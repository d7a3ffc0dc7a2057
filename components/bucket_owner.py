"""The owner's side: the bucket, what protects it, and what lets the requesters in."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.adopted_bucket import AdoptedPlan, make_adopted, plan_adopted
from components.bucket_encryption import (
    EncryptionArgs,
    check_existing_key,
    make_key,
    read_encryption_args,
    statements_to_add,
)
from components.bucket_settings import BucketSettings, BucketSettingsArgs, read_settings_args
from components.caller import find_caller
from components.errors import InputError
from components.existing_settings import ExistingBucketArgs, read_existing_bucket_args
from components.gone_principals import warn_of_gone
from components.grant_args import GrantArgs, read_grant_args
from components.grant_roles import make_role
from components.handover import write_handover
from components.new_bucket import make_new
from components.owner_plan import OwnerPlan, warn_of_expiry
from components.side_values import Side, of_side
from crossaccess.policy.addresses import read_addresses
from crossaccess.policy.document import canonical_json
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.sides import OwnerSide


class BucketOwnerArgs(TypedDict):
    """What `BucketOwner` needs."""

    bucket_name: NotRequired[pulumi.Input[str]]
    """The new bucket's name, unique in all of AWS. Either this or `existing_bucket` is given."""
    existing_bucket: NotRequired[ExistingBucketArgs | None]
    """A bucket that is there already, to adopt. Default: a bucket is made."""
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
    deployer_addresses: NotRequired[Sequence[str]]
    """Addresses and CIDR blocks from which this stack is deployed, so that denies of others can be judged."""


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
    sizes: pulumi.Output[Mapping[str, Any]]  # Any: JSON values
    """How much each policy uses of what AWS allows, by what it is the policy of."""

    def __init__(self, name: str, args: BucketOwnerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        settings = read_settings_args(args.get("settings", {}))
        existing = args.get("existing_bucket")
        adopting = None if existing is None else read_existing_bucket_args(existing, args)
        if (adopting is None) == ("bucket_name" not in args):
            raise InputError("Give bucket_name for a new bucket, or existing_bucket for one to adopt.")
        grants = read_grant_args(args["grants"])
        encryption = read_encryption_args(args.get("encryption"))
        addresses = _addresses(args)
        super().__init__("crossaccess:index:BucketOwner", name, None, opts)
        plan = OwnerPlan(
            caller=find_caller(parent=self),
            grants=grants,
            encryption=encryption,
            settings=settings,
            deployer_addresses=addresses,
        )
        encrypted = args.get("encryption") is not None
        adopted = None if adopting is None else plan_adopted(plan, adopting, encrypted=encrypted)
        side = adopted.side if adopted is not None else _new_side(plan, args["bucket_name"])
        if encryption.key_arn is not None:
            check_existing_key(encryption.key_arn, parent=self)
        self._warn(plan, side, adopted)
        key_arn = self._key(name, args, encryption, settings, side)
        if adopted is not None:
            last = make_adopted(name, adopted, key_arn, parent=self)
        else:
            last = make_new(
                name,
                args["bucket_name"],
                of_side(side, lambda made: canonical_json(made.bucket_policy)),
                settings,
                key_arn,
                prefixes=[prefix for grant in grants for prefix in grant.prefixes or ("",)],
                protect=args.get("protect", True),
                force_destroy=args.get("force_destroy", False),
                parent=self,
            )
        for grant in grants:
            if grant.role_name is not None:
                # By its own name: a grant that is renamed keeps its role, which cannot be made twice.
                make_role(
                    f"{name}-{grant.role_name}", grant, side, tags=settings.tags, after=last, parent=self
                )
        self._put_out(side, plan, key_arn)

    def _warn(self, plan: OwnerPlan, side: Side, adopted: AdoptedPlan | None) -> None:
        """Say at preview what the deployment would not fail of, and the grants would."""
        warn_of_expiry(plan.grants, self)
        for warning in () if adopted is None else adopted.warnings:
            pulumi.log.warn(warning, self)
        if not isinstance(side, pulumi.Output):
            warn_of_gone(plan, side, self, existing=None if adopted is None else adopted.existing)

    def _put_out(self, side: Side, plan: OwnerPlan, key_arn: pulumi.Input[str] | None) -> None:
        def output(value: pulumi.Input[Any]) -> pulumi.Output[Any]:  # Any: whatever the output is declared as
            return pulumi.Output.from_input(value)

        self.bucket_name = output(of_side(side, lambda made: made.bucket.name))
        self.bucket_arn = output(of_side(side, lambda made: made.bucket.arn))
        self.role_arns = output(of_side(side, _role_arns))
        self.handover = output(of_side(side, lambda made: dict(write_handover(made.bucket, plan.grants))))
        self.key_arn = output(key_arn)
        self.key_statements = output(of_side(side, lambda made: statements_to_add(made, plan.encryption)))
        self.sizes = output(of_side(side, _sizes))
        outputs = ("bucket_name", "bucket_arn", "role_arns", "key_arn", "key_statements", "handover", "sizes")
        self.register_outputs({name: getattr(self, name) for name in outputs})

    def _key(
        self,
        name: str,
        args: BucketOwnerArgs,
        encryption: Encryption,
        settings: BucketSettings,
        side: Side,
    ) -> pulumi.Input[str] | None:
        """The ARN of the bucket's key, which is made where it is not there."""
        if encryption.key_arn is not None:
            if not isinstance(side, pulumi.Output) and (needed := statements_to_add(side, encryption)):
                pulumi.log.warn(
                    f"The key {encryption.key_arn} is not of this stack. Unless its policy allows this, "
                    f"nobody can use encrypted objects (output key_statements): {json.dumps(needed)}",
                    self,
                )
            return encryption.key_arn
        if not encryption.makes_key:
            return None
        # Without its key the bucket's objects are lost: what keeps the one keeps the other. An adopted bucket
        # stays when its stack is destroyed, and so does the key that it encrypts with by then.
        adopted = args.get("existing_bucket") is not None
        options = pulumi.ResourceOptions(
            parent=self,
            protect=args.get("protect", True) and not adopted,
            retain_on_delete=adopted or None,
        )
        return make_key(name, encryption, side, tags=settings.tags, opts=options).arn


def _new_side(plan: OwnerPlan, bucket_name: pulumi.Input[str]) -> Side:
    """The owner's side for a new bucket.

    A name that is at hand is checked now, since an error inside of `apply` comes after the first resources.
    Out of a known name everything is known, at the first preview as well.
    """
    if isinstance(bucket_name, str):
        return plan.of(bucket_name)
    return pulumi.Output.all(bucket_name).apply(lambda names: plan.of(names[0]))


def _addresses(args: BucketOwnerArgs) -> tuple[str, ...]:
    if not args.get("deployer_addresses"):
        return ()
    faults = Faults()
    addresses = read_addresses(args["deployer_addresses"], "deployer_addresses", faults)
    if addresses is None or faults:
        raise InputError("The deployer's addresses are not right:", faults.all())
    return addresses


def _role_arns(side: OwnerSide) -> dict[str, str]:
    return {grant: role.arn for grant, role in side.roles.items()}


def _sizes(side: OwnerSide) -> dict[str, object]:
    return {used.document: used.as_output() for used in side.sizes}
