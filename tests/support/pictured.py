"""What the decision core says of a request by the policies of a picture, apart from how it was compared."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from crossaccess.decide.batch import answer_line
from crossaccess.deployment.picture import Picture, Policy, Principal

ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""What an account could attach to its own principals, at most."""


def decided(
    picture: Picture, request: Mapping[str, Any], *, delegated: bool = False, awaits_owner: bool = False
) -> str:
    """The decision: where one side is `delegated`, or `awaits_owner`, it allows all that it could."""
    principal = _principal(picture, request["principal"])
    policies: dict[str, object] = {
        "resource": _open_to(request["principal"]) if awaits_owner else _resource(picture, request)
    }
    if delegated and not awaits_owner:
        policies["identity"] = [ANYTHING]
        # Without one, a federated user's session is allowed nothing.
        policies["session"] = [ANYTHING]
    elif principal is not None:
        policies["identity"] = _documents(principal.policies)
        if principal.boundary is not None:
            policies["boundary"] = _documents([principal.boundary])
    answer = answer_line(json.dumps({"name": "example", "request": request, "policies": policies}))
    assert "error" not in answer, answer
    return str(answer["decision"])


def _open_to(arn: str) -> object:
    """What leaves a resource to the policies of the caller's account, and lets nobody in by itself."""
    root = f"arn:aws:iam::{arn.split(':')[4]}:root"
    said = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [said]}


def _principal(picture: Picture, arn: str) -> Principal | None:
    """The user, or the role of a session; no role of the saved stacks has a path."""
    _, _, _, _, account, resource = arn.split(":", 5)
    kind, name, *_ = resource.split("/")
    label = f"role/{name}" if kind == "assumed-role" else resource
    found = [one for one in picture.principals if (one.account, one.label) == (account, label)]
    assert len(found) < 2
    return found[0] if found else None


def _resource(picture: Picture, request: Mapping[str, Any]) -> object:
    arn = request["resource"]
    holders = [(one.arn, one.policy) for one in picture.buckets]
    holders += [
        (f"arn:{one.partition}:kms:{one.region}:{one.account}:key/{one.name}", one.policy)
        for one in picture.keys
    ]
    holders += [(one.arn or "", one.trust) for one in picture.principals]
    found = [policy for name, policy in holders if name in (arn, arn.partition("/")[0])]
    assert len(found) < 2
    documents = _documents(policy for policy in found if policy is not None)
    return documents[0] if documents else None


def _documents(policies: Iterable[Policy]) -> list[object]:
    listed = list(policies)
    assert all(one.text is not None for one in listed)
    return [json.loads(one.text or "") for one in listed]
