"""What grants let people do, by real calls: the access sets, single actions, prefixes, and listing them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from sandbox.calls import Keys
from sandbox.process import Finished
from sandbox.running import Sandbox
from tests.support.gate import code_of
from tests.support.people import People
from tests.support.stacks import Settings, deployed, grant, owner

pytestmark = pytest.mark.sandbox

BUCKET = "access-111111222222"
REFUSED = "AccessDenied"
CALLS = ("get", "put", "upload", "delete", "list")
ALLOWED: dict[str, tuple[str, ...]] = {
    "reads": ("get",),
    "writes": ("put", "upload"),
    "deletes": ("delete",),
    "lists": ("list",),
    "all": CALLS,
    "named": ("get", "list"),
}
"""What each grant allows under its own prefix; `named` says its actions one by one."""
ACCESS = {
    "reads": ["read"],
    "writes": ["write"],
    "deletes": ["delete"],
    "lists": ["list"],
    "all": ["read", "write", "list", "delete"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The stacks, deployed, and Bob's sessions of the roles, by the name of their grant."""

    people: People
    sandbox: Sandbox
    sessions: dict[str, Keys] = field(repr=False)

    def tried(self, who: str | Keys, prefix: str, call: str) -> str:
        """Make a call under a prefix; answer the error code, or `ok`."""
        s3 = self.people.s3(who)
        key = f"{prefix}{call}"
        match call:
            case "get":
                return code_of(s3.get_object, Bucket=BUCKET, Key=f"{prefix}one")
            case "put":
                return code_of(s3.put_object, Bucket=BUCKET, Key=key, Body=b"x")
            case "upload":
                return code_of(s3.create_multipart_upload, Bucket=BUCKET, Key=key)
            case "delete":
                return code_of(s3.delete_object, Bucket=BUCKET, Key=f"{prefix}old")
            case _:
                return code_of(s3.list_objects_v2, Bucket=BUCKET, Prefix=prefix)

    def aws(self, *arguments: str) -> Finished:
        """Run `aws s3` as Bob."""
        return self.sandbox.aws("s3", *arguments, "--profile", "bob")


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """Each access set by both methods, and a grant whose prefix another key's name begins like."""
    people = People(cloud=sandbox.cloud)
    named: Settings = {"access": None, "actions": ["s3:GetObject", "s3:ListBucket"]}
    grants: list[Settings] = [grant("reports", "user/bob", access=["read", "list"])]
    for name in ALLOWED:
        what = {"access": ACCESS[name]} if name in ACCESS else named
        grants.append(grant(name, "user/bob", **what))
        prefixes = [f"by-role/{name}/"]
        grants.append(grant(f"{name}-role", "user/bob", method="assume-role", **what, prefixes=prefixes))
    whole: Settings = {"access": ["read", "list"], "prefixes": []}
    grants.append(grant("whole-role", "user/bob", method="assume-role", **whole))
    settings: dict[str, Settings] = {
        "access-a": owner(BUCKET, grants),
        "access-b": {"side": "requester", "ownerStack": "access-a"},
    }
    with deployed(sandbox, settings):
        for prefix in ("", *(f"{where}{name}/" for where in ("", "by-role/") for name in ALLOWED)):
            for key in ("one", "old"):
                people.s3("account-a").put_object(Bucket=BUCKET, Key=f"{prefix}{key}", Body=b"x")
        for key in ("reports/one", "reports-private/one"):
            people.s3("account-a").put_object(Bucket=BUCKET, Key=key, Body=b"x")
        sessions = {
            name: people.assume("bob", f"arn:aws:iam::111111222222:role/crossaccess-{name}-role")
            for name in (*ALLOWED, "whole")
        }
        yield House(people=people, sandbox=sandbox, sessions=sessions)


@pytest.mark.parametrize("name", ALLOWED)
def test_an_access_set_allows_its_calls_and_no_others(house: House, name: str) -> None:
    """Service Authorization Reference for S3: which action each call is. By the bucket's policy."""
    answers = {call: house.tried("bob", f"{name}/", call) for call in CALLS}
    assert answers == {call: "ok" if call in ALLOWED[name] else REFUSED for call in CALLS}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_role_allows_the_same(house: House, name: str) -> None:
    """The same page. The session is of account A, and Bob's own policies do not count in it."""
    session = house.sessions[name]
    answers = {call: house.tried(session, f"by-role/{name}/", call) for call in CALLS}
    assert answers == {call: "ok" if call in ALLOWED[name] else REFUSED for call in CALLS}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("prefix", ["", "reads", "al", "all-of-it/", "by-role/all/"])
def test_nothing_is_allowed_beside_the_prefixes(house: House, prefix: str, call: str) -> None:
    """Neither above them, nor what begins alike, nor what is another grant's."""
    assert house.tried("bob", prefix, call) == REFUSED


@pytest.mark.parametrize("call", CALLS)
def test_a_session_gets_no_more_than_its_own_grant(house: House, call: str) -> None:
    """Bob's grants by the bucket's policy are not the role's."""
    assert house.tried(house.sessions["all"], "all/", call) == REFUSED


def test_the_aws_command_lists_under_the_prefix_alone(house: House) -> None:
    """Amazon S3 User Guide, "Controlling access to a bucket with user policies": `s3:prefix`."""
    listed = house.aws("ls", f"s3://{BUCKET}/reports/").checked("aws s3 ls").out
    assert [line.split()[-1] for line in listed.splitlines()] == ["one"]
    for place in ("", "reports", "reports-private/"):
        refused = house.aws("ls", f"s3://{BUCKET}/{place}")
        assert refused.status != 0
        assert REFUSED in refused.err
        assert refused.out == ""


def test_a_missing_object_is_told_to_those_only_who_may_list(house: House) -> None:
    """S3 API Reference, "GetObject": 404 with `s3:ListBucket`, and 403 without."""
    for name, answer in (("reads", REFUSED), ("whole", "NoSuchKey")):
        s3 = house.people.s3(house.sessions[name])
        assert code_of(s3.get_object, Bucket=BUCKET, Key="by-role/reads/missing") == answer


@pytest.mark.parametrize("call", CALLS)
def test_a_grant_without_prefixes_is_for_the_whole_bucket(house: House, call: str) -> None:
    """What it allows, it allows everywhere, and nothing else anywhere."""
    expected = "ok" if call in ("get", "list") else REFUSED
    answers = [
        house.tried(house.sessions["whole"], prefix, call) for prefix in ("", "reads/", "by-role/all/")
    ]
    assert answers == [expected] * 3


@pytest.mark.parametrize("method", ["bucket-policy", "assume-role"])
def test_no_grant_reaches_what_administers_the_bucket(house: House, method: str) -> None:
    """Nor older versions, tags, and uploads of others, whatever its access sets."""
    s3 = house.people.s3("bob" if method == "bucket-policy" else house.sessions["all"])
    key = "all/one" if method == "bucket-policy" else "by-role/all/one"
    assert code_of(s3.get_bucket_policy, Bucket=BUCKET) == REFUSED
    assert code_of(s3.delete_bucket_policy, Bucket=BUCKET) == REFUSED
    assert code_of(s3.list_object_versions, Bucket=BUCKET, Prefix=key) == REFUSED
    assert code_of(s3.list_multipart_uploads, Bucket=BUCKET) == REFUSED
    assert code_of(s3.get_object_tagging, Bucket=BUCKET, Key=key) == REFUSED
