"""What a deployment does to buckets, keys and principals beside their policies, in sentences for people."""

from dataclasses import dataclass

from crossaccess.deployment.resources import Resource
from crossaccess.deployment.types import BUCKET_POLICIES, BUCKETS, KEYS, POLICY, PRINCIPALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One step of a deployment: what was there, and what of it or instead of it will be."""

    operation: str
    was: Resource | None
    will: Resource | None


def note_of(step: Happening) -> str | None:
    """What a person should know of a step; `None` where nothing is to be said beside the policies."""
    one = step.was or step.will
    if one is None:
        return None
    what = label_of(one)
    if what is None:
        return None
    if step.operation in ("replace", "create-replacement"):
        return _replaced(what, step)
    if step.operation == "import":
        return f"{what} is taken into this stack as it is"
    if step.operation == "create":
        return None if one.type in (*BUCKET_POLICIES, POLICY) else f"{what} is made"
    if step.operation != "delete":
        return None
    if step.will is not None:
        whose = "the statements of others stay" if step.will.values != one.values else "it stays as it is"
        return f"{what} is no longer managed by this stack: {whose}"
    return f"{what} is deleted{_loss(one)}"


def label_of(resource: Resource) -> str | None:
    """What people call a resource, such as `bucket shared`; `None` for types that notes are not about."""
    kind = PRINCIPALS.get(resource.type)
    name = resource.text("name") or resource.name
    if kind is not None:
        return f"{kind} {name}"
    if resource.type in BUCKETS:
        return f"bucket {resource.text('bucket') or resource.id or resource.name}"
    if resource.type in BUCKET_POLICIES:
        return f"bucket policy of {resource.text('bucket') or resource.id or resource.name}"
    if resource.type in KEYS:
        return f"key {resource.text('keyId') or resource.id or resource.name}"
    return f"policy {name}" if resource.type == POLICY else None


def _replaced(what: str, step: Happening) -> str | None:
    after = None if step.will is None else label_of(step.will)
    if step.was is None or step.was.type in (*BUCKET_POLICIES, POLICY):
        return None
    by = "" if after in (None, what) else f" by {after}"
    return f"{what} is replaced{by}{_loss(step.was)}"


def _loss(was: Resource) -> str:
    if was.type in BUCKETS:
        return ": its objects are lost"
    if was.type in KEYS:
        return ": what it encrypted cannot be read any more"
    return ""
