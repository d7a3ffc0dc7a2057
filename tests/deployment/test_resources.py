"""What any stack's resources say of buckets, keys and principals, deployed or planned."""

import json
from typing import Any

import pytest

from crossaccess.deployment.source import source_of
from tests.support.engine_files import (
    ACCOUNT,
    OTHER,
    OWN_PROVIDER,
    SECRET,
    UNKNOWN,
    bucket_of,
    picture,
    preview,
    principal,
    provider,
    resource,
    stack,
    state,
    step,
    urn,
)

BUCKET, BUCKET_V2 = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ROLE, USER, GROUP = "aws:iam/role:Role", "aws:iam/user:User", "aws:iam/group:Group"
POLICY = "aws:iam/policy:Policy"
KEY = "aws:kms/key:Key"
TEXT = '{"Version":"2012-10-17","Statement":[]}'
OTHER_TEXT = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}'
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def attachment(kind: str, who: object, arn: object, **more: Any) -> dict[str, Any]:  # Any: JSON
    """The attachment of a policy to a `user`, `role` or `group`."""
    name = kind.capitalize()
    token = f"aws:iam/{kind}PolicyAttachment:{name}PolicyAttachment"
    return resource(token, f"{kind}-attachment", {kind: who, "policyArn": arn}, **more)


@pytest.mark.parametrize("said", ["lake", "arn:aws:s3:::lake"], ids=["name", "ARN"])
@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2])
def test_a_policy_finds_its_bucket_by_name_or_arn(kind: str, said: str) -> None:
    """Both are what programs write."""
    found = picture(
        resource(kind, "b", {"bucket": "lake"}, outputs={}),
        resource(BUCKET_POLICY, "p", {"bucket": said, "policy": TEXT}, outputs={}),
    )
    bucket = bucket_of(found)
    assert (bucket.name, bucket.account, bucket.region) == ("lake", ACCOUNT, "eu-central-1")
    assert bucket.policy is not None
    assert (bucket.policy.name, bucket.policy.text) == ("bucket policy of lake", TEXT)


def test_a_policy_finds_a_bucket_whose_name_is_not_known_yet() -> None:
    """By the resource that its input comes from; a stand-in in parentheses is the name."""
    source = source_of(
        preview(
            step("create", new=resource(BUCKET, "b", {"bucketPrefix": "lake-"})),
            step(
                "create",
                new=resource(
                    BUCKET_POLICY,
                    "p",
                    {"bucket": UNKNOWN, "policy": TEXT},
                    sources={"bucket": [urn(BUCKET, "b")]},
                ),
            ),
        )
    )
    bucket = bucket_of(source.new)
    assert bucket.name == "(b)"
    assert bucket.unknown == "it is not known before the deployment"
    assert bucket.policy is not None
    assert bucket.policy.text == TEXT


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (UNKNOWN, "it is not known before the deployment"),
        (f"before {UNKNOWN} after", "it is not known before the deployment"),
        ({"Statement": [{"Resource": [UNKNOWN]}]}, "it is not known before the deployment"),
        (SECRET, "it is secret"),
        ({"Statement": [SECRET]}, "it is secret"),
        ("[secret]", "it is secret"),
        (7, "it is neither text nor a JSON object"),
        ("", "it is neither text nor a JSON object"),
        (None, "it is neither text nor a JSON object"),
    ],
)
def test_a_policy_that_cannot_be_read_says_why(value: object, reason: str) -> None:
    """And nothing of a secret is told."""
    found = picture(resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": value}))
    policy = bucket_of(found).policy
    assert policy is not None
    assert (policy.text, policy.unknown) == (None, reason)
    assert "v1:abc" not in repr(found)


def test_a_policy_that_is_written_as_an_object_is_its_json() -> None:
    """The SDK of the provider takes both."""
    found = picture(resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": json.loads(OTHER_TEXT)}))
    policy = bucket_of(found).policy
    assert policy is not None
    assert json.loads(policy.text or "") == json.loads(OTHER_TEXT)


def test_two_policies_of_one_bucket_are_unknown() -> None:
    """Whoever writes last wins, and nobody can tell who that is."""
    found = picture(
        resource(BUCKET_POLICY, "one", {"bucket": "lake", "policy": TEXT}),
        resource(BUCKET_POLICY, "two", {"bucket": "lake", "policy": OTHER_TEXT}),
    )
    policy = bucket_of(found).policy
    assert policy is not None
    assert policy.text is None
    assert "several resources" in (policy.unknown or "")


def test_a_bucket_that_only_a_handover_names_has_an_unknown_policy() -> None:
    """It is an adopted one whose policy no stack holds."""
    handover = {
        "version": 2,
        "account": ACCOUNT,
        "partition": "aws",
        "region": "eu-central-1",
        "bucket": {"name": "lake", "keyArn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/abc"},
        "grants": [{"name": "reports", "principals": ["user/bob", 7]}, {"nameless": True}, "nothing"],
    }
    found = picture(stack(handover=handover))
    bucket = bucket_of(found)
    assert (bucket.name, bucket.held, bucket.account) == ("lake", False, ACCOUNT)
    assert bucket.policy is not None
    assert bucket.policy.unknown == "no stack here holds it"
    assert [(one.name, one.principals) for one in found.grants] == [("reports", ("user/bob",))]
    (key,) = found.keys
    assert key.policy is not None
    assert key.policy.unknown == "no stack here holds it"


def test_what_aws_says_wins_in_a_state_and_what_the_program_says_in_a_preview() -> None:
    """A state that was refreshed tells what is there, whoever wrote it."""
    old = resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": TEXT}, outputs={"policy": OTHER_TEXT})
    new = resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": TEXT})
    source = source_of(preview(step("update", old, new)))
    before, after = bucket_of(source.old).policy, bucket_of(source.new).policy
    assert before is not None
    assert before.text == OTHER_TEXT
    assert after is not None
    assert after.text == TEXT


def test_everything_that_is_attached_to_a_role_is_its_own() -> None:
    """Inline policies, in the role and beside it, and managed ones, in three ways."""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/team/read"
    found = picture(
        resource(
            ROLE,
            "r",
            {
                "name": "app",
                "path": "/team/",
                "assumeRolePolicy": TEXT,
                "permissionsBoundary": arn,
                "maxSessionDuration": 7200,
                "inlinePolicies": [{"name": "in", "policy": TEXT}, {}],
                "managedPolicyArns": [ADMIN],
            },
            outputs={"arn": f"arn:aws:iam::{ACCOUNT}:role/team/app"},
        ),
        resource(POLICY, "read", {"name": "read", "path": "/team/", "policy": OTHER_TEXT}),
        resource("aws:iam/rolePolicy:RolePolicy", "beside", {"name": "by", "role": "app", "policy": TEXT}),
        attachment("role", "app", arn),
        resource(
            "aws:iam/policyAttachment:PolicyAttachment",
            "all",
            {"roles": ["app"], "users": ["bob"], "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/elsewhere"},
        ),
    )
    role = principal(found, "role/team/app")
    assert role.max_session_seconds == 7_200
    assert role.trust is not None
    assert role.trust.text == TEXT
    assert role.boundary is not None
    assert (role.boundary.name, role.boundary.text) == ("permissions boundary of role/team/app", OTHER_TEXT)
    told = {one.name: (one.text, one.unknown) for one in role.policies}
    assert told == {
        "inline policy in of role/team/app": (TEXT, None),
        "policy AdministratorAccess of role/team/app": (None, "it is a policy of AWS, which no stack holds"),
        "inline policy by of role/team/app": (TEXT, None),
        "policy read of role/team/app": (OTHER_TEXT, None),
        "policy elsewhere of role/team/app": (None, "it is a policy that no stack here holds"),
    }
    bob = principal(found, "user/bob")
    assert (bob.held, bob.path_told, bob.account) == (False, False, ACCOUNT)
    assert [one.name for one in bob.policies] == ["policy elsewhere of user/bob"]


@pytest.mark.parametrize("by", ["user", "group"])
def test_a_user_has_what_its_groups_have(by: str) -> None:
    """Told by the user's memberships or by the group's members."""
    joined = {
        "user": resource(
            "aws:iam/userGroupMembership:UserGroupMembership", "m", {"user": "bob", "groups": ["readers"]}
        ),
        "group": resource(
            "aws:iam/groupMembership:GroupMembership", "m", {"group": "readers", "users": ["bob"]}
        ),
    }
    found = picture(
        resource(USER, "u", {"name": "bob"}),
        resource(GROUP, "g", {"name": "readers"}),
        resource("aws:iam/groupPolicy:GroupPolicy", "p", {"name": "in", "group": "readers", "policy": TEXT}),
        joined[by],
    )
    bob = principal(found, "user/bob")
    assert bob.groups == ("readers",)
    assert [one.name for one in bob.policies] == ["inline policy in of group/readers"]
    (group,) = found.groups
    assert (group.members, group.members_told) == (("user/bob",), by == "group")


def test_an_attachment_of_what_is_not_made_yet_is_found_by_where_it_comes_from() -> None:
    """Neither the role's name nor the policy's ARN is known at a first preview of many programs."""
    source = source_of(
        preview(
            step("create", new=resource(ROLE, "r", {"namePrefix": "app-", "assumeRolePolicy": TEXT})),
            step("create", new=resource(POLICY, "p", {"namePrefix": "p-", "policy": OTHER_TEXT})),
            step(
                "create",
                new=attachment(
                    "role",
                    UNKNOWN,
                    UNKNOWN,
                    sources={"role": [urn(ROLE, "r")], "policyArn": [urn(POLICY, "p")]},
                ),
            ),
        )
    )
    (role,) = source.new.principals
    assert (role.label, role.arn, role.account) == ("role/(r)", None, ACCOUNT)
    assert role.unknown == "it is not known before the deployment"
    assert [one.text for one in role.policies] == [OTHER_TEXT]


def test_an_attachment_of_nobody_knows_what_is_not_lost() -> None:
    """Somebody gets something: that is told, since it may be a gain."""
    source = source_of(preview(step("create", new=attachment("user", UNKNOWN, UNKNOWN))))
    (user,) = source.new.principals
    assert user.unknown == "it is not known before the deployment"
    assert [one.unknown for one in user.policies] == ["it is not known before the deployment"]


def test_a_key_has_the_policy_of_its_own_resource_or_of_one_beside_it() -> None:
    """Without either, KMS gives it one that nobody here knows."""
    arn = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/k-1"
    found = picture(
        resource(KEY, "one", {"policy": TEXT}, outputs={"arn": arn, "keyId": "k-1"}),
        resource(KEY, "two", {}, outputs={"keyId": "k-2"}),
        resource("aws:kms/keyPolicy:KeyPolicy", "p", {"keyId": "k-2", "policy": OTHER_TEXT}),
        resource(KEY, "three", {}),
    )
    told = {key.name: (key.arn, key.policy.text if key.policy else None) for key in found.keys}
    assert told == {
        "k-1": (arn, TEXT),
        "k-2": (f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/k-2", OTHER_TEXT),
        "three": (None, None),
    }
    assert found.keys[2].policy is not None
    assert found.keys[2].policy.unknown == "the program leaves it to AWS"


ROLE_IN_OTHER = resource(
    ROLE,
    "r",
    {"name": "r", "assumeRolePolicy": TEXT},
    outputs={"arn": f"arn:aws-cn:iam::{OTHER}:role/r"},
)


@pytest.mark.parametrize(
    ("others", "account", "partition"),
    [
        ((), None, "aws"),
        ((ROLE_IN_OTHER, OWN_PROVIDER), OTHER, "aws-cn"),
        ((OWN_PROVIDER,), ACCOUNT, "aws"),
        ((provider(allowedAccountIds=[ACCOUNT, OTHER]),), None, "aws"),
        ((provider(assumeRoles=json.dumps([{"roleArn": f"arn:aws:iam::{OTHER}:role/x"}])),), OTHER, "aws"),
        ((provider(region="cn-north-1"),), None, "aws-cn"),
        ((attachment("user", "bob", f"arn:aws:iam::{OTHER}:policy/p"),), OTHER, "aws"),
        ((attachment("user", "bob", ADMIN),), None, "aws"),
        ((provider(allowedAccountIds="[oops"),), None, "aws"),
    ],
    ids=[
        "nobody tells",
        "an ARN of AWS",
        "the only allowed",
        "two allowed",
        "assumed role",
        "China",
        "an attached policy",
        "a policy of AWS",
        "no JSON",
    ],
)
def test_whose_a_bucket_is_comes_from_what_stands_beside_it(
    others: tuple[dict[str, Any], ...], account: str | None, partition: str
) -> None:
    """A bucket's own ARN holds no account."""
    bucket = resource(BUCKET, "b", {"bucket": "lake"}, outputs={"arn": "arn:aws:s3:::lake"})
    found = bucket_of(source_of(state(*others, bucket)).new)
    assert (found.account, found.partition) == (account, partition)


def test_a_public_access_block_that_says_nothing_blocks_nothing() -> None:
    """The provider's default is false for each."""
    block = resource(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "b",
        {"bucket": "lake", "blockPublicPolicy": True, "ignorePublicAcls": UNKNOWN},
    )
    found = bucket_of(picture(resource(BUCKET, "b", {"bucket": "lake"}), block)).public_access_block
    assert found is not None
    assert (found.block_public_acls, found.block_public_policy) == (False, True)
    assert found.ignore_public_acls is None


def test_what_may_give_access_and_is_not_read_is_said() -> None:
    """An access point has a policy of its own."""
    found = picture(resource("aws:s3/accessPoint:AccessPoint", "ap", {"bucket": "lake"}))
    assert found.unread == ("access point ap (aws:s3/accessPoint:AccessPoint)",)
