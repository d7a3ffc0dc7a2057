"""The requester's side: what its own account has to allow its principals."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket_settings import read_tags
from components.caller import Caller, find_caller
from components.errors import InputError
from components.handover import Received, read_handover
from crossaccess.policy.build import PrincipalPolicy
from crossaccess.policy.document import canonical_json
from crossaccess.policy.faults import Faults, meant
from crossaccess.policy.grant import Grant, PrincipalKind
from crossaccess.policy.sides import RequesterSide, requester_side


class BucketRequesterArgs(TypedDict):
    """What `BucketRequester` needs."""

    handover: Any  # Any: it comes from another account, and its reader checks that it is a mapping
    """The owner's handover. A plain value, since it says which policies there are: await it first, with
    `(await reference.get_output_details("handover")).value`."""
    owner_stack: NotRequired[str]
    """The name of the owner's stack, for messages."""
    only_grants: NotRequired[Sequence[str] | None]
    """The names of the grants to take up. Default: all that are addressed to this account."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of the policies."""


class BucketRequester(pulumi.ComponentResource):
    """Policies that let principals of this account use the grants that an owner addressed to it.

    The principals exist already; their policies are managed ones, attached to them. Raises `InputError`
    with all faults of the handover, before any of its parts is registered.
    """

    policy_arns: pulumi.Output[Mapping[str, Sequence[str]]]
    """The ARNs of the policies, by the principal that has them, such as `user/bob`."""
    grants: pulumi.Output[Mapping[str, Any]]  # Any: JSON values for people and scripts
    """How to use each grant, by its name: method, bucket, prefixes, actions, and the role to assume."""

    def __init__(
        self, name: str, args: BucketRequesterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        handover: object = args["handover"]
        if isinstance(handover, pulumi.Output):
            raise InputError(
                "handover is an Output: it decides which policies there are, so it has to be a plain value; "
                'write (await reference.get_output_details("handover")).value'
            )
        source = args.get("owner_stack", "(not named)")
        tags = _tags(args.get("tags"))
        received = read_handover(handover, source=source)
        super().__init__("crossaccess:index:BucketRequester", name, None, opts)
        caller = find_caller(parent=self)
        grants = _own_grants(received, caller, args.get("only_grants"), source)
        side = _plan(received, grants, caller)
        arns: dict[str, list[str]] = {}
        for policy in side.policies:
            # Out of known parts, so that a preview can tell whose policy it is.
            arn = policy.arn(partition=caller.partition, account=caller.account)
            arns.setdefault(str(policy.principal), []).append(arn)
            self._attach(f"{name}-{policy.label}", policy, arn, tags)
        self.policy_arns = pulumi.Output.from_input(arns)
        self.grants = pulumi.Output.from_input({grant.name: _usage(side, grant) for grant in grants})
        self.register_outputs({"policy_arns": self.policy_arns, "grants": self.grants})

    def _attach(self, name: str, policy: PrincipalPolicy, arn: str, tags: Mapping[str, str]) -> None:
        """Make a policy and attach it to the user or role that it is for."""
        made = aws.iam.Policy(
            f"{name}-policy",
            name=policy.name,
            policy=canonical_json(policy.document),
            tags=tags or None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        attachment, whose = f"{name}-attachment", policy.principal.name
        options = pulumi.ResourceOptions(parent=self, depends_on=[made])
        if policy.principal.kind is PrincipalKind.USER:
            aws.iam.UserPolicyAttachment(attachment, user=whose, policy_arn=arn, opts=options)
        else:
            aws.iam.RolePolicyAttachment(attachment, role=whose, policy_arn=arn, opts=options)


def _tags(raw: object) -> Mapping[str, str]:
    faults = Faults()
    tags = read_tags(raw, "tags", faults)
    if faults:
        raise InputError("The tags are not right:", faults.all())
    return tags


def _own_grants(
    received: Received, caller: Caller, only: Sequence[str] | None, source: str
) -> tuple[Grant, ...]:
    """Keep the grants that are addressed to this account, or those of them that were asked for."""
    bucket = received.bucket
    if caller.account == bucket.account:
        raise InputError(
            f"This stack's credentials belong to account {caller.account}, which owns the bucket "
            f"{bucket.name!r} of the stack {source!r}: use a profile of the requester's (aws:profile)."
        )
    if caller.partition != bucket.partition:
        raise InputError(
            f"The bucket {bucket.name!r} is in the partition {bucket.partition!r}, this stack's account in "
            f"{caller.partition!r}: AWS lets nobody cross from one partition to another."
        )
    own = {grant.name: grant for grant in received.grants if grant.account == caller.account}
    if not own:
        others = ", ".join(sorted({grant.account for grant in received.grants})) or "nobody"
        raise InputError(
            f"The stack {source!r} grants nothing to account {caller.account}, to which this stack's "
            f"credentials belong; its grants are for {others}. Look at aws:profile here, or have the "
            "account added to the owner's crossaccess:grants and the owner's stack deployed. Where the owner "
            "took the access back for good, destroy this stack: its policies lead nowhere."
        )
    if only is None:
        return tuple(own.values())
    faults = Faults()
    accounts = {grant.name: grant.account for grant in received.grants}
    for index, name in enumerate(only):
        if name in accounts and name not in own:
            found = f"is {name!r}, a grant for account {accounts[name]}"
            faults.add(
                f"onlyGrants[{index}]", found, f"this stack's account is {caller.account}: take it out"
            )
        elif name not in own:
            faults.add(f"onlyGrants[{index}]", f"is {name!r}, which is not handed over", meant(name, own))
    if faults:
        raise InputError(f"The grants of the stack {source!r} are not those asked for:", faults.all())
    return tuple(own[name] for name in own if name in only)


def _plan(received: Received, grants: tuple[Grant, ...], caller: Caller) -> RequesterSide:
    """Build all policies, and refuse what AWS would refuse in the middle of a deployment."""
    faults = Faults()
    side = requester_side(received.bucket, grants, faults)
    if faults:
        heading = f"The grants cannot be deployed in account {caller.account}:"
        raise InputError(heading, faults.all())
    return side


def _usage(side: RequesterSide, grant: Grant) -> dict[str, object]:
    """What a person or a script needs to know to use a grant."""
    usage: dict[str, object] = {
        "method": grant.method.value,
        "bucket": side.bucket.name,
        "region": side.bucket.region,
        "principals": [str(principal) for principal in grant.principals],
        "actions": list(grant.actions),
        "prefixes": list(grant.prefixes),
    }
    if grant.role_name is not None:
        usage["role_arn"] = side.bucket.role_arn(grant.role_name)
    return usage
