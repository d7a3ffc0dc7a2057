"""An exported state: what `pulumi stack export` writes."""

from collections.abc import Mapping

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.resources import Resource, Snapshot, deployed, outputs_of
from crossaccess.deployment.values import mapping_of

VERSION = 3
"""The version of exported states that is read; the engine writes no other."""


def read_state(data: Mapping[str, object]) -> tuple[Snapshot, tuple[str, ...]]:
    """Read an exported state; answer it with notes for people. Raises `SourceError`."""
    if "deployment" not in data:
        raise SourceError(
            "it is a checkpoint of the engine's backend: export it, pulumi stack export -s STACK"
        )
    version = data.get("version")
    if version != VERSION:
        raise SourceError(
            f"it is an exported state of version {_shown(version)}, and version {VERSION} is read: export it "
            "with the current engine, pulumi stack export"
        )
    deployment = mapping_of(data.get("deployment"))
    listed = deployment.get("resources", [])
    if not isinstance(listed, list):
        raise SourceError("its deployment.resources is no list: export the state again, pulumi stack export")
    kept: dict[str, Resource] = {}
    left: list[Resource] = []
    for number, one in enumerate(listed, start=1):
        resource = deployed(one) if isinstance(one, dict) else None
        if resource is None:
            raise SourceError(
                f"its resource {number} has no URN: export the state again, pulumi stack export"
            )
        if one.get("delete") is True:
            left.append(resource)
        else:
            kept[resource.urn] = resource
    notes = [f"{one.name} ({one.type}) is left from a replacement that did not end" for one in left]
    unfinished = deployment.get("pending_operations")
    if isinstance(unfinished, list) and unfinished:
        notes.append("the last deployment did not end: what it was doing may be done in AWS and not be here")
    # What is left is there still, and may give access.
    resources = (*kept.values(), *left)
    return Snapshot(resources=resources, outputs=outputs_of(resources)), tuple(notes)


def _shown(value: object) -> str:
    return repr(value)[:40]
