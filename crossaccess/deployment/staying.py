"""What stays in AWS although a stack no longer holds it, or no longer says it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from crossaccess.deployment.grants import handovers
from crossaccess.deployment.resources import Resource
from crossaccess.deployment.types import ATTACHMENTS, BUCKET_POLICIES, BUCKETS, EXISTING_POLICY, INLINE
from crossaccess.deployment.values import mapping_of, text_of
from crossaccess.policy.document import PolicyError


def what_stays(was: Resource, *, retained: bool) -> Resource | None:
    """What is left of a resource that a stack lets go of; `None` where nothing is.

    One that is `retained` (Pulumi documentation, "Resource option: retainOnDelete") stays as it is. Of the
    policy of an adopted bucket, the statements of others stay.
    """
    if retained:
        return was
    return _theirs(was) if was.type == EXISTING_POLICY else None


def what_was_there(will: Resource) -> Resource | None:
    """What is there before a resource is made; `None` where nothing is, or nobody can tell.

    Into the policy of a bucket that is adopted our statements are written beside those of others.
    """
    return _theirs(will) if will.type == EXISTING_POLICY else None


def _theirs(resource: Resource) -> Resource | None:
    """The policy of an adopted bucket without our statements; as it is where it cannot be read."""
    from crossaccess.policy.existing import our_sids, without_sids  # noqa: PLC0415 - few stacks need it

    text = resource.text("policy")
    if text is None:
        return resource
    try:
        rest = without_sids(text, our_sids(text))
    except PolicyError:
        return resource
    return None if rest is None else replace(resource, values={**resource.values, "policy": rest})


def still_true(
    outputs: Mapping[str, object], olds: Iterable[Resource], news: Iterable[Resource]
) -> Mapping[str, object]:
    """The outputs of the last deployment, without handovers of a bucket that the stack will hold no more."""
    gone = {_bucket(one) for one in olds} - {_bucket(one) for one in news}
    return {
        name: value
        for name, value in outputs.items()
        if not any(handed.bucket in gone for handed in handovers({name: value}))
    }


def _bucket(resource: Resource) -> str | None:
    held = resource.type in BUCKETS or resource.type in BUCKET_POLICIES
    return (resource.text("bucket") or resource.id) if held else None


class Apart:
    """Which policies the resources of a stack attach to its principals, each by a resource of its own."""

    def __init__(self, olds: Iterable[Resource]) -> None:
        self._found: dict[tuple[str, str | None], set[str | None]] = {}
        for one in olds:
            for name, (kinds, says) in _WAYS.items():
                kind = kinds.get(one.type)
                if kind is not None:
                    self._found.setdefault((name, one.text(str(kind))), set()).add(one.text(says))

    def without(self, principal: Resource) -> Resource:
        """The principal, without the policies that resources of their own attach to it.

        AWS tells all policies of a role, whoever attached them. Those that the stack held as resources are
        kept or taken away there; so only the others count as the role's own, unless the program lists them.
        """
        values = dict(principal.values)
        for name in _WAYS:
            if name in principal.inputs or name not in values:
                continue
            listed = values[name]
            apart = self._found.get((name, principal.text("name") or principal.id), set())
            kept = [one for one in listed if _identity(one) not in apart] if isinstance(listed, list) else []
            values[name] = kept
        return replace(principal, values=values)


def _identity(value: object) -> str | None:
    return text_of(value) or text_of(mapping_of(value).get("name"))


_WAYS = {"managedPolicyArns": (ATTACHMENTS, "policyArn"), "inlinePolicies": (INLINE, "name")}
"""What AWS tells of a role: by resources of which types else, and which of their properties says the same."""
