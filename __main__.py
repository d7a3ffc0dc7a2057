"""The Pulumi program of both accounts: reads this stack's settings, makes its one component, exports."""

import sys

import pulumi

from components.bucket_encryption import encryption_args
from components.bucket_owner import BucketOwner
from components.bucket_requester import BucketRequester
from components.bucket_settings import settings_args
from components.errors import InputError
from components.grant_args import grant_args
from components.settings import OwnerSettings, RequesterSettings, load_settings

EXIT_AFTER_MESSAGE = 32
"""Tells Pulumi's Python host that the user has been told what is wrong, so that it adds no traceback."""


def own_bucket(settings: OwnerSettings) -> pulumi.Inputs:
    """Account A: the bucket, its policy, and a role for each grant that asks for one."""
    owner = BucketOwner(
        "owner",
        {
            "bucket_name": settings.bucket_name,
            "grants": [grant_args(grant) for grant in settings.grants],
            "encryption": encryption_args(settings.encryption),
            "settings": settings_args(settings.bucket),
            "protect": settings.protect,
            "force_destroy": settings.force_destroy,
        },
    )
    return {
        "bucket_name": owner.bucket_name,
        "bucket_arn": owner.bucket_arn,
        "role_arns": owner.role_arns,
        "key_arn": owner.key_arn,
        "key_statements": owner.key_statements,
        "handover": owner.handover,
    }


async def use_grants(settings: RequesterSettings) -> pulumi.Inputs:
    """Account B: the policies of the principals whom account A's handover names."""
    # The engine names this resource where the stack does not exist: so it has the name of its config key.
    reference = pulumi.StackReference("crossaccess:ownerStack", settings.owner_stack)
    details = await reference.get_output_details("handover")
    requester = BucketRequester(
        "requester",
        {
            "handover": details.value,
            "owner_stack": settings.owner_stack,
            "only_grants": settings.only_grants,
            "tags": settings.tags,
        },
    )
    return {"policy_arns": requester.policy_arns, "grants": requester.grants}


async def main() -> pulumi.Inputs:
    """Play the side that the stack's config names."""
    try:
        settings = load_settings()
        if isinstance(settings, OwnerSettings):
            return own_bucket(settings)
        return await use_grants(settings)
    except InputError as error:
        pulumi.log.error(str(error))
        sys.exit(EXIT_AFTER_MESSAGE)


pulumi.run(main)
