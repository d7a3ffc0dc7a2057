"""A bucket and one user at AWS's limits: 100 statements in 20 KB, and 20 managed policies of full size.

They are written as folders of documents, and as the previews of both stacks with `pulumi preview --json`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bench.layouts import ARN, BUCKET, OWNER, REQUESTER, STATEMENTS, Layout, Statement
from crossaccess.policy.sizes import BUCKET_POLICY, MANAGED_POLICY

ATTACHED = 20
"""How many managed policies AWS attaches to one user at most, its quota raised."""

Document: TypeAlias = dict[str, object]

_REGION = "eu-central-1"


def bucket_policy(layout: Layout, *, widened: bool = False) -> Document:
    """The bucket's policy: what many teams may do, and what nobody may. `widened`: one of them may more."""
    statements = [layout.bucket(number, widened and number == layout.widened) for number in range(STATEMENTS)]
    return _filled(statements, _bytes_left)


def managed_policy(layout: Layout, policy: int) -> Document:
    """One of the user's policies: as many statements as it holds."""
    statements: list[Statement] = []
    while _characters_left(_document([*statements, layout.identity(policy, len(statements))])) >= 0:
        statements.append(layout.identity(policy, len(statements)))
    return _filled(statements, _characters_left)


def turned(document: Document) -> Document:
    """The same statements the other way round: a rewrite that changes no access."""
    statements = document["Statement"]
    if not isinstance(statements, list):
        raise TypeError("a document has a list of statements")
    return {**document, "Statement": statements[::-1]}


def write_folder(folder: Path, bucket: Document, attached: Sequence[Document]) -> Path:
    """Write the documents as a folder of policies, by account and what has them."""
    _write(folder / OWNER / "bucket" / f"{BUCKET}.json", bucket)
    for number, document in enumerate(attached):
        _write(folder / REQUESTER / "user" / "bob" / f"bob-{number}.json", document)
    return folder


def write_previews(folder: Path, old: Document, new: Document, attached: Sequence[Document]) -> list[Path]:
    """Write a preview of the owner's stack, whose bucket policy changes, and one of the requester's."""
    paths = [folder / "owner.json", folder / "requester.json"]
    for path, steps in zip(paths, (_owner_steps(old, new), _requester_steps(attached)), strict=True):
        listed = list(steps)
        _write(path, {"steps": listed, "changeSummary": Counter(str(step["op"]) for step in listed)})
    return paths


def _document(statements: Sequence[Statement]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _bytes_left(document: Document) -> int:
    return BUCKET_POLICY.maximum - len(_text(document).encode())


def _characters_left(document: Document) -> int:
    return MANAGED_POLICY.maximum - len(_text(document))


def _filled(statements: Sequence[Statement], left: Callable[[Document], int]) -> Document:
    """The document with a Sid that fills it up to its limit."""
    first = {"Sid": "", **statements[0]}
    room = left(_document([first, *statements[1:]]))
    return _document([{**first, "Sid": "A" * room}, *statements[1:]] if room > 0 else statements)


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(value), encoding="utf-8")


def _owner_steps(old: Document, new: Document) -> Iterator[dict[str, object]]:
    handover = {
        "version": 2,
        "account": OWNER,
        "partition": "aws",
        "region": _REGION,
        "bucket": {"name": BUCKET, "arn": ARN},
        "grants": [],
    }
    outputs = {"bucket_name": BUCKET, "bucket_arn": ARN, "role_arns": {}, "handover": handover}
    yield _step(_urn("owner", "pulumi:pulumi:Stack", "crossaccess-owner"), {}, outputs=outputs)
    bucket = {"bucket": BUCKET, "region": _REGION}
    made = {**bucket, "arn": ARN, "id": BUCKET}
    yield _step(_urn("owner", "aws:s3/bucket:Bucket", "bucket"), bucket, outputs=made)
    yield _step(
        _urn("owner", "aws:s3/bucketPolicy:BucketPolicy", "policy"),
        {**bucket, "policy": _text(old)},
        new={**bucket, "policy": _text(new)},
    )


def _requester_steps(attached: Sequence[Document]) -> Iterator[dict[str, object]]:
    yield _step(_urn("requester", "pulumi:pulumi:Stack", "crossaccess-requester"), {})
    for number, document in enumerate(attached):
        name = f"bob-{number}"
        arn = f"arn:aws:iam::{REQUESTER}:policy/{name}"
        policy = {"name": name, "path": "/", "policy": _text(document)}
        yield _step(_urn("requester", "aws:iam/policy:Policy", name), policy, outputs={**policy, "arn": arn})
        yield _step(
            _urn("requester", "aws:iam/userPolicyAttachment:UserPolicyAttachment", f"{name}-attachment"),
            {"user": "bob", "policyArn": arn},
        )


def _urn(stack: str, kind: str, name: str) -> str:
    return f"urn:pulumi:{stack}::crossaccess::{kind}::{name}"


def _step(
    urn: str,
    inputs: Mapping[str, object],
    *,
    new: Mapping[str, object] | None = None,
    outputs: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """A resource's step: the same as before, or an update to `new` inputs.

    Without `outputs` they are the inputs.
    """
    _, _, kind, name = urn.split("::")
    state = {"urn": urn, "custom": not kind.startswith("pulumi:"), "type": kind, "id": name}
    old = {**state, "inputs": inputs, "outputs": inputs if outputs is None else outputs}
    updated = old if new is None else {**state, "inputs": new, "outputs": new}
    return {"op": "same" if new is None else "update", "urn": urn, "oldState": old, "newState": updated}
