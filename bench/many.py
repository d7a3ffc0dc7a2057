"""A pair of accounts with very many grants, as large as AWS lets it grow.

Buckets of one account, each with its own stack: half of a bucket's grants name their user in its policy,
which has room for so many since they share their prefixes; the others have a role each, of which an account
has a thousand at most. See `docs/limits.md`.
"""

import json
from pathlib import Path

from bench.layouts import OWNER, REQUESTER
from bench.stack_pair import Owned, states
from crossaccess.policy.access import actions_of
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind

GRANTS = 1_000
_BUCKETS = 5
_USERS = 20
_TEAMS = 25
_BY_METHOD = GRANTS // _BUCKETS // 2
ASKED = ("user-0", "s3:GetObject", "s3://lake-0/by-role-0/q1.csv")
"""A principal, an action and an object that one of the grants gives."""


def write_states(folder: Path) -> list[Path]:
    """Write the states of all stacks, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, state in enumerate(
        states([_owned(bucket) for bucket in range(_BUCKETS)], requester=REQUESTER)
    ):
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(state), encoding="utf-8")
    return paths


def _owned(number: int) -> Owned:
    name = f"lake-{number}"
    grants = [_grant(name, one, by_role=by_role) for by_role in (False, True) for one in range(_BY_METHOD)]
    bucket = Bucket(name=name, account=OWNER, partition="aws", region="eu-central-1")
    return Owned(bucket=bucket, grants=tuple(grants))


def _grant(bucket: str, number: int, *, by_role: bool) -> Grant:
    user = Principal(kind=PrincipalKind.USER, name=f"user-{number * 7 % _USERS}")
    if by_role:
        name, prefix = f"by-role-{number}", f"by-role-{number}/"
        access = actions_of(("read", "write", "list"))
    else:
        name, prefix = f"itself-{number}", f"team-{number % _TEAMS}/"
        access = actions_of(("read", "list"))
    return Grant(
        name=name,
        account=REQUESTER,
        principals=(user,),
        method=Method.ASSUME_ROLE if by_role else Method.BUCKET_POLICY,
        actions=access,
        prefixes=(prefix,),
        role_name=f"{bucket}-{number}" if by_role else None,
    )
