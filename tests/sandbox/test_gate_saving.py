"""What is refused when a policy is saved, and what a saved policy shows later."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.gate import (
    House,
    Keys,
    allow,
    code_of,
    fresh_account,
    message_of,
    open_house,
    policy,
    trust,
)

ELSEWHERE = fresh_account()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module, and the id of a third one that exists."""
    with open_house(tmp_path_factory.mktemp("saving"), elsewhere=(ELSEWHERE,)) as opened:
        yield opened


@pytest.fixture(scope="module")
def bucket(house: House) -> str:
    """A bucket of the owner's."""
    return house.bucket()


def grant(bucket: str, principal: object, **more: object) -> dict[str, object]:
    """Write a statement of a bucket policy."""
    return allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal=principal, **more)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        (policy(), "Statement"),
        (policy(allow("s3:GetObject", "arn:aws:s3:::BUCKET/*")), "Principal"),
        (policy({"Effect": "allow"}), "Effect"),
        (policy(grant("BUCKET", "*") | {"Action": "ec2:RunInstances"}), "invalid action"),
        (policy(grant("some-other-bucket", {"AWS": "111111222222"})), "Invalid principal"),
        (policy(allow("s3:*", "arn:aws:s3:::other/*", Principal={"AWS": "OWNER"})), "invalid resource"),
        (policy(grant("BUCKET", {"AWS": "arn:aws:iam::REQUESTER:user/nobody"})), "Invalid principal"),
        (policy(grant("BUCKET", {"AWS": "arn:aws:iam::REQUESTER:role/nobody"})), "Invalid principal"),
        (policy(grant("BUCKET", {"AWS": "arn:aws:iam::REQUESTER:user/*"})), "Invalid principal"),
        (policy(grant("BUCKET", {"AWS": "arn:aws:sts::REQUESTER:assumed-role/none/x"})), "Invalid principal"),
        (policy(grant("BUCKET", {"AWS": ["OWNER", "AIDAAAAAAAAAAAAAAAAAA"]})), "Invalid principal"),
        (policy(grant("BUCKET", {"AWS": "unique-id.AIDAAAAAAAAAAAAAAAAAA"})), "Invalid principal"),
        (policy(grant("BUCKET", {"Service": "nothing"})), "Invalid principal"),
        (policy(grant("BUCKET", {"CanonicalUser": "0" * 64})), "Invalid principal"),
    ],
)  # fmt: skip
def test_s3_refuses_a_malformed_policy(house: House, bucket: str, text: str, message: str) -> None:
    """S3 API Reference, "PutBucketPolicy": MalformedPolicy. One bad principal refuses all of it."""
    text = text.replace("BUCKET", bucket).replace("OWNER", house.owner).replace("REQUESTER", house.requester)
    put = house.s3("account-a").put_bucket_policy
    assert code_of(put, Bucket=bucket, Policy=text) == "MalformedPolicy"
    assert message in message_of(put, Bucket=bucket, Policy=text)
    got = code_of(house.s3("account-a").get_bucket_policy, Bucket=bucket)
    assert got == "NoSuchBucketPolicy"


def test_a_bucket_policy_has_20_kilobytes(house: House) -> None:
    """20 KB, counted as they are sent.

    S3 User Guide, "Adding a bucket policy by using the Amazon S3 console".
    """
    bucket = house.bucket()
    text = policy(grant(bucket, {"AWS": house.owner}, Sid="a"))
    put = house.s3("account-a").put_bucket_policy
    assert code_of(put, Bucket=bucket, Policy=text.ljust(20_480)) == "ok"
    assert code_of(put, Bucket=bucket, Policy=text.ljust(20_481)) == "PolicyTooLarge"


def test_principals_are_shown_as_aws_shows_them(house: House) -> None:
    """An account id becomes the ARN of its root; a user keeps its ARN.

    IAM User Guide, "AWS JSON policy elements: Principal".
    """
    bucket = house.bucket()
    house.guard(
        bucket,
        grant(bucket, {"AWS": house.requester}),
        grant(bucket, {"AWS": [house.bob, ELSEWHERE, f"arn:aws:iam::{ELSEWHERE}:user/x"]}),
        grant(bucket, {"Service": "logging.s3.amazonaws.com"}),
    )
    text = house.s3("account-a").get_bucket_policy(Bucket=bucket)["Policy"]
    assert [statement["Principal"] for statement in json.loads(text)["Statement"]] == [
        {"AWS": f"arn:aws:iam::{house.requester}:root"},
        {"AWS": [house.bob, f"arn:aws:iam::{ELSEWHERE}:root", f"arn:aws:iam::{ELSEWHERE}:user/x"]},
        {"Service": "logging.s3.amazonaws.com"},
    ]


def test_a_user_made_anew_is_not_the_one_that_the_policy_names(house: House) -> None:
    """The saved id no longer matches, is shown bare, and cannot be saved.

    IAM User Guide, "AWS JSON policy elements: Principal".
    """
    bucket, admin, alice = house.bucket(), house.iam("account-b"), house.s3("account-a")
    alice.put_object(Bucket=bucket, Key="k", Body=b"x")
    old = admin.create_user(UserName="dave")["User"]
    assert old["UserId"].startswith("AIDA")
    house.guard(bucket, grant(bucket, {"AWS": old["Arn"]}))
    house.allow("dave", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))

    def dave() -> Any:
        key = admin.create_access_key(UserName="dave")["AccessKey"]
        keys = Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
        return house.s3(keys), keys

    client, keys = dave()
    assert code_of(client.get_object, Bucket=bucket, Key="k") == "ok"
    admin.delete_access_key(UserName="dave", AccessKeyId=keys.access_key_id)
    admin.delete_user_policy(UserName="dave", PolicyName="test")
    admin.delete_user(UserName="dave")
    shown = json.loads(alice.get_bucket_policy(Bucket=bucket)["Policy"])
    assert shown["Statement"][0]["Principal"] == {"AWS": old["UserId"]}
    admin.create_user(UserName="dave")
    house.allow("dave", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    assert code_of(dave()[0].get_object, Bucket=bucket, Key="k") == "AccessDenied"
    assert code_of(alice.put_bucket_policy, Bucket=bucket, Policy=json.dumps(shown)) == "MalformedPolicy"


def test_block_public_policy_refuses_a_public_policy(house: House) -> None:
    """S3 User Guide, "Blocking public access to your Amazon S3 storage": new buckets have all four on."""
    bucket, alice = house.bucket(), house.s3("account-a")
    text = policy(grant(bucket, "*"))
    assert "BlockPublicPolicy" in message_of(alice.put_bucket_policy, Bucket=bucket, Policy=text)
    alice.delete_public_access_block(Bucket=bucket)
    assert code_of(alice.put_bucket_policy, Bucket=bucket, Policy=text) == "ok"
    assert alice.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True


def test_restrict_public_buckets_keeps_every_outsider_out(house: House) -> None:
    """The same page: a public policy is then good for the owner's account only, its grants included."""
    bucket, alice, bob = house.bucket(), house.s3("account-a"), house.s3("bob")
    alice.put_object(Bucket=bucket, Key="k", Body=b"x")
    alice.delete_public_access_block(Bucket=bucket)
    house.guard(bucket, grant(bucket, "*"), grant(bucket, {"AWS": house.bob}))
    house.allow("bob", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    assert code_of(bob.get_object, Bucket=bucket, Key="k") == "ok"
    alice.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    assert code_of(bob.get_object, Bucket=bucket, Key="k") == "AccessDenied"
    assert code_of(alice.get_object, Bucket=bucket, Key="k") == "ok"
    house.guard(bucket, grant(bucket, {"AWS": house.bob}))
    assert code_of(bob.get_object, Bucket=bucket, Key="k") == "ok"


def padded(size: int) -> str:
    """Write an identity policy of that many characters that are no white space."""
    text = policy(allow("s3:GetObject", "arn:aws:s3:::b/X")).replace(" ", "")
    return text.replace("X", "x" * (size - len(text) + 1))


def test_inline_policies_of_a_user_share_2048_characters(house: House) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": white space does not count."""
    put = house.iam("account-b").put_user_policy
    half = padded(1_024)
    spaced = json.dumps(json.loads(half), indent=40)
    assert code_of(put, UserName="carol", PolicyName="a", PolicyDocument=half) == "ok"
    assert code_of(put, UserName="carol", PolicyName="b", PolicyDocument=spaced) == "ok"
    assert code_of(put, UserName="carol", PolicyName="b", PolicyDocument=half) == "ok"
    assert code_of(put, UserName="carol", PolicyName="c", PolicyDocument=padded(100)) == "LimitExceeded"
    assert code_of(put, UserName="carol", PolicyName="b", PolicyDocument=padded(1_025)) == "LimitExceeded"


def test_a_managed_policy_has_6144_characters(house: House) -> None:
    """The same page."""
    create = house.iam("account-b").create_policy
    assert code_of(create, PolicyName="fits", PolicyDocument=padded(6_144)) == "ok"
    assert code_of(create, PolicyName="does-not", PolicyDocument=padded(6_145)) == "LimitExceeded"


def test_a_user_has_ten_managed_policies(house: House) -> None:
    """The same page: 10 by default. Attaching one again is not another one."""
    admin = house.iam("account-b")
    admin.create_user(UserName="collector")
    arns = [
        admin.create_policy(PolicyName=f"number-{n}", PolicyDocument=padded(100))["Policy"]["Arn"]
        for n in range(11)
    ]
    for arn in arns[:10]:
        admin.attach_user_policy(UserName="collector", PolicyArn=arn)
    assert code_of(admin.attach_user_policy, UserName="collector", PolicyArn=arns[0]) == "ok"
    assert code_of(admin.attach_user_policy, UserName="collector", PolicyArn=arns[10]) == "LimitExceeded"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (trust({"AWS": "arn:aws:iam::REQUESTER:user/nobody"}), "MalformedPolicyDocument"),
        (trust({"AWS": "REQUESTER"}, NotPrincipal={"AWS": "1"}), "MalformedPolicyDocument"),
        (trust({"AWS": "REQUESTER"}, Resource="*"), "MalformedPolicyDocument"),
        (trust({"AWS": "REQUESTER"}, "s3:GetObject"), "MalformedPolicyDocument"),
        (trust({"AWS": "REQUESTER"}, Sid="euro").replace("euro", "€"), "MalformedPolicyDocument"),
        (trust({"AWS": "REQUESTER"}).ljust(2_049), "LimitExceeded"),
        ("nonsense", "MalformedPolicyDocument"),
    ],
)
def test_iam_refuses_a_malformed_trust_policy(house: House, text: str, code: str) -> None:
    """IAM API Reference, "CreateRole" and "UpdateAssumeRolePolicy"."""
    text = text.replace("REQUESTER", house.requester)
    iam = house.iam("account-a")
    assert code_of(iam.create_role, RoleName="never", AssumeRolePolicyDocument=text) == code
    assert code_of(iam.get_role, RoleName="never") == "NoSuchEntity"


def test_a_trust_policy_shows_its_principals(house: House) -> None:
    """A role that the policy names is shown by its ARN as long as it is there."""
    iam = house.iam("account-a")
    first = iam.create_role(
        RoleName="first", Path="/team/", AssumeRolePolicyDocument=trust({"AWS": house.requester})
    )["Role"]
    second = iam.create_role(RoleName="second", AssumeRolePolicyDocument=trust({"AWS": first["Arn"]}))["Role"]
    assert first["Arn"].endswith(":role/team/first")
    for role in (second, iam.get_role(RoleName="second")["Role"]):
        document: Any = role["AssumeRolePolicyDocument"]
        assert document["Statement"][0]["Principal"] == {"AWS": first["Arn"]}
    iam.delete_role(RoleName="first")
    shown: Any = iam.get_role(RoleName="second")["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": first["RoleId"]}


def test_a_role_has_a_maximum_session_of_12_hours(house: House) -> None:
    """IAM API Reference, "CreateRole": MaxSessionDuration."""
    create = house.iam("account-a").create_role
    more: Any = {"AssumeRolePolicyDocument": trust({"AWS": house.requester})}
    assert code_of(create, RoleName="twelve", MaxSessionDuration=43_200, **more) == "ok"
    assert code_of(create, RoleName="longer", MaxSessionDuration=43_201, **more) == "ValidationError"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "MalformedPolicyDocumentException"),
        (policy(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::OWNER:user/nobody"})),
         "MalformedPolicyDocumentException"),
        (policy(allow("kms:*", "*", Principal={"AWS": "OWNER"})).ljust(32_769), "LimitExceededException"),
        (policy(allow("kms:Decrypt", "*", Principal={"AWS": "OWNER"})), "MalformedPolicyDocumentException"),
    ],
)  # fmt: skip
def test_kms_refuses_a_malformed_key_policy(house: House, text: str, code: str) -> None:
    """KMS API Reference, "PutKeyPolicy"."""
    kms = house.kms("account-a")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert code_of(kms.put_key_policy, KeyId=key, Policy=text.replace("OWNER", house.owner)) == code


def test_a_key_policy_shows_its_principals(house: House) -> None:
    """As a bucket policy does."""
    kms = house.kms("account-a")
    text = policy(
        allow("kms:*", "*", Principal={"AWS": house.owner}),
        allow("kms:Decrypt", "*", Principal={"AWS": house.bob}),
    )
    key = kms.create_key(Policy=text)["KeyMetadata"]["KeyId"]
    shown = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    assert [statement["Principal"]["AWS"] for statement in shown["Statement"]] == [
        f"arn:aws:iam::{house.owner}:root",
        house.bob,
    ]
