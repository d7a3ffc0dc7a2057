"""A managed policy attached to a user, a role or a group: three resource types of one shape.

The id is `NAME/POLICY_ARN`, which is also what `pulumi import` takes.
"""

from typing import Any

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.errors import StandInError
from sandbox.provider.properties import Property
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.values import Record

_GONE = ("NoSuchEntity",)


def attachment(kind: str) -> ResourceType:
    """Make the row for one kind of principal: `user`, `role` or `group`."""
    named = f"{kind.title()}Name"
    token = f"aws:iam/{kind}PolicyAttachment:{kind.title()}PolicyAttachment"

    def create(account: Account, inputs: Record) -> str:
        call: Any = getattr(account.iam, f"attach_{kind}_policy")  # Any: one of three operations, by name
        patiently(call, also=_GONE, **{named: inputs[kind], "PolicyArn": inputs["policyArn"]})
        return f"{inputs[kind]}/{inputs['policyArn']}"

    def read(account: Account, identifier: str, _: Record) -> Record | None:
        name, arn = _parts(kind, identifier)
        pages: Any = account.iam.get_paginator(f"list_attached_{kind}_policies")  # type: ignore[call-overload] # Any: see above
        attached = absent_as_none(_GONE, lambda: pages.paginate(**{named: name}).build_full_result())
        if attached is None or all(item["PolicyArn"] != arn for item in attached["AttachedPolicies"]):
            return None
        return {kind: name, "policyArn": arn}

    def delete(account: Account, identifier: str, _: Record) -> None:
        name, arn = _parts(kind, identifier)
        call: Any = getattr(account.iam, f"detach_{kind}_policy")  # Any: see above
        absent_as_none(_GONE, patiently, call, **{named: name, "PolicyArn": arn})

    return ResourceType(
        token=token,
        properties=(
            Property(name=kind, required=True, replaces=True),
            Property(name="policyArn", required=True, replaces=True),
        ),
        create=create,
        read=read,
        delete=delete,
    )


def _parts(kind: str, identifier: str) -> tuple[str, str]:
    name, slash, arn = identifier.partition("/")
    if not (name and slash and arn.startswith("arn:")):
        raise StandInError(f"the id of a {kind}'s attachment is {kind.upper()}/POLICY_ARN, not {identifier}")
    return name, arn


ATTACHMENTS = (attachment("user"), attachment("role"), attachment("group"))
