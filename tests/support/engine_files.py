"""States and previews as the engine writes them, made of the few properties that a test is about."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crossaccess.deployment.picture import Bucket, Picture, Policy, Principal
from crossaccess.deployment.source import Source, read_source, source_of

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
ACCOUNT, OTHER = "111111222222", "112233445566"
PREVIEWS = Path(__file__).parents[1] / "previews"
PROVIDER = "urn:pulumi:tried::crossaccess::pulumi:providers:aws::default_7_51_1"

Json = dict[str, Any]  # Any: JSON


def saved(name: str) -> Source:
    """A preview or a state of the real engine, by the name of its file."""
    return read_source(PREVIEWS / f"{name}.json")


def urn(kind: str, name: str) -> str:
    """The URN of a resource of the stack `tried`."""
    return f"urn:pulumi:tried::crossaccess::{kind}::{name}"


def resource(
    kind: str,
    name: str,
    inputs: Mapping[str, object] | None = None,
    *,
    outputs: Mapping[str, object] | None = None,
    sources: Mapping[str, Sequence[str]] | None = None,
    **more: object,
) -> Json:
    """A resource; one with outputs is deployed and has an id."""
    made: Json = {
        "urn": urn(kind, name),
        "type": kind,
        "custom": True,
        "provider": f"{PROVIDER}::id",
        "inputs": dict(inputs or {}),
        "propertyDependencies": {key: list(value) for key, value in (sources or {}).items()},
        **more,
    }
    if outputs is not None:
        made |= {"outputs": {**made["inputs"], **outputs}, "id": more.get("id", name)}
    return made


def stack(**outputs: object) -> Json:
    """The stack's own resource."""
    return {**resource("pulumi:pulumi:Stack", "crossaccess-tried"), "outputs": outputs}


def provider(**values: object) -> Json:
    """The default provider, as states have it."""
    return {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "inputs": values, "id": "id"}


OWN_PROVIDER = provider(allowedAccountIds=json.dumps([ACCOUNT]), region="eu-central-1")


def state(*resources: Json, **more: object) -> Json:
    """An exported state."""
    return {"version": 3, "deployment": {"manifest": {}, "resources": list(resources), **more}}


def step(operation: str, old: Json | None = None, new: Json | None = None) -> Json:
    """One step of a preview."""
    shown = {"oldState": old, "newState": new}
    known = {name: one for name, one in shown.items() if one is not None}
    return {"op": operation, "urn": (new or old or {}).get("urn"), **known}


def preview(*steps: Json, **more: object) -> Json:
    """A preview."""
    config = {"aws:allowedAccountIds": json.dumps([ACCOUNT]), "aws:region": "eu-central-1"}
    return {"config": config, "steps": list(steps), "changeSummary": {}, **more}


def picture(*resources: Json) -> Picture:
    """The picture of a state of account A."""
    return source_of(state(OWN_PROVIDER, *resources)).new


def bucket_of(found: Picture) -> Bucket:
    """The only bucket of a picture."""
    (one,) = found.buckets
    return one


def principal(found: Picture, label: str) -> Principal:
    """A principal of a picture by what people call it."""
    return next(one for one in found.principals if one.label == label)


def policies(found: Picture) -> dict[str, str | None]:
    """The text of every policy of a picture, by its name; `None` where it cannot be read."""
    listed: list[Policy | None] = [
        *(one.policy for one in found.buckets),
        *(one.policy for one in found.keys),
        *(policy for one in found.principals for policy in (*one.policies, one.trust, one.boundary)),
        *(policy for one in found.groups for policy in one.policies),
    ]
    return {one.name: one.text for one in listed if one is not None}
