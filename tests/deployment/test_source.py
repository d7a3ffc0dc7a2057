"""What a file is told to be, and what a person is told where it is something else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.source import SourceKind, load_object, read_source, source_of
from tests.support.engine_files import (
    ACCOUNT,
    OWN_PROVIDER,
    SECRET,
    UNKNOWN,
    policies,
    preview,
    resource,
    saved,
    stack,
    state,
    step,
)

POLICY = resource("aws:s3/bucketPolicy:BucketPolicy", "p", {"bucket": "lake", "policy": "{}"})


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    """Whatever its name is."""
    file = tmp_path / "anything"
    for content, kind, title in (
        (state(POLICY), SourceKind.STATE, "state of tried"),
        (preview(step("create", new=POLICY)), SourceKind.PREVIEW, "preview of tried"),
        (state(), SourceKind.STATE, "state of an empty stack"),
    ):
        file.write_text(json.dumps(content), encoding="utf-8")
        source = read_source(file)
        assert (source.kind, source.title) == (kind, title)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_that_windows_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16 with a mark in front."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file = tmp_path / "state.json"
    file.write_text(mark + json.dumps(state(POLICY)), encoding=encoding)
    assert policies(read_source(file).new) == {"bucket policy of lake": "{}"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("Previewing update (account-a)", "not JSON"),
        ('{"steps": [', "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"version": ' + "9" * 10_000 + "}", "too long"),
        ('{"version": NaN}', "not a JSON number"),
        ('{"version": 3, "version": 3}', "twice"),
        ("[]", "no object"),
        ("{}", "neither an exported state"),
        ('{"Version": "2012-10-17", "Statement": []}', "neither an exported state"),
        ('{"manifest": {}, "resourcePlans": {}}', "update plan"),
        ('{"version": 2, "deployment": {}}', "version 2, and version 3"),
        ('{"version": 3, "checkpoint": {"latest": {}}}', "checkpoint"),
        ('{"version": 3, "deployment": {"resources": {}}}', "no list"),
        ('{"version": 3, "deployment": {"resources": [7]}}', "resource 1 has no URN"),
        ('{"version": 3, "deployment": {"resources": [{"urn": "nonsense"}]}}', "resource 1 has no URN"),
        ('{"steps": 7}', "no list of steps"),
        ('{"steps": [7]}', "no list of steps"),
        ('{"changeSummary": {"same": 3}}', "3 of 3 unchanged resources"),
        ('{"diagnostics": [{"severity": "error", "message": "error: it broke"}]}', "it broke"),
    ],
)
def test_what_is_no_source_is_refused_with_what_would_be_one(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file and, but where the program failed, the command."""
    file = tmp_path / "given.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_source(file)
    message = str(error.value)
    assert message.startswith(f"{file}: ")
    assert said in message
    assert "pulumi" in message or said in ("it is empty", "no object", "it broke")
    assert len(message) < 500


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the reason that the system gives."""
    with pytest.raises(SourceError, match=r"gone\.json cannot be read: No such file"):
        read_source(tmp_path / "gone.json")


def test_a_plan_that_is_no_plan_leaves_the_old_outputs(tmp_path: Path) -> None:
    """What a plan does not tell is as it was."""
    file = tmp_path / "given.json"
    old = stack(handover={"account": ACCOUNT, "bucket": {"name": "lake"}, "grants": [{"name": "reports"}]})
    file.write_text(json.dumps(preview(step("same", old, old))), encoding="utf-8")
    (tmp_path / "given.plan.json").write_text("{}", encoding="utf-8")
    assert [one.name for one in read_source(file).new.grants] == ["reports"]


KEYS = st.sampled_from(
    [
        *("urn", "type", "id", "provider", "inputs", "outputs", "propertyDependencies", "delete", "bucket"),
        *("policy", "name", "path", "arn", "role", "user", "users", "groups", "policyArn", "keyId", "rules"),
        *("assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "permissionsBoundary", "op", "handover"),
        *("oldState", "newState", "grants", "account", "permission_set_policies", "policy_arns", "config"),
        *("maxSessionDuration", "allowedAccountIds", "assumeRole", "kmsMasterKeyId", "region", "message"),
    ]
)
TYPES = st.sampled_from(
    [
        *("aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy", "aws:iam/role:Role", "aws:kms/key:Key"),
        *(
            "aws:iam/policy:Policy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:kms/alias:Alias",
        ),
        *("aws:iam/userGroupMembership:UserGroupMembership", "aws:iam/policyAttachment:PolicyAttachment"),
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        *("pulumi:pulumi:Stack", "pulumi:providers:aws", "pulumi:pulumi:StackReference"),
        "pulumi-python:dynamic/crossaccess:ExistingPolicy",
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        [UNKNOWN, "[secret]", "lake", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/x", "arn:aws:s3:::", ""]
    ),
    st.text(max_size=5),
    TYPES.map(lambda kind: f"urn:pulumi:s::p::{kind}::n"),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(  # Any: JSON
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS, st.just(dict(SECRET))
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(KEYS, ANYTHING, max_size=5)


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:  # Any: JSON
    """A resource with a type that is read, and anything for properties."""
    kind, name = draw(TYPES), draw(st.sampled_from("ab"))
    made = {"urn": f"urn:pulumi:s::p::{kind}::{name}", "type": kind}
    return {**draw(PROPERTIES), **made, "inputs": draw(PROPERTIES), "outputs": draw(PROPERTIES)}


STATES = st.lists(resources(), max_size=6).map(lambda listed: state(OWN_PROVIDER, *listed))
STEPS = st.builds(
    step,
    st.sampled_from(["same", "create", "update", "delete", "replace", "refresh", "read", "x"]),
    st.none() | resources(),
    st.none() | resources(),
)
PREVIEWS = st.lists(STEPS, max_size=6).map(lambda steps: preview(*steps))


@given(st.one_of(STATES, PREVIEWS, st.dictionaries(KEYS | st.just("steps"), ANYTHING, max_size=4)))
def test_whatever_stands_in_a_file_it_is_read_or_refused(data: dict[str, Any]) -> None:  # Any: JSON
    """Nothing but `SourceError`; what is read can be merged with itself, and tells no secret."""
    try:
        source = source_of(load_object(json.dumps(data).encode()))
    except SourceError:
        return
    assert "v1:abc" not in repr(source)
    for picture in (source.old, source.new):
        try:
            merge([picture, picture])
        except SourceError:
            # A resource can stand in it twice, and say two things.
            continue


def test_a_policy_that_is_nested_deeply_is_unknown_or_text() -> None:
    """No walk over it overflows."""
    deep: object = {}
    for _ in range(900):
        deep = [deep]
    assert set(
        policies(
            source_of(
                state(
                    resource("aws:s3/bucketPolicy:BucketPolicy", "p", {"bucket": "b", "policy": {"a": deep}})
                )
            ).new
        )
    ) == {"bucket policy of b"}


def test_a_state_is_the_same_before_and_after() -> None:
    """So that it can stand on either side of a comparison."""
    source = saved("account-a.state")
    assert source.old is source.new
    assert source.kind is SourceKind.STATE
