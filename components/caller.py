"""Whose account, partition and Region the AWS provider works in. Asked, never typed in."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where the provider's credentials and settings lead to.

    `arn` and `user_id` are the caller's own; the latter is what `aws:userid` is in their requests, and empty
    where it is not known.
    """

    arn: str
    account: str
    partition: str
    region: str
    user_id: str = ""


def find_caller(parent: pulumi.Resource | None = None) -> Caller:
    """Ask AWS (STS `GetCallerIdentity`) through the provider of `parent`, or through the default one.

    Raises `InputError` where the provider cannot be used: no credentials, or an account that
    `aws:allowedAccountIds` does not name.
    """
    options = pulumi.InvokeOptions(parent=parent)
    try:
        identity = aws.get_caller_identity(opts=options)
        return Caller(
            arn=identity.arn,
            account=identity.account_id,
            partition=aws.get_partition(opts=options).partition,
            region=aws.get_region(opts=options).region,
            user_id=identity.user_id,
        )
    except Exception as error:  # noqa: BLE001 - Pulumi raises plain `Exception` for a refused invoke
        raise InputError(
            f"AWS cannot be asked which account this stack's credentials belong to: {error}\n"
            "Look at aws:profile, aws:region and aws:allowedAccountIds of this stack: the profile has to "
            "exist, to have valid credentials, and to belong to the account that is allowed."
        ) from None
