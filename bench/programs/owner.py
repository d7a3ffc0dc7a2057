"""The program of this project on the owner's side, with as many grants as are asked for.

The config is put in its place here, inside the process: the engine hands it over in an environment variable,
and Linux takes none over 128 KiB, which some 900 grants fill.
"""

import json
import os
import runpy
import sys
from pathlib import Path

import pulumi

ROOT = Path(__file__).resolve().parents[2]
REQUESTER = "112233445566"


def role_grants(count: int) -> list[dict[str, object]]:
    """Grants that bring a role each."""
    return [
        {
            "name": f"team-{number}",
            "account": REQUESTER,
            "principals": [f"user/user-{number}"],
            "method": "assume-role",
            "access": ["read", "write"],
            "prefixes": [f"team-{number}/"],
        }
        for number in range(count)
    ]


def policy_grants(count: int) -> list[dict[str, object]]:
    """Grants in the bucket's policy, half of which differ in their prefix alone, half in their principal."""
    common = {"account": REQUESTER, "method": "bucket-policy", "access": ["read"]}
    return [
        {
            **common,
            "name": f"team-{number}",
            "principals": ["user/bob" if number % 2 else f"user/user-{number}"],
            "prefixes": [f"team-{number}/" if number % 2 else "shared/"],
        }
        for number in range(count)
    ]


config = pulumi.Config("bench")
make = {"assume-role": role_grants, "bucket-policy": policy_grants}[config.require("method")]
values = json.loads(os.environ["PULUMI_CONFIG"]) | {
    "crossaccess:side": "owner",
    "crossaccess:bucketName": "bench-shared-111111222222",
    "crossaccess:grants": json.dumps(make(config.require_int("grants"))),
}
os.environ["PULUMI_CONFIG"] = json.dumps(values)
sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
