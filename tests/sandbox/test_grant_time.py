"""What time does to grants: MFA grows old and grants end, for both methods, by the clock of two accounts."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from crossaccess.policy.build import bucket_policy, role_policy, role_trust
from crossaccess.policy.document import canonical_json
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.read_grant import read_grant
from tests.support.gate import House, Keys, code_of, keys_of, open_house
from tests.support.grants import requester_policies
from tests.support.people import MFA_CODE

ROLE = "of-the-grant"
AGE = dt.timedelta(minutes=5)


@dataclass(slots=True)
class Clock:
    """A clock that stands still, and that a test sets: by less than signatures may be off."""

    start: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC).replace(microsecond=0))
    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return self.start + self.ahead

    def condition(self, name: str) -> dict[str, object]:
        """What a grant asks for: MFA of that age at most, or that it has not ended by then."""
        if name == "mfa":
            return {"mfa": {"maxAgeSeconds": int(AGE.total_seconds())}}
        return {"expires": f"{self.start + AGE:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The clock of the module's accounts."""
    return Clock()


@pytest.fixture(scope="module")
def serial(house: House) -> str:
    """The serial number of Bob's MFA device."""
    return house.mfa_device("bob")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("time"), clock=clock) as opened:
        yield opened


@pytest.fixture(autouse=True)
def at_the_start(clock: Clock) -> None:
    """Every test begins at the time that it is."""
    clock.start, clock.ahead = Clock().start, dt.timedelta()


def granted(house: House, method: str, conditions: dict[str, object]) -> str:
    """Write the policies of one grant to Bob on both sides; the bucket, with an object `k` in it."""
    bucket = Bucket(name=house.bucket(), account=house.owner, partition="aws", region="eu-central-1")
    grant = read(house, method, conditions)
    house.s3("account-a").put_object(Bucket=bucket.name, Key="k", Body=b"x")
    text = canonical_json(bucket_policy(bucket, [grant]))
    house.s3("account-a").put_bucket_policy(Bucket=bucket.name, Policy=text)
    if grant.role_name is not None:
        iam = house.iam("account-a")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=canonical_json(role_trust(bucket, grant)))
        text = canonical_json(role_policy(bucket, grant))
        iam.put_role_policy(RoleName=ROLE, PolicyName="grant", PolicyDocument=text)
    (policy,) = requester_policies(bucket, [grant])
    house.iam("account-b").put_user_policy(
        UserName="bob", PolicyName="grant", PolicyDocument=canonical_json(policy.document)
    )
    return bucket.name


def read(house: House, method: str, conditions: dict[str, object]) -> Grant:
    """Read a grant to Bob, as a stack's config would say it."""
    faults = Faults()
    said = {
        "name": "to-bob",
        "account": house.requester,
        "principals": ["user/bob"],
        "method": method,
        "access": ["read"],
        "conditions": conditions,
        **({"roleName": ROLE} if method == "assume-role" else {}),
    }
    grant = read_grant(said, "grants[0]", faults)
    assert grant is not None, faults.all()
    return grant


def get(house: House, bucket: str, who: str | Keys) -> str:
    """Get the object; answer the error code, or `ok`."""
    return code_of(house.s3(who).get_object, Bucket=bucket, Key="k")


@pytest.mark.parametrize("condition", ["mfa", "expires"])
def test_a_bucket_policy_lets_in_up_to_the_age_or_the_end(
    house: House, clock: Clock, serial: str, condition: str
) -> None:
    """IAM User Guide, "AWS global condition context keys": `aws:MultiFactorAuthAge`, `aws:CurrentTime`."""
    bucket = granted(house, "bucket-policy", clock.condition(condition))
    shown = house.sts("bob").get_session_token(SerialNumber=serial, TokenCode=MFA_CODE)
    session = keys_of(shown["Credentials"])
    second = dt.timedelta(seconds=1)
    for ahead, answer in ((dt.timedelta(), "ok"), (AGE - second, "ok"), (AGE + second, "AccessDenied")):
        clock.ahead = ahead
        assert (ahead, get(house, bucket, session)) == (ahead, answer)


def test_a_role_is_assumed_up_to_the_age_of_mfa_and_up_to_the_end(
    house: House, clock: Clock, serial: str
) -> None:
    """The same page; a session outlives its MFA, and not its grant."""
    sts, iam = house.sts("bob"), house.iam("account-a")
    shown: Any = sts.get_session_token(SerialNumber=serial, TokenCode=MFA_CODE)
    with_mfa = keys_of(shown["Credentials"])
    arn = f"arn:aws:iam::{house.owner}:role/{ROLE}"
    for condition, afterwards in (("mfa", "ok"), ("expires", "AccessDenied")):
        clock.ahead = dt.timedelta()
        bucket = granted(house, "assume-role", clock.condition(condition))
        session = house.assume(with_mfa, arn)
        assert get(house, bucket, session) == "ok"
        clock.ahead = AGE + dt.timedelta(seconds=1)
        again = code_of(house.sts(with_mfa).assume_role, RoleArn=arn, RoleSessionName="again")
        assert (again, get(house, bucket, session)) == ("AccessDenied", afterwards)
        iam.delete_role_policy(RoleName=ROLE, PolicyName="grant")
        iam.delete_role(RoleName=ROLE)


def test_the_end_itself_is_after_the_end(house: House, clock: Clock) -> None:
    """`expires` is exclusive, and the last second before it still counts."""
    bucket = granted(house, "bucket-policy", clock.condition("expires"))
    clock.ahead = AGE - dt.timedelta(microseconds=1)
    assert get(house, bucket, "bob") == "ok"
    clock.ahead = AGE
    assert get(house, bucket, "bob") == "AccessDenied"
