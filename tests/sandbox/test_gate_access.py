"""Who gets in and who does not: real clients, real servers, and the answers that AWS would give."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config

from tests.support.gate import (
    House,
    Keys,
    allow,
    code_of,
    filled_bucket,
    let_bob,
    message_of,
    objects,
    open_house,
    trust,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("access")) as opened:
        yield opened


@pytest.fixture
def bucket(house: House) -> str:
    """A bucket with an object in it."""
    return filled_bucket(house)


def role_of(house: House, name: str, *statements: dict[str, object], **more: Any) -> str:
    """Make a role that trusts the requester's account; return its ARN."""
    iam = house.iam("account-a")
    document = more.pop("document", trust({"AWS": house.requester}))
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=text)
    return role["Arn"]


def assume(house: House, who: str | Keys, arn: str, **more: Any) -> Keys:
    """Assume a role."""
    given = house.sts(who).assume_role(RoleArn=arn, RoleSessionName="session", **more)["Credentials"]
    return Keys(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )


def test_a_new_bucket_is_as_closed_as_aws_makes_it(house: House, bucket: str) -> None:
    """S3 User Guide, "Default settings for new S3 buckets FAQ"."""
    alice = house.s3("account-a")
    block = alice.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    rules = alice.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    configuration = alice.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    default = configuration["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize("sides", ["none", "bucket", "user", "both"])
def test_across_accounts_both_sides_must_allow(house: House, bucket: str, sides: str) -> None:
    """IAM User Guide, "Cross-account policy evaluation logic"."""
    if sides in ("bucket", "both"):
        house.guard(bucket, allow("s3:GetObject", objects(bucket), Principal={"AWS": house.bob}))
    if sides in ("user", "both"):
        house.allow("bob", allow("s3:GetObject", objects(bucket)))
    expected = "ok" if sides == "both" else "AccessDenied"
    assert code_of(house.s3("bob").get_object, Bucket=bucket, Key="reports/a_b c.txt") == expected
    assert code_of(house.s3("carol").get_object, Bucket=bucket, Key="reports/a_b c.txt") == "AccessDenied"


@pytest.mark.parametrize("sides", ["none", "trust", "user", "both"])
def test_assuming_a_role_across_accounts_takes_both_sides(house: House, bucket: str, sides: str) -> None:
    """IAM User Guide, "Cross-account policy evaluation logic": sts:AssumeRole."""
    trusted = house.requester if sides in ("trust", "both") else house.owner
    arn = role_of(house, f"side-{sides}-{bucket}", document=trust({"AWS": trusted}))
    if sides in ("user", "both"):
        house.allow("bob", allow("sts:AssumeRole", arn))
    expected = "ok" if sides == "both" else "AccessDenied"
    got = code_of(house.sts("bob").assume_role, RoleArn=arn, RoleSessionName="session")
    assert got == expected


def test_what_the_roles_session_may_do_is_the_roles_and_not_bobs(house: House, bucket: str) -> None:
    """IAM User Guide, "Roles terms and concepts": the caller gives up what it had."""
    arn = role_of(house, f"reader-{bucket}", allow("s3:GetObject", objects(bucket, "reports/*")))
    house.allow("bob", allow("sts:AssumeRole", arn), allow("s3:*", objects(bucket)))
    session = house.s3(assume(house, "bob", arn))
    got = session.get_object(Bucket=bucket, Key="reports/a_b c.txt")
    assert (got["Body"].read(), got["Metadata"]) == (b"content", {"under_score": "1"})
    assert code_of(session.put_object, Bucket=bucket, Key="reports/new", Body=b"") == "AccessDenied"
    assert code_of(session.get_object, Bucket=bucket, Key="elsewhere") == "AccessDenied"


def test_a_session_policy_and_a_boundary_narrow_the_role(house: House, bucket: str) -> None:
    """IAM User Guide, "Policy evaluation logic": session policies and permissions boundaries."""
    iam = house.iam("account-a")
    text = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*", objects(bucket, "reports/*"))})
    boundary = iam.create_policy(PolicyName=f"boundary-{bucket}", PolicyDocument=text)["Policy"]["Arn"]
    arn = role_of(house, f"narrow-{bucket}", allow("s3:*", "*"), PermissionsBoundary=boundary)
    house.allow("bob", allow("sts:AssumeRole", arn))
    wide = house.s3(assume(house, "bob", arn))
    assert code_of(wide.put_object, Bucket=bucket, Key="reports/x", Body=b"") == "ok"
    assert code_of(wide.put_object, Bucket=bucket, Key="x", Body=b"") == "AccessDenied"
    only_reads = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:GetObject", "*")})
    narrow = house.s3(assume(house, "bob", arn, Policy=only_reads))
    assert code_of(narrow.get_object, Bucket=bucket, Key="reports/x") == "ok"
    assert code_of(narrow.put_object, Bucket=bucket, Key="reports/x", Body=b"") == "AccessDenied"


def test_plain_http_is_refused_by_a_statement_that_wants_tls(house: House, bucket: str) -> None:
    """S3 User Guide, "Security best practices for Amazon S3": aws:SecureTransport."""
    everything = [f"arn:aws:s3:::{bucket}", objects(bucket)]
    house.guard(
        bucket,
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
    call: Any = {"Bucket": bucket, "Key": "reports/a_b c.txt"}
    assert code_of(house.s3("account-a").get_object, **call) == "ok"
    assert code_of(house.s3("account-a", plain=True).get_object, **call) == "AccessDenied"
    assert "explicit deny" in message_of(house.s3("account-a", plain=True).get_object, **call)
    assert code_of(house.s3("account-a").delete_object, **call) == "ok"


def test_a_missing_key_is_missing_only_to_who_may_list(house: House, bucket: str) -> None:
    """S3 API Reference, "GetObject" and "HeadObject": permissions."""
    let_bob(house, bucket, "s3:GetObject")
    bob, missing = house.s3("bob"), {"Bucket": bucket, "Key": "missing"}
    assert code_of(bob.get_object, **missing) == "AccessDenied"
    assert code_of(bob.head_object, **missing) == "403"
    assert code_of(house.s3("account-a").get_object, **missing) == "NoSuchKey"
    assert code_of(house.s3("account-a").head_object, **missing) == "404"


def test_listing_can_be_bound_to_a_prefix(house: House, bucket: str) -> None:
    """Service Authorization Reference for S3: s3:prefix."""
    arn = f"arn:aws:s3:::{bucket}"
    condition: Any = {"Condition": {"StringLike": {"s3:prefix": "reports/*"}}}
    house.guard(bucket, allow("s3:ListBucket", arn, Principal={"AWS": house.bob}, **condition))
    house.allow("bob", allow("s3:ListBucket", arn))
    bob = house.s3("bob")
    listed = bob.list_objects_v2(Bucket=bucket, Prefix="reports/")
    assert [item.get("Key") for item in listed["Contents"]] == ["reports/a_b c.txt"]
    for arguments in ({}, {"Prefix": ""}, {"Prefix": "reports"}, {"Prefix": "other/"}):
        assert code_of(bob.list_objects_v2, Bucket=bucket, **arguments) == "AccessDenied"
    assert code_of(bob.list_object_versions, Bucket=bucket, Prefix="reports/") == "AccessDenied"


def test_an_acl_other_than_the_owners_is_refused(house: House, bucket: str) -> None:
    """S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket"."""
    let_bob(house, bucket, "s3:PutObject", "s3:PutObjectAcl")
    put = house.s3("bob").put_object
    assert code_of(put, Bucket=bucket, Key="k", Body=b"", ACL="bucket-owner-full-control") == "ok"
    for acl in ("private", "public-read"):
        got = code_of(put, Bucket=bucket, Key="k", Body=b"", ACL=acl)
        assert got == "AccessControlListNotSupported"


def test_an_upload_in_parts_and_a_download_in_ranges(house: House, bucket: str, tmp_path: Any) -> None:
    """s3:PutObject is enough; over TLS bodies come in chunks.

    S3 User Guide, "Uploading and copying objects using multipart upload in Amazon S3".
    """
    let_bob(house, bucket, "s3:PutObject", "s3:GetObject")
    content = bytes(range(256)) * 4096 * 11
    (tmp_path / "large").write_bytes(content)
    config = TransferConfig(multipart_threshold=2**20, multipart_chunksize=5 * 2**20)
    for plain in (False, True):
        bob = house.s3("bob", plain=plain)
        bob.upload_file(str(tmp_path / "large"), bucket, "large", Config=config)
        bob.download_file(bucket, "large", str(tmp_path / "back"), Config=config)
        assert (tmp_path / "back").read_bytes() == content


def test_a_copy_reads_its_source_and_writes_its_target(house: House, bucket: str) -> None:
    """S3 API Reference, "CopyObject": both permissions."""
    source: Any = {"Bucket": bucket, "Key": "reports/a_b c.txt"}
    target: Any = {"Bucket": bucket, "Key": "copy"}
    copy = house.s3("bob").copy_object
    let_bob(house, bucket, "s3:PutObject")
    assert code_of(copy, CopySource=source, **target) == "AccessDenied"
    let_bob(house, bucket, "s3:GetObject")
    assert code_of(copy, CopySource=source, **target) == "AccessDenied"
    let_bob(house, bucket, "s3:GetObject", "s3:PutObject")
    assert code_of(copy, CopySource=source, **target) == "ok"
    assert house.s3("bob").get_object(**target)["Body"].read() == b"content"


def test_of_many_keys_those_are_deleted_that_may_be(house: House, bucket: str) -> None:
    """S3 API Reference, "DeleteObjects": every key is judged by itself."""
    alice = house.s3("account-a")
    for key in ("tmp/a&<b>", "tmp/c", "kept"):
        alice.put_object(Bucket=bucket, Key=key, Body=b"")
    statement = allow("s3:DeleteObject", objects(bucket, "tmp/*"))
    house.guard(bucket, statement | {"Principal": {"AWS": house.bob}})
    house.allow("bob", statement)
    listed: Any = {"Objects": [{"Key": "tmp/a&<b>"}, {"Key": "kept"}, {"Key": "tmp/c"}]}
    answer = house.s3("bob").delete_objects(Bucket=bucket, Delete=listed)
    assert sorted(item.get("Key", "") for item in answer["Deleted"]) == ["tmp/a&<b>", "tmp/c"]
    assert [(item.get("Key"), item.get("Code")) for item in answer["Errors"]] == [("kept", "AccessDenied")]
    left = [item.get("Key") for item in alice.list_objects_v2(Bucket=bucket)["Contents"]]
    assert left == ["kept", "reports/a_b c.txt"]


def test_versions_have_actions_of_their_own(house: House, bucket: str) -> None:
    """Service Authorization Reference for S3: s3:GetObjectVersion, s3:DeleteObjectVersion."""
    alice = house.s3("account-a")
    alice.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = alice.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    alice.put_object(Bucket=bucket, Key="k", Body=b"new")
    let_bob(house, bucket, "s3:GetObject", "s3:DeleteObject")
    old: Any = {"Bucket": bucket, "Key": "k", "VersionId": version}
    bob = house.s3("bob")
    assert code_of(bob.get_object, **old) == "AccessDenied"
    assert code_of(bob.delete_object, **old) == "AccessDenied"
    let_bob(house, bucket, "s3:GetObjectVersion")
    assert bob.get_object(**old)["Body"].read() == b"old"


def test_tags_open_and_close_objects(house: House, bucket: str) -> None:
    """Service Authorization Reference for S3: s3:ExistingObjectTag and s3:RequestObjectTag."""
    alice, bob = house.s3("account-a"), house.s3("bob")
    alice.put_object(Bucket=bucket, Key="open", Body=b"", Tagging="share=yes")
    alice.put_object(Bucket=bucket, Key="closed", Body=b"")
    house.guard(
        bucket,
        allow("s3:GetObject", objects(bucket), Principal={"AWS": house.bob},
              Condition={"StringEquals": {"s3:ExistingObjectTag/share": "yes"}}),
        allow(["s3:PutObject", "s3:PutObjectTagging"], objects(bucket), Principal={"AWS": house.bob},
              Condition={"StringEquals": {"s3:RequestObjectTag/by": "bob"}}),
    )  # fmt: skip
    house.allow("bob", allow("s3:*", objects(bucket)))
    assert code_of(bob.get_object, Bucket=bucket, Key="open") == "ok"
    assert code_of(bob.get_object, Bucket=bucket, Key="closed") == "AccessDenied"
    assert code_of(bob.put_object, Bucket=bucket, Key="n", Body=b"", Tagging="by=bob") == "ok"
    assert code_of(bob.put_object, Bucket=bucket, Key="n", Body=b"", Tagging="by=eve") == "AccessDenied"
    assert code_of(bob.put_object, Bucket=bucket, Key="n", Body=b"") == "AccessDenied"


def test_an_object_under_a_kms_key_needs_the_key_too(house: House, bucket: str) -> None:
    """KMS Developer Guide, "Allowing users in other accounts to use a KMS key": three places."""
    kms = house.kms("account-a")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    rules: Any = {
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]
    }
    house.s3("account-a").put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration=rules,
    )
    let_bob(house, bucket, "s3:GetObject", "s3:PutObject")
    bob = house.s3("bob")
    assert code_of(bob.put_object, Bucket=bucket, Key="k", Body=b"") == "AccessDenied"
    via = {"Condition": {"StringEquals": {"kms:ViaService": f"s3.{house.opened.cloud.region}.amazonaws.com"}}}
    use = allow(["kms:GenerateDataKey", "kms:Decrypt"], "*", **via)
    house.allow("bob", use | {"Resource": key}, name="key")
    assert code_of(bob.put_object, Bucket=bucket, Key="k", Body=b"") == "AccessDenied"
    owner = allow("kms:*", "*", Principal={"AWS": house.owner})
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [owner, use | {"Principal": {"AWS": house.bob}}]}
    )
    kms.put_key_policy(KeyId=key, Policy=text)
    assert code_of(bob.put_object, Bucket=bucket, Key="k", Body=b"secret") == "ok"
    assert bob.get_object(Bucket=bucket, Key="k")["Body"].read() == b"secret"
    assert code_of(house.kms("bob").generate_data_key, KeyId=key, KeySpec="AES_256") == (
        "AccessDeniedException"
    )
    house.iam("account-b").delete_user_policy(UserName="bob", PolicyName="key")
    assert code_of(bob.get_object, Bucket=bucket, Key="k") == "AccessDenied"


def test_nobody_in_particular_gets_in_only_where_the_policy_is_public(house: House, bucket: str) -> None:
    """S3 User Guide: an unsigned request is anonymous."""
    cloud = house.opened.cloud
    anyone = house.session.client(
        "s3",
        endpoint_url=cloud.tls_url,
        verify=str(cloud.ca_bundle),
        region_name=cloud.region,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    call: Any = {"Bucket": bucket, "Key": "reports/a_b c.txt"}
    assert code_of(anyone.get_object, **call) == "AccessDenied"
    house.s3("account-a").delete_public_access_block(Bucket=bucket)
    house.guard(bucket, allow("s3:GetObject", objects(bucket), Principal="*"))
    assert anyone.get_object(**call)["Body"].read() == b"content"
    assert code_of(anyone.list_buckets) == "AccessDenied"


def test_the_external_id_has_to_be_the_right_one(house: House, bucket: str) -> None:
    """IAM User Guide, "Access to AWS accounts owned by third parties": sts:ExternalId."""
    condition: Any = {"Condition": {"StringEquals": {"sts:ExternalId": "a/1"}}}
    arn = role_of(house, f"external-{bucket}", document=trust({"AWS": house.requester}, **condition))
    house.allow("bob", allow("sts:AssumeRole", arn))
    call = house.sts("bob").assume_role
    for external, expected in ((None, "AccessDenied"), ("a/2", "AccessDenied"), ("a/1", "ok")):
        more = {} if external is None else {"ExternalId": external}
        assert code_of(call, RoleArn=arn, RoleSessionName="session", **more) == expected


def test_tags_and_a_source_identity_need_actions_of_their_own(house: House, bucket: str) -> None:
    """Each has an action of its own, beside the one that assumes the role.

    IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
    """
    every = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    arn = role_of(
        house,
        f"tagged-{bucket}",
        allow("s3:GetObject", objects(bucket, "${aws:PrincipalTag/team}/*")),
        document=trust({"AWS": house.requester}, every),
    )
    call = house.sts("bob").assume_role
    tags: Any = {"Tags": [{"Key": "team", "Value": "reports"}]}
    house.allow("bob", allow("sts:AssumeRole", arn))
    assert code_of(call, RoleArn=arn, RoleSessionName="s1") == "ok"
    assert code_of(call, RoleArn=arn, RoleSessionName="s1", **tags) == "AccessDenied"
    assert code_of(call, RoleArn=arn, RoleSessionName="s1", SourceIdentity="bob") == "AccessDenied"
    house.allow("bob", allow(every, arn))
    session = house.s3(assume(house, "bob", arn, SourceIdentity="bob", **tags))
    assert code_of(session.get_object, Bucket=bucket, Key="reports/a_b c.txt") == "ok"
    without = house.s3(assume(house, "bob", arn))
    assert code_of(without.get_object, Bucket=bucket, Key="reports/a_b c.txt") == "AccessDenied"


def test_a_session_is_no_longer_than_the_roles_maximum_nor_a_chained_one_than_an_hour(
    house: House, bucket: str
) -> None:
    """IAM User Guide, "Update settings for a role": maximum session duration; "role chaining"."""
    first = role_of(house, f"first-{bucket}", allow("sts:AssumeRole", "*"), MaxSessionDuration=7_200)
    second = role_of(
        house, f"second-{bucket}", MaxSessionDuration=7_200, document=trust({"AWS": house.owner})
    )
    house.allow("bob", allow("sts:AssumeRole", first))
    bob = house.sts("bob").assume_role
    for seconds, expected in ((7_200, "ok"), (7_201, "ValidationError")):
        got = code_of(bob, RoleArn=first, RoleSessionName="session", DurationSeconds=seconds)
        assert got == expected
    chained = house.sts(assume(house, "bob", first)).assume_role
    for seconds, expected in ((3_600, "ok"), (3_601, "ValidationError")):
        got = code_of(chained, RoleArn=second, RoleSessionName="session", DurationSeconds=seconds)
        assert got == expected


def test_mfa_is_shown_when_a_role_is_assumed_and_in_a_users_own_session(house: House, bucket: str) -> None:
    """IAM User Guide, "Secure API access with MFA"."""
    admin = house.iam("account-b")
    serial = admin.create_virtual_mfa_device(VirtualMFADeviceName=f"mfa-{bucket}")["VirtualMFADevice"][
        "SerialNumber"
    ]
    admin.enable_mfa_device(
        UserName="bob", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    condition: Any = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    arn = role_of(house, f"mfa-{bucket}", document=trust({"AWS": house.requester}, **condition))
    house.allow("bob", allow("sts:AssumeRole", arn), allow("s3:GetObject", objects(bucket)))
    call = house.sts("bob").assume_role
    code: Any = {"SerialNumber": serial, "TokenCode": "123456"}
    assert code_of(call, RoleArn=arn, RoleSessionName="session") == "AccessDenied"
    assert code_of(call, RoleArn=arn, RoleSessionName="session", SerialNumber=serial) == "AccessDenied"
    assert code_of(call, RoleArn=arn, RoleSessionName="session", **code) == "ok"
    house.guard(bucket, allow("s3:GetObject", objects(bucket), Principal={"AWS": house.bob}, **condition))
    for more, expected in (({}, "AccessDenied"), (code, "ok")):
        given = house.sts("bob").get_session_token(**more)["Credentials"]
        keys = Keys(
            access_key_id=given["AccessKeyId"],
            secret_access_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )
        assert code_of(house.s3(keys).get_object, Bucket=bucket, Key="reports/a_b c.txt") == expected
        assert code_of(house.iam(keys).get_user) == ("InvalidClientTokenId" if not more else "AccessDenied")


def test_a_group_gives_its_members_what_it_has(house: House, bucket: str) -> None:
    """IAM User Guide, "IAM user groups"."""
    admin = house.iam("account-b")
    group = f"group-{bucket}"
    admin.create_group(GroupName=group)
    text = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:GetObject", objects(bucket))})
    admin.put_group_policy(GroupName=group, PolicyName="test", PolicyDocument=text)
    house.guard(bucket, allow("s3:GetObject", objects(bucket), Principal={"AWS": house.requester}))
    call: Any = {"Bucket": bucket, "Key": "reports/a_b c.txt"}
    assert code_of(house.s3("bob").get_object, **call) == "AccessDenied"
    admin.add_user_to_group(GroupName=group, UserName="bob")
    assert code_of(house.s3("bob").get_object, **call) == "ok"
    admin.remove_user_from_group(GroupName=group, UserName="bob")
    assert code_of(house.s3("bob").get_object, **call) == "AccessDenied"


def test_the_root_user_repairs_a_bucket_policy_that_locks_everybody_out(house: House, bucket: str) -> None:
    """IAM User Guide, "AWS account root user"; S3 API Reference, "DeleteBucketPolicy"."""
    everything = [f"arn:aws:s3:::{bucket}", objects(bucket)]
    house.guard(bucket, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything})
    key, secret = house.opened.world.add_root_key(house.owner)
    root = house.s3(Keys(access_key_id=key, secret_access_key=secret))
    assert code_of(house.s3("account-a").delete_bucket_policy, Bucket=bucket) == "AccessDenied"
    assert code_of(root.list_objects_v2, Bucket=bucket) == "AccessDenied"
    assert code_of(root.delete_bucket_policy, Bucket=bucket) == "ok"
    assert code_of(house.s3("account-a").list_objects_v2, Bucket=bucket) == "ok"
    sts = house.sts(Keys(access_key_id=key, secret_access_key=secret))
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{house.owner}:root"


def test_a_condition_on_a_key_that_the_gate_cannot_tell_is_unknown_and_refused(
    house: House, bucket: str
) -> None:
    """What cannot be decided is refused, and named in the log."""
    let_bob(house, bucket, "s3:GetObject", Condition={"StringNotEquals": {"aws:Ec2InstanceSourceVpc": "x"}})
    assert code_of(house.s3("bob").get_object, Bucket=bucket, Key="reports/a_b c.txt") == "AccessDenied"
    last = house.log()[-1]
    assert (last["caller"], last["call"], last["status"]) == (house.bob, "s3.GetObject", 403)
    assert [need["decision"] for need in last["needs"]] == ["unknown"]
    assert any("Ec2InstanceSourceVpc" in reason for reason in last["needs"][0]["reasons"])


def test_the_log_says_who_did_what_and_why_and_holds_no_secrets(house: House, bucket: str) -> None:
    """A line of JSON for every call."""
    let_bob(house, bucket, "s3:GetObject")
    house.s3("bob").get_object(Bucket=bucket, Key="reports/a_b c.txt")
    last = house.log()[-1]
    (need,) = last["needs"]
    assert (last["caller"], last["call"], last["status"], last["error"]) == (
        house.bob,
        "s3.GetObject",
        200,
        None,
    )
    assert (need["action"], need["decision"]) == ("s3:GetObject", "allowed")
    assert need["resource"] == objects(bucket, "reports/a_b c.txt")
    text = house.opened.cloud.gate_log.read_text(encoding="utf-8")
    for person in ("account-a", "account-b", "bob", "carol"):
        assert house.keys(person).secret_access_key not in text
