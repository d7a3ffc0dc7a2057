"""The handover, as the owner writes it and as a hostile account might."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.errors import InputError
from components.handover import read_handover, write_handover
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.grants import requester_side

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BY_POLICY = Grant(
    name="by-policy",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject", "s3:ListBucket"),
    prefixes=("reports/",),
)
BY_ROLE = Grant(
    name="by-role",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.ASSUME_ROLE,
    actions=("s3:GetObject",),
    role_name="account-a-role",
)

Document = dict[str, Any]  # Any: JSON values


def document() -> Document:
    """A right handover, as it comes out of a stack reference."""
    handed: Document = json.loads(json.dumps(write_handover(BUCKET, [BY_POLICY, BY_ROLE])))
    return handed


def refusal(raw: object) -> str:
    """What is told about a handover that is not right."""
    with pytest.raises(InputError) as raised:
        read_handover(raw, source="account-a")
    assert "account-a" in str(raised.value)
    return str(raised.value)


def test_what_is_written_is_what_is_read() -> None:
    """Nothing that a requester needs is lost on the way."""
    received = read_handover(document(), source="account-a")
    assert received.bucket == BUCKET
    assert received.grants == (BY_POLICY, BY_ROLE)


def test_it_holds_plain_values_and_no_role_where_there_is_none() -> None:
    """It crosses as JSON; a `bucket-policy` grant has no role to speak of."""
    by_policy, by_role = document()["grants"]
    assert "roleArn" not in by_policy
    assert by_role["roleArn"] == "arn:aws:iam::111111222222:role/account-a-role"


def test_numbers_that_became_floats_on_the_way_are_read() -> None:
    """Pulumi's wire format knows one kind of number."""
    assert read_handover(document() | {"version": 2.0}, source="account-a").bucket == BUCKET


def test_a_missing_handover_says_what_to_do() -> None:
    """The owner's stack comes first."""
    assert "hands nothing over" in refusal(None)


@pytest.mark.parametrize(
    ("version", "mend"), [(3, "update the requester's program"), (0, "run the owner's program again")]
)
def test_another_version_is_refused_whatever_else_it_holds(version: int, mend: str) -> None:
    """A newer grant may say more than this program would write: it is not used in part."""
    told = refusal({"version": version, "surprise": True})
    assert f"has version {version}, and this program reads versions 1 and 2" in told
    assert mend in told


def test_a_handover_of_version_1_is_read() -> None:
    """An owner's stack that an older program deployed stays of use: it says less, and means the same."""
    received = read_handover(document() | {"version": 1.0}, source="account-a")
    assert received.grants == (BY_POLICY, BY_ROLE)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"conditions": {"externalId": "acme"}}, "grants[1].conditions is no key that is known here"),
        ({"session": 7_200}, "grants[1].session is no key that is known here"),
        (
            {"account": None, "principals": ["organization/o-a1b2c3d4e5"]},
            "grants[1].account is missing or empty",
        ),
    ],
)
def test_a_handover_of_version_1_says_nothing_of_version_2(said: dict[str, object], told: str) -> None:
    """No program wrote such a one."""
    handed = document() | {"version": 1}
    handed["grants"][1] |= said
    assert told in refusal(handed)


def _set(*path: str | int, value: object) -> Callable[[Document], None]:
    def change(handed: Document) -> None:
        inner: Any = handed  # Any: a JSON value at some depth
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def _without(*path: str | int) -> Callable[[Document], None]:
    def change(handed: Document) -> None:
        inner: Any = handed  # Any: a JSON value at some depth
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return change


HOSTILE = {
    "no version": (_without("version"), "handover.version is missing"),
    "a version that is a text": (_set("version", value="2"), "handover.version is '2'"),
    "a version that is true": (_set("version", value=True), "handover.version is true"),
    "an unknown key": (_set("policy", value="{}"), "handover.policy is no key that is known"),
    "an unknown key of a grant": (
        _set("grants", 0, "resource", value="*"),
        "handover.grants[0].resource is no",
    ),
    "no account": (_without("account"), "handover.account is missing"),
    "an account with a colon": (_set("account", value="1111112222:2"), "handover.account is"),
    "a number as account": (_set("account", value=111111222222), "handover.account is 111111222222"),
    "a wildcard as partition": (_set("partition", value="*"), "handover.partition is '*': it looks like aws"),
    "a partition with an ARN in it": (_set("partition", value="aws:iam"), "handover.partition is"),
    "a Region with a wildcard": (_set("region", value="eu-*-1"), "handover.region is 'eu-*-1'"),
    "no bucket": (_without("bucket"), "handover.bucket is missing"),
    "a bucket that is a text": (_set("bucket", value="shared"), "handover.bucket is 'shared'"),
    "a wildcard as bucket": (_set("bucket", "name", value="*"), "handover.bucket.name is '*'"),
    "a bucket with a key": (_set("bucket", "name", value="shared/*"), "handover.bucket.name is 'shared/*'"),
    "an ARN of another bucket": (
        _set("bucket", "arn", value="arn:aws:s3:::other"),
        "handover.bucket.arn is 'arn:aws:s3:::other': the bucket's ARN is 'arn:aws:s3:::shared'",
    ),
    "an ARN of all buckets": (_set("bucket", "arn", value="arn:aws:s3:::*"), "handover.bucket.arn is"),
    "no ARN": (_without("bucket", "arn"), "handover.bucket.arn is missing"),
    "no grants": (_without("grants"), "handover.grants is missing"),
    "grants that are a mapping": (_set("grants", value={}), "handover.grants is an empty mapping"),
    "too many grants": (
        _set("grants", value=[{}] * 10_001),
        "handover.grants is a list: it is a list of up to",
    ),
    "a grant that is a text": (_set("grants", 0, value="x"), "handover.grants[0] is 'x'"),
    "two grants of one name": (_set("grants", 1, "name", value="by-policy"), "handover.grants[0].name has"),
    "a name with a quote": (_set("grants", 0, "name", value='a"'), "handover.grants[0].name is"),
    "a wildcard as action": (
        _set("grants", 0, "actions", value=["s3:*"]),
        "handover.grants[0].actions[0] is",
    ),
    "every action": (_set("grants", 0, "actions", value=["*"]), "handover.grants[0].actions[0] is '*'"),
    "an action of another service": (
        _set("grants", 0, "actions", value=["iam:CreateUser"]),
        "handover.grants[0].actions[0] is 'iam:CreateUser'",
    ),
    "no actions": (_set("grants", 0, "actions", value=[]), "handover.grants[0].actions is an empty list"),
    "a variable in a prefix": (
        _set("grants", 0, "prefixes", value=["${aws:username}/"]),
        "handover.grants[0].prefixes[0] is",
    ),
    "a wildcard in a prefix": (_set("grants", 0, "prefixes", value=["*/"]), "handover.grants[0].prefixes[0]"),
    "an unnarrowed list": (
        _set("grants", 0, "actions", value=["s3:ListBucketMultipartUploads"]),
        "handover.grants[0].actions has 's3:ListBucketMultipartUploads' beside prefixes",
    ),
    "a principal with a wildcard": (
        _set("grants", 0, "principals", value=["role/*"]),
        "handover.grants[0].principals[0] is 'role/*'",
    ),
    "no principals": (_set("grants", 0, "principals", value=[]), "handover.grants[0].principals is an empty"),
    "another method": (_set("grants", 0, "method", value="ftp"), "handover.grants[0].method is 'ftp'"),
    "a grant without account": (_without("grants", 0, "account"), "handover.grants[0].account is missing"),
    "a role of a third account": (
        _set("grants", 1, "roleArn", value="arn:aws:iam::999999999999:role/account-a-role"),
        "handover.grants[1].roleArn is 'arn:aws:iam::999999999999:role/account-a-role'",
    ),
    "a role of the requester's own": (
        _set("grants", 1, "roleArn", value="arn:aws:iam::112233445566:role/admin"),
        "handover.grants[1].roleArn is",
    ),
    "every role": (_set("grants", 1, "roleArn", value="arn:aws:iam::111111222222:role/*"), "roleArn is"),
    "a wildcard as role": (_set("grants", 1, "roleName", value="*"), "handover.grants[1].roleName is '*'"),
    "no role": (_without("grants", 1, "roleName"), "handover.grants[1].roleName is missing"),
    "a role where there is none": (
        _set("grants", 0, "roleArn", value="arn:aws:iam::111111222222:role/x"),
        "handover.grants[0].roleArn is",
    ),
    "conditions that are a text": (
        _set("grants", 0, "conditions", value="none"),
        "handover.grants[0].conditions is 'none': write a mapping",
    ),
    "an unknown condition": (
        _set("grants", 0, "conditions", value={"weekday": "monday"}),
        "handover.grants[0].conditions.weekday is no key that is known here",
    ),
    "an external id with a quote": (
        _set("grants", 1, "conditions", value={"externalId": 'a"b'}),
        "handover.grants[1].conditions.externalId is",
    ),
    "a session tag with a wildcard": (
        _set("grants", 1, "conditions", value={"sessionTags": {"team": ["*"]}}),
        "handover.grants[1].conditions.sessionTags.team[0] is '*'",
    ),
    "a condition of roles in a bucket policy": (
        _set("grants", 0, "conditions", value={"externalId": "acme"}),
        "handover.grants[0].conditions.externalId is set for method bucket-policy",
    ),
    "an end that is no time": (
        _set("grants", 0, "conditions", value={"expires": "never"}),
        "handover.grants[0].conditions.expires is 'never'",
    ),
    "a session of days": (_set("grants", 1, "session", value=90_000), "handover.grants[1].session is 90000"),
    "a session where there is no role": (
        _set("grants", 0, "session", value=3_600),
        "handover.grants[0].session is 3600 (a number): take it out: only method assume-role has sessions",
    ),
    "a group as principal": (
        _set("grants", 0, "principals", value=["group/devs"]),
        "handover.grants[0].principals[0] is 'group/devs'",
    ),
    "an organization with a wildcard": (
        _set("grants", 0, "principals", value=["organization/o-*"]),
        "handover.grants[0].principals[0] is 'organization/o-*'",
    ),
    "an organization of one account": (
        _set("grants", 0, "principals", value=["organization/o-a1b2c3d4e5"]),
        "handover.grants[0].account is '112233445566': take it out",
    ),
    "a boundary of the owner's role": (
        _set("grants", 1, "permissionsBoundary", value="arn:aws:iam::111111222222:policy/x"),
        "handover.grants[1].permissionsBoundary is no key that is known here",
    ),
}


@pytest.mark.parametrize(("change", "told"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_handover_is_refused_in_whole(change: Callable[[Document], None], told: str) -> None:
    """What another account sends cannot become a policy of this one unless it is what it should be."""
    handed = document()
    change(handed)
    assert told in refusal(handed)


@pytest.mark.parametrize("raw", ["text", 7, [], True, {}], ids=repr)
def test_what_is_no_handover_at_all_is_refused(raw: object) -> None:
    """Another program's output of that name makes no traceback."""
    assert "is not right" in refusal(raw)


def test_a_long_hostile_value_does_not_fill_the_screen() -> None:
    """Nor can it write lines of its own into the message."""
    handed = document() | {"account": "x\n" * 5_000}
    told = refusal(handed)
    assert len(told) < 500
    assert len(told.splitlines()) == 2


def test_a_hostile_key_cannot_write_into_the_message() -> None:
    """Neither line breaks nor a terminal's control characters of another account are shown as they are."""
    handed = document() | {"x\n\x1b[2Jerror: all is well" + "y" * 5_000: 1}
    told = refusal(handed)
    assert len(told) < 500
    assert len(told.splitlines()) == 2
    assert "\x1b" not in told


def test_all_faults_are_told_at_once() -> None:
    """The owner can mend all of it in one go."""
    handed = document()
    _set("grants", 0, "actions", value=["*"])(handed)
    _set("grants", 1, "roleArn", value="*")(handed)
    _set("bucket", "arn", value="*")(handed)
    assert len(refusal(handed).splitlines()) == 4


def test_a_right_handover_leads_to_the_bucket_and_the_owners_roles_only() -> None:
    """Whatever passes makes policies about this bucket and roles of the owner's account."""
    received = read_handover(copy.deepcopy(document()), source="account-a")
    side = requester_side(received.bucket, received.grants, Faults())
    for _, policy in side.policies:
        for statement in policy.document.statements:
            assert statement.actions is not None
            assert statement.resources is not None
            for resource in statement.resources:
                assert resource.startswith(("arn:aws:s3:::shared", "arn:aws:iam::111111222222:role/"))
            assert all(not set(action) & set("*?$") for action in statement.actions)
