"""The benchmark's documents at AWS's limits."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import limits
from bench.layouts import APART, BUCKET, OVERLAPPING, OWNER, REQUESTER, STATEMENTS, Layout
from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.policy.sizes import BUCKET_POLICY, MANAGED_POLICY

LAYOUTS = (APART, OVERLAPPING)
BOB = f"arn:aws:iam::{REQUESTER}:user/bob"


def text(document: Mapping[str, object]) -> str:
    """The document as it is sent."""
    return json.dumps(document, separators=(",", ":"))


def decision(layout: Layout, bucket: limits.Document, key: str) -> Decision:
    """May bob put this object over TLS, by his policies and this one of the bucket?"""
    request = Request(
        principal=BOB,
        action="s3:PutObject",
        resource=f"arn:aws:s3:::{BUCKET}/{key}",
        resource_account=OWNER,
        context={"aws:SecureTransport": ["true"], "s3:x-amz-server-side-encryption": ["aws:kms"]},
    )
    attached = [limits.managed_policy(layout, number) for number in range(limits.ATTACHED)]
    policies = Policies(
        identity=[compile_document(parse_document(one, PolicyKind.IDENTITY)) for one in attached],
        resource=compile_document(parse_document(bucket, PolicyKind.RESOURCE)),
    )
    return decide(request, policies).decision


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_bucket_policy_is_as_large_as_aws_takes_it(layout: Layout) -> None:
    """100 statements, 20,480 bytes, and a change of it takes no more."""
    for widened in (False, True):
        document = limits.bucket_policy(layout, widened=widened)
        assert len(parse_document(document, PolicyKind.RESOURCE).statements) == STATEMENTS
        assert len(text(document).encode()) == BUCKET_POLICY.maximum


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_managed_policies_are_as_large_as_aws_takes_them(layout: Layout) -> None:
    """Each of them fills its limit with statements of its own."""
    documents = [limits.managed_policy(layout, number) for number in range(limits.ATTACHED)]
    for document in documents:
        assert len(parse_document(document, PolicyKind.IDENTITY).statements) > 20
        assert len(text(document)) == MANAGED_POLICY.maximum
    assert len({text(document) for document in documents}) == limits.ATTACHED


@pytest.mark.parametrize(("layout", "reports"), [(OVERLAPPING, "x/p37/reports"), (APART, "t19/in")])
def test_the_widened_policy_lets_bob_do_more(layout: Layout, reports: str) -> None:
    """What lies beside the reports decides the other way, so that there is something to find."""
    narrow, wide = limits.bucket_policy(layout), limits.bucket_policy(layout, widened=True)
    assert decision(layout, narrow, f"{reports.rpartition('/')[0]}/y") is Decision.NOT_ALLOWED
    assert decision(layout, wide, f"{reports.rpartition('/')[0]}/y") is Decision.ALLOWED
    assert decision(layout, narrow, f"{reports}/y") is Decision.ALLOWED


def test_a_turned_policy_has_the_same_statements() -> None:
    """A rewrite changes the text and nothing else."""
    document = limits.bucket_policy(OVERLAPPING)
    before = parse_document(document, PolicyKind.RESOURCE).statements
    after = parse_document(limits.turned(document), PolicyKind.RESOURCE).statements
    assert before != after
    assert before == after[::-1]


def test_a_folder_holds_each_document_where_it_belongs(tmp_path: Path) -> None:
    """By account, and by what has it."""
    bucket, attached = (
        limits.bucket_policy(OVERLAPPING),
        [limits.managed_policy(OVERLAPPING, 0), limits.managed_policy(OVERLAPPING, 1)],
    )
    limits.write_folder(tmp_path, bucket, attached)
    written = {
        path.relative_to(tmp_path).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in tmp_path.rglob("*.json")
    }
    assert written == {
        "111111222222/bucket/lake.json": bucket,
        "112233445566/user/bob/bob-0.json": attached[0],
        "112233445566/user/bob/bob-1.json": attached[1],
    }


def test_the_previews_change_the_bucket_policy_only(tmp_path: Path) -> None:
    """One step updates; the requester's policies are the same, and attached to bob."""
    old, new = limits.bucket_policy(OVERLAPPING), limits.bucket_policy(OVERLAPPING, widened=True)
    attached = [limits.managed_policy(OVERLAPPING, 0)]
    owner, requester = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in limits.write_previews(tmp_path, old, new, attached)
    )
    (update,) = [step for step in owner["steps"] if step["op"] == "update"]
    assert json.loads(update["oldState"]["inputs"]["policy"]) == old
    assert json.loads(update["newState"]["inputs"]["policy"]) == new
    assert {step["op"] for step in requester["steps"]} == {"same"}
    inputs = {step["newState"]["type"]: step["newState"]["inputs"] for step in requester["steps"]}
    assert json.loads(inputs["aws:iam/policy:Policy"]["policy"]) == attached[0]
    assert inputs["aws:iam/userPolicyAttachment:UserPolicyAttachment"]["user"] == "bob"
