"""The statements that allow a grant's S3 actions, the same for whichever side they stand on."""

from crossaccess.policy.access import Scope, in_scope
from crossaccess.policy.document import Condition, Effect, PrincipalName, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant
from crossaccess.policy.share import Part


def s3_statements(
    bucket: Bucket,
    grant: Grant,
    *,
    principals: tuple[PrincipalName, ...] | None = None,
    conditions: tuple[Condition, ...] = (),
    label: str = "",
) -> tuple[Part, ...]:
    """One statement for each kind of resource that the actions are asked on.

    Amazon S3 User Guide, "Controlling access to a bucket with user policies": a list is asked on the bucket,
    and the prefix that it is for narrows it by a condition.
    """
    objects = tuple(f"{bucket.arn}/{prefix}*" for prefix in grant.prefixes or ("",))
    listing: tuple[Condition, ...] = ()
    if grant.prefixes:
        patterns = tuple(f"{prefix}*" for prefix in grant.prefixes)
        listing = (Condition(operator="StringLike", key="s3:prefix", values=patterns),)
    kinds = (
        ("Objects", in_scope(grant.actions, Scope.OBJECTS), objects, ()),
        ("List", in_scope(grant.actions, Scope.LISTING), (bucket.arn,), listing),
        ("Bucket", in_scope(grant.actions, Scope.BUCKET, Scope.ALL_KEYS), (bucket.arn,), ()),
    )
    return tuple(
        Part(
            grants=(grant.name,),
            statement=Statement(
                sid=f"{SID_PREFIX}{grant.sid}{kind}{label}",
                effect=Effect.ALLOW,
                principals=principals,
                actions=actions,
                resources=resources,
                conditions=(*conditions, *narrowing),
            ),
        )
        for kind, actions, resources, narrowing in kinds
        if actions
    )
