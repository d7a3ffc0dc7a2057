"""Service control policies: what an organization takes away, at the gate."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.gate.organization import scp_folder
from tests.support.gate import House, allow, code_of, filled_bucket, let_bob, message_of, open_house, policy

KEY = "reports/a_b c.txt"
FULL = policy(allow("*", "*"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts of one organization."""
    with open_house(tmp_path_factory.mktemp("limited")) as opened:
        yield opened


@contextmanager
def attached(house: House, of: str, /, **levels: dict[str, str]) -> Iterator[Path]:
    """Attach policies to levels of an account, by name, for a while."""
    organization = house.opened.world.organization
    assert organization is not None
    folder = scp_folder(organization, of)
    for level, policies in levels.items():
        (folder / level).mkdir(parents=True)
        for name, text in policies.items():
            (folder / level / f"{name}.json").write_text(text, encoding="utf-8")
    try:
        yield folder
    finally:
        for file in folder.rglob("*.json"):
            file.unlink()
        for level in levels:
            (folder / level).rmdir()
        folder.rmdir()


def deny(action: str, **more: object) -> str:
    """A policy that denies an action."""
    return policy({"Effect": "Deny", "Action": action, "Resource": "*", **more})


def test_an_scp_refuses_what_both_sides_allow(house: House) -> None:
    """For as long as it is attached, and nothing but what it says."""
    bucket = filled_bucket(house)
    let_bob(house, bucket, "s3:GetObject", "s3:PutObject")
    get, put = house.s3("bob").get_object, house.s3("bob").put_object
    assert code_of(get, Bucket=bucket, Key=KEY) == "ok"
    with attached(house, house.requester, account={"full": FULL, "limits": deny("s3:GetObject")}):
        assert code_of(get, Bucket=bucket, Key=KEY) == "AccessDenied"
        assert code_of(put, Bucket=bucket, Key="k", Body=b"x") == "ok"
    assert code_of(get, Bucket=bucket, Key=KEY) == "ok"
    last = [entry for entry in house.log() if entry["call"] == "s3.GetObject"][-2]
    assert "service control policy" in json.dumps(last)


def test_every_level_has_to_allow(house: House) -> None:
    """Organizations User Guide, "SCP evaluation": without FullAWSAccess a level allows what it names."""
    bucket = filled_bucket(house)
    let_bob(house, bucket, "s3:GetObject", "s3:PutObject")
    reads, writes = policy(allow("s3:Get*", "*")), policy(allow("s3:Put*", "*"))
    for levels, expected in (
        ({"root": {"full": FULL}, "unit": {"reads": reads}}, "ok"),
        ({"root": {"reads": reads}, "unit": {"writes": writes}}, "AccessDenied"),
        ({"root": {"reads": reads, "writes": writes}, "unit": {"reads": reads}}, "ok"),
        ({"root": {"full": FULL}, "unit": {}}, "AccessDenied"),
    ):
        with attached(house, house.requester, **levels):
            assert code_of(house.s3("bob").get_object, Bucket=bucket, Key=KEY) == expected


def test_an_scp_is_about_who_calls_not_about_whose_bucket_it_is(house: House) -> None:
    """One of the owner's account limits its administrator and its roles, and not Bob."""
    bucket = filled_bucket(house)
    let_bob(house, bucket, "s3:GetObject")
    with attached(house, house.owner, account={"full": FULL, "limits": deny("s3:GetObject")}):
        assert code_of(house.s3("bob").get_object, Bucket=bucket, Key=KEY) == "ok"
        told = message_of(house.s3("account-a").get_object, Bucket=bucket, Key=KEY)
        assert told.endswith("with an explicit deny in a service control policy")
    with attached(house, house.owner, account={"reads": policy(allow("iam:*", "*"))}):
        told = message_of(house.s3("account-a").get_object, Bucket=bucket, Key=KEY)
        assert told.endswith("because no service control policy allows the s3:GetObject action")


def test_who_it_is_that_calls_is_asked_of_its_conditions(house: House) -> None:
    """A usual exception: an administrator is spared."""
    spared = {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{house.requester}:user/admin"}}
    document = deny("iam:ListUsers", Condition=spared)
    house.allow("bob", allow("iam:ListUsers", "*"))
    with attached(house, house.requester, account={"full": FULL, "limits": document}):
        assert code_of(house.iam("account-b").list_users) == "ok"
        assert code_of(house.iam("bob").list_users) == "AccessDenied"


def test_who_asks_who_it_is_is_told(house: House) -> None:
    """STS API Reference, "GetCallerIdentity": no policy can deny it."""
    with attached(house, house.requester, account={"limits": deny("*")}):
        assert code_of(house.sts("bob").get_caller_identity) == "ok"


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"Statement": []}', deny("s3:GetObject", Condition={"Bool": {"aws:Unheard": "true"}})],
    ids=["empty", "no JSON", "nothing allowed", "a key that nobody can tell"],
)
def test_what_cannot_be_judged_is_refused(house: House, text: str) -> None:
    """Whatever stands in a file there, nothing is let through by it."""
    bucket = filled_bucket(house)
    let_bob(house, bucket, "s3:GetObject")
    levels = {"full": FULL, "limits": text} if "Unheard" in text else {"limits": text}
    with attached(house, house.requester, account=levels):
        assert code_of(house.s3("bob").get_object, Bucket=bucket, Key=KEY) == "AccessDenied"


def test_a_file_that_cannot_be_read_refuses_everything(house: House) -> None:
    """Nobody knows what it denies."""
    bucket = filled_bucket(house)
    let_bob(house, bucket, "s3:GetObject")
    with attached(house, house.requester, account={"full": FULL}) as folder:
        (folder / "account" / "limits.json").write_bytes(b"\xff\xfe")
        assert code_of(house.s3("bob").get_object, Bucket=bucket, Key=KEY) == "AccessDenied"


def test_an_account_of_no_organization_has_none(tmp_path: Path) -> None:
    """Whatever the folder holds."""
    with open_house(tmp_path, organized=False) as strangers:
        bucket = filled_bucket(strangers)
        let_bob(strangers, bucket, "s3:GetObject")
        with attached(strangers, strangers.requester, account={"limits": deny("*")}):
            assert code_of(strangers.s3("bob").get_object, Bucket=bucket, Key=KEY) == "ok"
