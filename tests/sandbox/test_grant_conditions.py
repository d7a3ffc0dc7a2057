"""Conditions of grants by the bucket's policy, by real calls: each one met and unmet, on each side alone."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.calls import Keys
from sandbox.gate.network import S3_ENDPOINT
from sandbox.running import Sandbox
from tests.support.gate import code_of
from tests.support.people import MFA_CODE, People
from tests.support.stacks import Settings, Stack, deployed, grant, owner, unknowns

pytestmark = pytest.mark.sandbox

BUCKET = "conditions-111111222222"
HERE, ELSEWHERE = "127.0.0.1/32", "203.0.113.0/24"
OTHER_ENDPOINT = "vpce-0aaaaaaaaaaaaaaaa"
SOON = dt.datetime.now(dt.UTC) + dt.timedelta(days=5)
CONDITIONS: dict[str, Settings] = {
    "mfa": {"mfa": True},
    "fresh-mfa": {"mfa": {"maxAgeSeconds": 600}},
    "address": {"sourceIp": [HERE]},
    "other-address": {"sourceIp": [ELSEWHERE]},
    "endpoint": {"vpcEndpoints": {"s3": [S3_ENDPOINT]}},
    "other-endpoint": {"vpcEndpoints": {"s3": [OTHER_ENDPOINT]}},
    "either": {"sourceIp": [HERE], "vpcEndpoints": {"s3": [S3_ENDPOINT]}},
    "neither": {"sourceIp": [ELSEWHERE], "vpcEndpoints": {"s3": [OTHER_ENDPOINT]}},
    "organization": {"organization": "o-sandbox0001"},
    "other-organization": {"organization": "o-elsewhere01"},
    "lasting": {"expires": "2099-01-31"},
    "ending": {"expires": f"{SOON:%Y-%m-%dT%H:%M:%SZ}"},
    "ended": {"expires": "2026-01-31"},
    "together": {"mfa": True, "sourceIp": [HERE], "organization": "o-sandbox0001", "expires": "2099-01-31"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Both stacks, deployed, and Bob as himself and after he showed MFA."""

    people: People
    stacks: tuple[Stack, Stack]
    bob: dict[str, str | Keys]

    def get(self, name: str, way: str) -> str:
        """Get the object of a grant in one of Bob's ways; answer the error code, or `ok`."""
        person, _, through = way.partition(" through ")
        s3 = self.people.s3(self.bob[person], inside=bool(through))
        return code_of(s3.get_object, Bucket=BUCKET, Key=f"{name}/one")


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """All the grants, in one pair of stacks."""
    people = People(cloud=sandbox.cloud)
    grants = [grant(name, "user/bob", conditions=asked) for name, asked in CONDITIONS.items()]
    settings: dict[str, Settings] = {
        "conditions-a": owner(BUCKET, grants),
        "conditions-b": {"side": "requester", "ownerStack": "conditions-a"},
    }
    with people.mfa_device("bob") as serial, deployed(sandbox, settings, previewed=settings) as stacks:
        for name in CONDITIONS:
            people.s3("account-a").put_object(Bucket=BUCKET, Key=f"{name}/one", Body=b"x")
        bob: dict[str, str | Keys] = {
            "keys": "bob",
            "session": people.own_session("bob"),
            "mfa": people.own_session("bob", SerialNumber=serial, TokenCode=MFA_CODE),
        }
        yield House(people=people, stacks=(stacks["conditions-a"], stacks["conditions-b"]), bob=bob)


MET = [
    ("mfa", "mfa"),
    ("fresh-mfa", "mfa"),
    ("address", "keys"),
    ("endpoint", "keys through endpoint"),
    ("either", "keys"),
    ("either", "keys through endpoint"),
    ("organization", "keys"),
    ("lasting", "keys"),
    ("ending", "keys"),
    ("together", "mfa"),
]
UNMET = [
    ("mfa", "keys"),
    ("mfa", "session"),
    ("fresh-mfa", "keys"),
    ("fresh-mfa", "session"),
    ("address", "keys through endpoint"),
    ("other-address", "keys"),
    ("other-address", "keys through endpoint"),
    ("endpoint", "keys"),
    ("other-endpoint", "keys through endpoint"),
    ("neither", "keys"),
    ("neither", "keys through endpoint"),
    ("other-organization", "keys"),
    ("ended", "keys"),
    ("together", "keys"),
    ("together", "mfa through endpoint"),
]


@pytest.mark.parametrize(("name", "way"), MET)
def test_who_meets_a_condition_gets_in(house: House, name: str, way: str) -> None:
    """IAM User Guide, "AWS global condition context keys": what AWS tells of a request."""
    assert house.get(name, way) == "ok"


@pytest.mark.parametrize(("name", "way"), UNMET)
def test_who_misses_a_condition_is_refused(house: House, name: str, way: str) -> None:
    """The same page; with addresses and endpoints together, either is enough, and one has to be met."""
    assert house.get(name, way) == "AccessDenied"


def test_the_buckets_policy_alone_asks_for_every_condition(house: House) -> None:
    """Whatever account B's administrators allow Bob, account A's conditions hold."""
    with house.people.may_do_anything("bob"):
        assert [case for case in UNMET if house.get(*case) == "ok"] == []
        assert [case for case in MET if house.get(*case) != "ok"] == []


def test_bobs_own_policy_alone_asks_for_every_condition(house: House) -> None:
    """Where account A opens its bucket to Bob by hand, his own account still asks for the conditions."""
    s3 = house.people.s3("account-a")
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    opened = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:user/bob"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    document: dict[str, Any] = json.loads(before)
    s3.put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps(document | {"Statement": [*document["Statement"], opened]})
    )
    try:
        assert [case for case in UNMET if house.get(*case) == "ok"] == []
        assert [case for case in MET if house.get(*case) != "ok"] == []
    finally:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=before)


def test_the_aws_command_comes_in_through_the_endpoint(house: House) -> None:
    """The profile whose calls go through the VPC's endpoints, and the one whose calls do not."""
    sandbox = house.stacks[0].sandbox
    copying = ("s3", "cp", f"s3://{BUCKET}/endpoint/one", "-", "--profile")
    assert sandbox.aws(*copying, "bob-endpoint").checked("aws s3 cp").out == "x"
    refused = sandbox.aws(*copying, "bob")
    assert refused.status != 0
    assert "403" in refused.err or "AccessDenied" in refused.err


def test_both_sides_are_warned_of_grants_that_end(house: House) -> None:
    """Of the one that has ended and of the one that will within 14 days, and of no other."""
    for stack in house.stacks:
        assert "The grant 'ended' expired at 2026-01-31T00:00:00Z" in stack.warnings
        assert f"The grant 'ending' expires at {SOON:%Y-%m-%dT%H:%M:%SZ}, in 4 days" in stack.warnings
        assert "'lasting'" not in stack.warnings


def test_every_policy_was_whole_at_the_very_first_preview(house: House) -> None:
    """So that it can be read, measured and compared before anything is there."""
    assert [unknowns(stack.first) for stack in house.stacks] == [set(), set()]


def test_what_is_there_is_what_the_program_says(house: House) -> None:
    """A refresh finds nothing to change on either side."""
    for stack in house.stacks:
        ended = stack.preview("--refresh", "--expect-no-changes")
        assert ended.status == 0, ended.text
