"""What an account holds is read by calls that write nothing, and what may not be read keeps its place."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from crossaccess.deployment.picture import PublicAccessBlock
from crossaccess.deployment.seen import Carried, SeenBucket, SeenKey, SeenPrincipal, Unread, Wanted
from crossaccess.live.errors import LiveError
from crossaccess.live.reading import AT_ONCE, read
from crossaccess.live.sessions import Access
from crossaccess.policy.principal import PrincipalKind
from tests.support.verified import refusal

ACCOUNT = "112233445566"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TEXT = json.dumps(POLICY)
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/reads"
OF_GROUP = f"arn:aws:iam::{ACCOUNT}:policy/of-group"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/k-1"
BOB, ROLE = (PrincipalKind.USER, "bob"), (PrincipalKind.ROLE, "loader")
SET = (PrincipalKind.PERMISSION_SET, "Analysts")
Json = dict[str, Any]  # Any: boto3's answers


@dataclass
class Fake:
    """A client of any service: answers by operation, or raises; remembers what was called."""

    answers: Json
    refused: Mapping[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    said: list[Json] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**said: Any) -> Any:
            return self._answer(operation, said)

        return call

    def get_paginator(self, operation: str) -> "Fake":
        """Itself, for one operation."""
        return Fake(answers={"paginate": lambda **said: self._pages(operation, said)}, calls=[], refused={})

    def _pages(self, operation: str, said: Json) -> Iterator[Any]:
        answer = self._answer(operation, said)
        yield from answer if isinstance(answer, list) else [answer]

    def _answer(self, operation: str, said: Json) -> Any:
        self.calls.append(operation)
        self.said.append(said)
        if operation in self.refused:
            raise self.refused[operation]
        answer = self.answers[operation]
        return answer(**said) if callable(answer) else answer


def iam(**refused: Exception) -> Fake:
    """An account with a user in a group, a role, and the role of a permission set."""
    carried: Json = {"AttachedPolicies": [{"PolicyArn": MANAGED, "PolicyName": "reads"}]}
    role = {
        "Path": "/apps/",
        "AssumeRolePolicyDocument": POLICY,
        "MaxSessionDuration": 7200,
        "PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY},
    }
    answers: Json = {
        "get_user": {"User": {"Path": "/"}},
        "list_attached_user_policies": [{"AttachedPolicies": []}, carried],
        "list_user_policies": {"PolicyNames": ["own"]},
        "get_user_policy": {"PolicyDocument": POLICY},
        "list_groups_for_user": {"Groups": [{"GroupName": "Readers"}]},
        "get_role": {"Role": role},
        "list_attached_role_policies": {"AttachedPolicies": []},
        "list_role_policies": {"PolicyNames": []},
        "list_roles": {
            "Roles": [
                {"RoleName": "AWSReservedSSO_Analysts_More_0123456789abcdef"},
                {"RoleName": "AWSReservedSSO_Analysts_0123456789abcdef"},
            ]
        },
        "list_attached_group_policies": {"AttachedPolicies": [{"PolicyArn": OF_GROUP}]},
        "list_group_policies": {"PolicyNames": []},
        "get_policy": {"Policy": {"DefaultVersionId": "v3"}},
        "get_policy_version": lambda **said: {"PolicyVersion": {"Document": POLICY, **said}},
    }
    return Fake(answers=answers, refused=refused)


def s3(**refused: Exception) -> Fake:
    """One bucket with all that is looked at."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    answers: Json = {
        "get_bucket_policy": {"Policy": TEXT},
        "get_public_access_block": {"PublicAccessBlockConfiguration": dict.fromkeys(names, True)},
        "get_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        "list_buckets": {"Buckets": [{"Name": "shared"}]},
    }
    return Fake(answers=answers, refused=refused)


def kms(**refused: Exception) -> Fake:
    """One key."""
    answers = {"describe_key": {"KeyMetadata": {"KeyState": "Enabled"}}, "get_key_policy": {"Policy": TEXT}}
    return Fake(answers=answers, refused=refused)


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    """The clients of an access, by service: tests put others into their place."""
    made = {"iam": iam(), "s3": s3(), "kms": kms()}
    for name in ("iam", "s3", "kms"):
        monkeypatch.setattr(Access, name, lambda _, name=name: made[name])
    return made


def access() -> Access:
    """A way into the account, whose clients are of the tests."""
    return Access(session=None, title="the profile admin-b", region="eu-central-1")  # type: ignore[arg-type]


def denied(permission: str) -> Unread:
    """What stands in the place of what was refused."""
    return Unread(permission=permission, reason="AccessDenied: no")


def test_a_user_is_read_with_all_that_decides(clients: dict[str, Fake]) -> None:
    """Every page of the lists, the groups, and each managed policy in its default version."""
    seen = read(Wanted(principals=(BOB,)), access(), ACCOUNT)
    assert seen.principals == {
        BOB: SeenPrincipal(
            carried=Carried(managed=(MANAGED,), inline={"own": TEXT}), groups=("Readers",), path="/"
        )
    }
    assert seen.groups["readers"].carried == Carried(managed=(OF_GROUP,), inline={})
    assert seen.policies == {MANAGED: TEXT, OF_GROUP: TEXT}
    versions = [one["VersionId"] for one in clients["iam"].said if "VersionId" in one]
    assert versions == ["v3", "v3"]
    assert (seen.account, seen.by) == (ACCOUNT, "the profile admin-b")


@pytest.mark.usefixtures("clients")
def test_a_role_and_the_role_of_a_permission_set_are_read() -> None:
    """The set's own role, and not that of another set whose name begins alike."""
    seen = read(Wanted(principals=(ROLE, SET)), access(), ACCOUNT)
    expected = SeenPrincipal(path="/apps/", trust=TEXT, seconds=7200, boundary=BOUNDARY)
    assert seen.principals == {ROLE: expected, (SET[0], "analysts"): expected}
    assert seen.policies == {BOUNDARY: TEXT}


def test_the_role_of_a_permission_set_is_called_by_its_own_name(clients: dict[str, Fake]) -> None:
    """IAM Identity Center puts a suffix of its own behind the set's name."""
    read(Wanted(principals=(SET,)), access(), ACCOUNT)
    assert {"RoleName": "AWSReservedSSO_Analysts_0123456789abcdef"} in clients["iam"].said
    clients["iam"].answers["list_roles"] = {"Roles": []}
    seen = read(Wanted(principals=(SET,)), access(), ACCOUNT)
    assert seen.principals[SET[0], "analysts"].there is False


@pytest.mark.usefixtures("clients")
def test_a_bucket_and_a_key_are_read() -> None:
    """Policy, Block Public Access, default key; the key's policy and state."""
    wanted = Wanted(buckets=(("shared", "eu-central-1"),), keys=((KEY, None),))
    seen = read(wanted, access(), ACCOUNT)
    assert seen.buckets == {
        "shared": SeenBucket(policy=TEXT, block=PublicAccessBlock(**ALL_ON), key=KEY),
    }
    assert seen.keys == {KEY: SeenKey(policy=TEXT)}


ALL_ON = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


def test_a_bucket_without_any_of_it_has_none(clients: dict[str, Fake]) -> None:
    """AWS says so by an error of its own for each."""
    clients["s3"] = s3(
        get_bucket_policy=refusal("NoSuchBucketPolicy"),
        get_public_access_block=refusal("NoSuchPublicAccessBlockConfiguration"),
        get_bucket_encryption=refusal("ServerSideEncryptionConfigurationNotFoundError"),
    )
    seen = read(Wanted(buckets=(("shared", None),)), access(), ACCOUNT).buckets["shared"]
    assert seen == SeenBucket(block=PublicAccessBlock(**dict.fromkeys(ALL_ON, False)))
    assert (seen.there, seen.policy, seen.key) == (True, None, None)


def test_a_bucket_that_is_asked_for_has_to_be_the_account_s(clients: dict[str, Fake]) -> None:
    """Each call says whose it has to be: nothing of a bucket that has taken the name is read."""
    read(Wanted(buckets=(("shared", None),)), access(), ACCOUNT)
    assert {one["ExpectedBucketOwner"] for one in clients["s3"].said} == {ACCOUNT}
    clients["s3"] = s3(get_bucket_policy=refusal("AccessDenied"))
    clients["s3"].answers["list_buckets"] = {"Buckets": []}
    seen = read(Wanted(buckets=(("shared", None),)), access(), ACCOUNT).buckets["shared"]
    assert (seen.there, seen.taken) == (False, True)


@pytest.mark.parametrize(
    ("service", "refused", "wanted", "gone"),
    [
        ("s3", "get_bucket_policy NoSuchBucket", {"buckets": (("shared", None),)}, "buckets"),
        ("kms", "describe_key NotFoundException", {"keys": ((KEY, None),)}, "keys"),
        ("iam", "get_user NoSuchEntity", {"principals": (BOB,)}, "principals"),
        ("iam", "get_role NoSuchEntity", {"principals": (ROLE,)}, "principals"),
        ("iam", "list_user_policies NoSuchEntity", {"principals": (BOB,)}, "principals"),
        ("iam", "list_group_policies NoSuchEntity", {"groups": ("readers",)}, "groups"),
    ],
)
def test_what_is_gone_is_told_by_aws(
    clients: dict[str, Fake], service: str, refused: str, wanted: Json, gone: str
) -> None:
    """By its own code for each kind of thing."""
    operation, code = refused.split()
    clients[service].refused = {operation: refusal(code)}
    seen = read(Wanted(**wanted), access(), ACCOUNT)
    assert [one.there for one in getattr(seen, gone).values()] == [False]


def test_a_managed_policy_that_is_gone_is_none(clients: dict[str, Fake]) -> None:
    """Not an empty one."""
    clients["iam"].refused = {"get_policy": refusal("NoSuchEntity")}
    assert read(Wanted(policies=(MANAGED,)), access(), ACCOUNT).policies == {MANAGED: None}


@pytest.mark.parametrize(
    ("operation", "permission", "place"),
    [
        ("get_user", "iam:GetUser", lambda seen: seen.principals[BOB].there),
        ("get_user", "iam:GetUser", lambda seen: seen.principals[BOB].boundary),
        (
            "list_attached_user_policies",
            "iam:ListAttachedUserPolicies",
            lambda seen: seen.principals[BOB].carried.managed,
        ),
        ("list_user_policies", "iam:ListUserPolicies", lambda seen: seen.principals[BOB].carried.inline),
        ("get_user_policy", "iam:GetUserPolicy", lambda seen: seen.principals[BOB].carried.inline["own"]),
        ("list_groups_for_user", "iam:ListGroupsForUser", lambda seen: seen.principals[BOB].groups),
        ("get_role", "iam:GetRole", lambda seen: seen.principals[ROLE].trust),
        ("list_roles", "iam:ListRoles", lambda seen: seen.principals[SET[0], "analysts"].there),
        ("list_roles", "iam:ListRoles", lambda seen: seen.principals[SET[0], "analysts"].carried.managed),
        ("get_policy", "iam:GetPolicy", lambda seen: seen.policies[MANAGED]),
        ("get_policy_version", "iam:GetPolicyVersion", lambda seen: seen.policies[MANAGED]),
        ("get_bucket_policy", "s3:GetBucketPolicy", lambda seen: seen.buckets["shared"].policy),
        (
            "get_public_access_block",
            "s3:GetBucketPublicAccessBlock",
            lambda seen: seen.buckets["shared"].block,
        ),
        ("get_bucket_encryption", "s3:GetEncryptionConfiguration", lambda seen: seen.buckets["shared"].key),
        ("describe_key", "kms:DescribeKey", lambda seen: seen.keys[KEY].state),
        ("get_key_policy", "kms:GetKeyPolicy", lambda seen: seen.keys[KEY].policy),
    ],
)
@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "Throttling", "InternalError"])
def test_what_may_not_be_read_keeps_its_place(
    clients: dict[str, Fake], operation: str, permission: str, place: Callable[[Any], object], code: str
) -> None:
    """With the permission that is missing; all else is read."""
    for client in clients.values():
        client.refused = {operation: refusal(code)}
    wanted = Wanted(
        principals=(BOB, ROLE, SET), buckets=(("shared", None),), keys=((KEY, None),), policies=(MANAGED,)
    )
    seen = read(wanted, access(), ACCOUNT)
    found = place(seen)
    assert isinstance(found, Unread)
    assert (found.permission, found.reason.partition(":")[0]) == (permission, code)


def test_a_bucket_that_nobody_may_look_for_is_neither_there_nor_gone(clients: dict[str, Fake]) -> None:
    """Its policy is refused, and so is the list of buckets."""
    clients["s3"] = s3(get_bucket_policy=refusal("AccessDenied"), list_buckets=refusal("AccessDenied"))
    seen = read(Wanted(buckets=(("shared", None),)), access(), ACCOUNT).buckets["shared"]
    assert isinstance(seen.there, Unread)
    assert seen.there.permission == "s3:ListAllMyBuckets"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refusal("ExpiredToken"), "the credentials of the profile admin-b have expired"),
        (refusal("InvalidClientTokenId"), "AWS does not know the credentials of the profile admin-b"),
        (EndpointConnectionError(endpoint_url="https://iam.amazonaws.com"), "nobody answers"),
    ],
)
def test_what_ends_every_call_ends_the_reading(
    clients: dict[str, Fake], error: Exception, words: str
) -> None:
    """Nothing of an account is known by credentials that have expired on the way."""
    clients["iam"].refused = {"list_user_policies": error}
    with pytest.raises(LiveError, match=words):
        read(Wanted(principals=(BOB,)), access(), ACCOUNT)


def test_calls_are_made_side_by_side_and_never_too_many(clients: dict[str, Fake]) -> None:
    """IAM throttles the account as a whole."""
    now, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(AT_ONCE, timeout=20)

    def one(**_: object) -> Json:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        full.wait()
        with lock:
            now -= 1
        return {"Role": {"Path": "/", "AssumeRolePolicyDocument": POLICY}}

    clients["iam"].answers["get_role"] = one
    roles = tuple((PrincipalKind.ROLE, f"r{number}") for number in range(2 * AT_ONCE))
    assert len(read(Wanted(principals=roles), access(), ACCOUNT).principals) == 2 * AT_ONCE
    assert most == AT_ONCE


def test_each_bucket_and_key_is_asked_about_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the picture tells none, in that of the profile."""
    asked: list[tuple[str, str]] = []

    def of(service: str, made: Fake) -> Callable[[Access], Fake]:
        def client(access: Access) -> Fake:
            asked.append((service, access.region))
            return made

        return client

    for service, made in (("iam", iam()), ("s3", s3()), ("kms", kms())):
        monkeypatch.setattr(Access, service, of(service, made))
    wanted = Wanted(buckets=(("shared", "eu-west-3"), ("other", None)), keys=((KEY, "us-east-2"),))
    read(wanted, access(), ACCOUNT)
    assert sorted(asked) == [
        ("iam", "eu-central-1"),
        ("kms", "us-east-2"),
        ("s3", "eu-central-1"),
        ("s3", "eu-west-3"),
    ]


def test_only_reading_calls_are_made(clients: dict[str, Fake]) -> None:
    """Whatever is wanted."""
    wanted = Wanted(
        principals=(BOB, ROLE, SET),
        buckets=(("shared", None),),
        keys=((KEY, None),),
        groups=("readers",),
        policies=(MANAGED,),
    )
    read(wanted, access(), ACCOUNT)
    called = {operation.partition("_")[0] for client in clients.values() for operation in client.calls}
    assert called == {"get", "list", "describe"}
