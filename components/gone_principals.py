"""Warns of principals that a saved policy has lost, since they were deleted and maybe made again."""

from collections.abc import Callable, Iterator

import pulumi
import pulumi_aws as aws

from components.existing_bucket import ExistingBucket
from components.owner_plan import OwnerPlan
from crossaccess.policy.document import Document
from crossaccess.policy.gone import gone_principals, message
from crossaccess.policy.grant import Grant, Trust
from crossaccess.policy.sides import OwnerSide

# How the provider says that there is nothing yet, which is how every first deployment begins.
_NOT_THERE = ("couldn't find resource", "NoSuchEntity", "NoSuchBucket")


def warn_of_gone(
    plan: OwnerPlan, side: OwnerSide, parent: pulumi.Resource, *, existing: ExistingBucket | None = None
) -> None:
    """Look at what AWS has saved for grants with exact principals, and warn of those that are gone.

    The saved policy shows a bare id in the place of such a principal, which nobody can make anything of.
    An `existing` bucket was looked at already. What cannot be read is told.
    """
    exact = tuple(grant for grant in plan.grants if grant.trust is Trust.EXACT)
    for found in _messages(exact, side, parent, existing):
        pulumi.log.warn(found, parent)


def _messages(
    exact: tuple[Grant, ...], side: OwnerSide, parent: pulumi.Resource, existing: ExistingBucket | None
) -> Iterator[str]:
    options = pulumi.InvokeOptions(parent=parent)
    bucket = side.bucket.name
    if any(grant.role_name is None for grant in exact):

        def ask_policy() -> str | None:
            if existing is not None:
                return existing.policy
            return aws.s3.get_bucket_policy(bucket=bucket, opts=options).policy

        yield from _lost(ask_policy, side.bucket_policy, f"the policy of the bucket {bucket!r}")
    for grant in exact:
        role_name = grant.role_name
        if role_name is None:
            continue

        def ask_trust(role_name: str = role_name) -> str | None:
            return aws.iam.get_role(name=role_name, opts=options).assume_role_policy

        name = f"the trust policy of the role {role_name!r}"
        yield from _lost(ask_trust, side.roles[grant.name].trust, name)


def _lost(ask: Callable[[], str | None], wanted: Document, name: str) -> Iterator[str]:
    """What is to be said of one policy: `ask` tells what is saved, `wanted` is what we would write."""
    try:
        saved = ask()
    except Exception as error:  # noqa: BLE001 - Pulumi raises plain `Exception` for a refused invoke
        text = str(error)
        if not any(words in text for words in _NOT_THERE):
            yield f"It cannot be told whether principals of {name} are gone: {text}"
        return
    if saved is not None:
        for gone in gone_principals(saved, wanted.statements, policy=name):
            yield message(gone)
