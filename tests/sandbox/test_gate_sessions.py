"""Sessions: what a trust policy can ask for, and what a session carries. Each condition met and missed."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.gate import House, Keys, allow, code_of, fresh_bucket, keys_of, open_house, policy

ASSUME, TAG, IDENTIFY = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"


@dataclass(slots=True)
class Clock:
    """A clock that a test can turn on, by less than the 15 minutes that signatures may be off."""

    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return dt.datetime.now(dt.UTC) + self.ahead

    @contextmanager
    def turned(self, minutes: int) -> Iterator[None]:
        """Be ahead by so many minutes."""
        self.ahead = dt.timedelta(minutes=minutes)
        try:
            yield
        finally:
            self.ahead = dt.timedelta()


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the module's accounts."""
    return Clock()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """Two accounts for this module; Bob has an MFA device."""
    with open_house(tmp_path_factory.mktemp("sessions"), clock=clock) as opened:
        opened.mfa_device("bob")
        yield opened


def serial(house: House) -> str:
    """The serial number of Bob's MFA device."""
    return f"arn:aws:iam::{house.requester}:mfa/bob"


def trusting(house: House, *statements: dict[str, object], **more: Any) -> str:
    """Make a role whose trust policy has these statements, all of them about Bob; return its ARN."""
    principal = {"Principal": {"AWS": house.bob}, "Effect": "Allow"}
    text = policy(*(statement | principal for statement in statements))
    name = f"role-of-{fresh_bucket()}"
    role = house.iam("account-a").create_role(RoleName=name, AssumeRolePolicyDocument=text, **more)["Role"]
    house.allow("bob", allow([ASSUME, TAG, IDENTIFY], role["Arn"]))
    return role["Arn"]


def on(condition: dict[str, Any] | None, *actions: str) -> dict[str, object]:
    """Write a statement of a trust policy, without its principal."""
    return {"Action": list(actions)} | ({} if condition is None else {"Condition": condition})


def tags(**given: str) -> dict[str, Any]:
    """Write the session tags of a call."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in given.items()]}


def assuming(house: House, arn: str, who: str | Keys = "bob", **more: Any) -> str:
    """Assume a role; return the error code, or `ok`."""
    return code_of(house.sts(who).assume_role, RoleArn=arn, RoleSessionName="session", **more)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "AccessDenied"),
        ({"ExternalId": "other"}, "AccessDenied"),
        ({"ExternalId": "RIGHT"}, "AccessDenied"),
        ({"ExternalId": "right"}, "ok"),
    ],
)
def test_the_external_id_is_right_wrong_or_absent(house: House, given: dict[str, Any], expected: str) -> None:
    """IAM User Guide, "Access to AWS accounts owned by third parties"."""
    arn = trusting(house, on({"StringEquals": {"sts:ExternalId": "right"}}, ASSUME))
    assert assuming(house, arn, **given) == expected


def test_the_external_id_is_a_key_of_assume_role_alone(house: House) -> None:
    """Service Authorization Reference for STS: TagSession and SetSourceIdentity do not have it."""
    condition = {"StringEquals": {"sts:ExternalId": "right"}}
    together = trusting(house, on(condition, ASSUME, TAG, IDENTIFY))
    apart = trusting(house, on(condition, ASSUME), on(None, TAG, IDENTIFY))
    house.allow("bob", allow([ASSUME, TAG, IDENTIFY], [together, apart]))
    assert assuming(house, together, ExternalId="right") == "ok"
    for more in (tags(team="blue"), {"SourceIdentity": "bob"}):
        assert assuming(house, together, ExternalId="right", **more) == "AccessDenied"
        assert assuming(house, apart, ExternalId="right", **more) == "ok"
        assert assuming(house, apart, ExternalId="wrong", **more) == "AccessDenied"


def test_the_name_of_the_session_is_a_key_of_assume_role_alone(house: House) -> None:
    """The same page: sts:RoleSessionName."""
    condition = {"StringEquals": {"sts:RoleSessionName": "session"}}
    assert assuming(house, trusting(house, on(condition, ASSUME))) == "ok"
    other = {"StringEquals": {"sts:RoleSessionName": "other"}}
    assert assuming(house, trusting(house, on(other, ASSUME))) == "AccessDenied"
    together = trusting(house, on(condition, ASSUME, TAG))
    assert assuming(house, together, **tags(team="blue")) == "AccessDenied"


@pytest.mark.parametrize("side", ["neither", "trust", "caller", "both"])
@pytest.mark.parametrize(
    ("action", "more"), [(TAG, tags(team="blue")), (IDENTIFY, {"SourceIdentity": "bob"})]
)
def test_tags_and_a_source_identity_take_both_sides(
    house: House, side: str, action: str, more: dict[str, Any]
) -> None:
    """Each has an action of its own, beside the one that assumes the role.

    IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
    """
    arn = trusting(house, on(None, ASSUME, *([action] if side in ("trust", "both") else [])))
    house.allow("bob", allow([ASSUME, *([action] if side in ("caller", "both") else [])], arn))
    assert assuming(house, arn) == "ok"
    assert assuming(house, arn, **more) == ("ok" if side == "both" else "AccessDenied")


@pytest.mark.parametrize(
    ("condition", "more", "expected"),
    [
        ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {"SourceIdentity": "bob"}, "ok"),
        ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {"SourceIdentity": "eve"}, "AccessDenied"),
        ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {}, "AccessDenied"),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, tags(team="blue"), "ok"),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, tags(team="red"), "AccessDenied"),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, {}, "AccessDenied"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, tags(team="blue"), "ok"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, tags(team="blue", x="y"), "AccessDenied"),
        (
            {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}},
            tags(team="blue") | {"TransitiveTagKeys": ["team"]},
            "ok",
        ),
        (
            {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["other"]}},
            tags(team="blue") | {"TransitiveTagKeys": ["team"]},
            "AccessDenied",
        ),
    ],
)
def test_a_trust_policy_says_which_tags_and_which_source_identity(
    house: House, condition: dict[str, Any], more: dict[str, Any], expected: str
) -> None:
    """The same pages; AssumeRole has the keys of both."""
    arn = trusting(house, on(condition, ASSUME), on(None, TAG, IDENTIFY))
    assert assuming(house, arn, **more) == expected


@pytest.mark.parametrize(
    ("condition", "action", "expected"),
    [
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, TAG, "ok"),
        ({"StringEquals": {"sts:SourceIdentity": "bob"}}, IDENTIFY, "ok"),
        ({"StringEquals": {"sts:SourceIdentity": "bob"}}, TAG, "AccessDenied"),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, IDENTIFY, "AccessDenied"),
    ],
)
def test_each_action_has_just_the_keys_of_its_own(
    house: House, condition: dict[str, Any], action: str, expected: str
) -> None:
    """Service Authorization Reference for STS: the condition keys of each of the three actions."""
    (other,) = {TAG, IDENTIFY} - {action}
    arn = trusting(house, on(None, ASSUME, other), on(condition, action))
    assert assuming(house, arn, SourceIdentity="bob", **tags(team="blue")) == expected


def test_a_session_carries_its_tags_and_its_source_identity(house: House) -> None:
    """IAM User Guide, "AWS global condition context keys": aws:PrincipalTag, aws:SourceIdentity."""
    arn = trusting(house, on(None, ASSUME, TAG, IDENTIFY), Tags=[{"Key": "team", "Value": "red"}])
    house.iam("account-a").put_role_policy(
        RoleName=arn.rpartition("/")[2],
        PolicyName="test",
        PolicyDocument=policy(
            allow(
                "s3:ListAllMyBuckets",
                "*",
                Condition={"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "bob"}},
            )
        ),
    )
    for more, expected in (
        ({"SourceIdentity": "bob", **tags(team="blue")}, "ok"),
        ({"SourceIdentity": "eve", **tags(team="blue")}, "AccessDenied"),
        ({"SourceIdentity": "bob"}, "AccessDenied"),
        (tags(team="blue"), "AccessDenied"),
    ):
        assert code_of(house.s3(house.assume("bob", arn, **more)).list_buckets) == expected


def test_mfa_is_shown_with_the_call_or_with_a_session_of_ones_own(house: House) -> None:
    """IAM User Guide, "Secure API access with MFA": AssumeRole and GetSessionToken take a code."""
    arn = trusting(house, on({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, ASSUME))
    code: Any = {"SerialNumber": serial(house), "TokenCode": "123456"}
    assert assuming(house, arn) == "AccessDenied"
    assert assuming(house, arn, **code) == "ok"
    sts = house.sts("bob")
    assert assuming(house, arn, keys_of(sts.get_session_token()["Credentials"])) == "AccessDenied"
    assert assuming(house, arn, keys_of(sts.get_session_token(**code)["Credentials"])) == "ok"


def test_mfa_is_absent_of_long_term_keys_and_false_of_a_session_without(house: House) -> None:
    """The same page: the keys are not there for long-term credentials."""
    session = keys_of(house.sts("bob").get_session_token()["Credentials"])
    for condition, long_term, temporary in (
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, "ok", "AccessDenied"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "AccessDenied", "ok"),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, "ok", "AccessDenied"),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, "AccessDenied", "AccessDenied"),
    ):
        arn = trusting(house, on(condition, ASSUME))
        assert assuming(house, arn) == long_term
        assert assuming(house, arn, session) == temporary


def test_mfa_grows_old(house: House, clock: Clock) -> None:
    """The same page: aws:MultiFactorAuthAge, in seconds since the code was shown."""
    bucket = house.bucket()
    house.s3("account-a").put_object(Bucket=bucket, Key="k", Body=b"x")
    young = {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "600"}}}
    statement = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": house.bob}, **young)
    house.guard(bucket, statement)
    house.allow("bob", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    code: Any = {"SerialNumber": serial(house), "TokenCode": "123456"}
    keys = keys_of(house.sts("bob").get_session_token(**code)["Credentials"])
    assert code_of(house.s3("bob").get_object, Bucket=bucket, Key="k") == "AccessDenied"
    for minutes, expected in ((0, "ok"), (9, "ok"), (11, "AccessDenied")):
        with clock.turned(minutes):
            assert code_of(house.s3(keys).get_object, Bucket=bucket, Key="k") == expected


def test_a_roles_session_never_shows_mfa(house: House) -> None:
    """The same page: AssumeRole's temporary credentials carry no MFA information."""
    arn = trusting(house, on({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, ASSUME))
    house.iam("account-a").put_role_policy(
        RoleName=arn.rpartition("/")[2],
        PolicyName="test",
        PolicyDocument=policy(
            allow(
                "s3:ListAllMyBuckets",
                "*",
                Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            )
        ),
    )
    code: Any = {"SerialNumber": serial(house), "TokenCode": "123456"}
    session = house.assume("bob", arn, **code)
    assert code_of(house.s3(session).list_buckets) == "AccessDenied"


def test_an_expiry_ends_new_sessions_and_running_ones(house: House, clock: Clock) -> None:
    """IAM User Guide, "AWS global condition context keys": aws:CurrentTime, in both policies."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10)
    before: dict[str, Any] = {"DateLessThan": {"aws:CurrentTime": f"{until:%Y-%m-%dT%H:%M:%SZ}"}}
    arn = trusting(house, on(before, ASSUME))
    text = policy(allow("s3:ListAllMyBuckets", "*", Condition=before))
    name = arn.rpartition("/")[2]
    house.iam("account-a").put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=text)
    session = house.assume("bob", arn)
    assert code_of(house.s3(session).list_buckets) == "ok"
    with clock.turned(11):
        assert assuming(house, arn) == "AccessDenied"
        assert code_of(house.s3(session).list_buckets) == "AccessDenied"


@pytest.mark.parametrize(
    ("longest", "asked", "expected"),
    [
        (7_200, 7_200, "ok"),
        (7_200, 7_201, "ValidationError"),
        (3_600, 3_601, "ValidationError"),
        (43_200, 43_200, "ok"),
    ],
)
def test_a_session_lasts_no_longer_than_the_role_allows(
    house: House, longest: int, asked: int, expected: str
) -> None:
    """IAM User Guide, "Update settings for a role": MaxSessionDuration."""
    arn = trusting(house, on(None, ASSUME), MaxSessionDuration=longest)
    assert assuming(house, arn, DurationSeconds=asked) == expected


def test_a_chained_session_lasts_an_hour_at_most(house: House) -> None:
    """IAM User Guide, "Roles terms and concepts": role chaining."""
    first = trusting(house, on(None, ASSUME), MaxSessionDuration=43_200)
    house.iam("account-a").put_role_policy(
        RoleName=first.rpartition("/")[2], PolicyName="test", PolicyDocument=policy(allow(ASSUME, "*"))
    )
    text = policy({"Effect": "Allow", "Action": ASSUME, "Principal": {"AWS": first}})
    second = house.iam("account-a").create_role(
        RoleName="chained", AssumeRolePolicyDocument=text, MaxSessionDuration=43_200
    )["Role"]["Arn"]
    session = house.assume("bob", first, DurationSeconds=43_200)
    assert assuming(house, second, session, DurationSeconds=3_600) == "ok"
    assert assuming(house, second, session, DurationSeconds=3_601) == "ValidationError"
