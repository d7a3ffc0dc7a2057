"""The package's schema, made from the registry: for `pulumi package get-schema` and for imports."""

import json

from sandbox.provider.invokes import INVOKES
from sandbox.provider.plugin import PLUGIN_NAME, WHAT_IT_IS, plugin_version
from sandbox.provider.properties import Kind, Property
from sandbox.provider.registry import RESOURCE_TYPES
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.values import Record

_TEXT: Record = {"type": "string"}
_MAP: Record = {"type": "object", "additionalProperties": {"$ref": "pulumi.json#/Any"}}
_TYPES: dict[Kind, Record] = {
    Kind.TEXT: _TEXT,
    Kind.POLICY: _TEXT,
    Kind.BOOL: {"type": "boolean"},
    Kind.NUMBER: {"type": "integer"},
    Kind.TEXT_SET: {"type": "array", "items": _TEXT},
    Kind.TAGS: {"type": "object", "additionalProperties": _TEXT},
    Kind.OBJECT: _MAP,
    Kind.OBJECTS: {"type": "array", "items": _MAP},
}


def package_schema() -> str:
    """Return the schema as JSON: what the stand-in knows, and nothing of the real provider beside it."""
    return json.dumps({
        "name": PLUGIN_NAME,
        "version": plugin_version(),
        "description": f"This is {WHAT_IT_IS}, not the provider that Pulumi publishes.",
        "resources": {token: _resource(item) for token, item in RESOURCE_TYPES.items()},
        "functions": {
            token: {"inputs": {"properties": dict.fromkeys(item.arguments, _TEXT)}}
            for token, item in INVOKES.items()
        },
    })  # fmt: skip


def _resource(kind: ResourceType) -> Record:
    inputs = {item.name: _property(item) for item in kind.properties}
    told: Record = {name: _MAP if name == "tagsAll" else _TEXT for name in kind.computed}
    return {
        "inputProperties": inputs,
        "requiredInputs": [item.name for item in kind.properties if item.required],
        "properties": {**inputs, **told},
    }


def _property(item: Property) -> Record:
    return {**_TYPES[item.kind], "willReplaceOnChanges": True} if item.replaces else dict(_TYPES[item.kind])
