"""The requester's side: what its own account has to allow its principals."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket_settings import read_tags
from components.caller import Caller, find_caller
from components.errors import InputError
from components.handover import read_handover
from components.new_principals import (
    NewPrincipalArgs,
    check_new,
    make_principals,
    name_of,
    read_new_principal_args,
)
from components.owner_plan import warn_of_expiry
from components.requester_settings import TakenFrom, read_owners, read_place
from components.taken_grants import OwnerHandover, take_grants
from crossaccess.policy.conditions import write_conditions
from crossaccess.policy.document import canonical_json
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant
from crossaccess.policy.grant_rules import OF_ROLES, longest_session
from crossaccess.policy.new_principal import MAKE, NewPrincipal
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester import PrincipalPolicy
from crossaccess.policy.requester_side import RequesterSide, Taken, requester_side


class OwnerArgs(TypedDict):
    """What an owner hands over, and what is taken of it."""

    handover: Any  # Any: it comes from another account, and its reader checks that it is a mapping
    """The owner's handover. A plain value, since it says which policies there are: await it first, with
    `(await reference.get_output_details("handover")).value`."""
    stack: NotRequired[str]
    """The name of the owner's stack, for messages."""
    only_grants: NotRequired[Sequence[str] | None]
    """The names of the grants to take up. Default: all that are addressed to this account."""
    attach_to: NotRequired[Mapping[str, Sequence[str]]]
    """Which users, roles, groups and permission sets get what a grant needs, by the grant's name.
    Default: those that the grant names."""


class BucketRequesterArgs(TypedDict):
    """What `BucketRequester` needs."""

    owners: Sequence[OwnerArgs]
    """Whose grants are taken up."""
    organization: NotRequired[str | None]
    """Where this account is in an organization: its id, or the path of the organizational unit."""
    create: NotRequired[Sequence[NewPrincipalArgs]]
    """Principals to make. Default: none, they are there already."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of the policies and of the principals that are made."""


class BucketRequester(pulumi.ComponentResource):
    """Policies that let principals of this account use the grants that owners addressed to it.

    Raises `InputError` with all faults of the handovers, before any of its parts is registered.
    """

    policy_arns: pulumi.Output[Mapping[str, Sequence[str]]]
    """The ARNs of the policies, by the principal that has them, such as `user/bob`."""
    permission_set_policies: pulumi.Output[Mapping[str, Sequence[str]]]
    """The names of the policies that permission sets have to reference, by the permission set's name."""
    grants: pulumi.Output[Mapping[str, Any]]  # Any: JSON values for people and scripts
    """How to use each grant, by its name: method, bucket, prefixes, actions, and the role to assume.

    Where there are several owners, the name begins with the owner's stack, as in `account-a:reports-read`.
    """
    sizes: pulumi.Output[Mapping[str, Any]]  # Any: JSON values
    """How much each policy uses of what AWS allows, by what it is."""

    def __init__(
        self, name: str, args: BucketRequesterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        owners = _handovers(args["owners"])
        create, place, tags = _read(args)
        super().__init__("crossaccess:index:BucketRequester", name, None, opts)
        caller = find_caller(parent=self)
        taken = take_grants(owners, caller, place)
        side = _plan(taken, caller, create)
        for one in taken:
            self._tell(one)
        arns: dict[str, list[str]] = {}
        of_sets: dict[str, list[str]] = {}
        made = make_principals(name, create, side, caller, tags=tags, parent=self)
        labels = dict.fromkeys(f"{bucket.name}-{policy.label}" for bucket, policy in side.policies)
        for label, (_, policy) in zip(labels, side.policies, strict=True):
            # Out of known parts, so that a preview can tell whose policy it is.
            arn = policy.arn(partition=caller.partition, account=caller.account)
            arns.setdefault(str(policy.principal), []).append(arn)
            if policy.principal.kind is PrincipalKind.PERMISSION_SET:
                of_sets.setdefault(policy.principal.name, []).append(policy.name)
            # A stack of one owner may know them without the bucket in their names. The engine would take them
            # for others and make these before it deletes those, and IAM takes a policy's name once.
            alone = len(taken) == 1 and policy.label not in labels
            former = f"{name}-{policy.label}" if alone else None
            whose = name_of(policy.principal, made)
            self._attach(f"{name}-{label}", policy, arn, whose, tags=tags, former=former)
        for permission_set, names in of_sets.items():
            self._tell_reference(permission_set, names)
        self.policy_arns = pulumi.Output.from_input(arns)
        self.permission_set_policies = pulumi.Output.from_input(of_sets)
        self.grants = pulumi.Output.from_input(_usages(taken))
        self.sizes = pulumi.Output.from_input({used.document: used.as_output() for used in side.sizes})
        outputs = ("policy_arns", "permission_set_policies", "grants", "sizes")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _tell(self, taken: Taken) -> None:
        warn_of_expiry(taken.grants, self)
        for grant in taken.grants:
            if not taken.attached[grant.name]:
                pulumi.log.warn(
                    f"The grant {grant.name!r} of {taken.owner!r} is for {grant.whose} as a whole: nobody "
                    f"here gets it until attachTo says who, as in attachTo: {{{grant.name}: [role/app]}}.",
                    self,
                )
            self._tell_session(grant, taken.attached[grant.name])

    def _tell_session(self, grant: Grant, attached: Sequence[Principal]) -> None:
        longest = longest_session(grant, attached)
        if grant.session_seconds is not None and longest < grant.session_seconds:
            chained = ", ".join(str(principal) for principal in attached if principal.kind in OF_ROLES)
            pulumi.log.warn(
                f"The grant {grant.name!r} has sessions of up to {grant.session_seconds:,} seconds, and AWS "
                f"refuses {chained} one of more than {longest:,}: there a role's session assumes a role "
                "(role chaining).",
                self,
            )

    def _tell_reference(self, permission_set: str, names: Sequence[str]) -> None:
        policies = "policy" if len(names) == 1 else "policies"
        pulumi.log.info(
            f"The permission set {permission_set!r} has to reference the customer managed {policies} "
            f"{', '.join(names)} by name, in IAM Identity Center: AWS lets nobody attach a policy to the "
            "roles that it makes of a permission set.",
            self,
        )

    def _attach(  # noqa: PLR0913 - what the two are made of, each by its name
        self,
        name: str,
        policy: PrincipalPolicy,
        arn: str,
        whose: pulumi.Input[str],
        *,
        tags: Mapping[str, str],
        former: str | None,
    ) -> None:
        """Make a policy and attach it to the user, role or group that it is for.

        `former` is under which name the engine may know the two from an earlier program.
        """

        def options(suffix: str, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
            aliases = [] if former is None else [pulumi.Alias(name=f"{former}-{suffix}")]
            return pulumi.ResourceOptions(parent=self, depends_on=after, aliases=aliases)

        made = aws.iam.Policy(
            f"{name}-policy",
            name=policy.name,
            policy=canonical_json(policy.document),
            tags=tags or None,
            opts=options("policy"),
        )
        attachment, opts = f"{name}-attachment", options("attachment", [made])
        match policy.principal.kind:
            case PrincipalKind.USER:
                aws.iam.UserPolicyAttachment(attachment, user=whose, policy_arn=arn, opts=opts)
            case PrincipalKind.ROLE:
                aws.iam.RolePolicyAttachment(attachment, role=whose, policy_arn=arn, opts=opts)
            case PrincipalKind.GROUP:
                aws.iam.GroupPolicyAttachment(attachment, group=whose, policy_arn=arn, opts=opts)
            case _:
                # A permission set references the policy by its name: its roles are AWS's own.
                return


def _handovers(owners: Sequence[OwnerArgs]) -> tuple[OwnerHandover, ...]:
    """Read what is said of the owners, by the rules of a stack's config."""
    faults = Faults()
    raw = [
        {
            "stack": owner.get("stack", f"owner-{number}"),
            "onlyGrants": owner.get("only_grants"),
            "attachTo": owner.get("attach_to"),
        }
        for number, owner in enumerate(owners, start=1)
    ]
    said: tuple[TakenFrom, ...] = read_owners(raw, "owners", faults)
    if faults:
        raise InputError("The owners are not right:", faults.all())
    found = []
    for owner, source in zip(owners, said, strict=True):
        handover: object = owner["handover"]
        if isinstance(handover, pulumi.Output):
            raise InputError(
                "handover is an Output: it decides which policies there are, so it has to be a plain value; "
                'write (await reference.get_output_details("handover")).value'
            )
        found.append(OwnerHandover(source=source, received=read_handover(handover, source=source.stack)))
    return tuple(found)


def _read(
    args: BucketRequesterArgs,
) -> tuple[tuple[NewPrincipal, ...], str | None, Mapping[str, str]]:
    faults = Faults()
    create = read_new_principal_args(args.get("create", ()), faults)
    place = read_place(args.get("organization"), "organization", faults)
    tags = read_tags(args.get("tags"), "tags", faults)
    if faults:
        raise InputError("The arguments are not right:", faults.all())
    return create, place, tags


def _plan(taken: tuple[Taken, ...], caller: Caller, create: tuple[NewPrincipal, ...]) -> RequesterSide:
    """Build all policies, and refuse what AWS would refuse in the middle of a deployment."""
    faults = Faults()
    bounded: list[Principal] = [new.principal for new in create if new.boundary == MAKE]
    members = {new.principal: new.members for new in create}
    side = requester_side(taken, faults, bounded=bounded, members=members)
    check_new(create, side, caller, faults)
    if faults:
        heading = f"The grants cannot be deployed in account {caller.account}:"
        raise InputError(heading, faults.all())
    return side


def _usages(taken: Sequence[Taken]) -> dict[str, object]:
    """How to use each grant, by its name, which owners give without knowing of each other."""
    # By how many owners there are, so that what one of them adds renames no grant of another's.
    several = len(taken) > 1
    return {
        f"{one.owner}:{grant.name}" if several else grant.name: _usage(one, grant)
        for one in taken
        for grant in one.grants
    }


def _usage(taken: Taken, grant: Grant) -> dict[str, object]:
    """What a person or a script needs to know to use a grant."""
    bucket = taken.bucket
    usage: dict[str, object] = {
        "method": grant.method.value,
        "bucket": bucket.name,
        "region": bucket.region,
        "principals": [str(principal) for principal in grant.principals],
        "actions": list(grant.actions),
        "prefixes": list(grant.prefixes),
    }
    if grant.conditions:
        usage["conditions"] = write_conditions(grant.conditions)
    if grant.role_name is not None:
        usage["role_arn"] = bucket.role_arn(grant.role_name)
        usage["session"] = longest_session(grant, taken.attached[grant.name])
    return usage
