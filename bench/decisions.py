"""How many decisions a second: with documents already compiled, and as lines of a batch."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.cases import BOB, OWNER, batch_lines, bucket_case, role_case
from bench.measure import Measured, best_of
from crossaccess.decide import Policies, Request, compile_document, decide
from crossaccess.policy.document import PolicyKind, parse_document

_COMPILED_WANTED = 20_000
_BATCH_WANTED = 5_000


def compiled() -> Measured:
    """Decide many requests by the same documents: the bucket's and the role's in turn."""
    bucket, role = _policies(bucket_case(1), PolicyKind.RESOURCE), _policies(role_case(1), PolicyKind.TRUST)
    work = []
    for number in range(10_000):
        work.append((_read(f"arn:aws:s3:::shared-1/reports/{number}"), bucket))
        work.append((_assume(f"arn:aws:iam::{OWNER}:role/shared-1"), role))
    seconds = best_of(3, lambda: [decide(request, policies) for request, policies in work])
    empty = best_of(3, lambda: [json.dumps(request.resource) for request, _ in work])
    rate = len(work) / seconds
    return Measured(
        what="decisions a second, documents compiled",
        value=f"{rate:,.0f}",
        beside=f"{seconds / empty:.0f} times one json.dumps of the resource",
        wanted=f"{_COMPILED_WANTED:,}",
        ok=rate >= _COMPILED_WANTED,
    )


def batch() -> Measured:
    """Run the command over cases that share no document, beside a program that only copies the JSON."""
    count = 20_000
    copy = (
        "import json,sys\nfor l in open(sys.argv[1],'rb'): sys.stdout.write(json.dumps(json.loads(l))+'\\n')"
    )
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder) / "cases.jsonl"
        cases.write_bytes(batch_lines(count))
        command = [sys.executable, "-m", "crossaccess", "decide", "--batch", str(cases)]
        seconds = best_of(3, lambda: _run(command))
        copied = best_of(3, lambda: _run([sys.executable, "-c", copy, str(cases)]))
    rate = count / seconds
    return Measured(
        what="cases a second through --batch, no document shared, start-up included",
        value=f"{rate:,.0f}",
        beside=f"{seconds / copied:.1f} times reading and writing the JSON",
        wanted=f"{_BATCH_WANTED:,}",
        ok=rate >= _BATCH_WANTED,
    )


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter


def _policies(case: dict[str, object], kind: PolicyKind) -> Policies:
    policies = case["policies"]
    if not isinstance(policies, dict):
        raise TypeError("a case has policies")
    identity = [compile_document(parse_document(d, PolicyKind.IDENTITY)) for d in policies["identity"]]
    return Policies(identity=identity, resource=compile_document(parse_document(policies["resource"], kind)))


def _read(resource: str) -> Request:
    return Request(
        principal=BOB,
        action="s3:GetObject",
        resource=resource,
        resource_account=OWNER,
        context={"aws:SecureTransport": ("true",)},
    )


def _assume(role: str) -> Request:
    return Request(principal=BOB, action="sts:AssumeRole", resource=role)
