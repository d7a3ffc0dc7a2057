"""The Pulumi program of both accounts: reads this stack's settings, makes its one component, exports."""

import gc
import sys

import pulumi

from components.bucket_encryption import encryption_args
from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.bucket_requester import BucketRequester, OwnerArgs
from components.bucket_settings import settings_args
from components.errors import InputError
from components.existing_settings import existing_bucket_args
from components.grant_args import grant_args
from components.new_principals import new_principal_args
from components.requester_settings import RequesterSettings, TakenFrom
from components.settings import OwnerSettings, load_settings

EXIT_AFTER_MESSAGE = 32
"""Tells Pulumi's Python host that the user has been told what is wrong, so that it adds no traceback."""


def own_bucket(settings: OwnerSettings) -> pulumi.Inputs:
    """Account A: the bucket, its policy, and a role for each grant that asks for one."""
    args: BucketOwnerArgs = {
        "grants": [grant_args(grant) for grant in settings.grants],
        "encryption": encryption_args(settings.encryption),
        "deployer_addresses": settings.deployer_addresses,
    }
    if settings.adopting is None:
        args["bucket_name"] = settings.bucket_name
        args["settings"] = settings_args(settings.bucket)
        args["protect"] = settings.protect
        args["force_destroy"] = settings.force_destroy
    else:
        args["existing_bucket"] = existing_bucket_args(settings.adopting)
        args["settings"] = {"tags": settings.bucket.tags}
    owner = BucketOwner("owner", args)
    return {
        "bucket_name": owner.bucket_name,
        "bucket_arn": owner.bucket_arn,
        "role_arns": owner.role_arns,
        "key_arn": owner.key_arn,
        "key_statements": owner.key_statements,
        "handover": owner.handover,
        "sizes": owner.sizes,
    }


async def use_grants(settings: RequesterSettings) -> pulumi.Inputs:
    """Account B: the policies of the principals whom account A's handover names."""
    requester = BucketRequester(
        "requester",
        {
            "owners": [
                await hand_over(owner, number, of=len(settings.owners))
                for number, owner in enumerate(settings.owners)
            ],
            "organization": settings.organization,
            "create": [new_principal_args(new) for new in settings.create],
            "tags": settings.tags,
        },
    )
    return {
        "policy_arns": requester.policy_arns,
        "permission_set_policies": requester.permission_set_policies,
        "grants": requester.grants,
        "sizes": requester.sizes,
    }


async def hand_over(owner: TakenFrom, number: int, *, of: int) -> OwnerArgs:
    """What one owner's stack hands over, and what of it is taken."""
    # The engine names this resource where the stack does not exist: so it has the name of its config key.
    key = "crossaccess:ownerStack" if of == 1 else f"crossaccess:ownerStacks[{number}]"
    details = await pulumi.StackReference(key, owner.stack).get_output_details("handover")
    return {
        "handover": details.value,
        "stack": owner.stack,
        "only_grants": owner.only_grants,
        "attach_to": {name: [str(one) for one in principals] for name, principals in owner.attach_to.items()},
    }


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


# What a run makes lives to its end, which is near. By default Python looks for garbage after every 700 new
# objects, and with hundreds of grants that is a sixth of the program's time.
gc.set_threshold(100_000, 50, 100)
pulumi.run(main)
