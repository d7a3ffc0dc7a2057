"""What the owner's component is about to deploy, checked as a whole before its first resource."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.bucket_settings import BucketSettings, check_log_bucket
from components.caller import Caller
from components.errors import InputError
from crossaccess.policy.conditions import expiry_warning
from crossaccess.policy.deployment import Deployer
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.fields import read_bucket_name
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.lockout import check_lockout
from crossaccess.policy.sides import OwnerSide, owner_side


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPlan:
    """All that the owner's side is made of, but for the bucket's name."""

    caller: Caller
    grants: tuple[Grant, ...]
    encryption: Encryption
    settings: BucketSettings
    deployer_addresses: tuple[str, ...] = ()

    @property
    def deployer(self) -> Deployer:
        """Who deploys, and from where."""
        return Deployer(
            arn=self.caller.arn,
            account=self.caller.account,
            addresses=self.deployer_addresses,
            user_id=self.caller.user_id,
        )

    def of(self, bucket_name: object) -> OwnerSide:
        """Build all policies for a new bucket, and refuse what AWS would refuse while it is deployed."""
        faults = Faults()
        name = read_bucket_name(bucket_name, "bucketName", faults)
        if name is None:
            raise InputError("The bucket is not right:", faults.all())
        bucket = Bucket(
            name=name,
            account=self.caller.account,
            partition=self.caller.partition,
            region=self.caller.region,
        )
        side = owner_side(bucket, self.grants, faults, encryption=self.encryption)
        check_lockout(
            side.bucket_policy,
            bucket_arn=bucket.arn,
            deployer=self.deployer,
            key=f"the policy of the bucket {name!r}",
            faults=faults,
        )
        check_log_bucket(self.settings, name, faults)
        if faults:
            raise InputError("The grants cannot be deployed:", faults.all())
        return side


def warn_of_expiry(grants: Sequence[Grant], resource: pulumi.Resource) -> None:
    """Warn of grants that have ended, or will within two weeks."""
    now = dt.datetime.now(dt.UTC)
    for grant in grants:
        message = expiry_warning(grant.name, grant.conditions, now)
        if message is not None:
            pulumi.log.warn(message, resource)
