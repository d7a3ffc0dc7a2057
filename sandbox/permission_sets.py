"""Permission sets of IAM Identity Center: their roles in the sandbox's accounts, made as the service does.

IAM Identity Center User Guide, "IAM roles created by IAM Identity Center" and "Use IAM policies in permission
sets"; IAM User Guide, "AWS JSON policy elements: Principal", for the form of the roles' ARNs. The service's
own API is not here, and neither is signing in: instead of a SAML provider, a role's trust policy names users
of its account, who assume it.
"""

import json
import re
import secrets
from collections.abc import Iterable

from botocore.exceptions import ClientError

from sandbox.calls import Caller, Keys, caller
from sandbox.cloud import Cloud
from sandbox.errors import SandboxError
from sandbox.gate.world import IDENTITY_CENTER_PATH

SHORTEST_MAXIMUM = 3_600
LONGEST_SESSION = 43_200
"""Seconds of a role's session (IAM User Guide, "Update the maximum session duration for a role")."""
_IAM = "arn:aws:iam"  # the sandbox knows no other partition


def provision(  # noqa: PLR0913 - a permission set is all of this
    cloud: Cloud,
    profile: str,
    name: str,
    *,
    people: Iterable[str],
    policies: Iterable[str] = (),
    region: str | None = None,
) -> str:
    """Make the role of a permission set in the account of a profile; return the role's ARN.

    `people` are the account's people who are assigned, by profile. `policies` are customer managed policies
    by name, with the path before it where there is one (`team/reports`). `region` is the Region of the
    Identity Center, which stands in the ARN; `None` for `us-east-1`, which does not. Raises `SandboxError`
    where a policy is not in the account yet: nothing is made then.
    """
    service = _service(cloud, profile)
    account = cloud.identity_center[profile].account
    arns = [f"{_IAM}::{account}:policy/{policy}" for policy in policies]
    for arn in arns:
        _check_policy(service, name, arn)
    trusted = [f"{_IAM}::{account}:user/{cloud.credentials[who].user}" for who in people]
    statement = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    role = f"AWSReservedSSO_{name}_{secrets.token_hex(8)}"
    made = service.iam().create_role(
        Path=IDENTITY_CENTER_PATH + ("" if region is None else f"{region}/"),
        RoleName=role,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        MaxSessionDuration=LONGEST_SESSION,
    )["Role"]
    for arn in arns:
        service.iam().attach_role_policy(RoleName=role, PolicyArn=arn)
    return made["Arn"]


def sign_in(
    cloud: Cloud,
    person: str,
    role_arn: str,
    *,
    through_endpoint: bool = False,
    seconds: int = SHORTEST_MAXIMUM,
) -> Caller:
    """Return someone as they are under a permission set: a session of its role, named after them.

    It lasts for so many `seconds`. Raises `ClientError` where they are not assigned.
    """
    who = caller(cloud, person, through_endpoint=through_endpoint)
    given = who.sts().assume_role(RoleArn=role_arn, RoleSessionName=person, DurationSeconds=seconds)[
        "Credentials"
    ]
    keys = Keys(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )
    return Caller(cloud=cloud, keys=keys, through_endpoint=through_endpoint)


def provisioned(cloud: Cloud, profile: str, name: str) -> tuple[str, ...]:
    """Return the ARNs of the roles that a permission set has in the account of a profile: one, or none."""
    role = re.compile(rf"AWSReservedSSO_{re.escape(name)}_[0-9a-f]{{16}}")
    pages = caller(cloud, profile).iam().get_paginator("list_roles").paginate(PathPrefix=IDENTITY_CENTER_PATH)
    return tuple(one["Arn"] for page in pages for one in page["Roles"] if role.fullmatch(one["RoleName"]))


def remove(cloud: Cloud, profile: str, role_arn: str) -> None:
    """Take the role of a permission set out of the account of a profile; its policies stay there."""
    iam = _service(cloud, profile).iam()
    role = role_arn.rpartition("/")[2]
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=role)


def _service(cloud: Cloud, profile: str) -> Caller:
    known = cloud.identity_center[profile]
    keys = Keys(access_key_id=known.access_key_id, secret_access_key=known.secret_access_key)
    return Caller(cloud=cloud, keys=keys)


def _check_policy(service: Caller, name: str, arn: str) -> None:
    try:
        service.iam().get_policy(PolicyArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        raise SandboxError(
            f"The permission set {name} references the customer managed policy {arn}, which is not there. "
            "Make the policy first (pulumi up), then assign the permission set."
        ) from None
