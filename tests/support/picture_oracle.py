"""What the decision core says of a request by the policies of a picture, gathered apart from the comparison.

Of a caller whom the picture knows its own policies count; of any other the most that its account could
attach, or nothing at all.
"""

from collections.abc import Iterable
from enum import Enum

from crossaccess.decide import CompiledDocument, Decision, Policies, Request, compile_document, decide
from crossaccess.deployment.picture import Picture, Policy, Principal
from crossaccess.policy.document import PolicyKind, parse_document
from tests.support.picture_pairs import KNOWN_AS

_ANYTHING = compile_document(
    parse_document(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        PolicyKind.IDENTITY,
    )
)


class Own(Enum):
    """Which policies of the caller's own count."""

    KNOWN = "those that the picture knows"
    ANYTHING = "one that allows everything"
    NOTHING = "none"


class Oracle:
    """The decisions of one picture."""

    def __init__(self, picture: Picture) -> None:
        self._resources: dict[str, CompiledDocument | None] = {}
        for bucket in picture.buckets:
            self._resources[bucket.arn] = _compiled(bucket.policy, PolicyKind.RESOURCE)
        for key in picture.keys:
            self._resources[str(key.arn)] = _compiled(key.policy, PolicyKind.RESOURCE)
        for one in picture.principals:
            if one.trust is not None:
                self._resources[str(one.arn)] = _compiled(one.trust, PolicyKind.TRUST)
        self._own = {_principal_arn(one): _own_policies(one) for one in picture.principals}
        for group in picture.groups:
            self._own[KNOWN_AS["group"]] = (_all_compiled(group.policies, PolicyKind.IDENTITY), None)

    def knows(self, principal: str) -> bool:
        """Whether it knows the policies of a principal; of a session's role."""
        return principal in self._own

    def holds(self, resource: str) -> bool:
        """Whether the resource is there."""
        return _holder(resource) in self._resources

    def once_let(self, request: Request, principal: str) -> Decision:
        """The decision by the known policies of a caller, once the resource's owner leaves it to them."""
        if principal not in self._own:
            return Decision.NOT_ALLOWED
        identity, boundary = self._own[principal]
        account = principal.split(":")[4]
        leaving = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}
        document = parse_document({"Version": "2012-10-17", "Statement": [leaving]}, PolicyKind.RESOURCE)
        resource = compile_document(document)
        return decide(request, Policies(identity=identity, boundary=boundary, resource=resource)).decision

    def decided(self, request: Request, principal: str, own: Own) -> Decision:
        """The decision; what is not there allows nothing."""
        if not self.holds(request.resource) or (own is Own.KNOWN and principal not in self._own):
            return Decision.NOT_ALLOWED
        resource = self._resources[_holder(request.resource)]
        if own is Own.KNOWN:
            identity, boundary = self._own[principal]
            return decide(request, Policies(identity=identity, boundary=boundary, resource=resource)).decision
        if own is Own.NOTHING:
            return decide(request, Policies(resource=resource)).decision
        # A federated user's session without a policy of its own is allowed nothing.
        return decide(
            request, Policies(identity=[_ANYTHING], session=[_ANYTHING], resource=resource)
        ).decision


def principal_of(request: Request) -> str:
    """Whose own policies count: of a session its role's."""
    role = request.context.get("aws:PrincipalArn")
    whose = role[0] if role and ":assumed-role/" in request.principal else request.principal
    # The roles that AWS makes of a permission set have the same policies, whatever their names end in.
    analysts = KNOWN_AS["analysts"]
    path, name = analysts.rpartition("_")[0].rsplit("/", 1)
    # Those of a Region of their own have it in their path.
    mine = whose.startswith(f"{path}/") and whose.rpartition("/")[2].startswith(f"{name}_")
    return analysts if mine else whose


def _holder(resource: str) -> str:
    return resource.partition("/")[0] if resource.startswith("arn:aws:s3:") else resource


def _principal_arn(principal: Principal) -> str:
    return principal.arn or KNOWN_AS["analysts"]


def _own_policies(principal: Principal) -> tuple[list[CompiledDocument], list[CompiledDocument] | None]:
    boundary = principal.boundary
    return (
        _all_compiled(principal.policies, PolicyKind.IDENTITY),
        None if boundary is None else _all_compiled([boundary], PolicyKind.BOUNDARY),
    )


def _all_compiled(policies: Iterable[Policy], kind: PolicyKind) -> list[CompiledDocument]:
    return [one for policy in policies if (one := _compiled(policy, kind)) is not None]


def _compiled(policy: Policy | None, kind: PolicyKind) -> CompiledDocument | None:
    if policy is None or policy.text is None:
        return None
    return compile_document(parse_document(policy.text, kind))
