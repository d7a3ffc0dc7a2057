"""A stack's resources as its state has them, or as a preview says that they will be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crossaccess.deployment.values import given, mapping_of, text_of, texts_of

STACK = "pulumi:pulumi:Stack"
REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource. `values` are its properties as they hold, `inputs` those that the program gave.

    `provider` is the URN of the provider that made it; `sources` the URNs of the resources that a property
    comes from.
    """

    urn: str
    type: str
    name: str
    stack: str
    id: str | None = None
    provider: str | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A property that is a known text."""
        return text_of(self.values.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A stack at one time: its resources, its outputs, and the config of its default providers."""

    resources: tuple[Resource, ...] = ()
    outputs: Mapping[str, object] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)

    @property
    def stacks(self) -> tuple[str, ...]:
        """The names of the stacks that the resources are of."""
        return tuple(sorted({one.stack for one in self.resources}))


def parse_urn(urn: str) -> tuple[str, str, str] | None:
    """The stack, the type and the name that a URN says; `None` where it is none."""
    parts = urn.split("::", 3)
    if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):
        return None
    return parts[0].removeprefix("urn:pulumi:"), parts[2].rpartition("$")[2], parts[3]


def resource_of(raw: Mapping[str, object], values: Mapping[str, object]) -> Resource | None:
    """Read a resource as states and previews write it, with what its properties are taken to be."""
    urn = raw.get("urn")
    parsed = parse_urn(urn) if isinstance(urn, str) else None
    if not isinstance(urn, str) or parsed is None:
        return None
    stack, kind, name = parsed
    provider = raw.get("provider")
    sources = mapping_of(raw.get("propertyDependencies"))
    return Resource(
        urn=urn,
        type=kind,
        name=name,
        stack=stack,
        id=text_of(raw.get("id")),
        provider=provider.rpartition("::")[0] if isinstance(provider, str) else None,
        inputs=given(raw.get("inputs")),
        values=values,
        sources={key: texts_of(value) for key, value in sources.items()},
    )


def deployed(raw: Mapping[str, object]) -> Resource | None:
    """A resource of a state: what AWS said of it wins over what the program gave."""
    return resource_of(raw, {**given(raw.get("inputs")), **given(raw.get("outputs"))})


def outputs_of(resources: Iterable[Resource]) -> Mapping[str, object]:
    """The outputs of the stack, out of its own resource."""
    return next((dict(one.values) for one in resources if one.type == STACK), {})
