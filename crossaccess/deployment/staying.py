"""What stays in AWS although a stack no longer holds it, or no longer says it."""

from collections.abc import Iterable
from dataclasses import replace

from crossaccess.deployment.resources import Resource
from crossaccess.deployment.types import ATTACHMENTS, EXISTING_POLICY, INLINE
from crossaccess.deployment.values import mapping_of, text_of
from crossaccess.policy.document import PolicyError
from crossaccess.policy.existing import our_sids, without_sids


def what_stays(was: Resource, *, retained: bool) -> Resource | None:
    """What is left of a resource that a stack lets go of; `None` where nothing is.

    One that is `retained` (Pulumi documentation, "Resource option: retainOnDelete") stays as it is. Of the
    policy of an adopted bucket, the statements of others stay.
    """
    if retained:
        return was
    if was.type != EXISTING_POLICY:
        return None
    text = was.text("policy")
    if text is None:
        return was
    try:
        rest = without_sids(text, our_sids(text))
    except PolicyError:
        return was
    return None if rest is None else replace(was, values={**was.values, "policy": rest})


def told_apart(principal: Resource, olds: Iterable[Resource]) -> Resource:
    """The principal, without the policies that resources of their own attach to it.

    AWS tells all policies of a role, whoever attached them. Those that the stack held as resources are kept
    or taken away there; so only the others count as the role's own, unless the program lists them.
    """
    values = dict(principal.values)
    for name in ("managedPolicyArns", "inlinePolicies"):
        if name in principal.inputs or name not in values:
            continue
        apart = _attached(name, principal, olds)
        listed = values[name]
        values[name] = (
            [one for one in listed if _identity(one) not in apart] if isinstance(listed, list) else []
        )
    return replace(principal, values=values)


def _attached(name: str, principal: Resource, olds: Iterable[Resource]) -> set[str | None]:
    kinds, says = (ATTACHMENTS, "policyArn") if name == "managedPolicyArns" else (INLINE, "name")
    names = {principal.text("name"), principal.id} - {None}
    found = {one.text(says) for one in olds if one.type in kinds and one.text(str(kinds[one.type])) in names}
    return found - {None}


def _identity(value: object) -> str | None:
    return text_of(value) or text_of(mapping_of(value).get("name"))
