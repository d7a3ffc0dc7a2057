"""What a run leaves behind, written as the engine exports a stack's state."""

import json
from typing import Any

from crossaccess.testing.aws import Account, made_by_aws
from crossaccess.testing.config import StackConfig
from crossaccess.testing.host import Ran


def state_of(ran: Ran, config: StackConfig) -> dict[str, Any]:  # Any: JSON
    """The state, as `pulumi stack export` would write it after the deployment."""
    account = Account(account=config.account, partition=config.partition, region=config.region)
    start = f"urn:pulumi:{config.name}::crossaccess::"
    provider = f"{start}pulumi:providers:aws::default"
    resources: list[dict[str, Any]] = [
        {"urn": f"{start}pulumi:pulumi:Stack::stack", "type": "pulumi:pulumi:Stack", "outputs": ran.outputs},
        {
            "urn": provider,
            "type": "pulumi:providers:aws",
            "id": "default",
            "inputs": {"allowedAccountIds": json.dumps([config.account]), "region": config.region},
        },
    ]
    for one in ran.made:
        made, outputs = made_by_aws(account, one.type, one.name, one.inputs)
        resources.append(
            {
                "urn": f"{start}{one.type}::{one.name}",
                "type": one.type,
                "id": made,
                "provider": f"{provider}::default",
                "inputs": dict(one.inputs),
                "outputs": outputs,
            }
        )
    return {"version": 3, "deployment": {"resources": resources}}
