"""A plan file, which `pulumi preview --save-plan` writes: it alone knows the stack's new outputs."""

from collections.abc import Mapping

from crossaccess.deployment.resources import STACK, parse_urn
from crossaccess.deployment.values import mapping_of


def is_plan(data: Mapping[str, object]) -> bool:
    """Whether this is a plan."""
    return "resourcePlans" in data


def planned_outputs(data: Mapping[str, object]) -> Mapping[str, object] | None:
    """The outputs that the stack will have; `None` where the plan does not tell them."""
    for urn, plan in mapping_of(data.get("resourcePlans")).items():
        parsed = parse_urn(urn)
        if parsed is not None and parsed[1] == STACK:
            return mapping_of(mapping_of(plan).get("state"))
    return None
