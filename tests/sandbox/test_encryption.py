"""A bucket under a KMS key: one grant opens bucket, key and role, and no other way, by real calls."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.calls import Caller, Keys, caller
from sandbox.running import Sandbox
from tests.support.gate import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.sandbox

NewStack = Callable[[str], str]

BUCKET = "kms-shared-111111222222"
ROLE = "arn:aws:iam::111111222222:role/kms-role"
OWNER = f"""config:
  aws:profile: account-a
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111111222222"]
  crossaccess:side: owner
  crossaccess:bucketName: {BUCKET}
  crossaccess:protect: false
  crossaccess:forceDestroy: true
  crossaccess:encryption: {{ENCRYPTION}}
  crossaccess:grants:
    - name: kms-policy
      account: "112233445566"
      principals: [user/bob]
      method: bucket-policy
      access: [read, write]
      prefixes: [open/]
    - name: kms-role
      account: "112233445566"
      principals: [user/bob]
      method: assume-role
      roleName: kms-role
      access: [read]
"""
REQUESTER = """config:
  aws:profile: account-b
  aws:region: eu-central-1
  aws:allowedAccountIds: ["112233445566"]
  crossaccess:side: requester
  crossaccess:ownerStack: {OWNER}
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """Both stacks, deployed."""

    sandbox: Sandbox
    owner: str
    requester: str
    key_arn: str

    def s3(self, person: str) -> "S3Client":
        """A person's client of S3."""
        return caller(self.sandbox.cloud, person).s3()

    def in_role(self) -> "S3Client":
        """A client of S3 with Bob's session of the role."""
        given = caller(self.sandbox.cloud, "bob").sts().assume_role(RoleArn=ROLE, RoleSessionName="bob")
        keys = Keys(
            access_key_id=given["Credentials"]["AccessKeyId"],
            secret_access_key=given["Credentials"]["SecretAccessKey"],
            session_token=given["Credentials"]["SessionToken"],
        )
        return Caller(cloud=self.sandbox.cloud, keys=keys).s3()

    def put(self, person: str, **more: Any) -> str:  # Any: arguments of PutObject
        """Put an object under the grant's prefix; answer the error code, or `ok`."""
        return code_of(self.s3(person).put_object, Bucket=BUCKET, Key="open/new", Body=b"x", **more)

    def get(self, who: "S3Client", key: str = "open/one") -> str:
        """Get an object; answer the error code, or `ok`."""
        return code_of(who.get_object, Bucket=BUCKET, Key=key)


def up(sandbox: Sandbox, stack: str) -> None:
    """Deploy a stack."""
    sandbox.pulumi("up", "--yes", "--skip-preview", "-s", stack).checked(f"up of {stack}")


@contextmanager
def deployed(sandbox: Sandbox, new_stack: NewStack, encryption: str) -> Iterator[Deployed]:
    """Deploy both stacks, and take them away again."""
    owner = new_stack(OWNER.replace("{ENCRYPTION}", encryption))
    requester = new_stack(REQUESTER.replace("{OWNER}", owner))
    try:
        up(sandbox, owner)
        up(sandbox, requester)
        told = sandbox.pulumi("stack", "output", "key_arn", "-s", owner).checked("Reading the key's ARN")
        yield Deployed(sandbox=sandbox, owner=owner, requester=requester, key_arn=told.out.strip())
    finally:
        for stack in (requester, owner):
            sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack).checked(f"destroy of {stack}")


@pytest.fixture(scope="module")
def kms_stack(sandbox: Sandbox) -> NewStack:
    """Return what makes stacks for the whole module."""
    numbers = iter(range(100))

    def made(stack_file: str) -> str:
        name = f"kms-{next(numbers)}"
        (sandbox.folder.work / f"Pulumi.{name}.yaml").write_text(stack_file, encoding="utf-8")
        sandbox.pulumi("stack", "init", name, "--no-select").checked(f"Making the stack {name}")
        return name

    return made


@pytest.fixture(scope="module")
def made_key(sandbox: Sandbox, kms_stack: NewStack) -> Iterator[Deployed]:
    """Both stacks, with a key that comes with the bucket, and an object in it."""
    with deployed(sandbox, kms_stack, "{type: kms, deletionWindowDays: 7}") as both:
        both.s3("account-a").put_object(Bucket=BUCKET, Key="open/one", Body=b"x")
        yield both


def test_what_is_written_is_encrypted_with_the_buckets_key(made_key: Deployed) -> None:
    """Nobody has to say so: it is the bucket's default, with a bucket key."""
    assert made_key.put("bob") == "ok"
    head = made_key.s3("bob").head_object(Bucket=BUCKET, Key="open/new")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", made_key.key_arn)


def test_bob_and_the_role_read_and_carol_does_not(made_key: Deployed) -> None:
    """The grant reaches the key's policy, Bob's own and the role's."""
    assert made_key.get(made_key.s3("bob")) == "ok"
    assert made_key.get(made_key.in_role()) == "ok"
    assert made_key.get(made_key.s3("carol")) == "AccessDenied"


def test_bob_uploads_in_parts(made_key: Deployed) -> None:
    """Which takes `kms:Decrypt` beside `kms:GenerateDataKey`."""
    s3 = made_key.s3("bob")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="open/parts")["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key="open/parts", UploadId=upload, PartNumber=1, Body=b"x")
    done: Any = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=BUCKET, Key="open/parts", UploadId=upload, MultipartUpload=done)
    assert made_key.get(s3, "open/parts") == "ok"


def test_objects_without_a_bucket_key_are_read_too(made_key: Deployed) -> None:
    """Their encryption context is the object's ARN, which the grant's prefix covers, and not another's."""
    for key in ("open/single", "closed/single"):
        made_key.s3("account-a").put_object(
            Bucket=BUCKET,
            Key=key,
            Body=b"x",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=made_key.key_arn,
            BucketKeyEnabled=False,
        )
    assert made_key.get(made_key.s3("bob"), "open/single") == "ok"
    assert made_key.get(made_key.s3("bob"), "closed/single") == "AccessDenied"
    assert made_key.get(made_key.in_role(), "closed/single") == "ok"


def test_a_writer_may_name_the_buckets_key(made_key: Deployed) -> None:
    """Tools that always name the key go on working."""
    assert made_key.put("bob", ServerSideEncryption="aws:kms", SSEKMSKeyId=made_key.key_arn) == "ok"


def test_a_writer_cannot_use_a_key_of_their_own(made_key: Deployed) -> None:
    """Bob may use a key of account B for anything, and not for the owner's bucket."""
    cloud = made_key.sandbox.cloud
    own = caller(cloud, "account-b").kms().create_key()["KeyMetadata"]["Arn"]
    iam = caller(cloud, "account-b").iam()
    everything = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": everything})
    iam.put_user_policy(UserName="bob", PolicyName="own-keys", PolicyDocument=document)
    try:
        assert made_key.put("bob", ServerSideEncryption="aws:kms", SSEKMSKeyId=own) == "AccessDenied"
    finally:
        iam.delete_user_policy(UserName="bob", PolicyName="own-keys")


@pytest.mark.parametrize(
    "headers",
    [
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms"},
    ],
    ids=["a customer's key", "no key of KMS", "a key that is not named"],
)
def test_a_writer_cannot_encrypt_otherwise(made_key: Deployed, headers: Mapping[str, str]) -> None:
    """The owner's own administrator cannot, either: nobody could share the object."""
    assert made_key.put("bob", **headers) == "AccessDenied"
    assert made_key.put("account-a", **headers) == "AccessDenied"


def test_the_key_is_of_no_use_outside_the_bucket(made_key: Deployed) -> None:
    """Bob cannot call KMS himself: the key is for S3 and for this bucket's objects."""
    kms = caller(made_key.sandbox.cloud, "bob").kms()
    context = {"aws:s3:arn": f"arn:aws:s3:::{BUCKET}"}
    answer = code_of(
        kms.generate_data_key, KeyId=made_key.key_arn, KeySpec="AES_256", EncryptionContext=context
    )
    assert answer == "AccessDeniedException"


def test_without_the_keys_policy_bob_is_refused_and_a_deployment_mends_it(made_key: Deployed) -> None:
    """The bucket's policy and Bob's own are not enough."""
    kms = caller(made_key.sandbox.cloud, "account-a").kms()
    before = json.loads(kms.get_key_policy(KeyId=made_key.key_arn, PolicyName="default")["Policy"])
    kept = [one for one in before["Statement"] if one["Sid"] != "CrossAccessKmsPolicyKey"]
    assert len(kept) == len(before["Statement"]) - 1
    kms.put_key_policy(
        KeyId=made_key.key_arn, PolicyName="default", Policy=json.dumps(before | {"Statement": kept})
    )
    assert made_key.get(made_key.s3("bob")) == "AccessDenied"
    made_key.sandbox.pulumi("up", "--yes", "--refresh", "--skip-preview", "-s", made_key.owner).checked("up")
    assert made_key.get(made_key.s3("bob")) == "ok"


def test_without_bobs_own_policy_for_the_key_he_is_refused(made_key: Deployed) -> None:
    """The key's policy alone is not enough for another account."""
    iam = caller(made_key.sandbox.cloud, "account-b").iam()
    arn = f"arn:aws:iam::112233445566:policy/crossaccess-{BUCKET}-user-bob"
    document: Any = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
    kept = [one for one in document["Statement"] if one["Sid"] != "CrossAccessKmsPolicyKey"]
    assert len(kept) == len(document["Statement"]) - 1
    less = json.dumps(document | {"Statement": kept})
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=less, SetAsDefault=True)
    try:
        assert made_key.get(made_key.s3("bob")) == "AccessDenied"
    finally:
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        iam.delete_policy_version(PolicyArn=arn, VersionId=str(version["PolicyVersion"]["VersionId"]))
    assert made_key.get(made_key.s3("bob")) == "ok"


def test_the_key_is_rotated_has_an_alias_and_shows_no_drift(made_key: Deployed) -> None:
    """What is there is what the program says."""
    kms = caller(made_key.sandbox.cloud, "account-a").kms()
    assert kms.get_key_rotation_status(KeyId=made_key.key_arn)["KeyRotationEnabled"]
    described = kms.describe_key(KeyId=f"alias/crossaccess-{BUCKET}")["KeyMetadata"]
    assert described["Arn"] == made_key.key_arn
    for stack in (made_key.owner, made_key.requester):
        ended = made_key.sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "-s", stack)
        assert ended.status == 0, ended.text


def test_every_policy_is_whole_at_the_very_first_preview(sandbox: Sandbox, new_stack: NewStack) -> None:
    """Only the encryption setting and the outputs wait for the key that KMS has yet to make."""
    text = OWNER.replace(BUCKET, "kms-previewed").replace("kms-role", "kms-role-2")
    stack = new_stack(text.replace("{ENCRYPTION}", "{type: kms}"))
    ended = sandbox.pulumi("preview", "--json", "-s", stack).checked("The first preview")
    waiting = set()
    for step in json.loads(ended.out)["steps"]:
        for name, value in step.get("newState", {}).get("inputs", {}).items():
            if UNKNOWN in json.dumps(value):
                waiting.add((step["newState"]["type"], name))
    assert waiting == {
        (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "rules",
        ),
        ("aws:kms/alias:Alias", "targetKeyId"),
    }


def test_an_existing_key_opens_when_its_policy_is_extended_as_told(
    sandbox: Sandbox, kms_stack: NewStack, made_key: Deployed
) -> None:
    """The stack warns, and puts out the very statements; before they are added, Bob is refused."""
    kms = caller(sandbox.cloud, "account-a").kms()
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    owner = OWNER.replace(BUCKET, "kms-existing").replace("kms-role", "kms-role-3")
    stack = kms_stack(owner.replace("{ENCRYPTION}", f'{{type: kms, keyArn: "{arn}"}}'))
    requester = kms_stack(REQUESTER.replace("{OWNER}", stack))
    try:
        ended = sandbox.pulumi("up", "--yes", "--skip-preview", "-s", stack).checked("up")
        assert "key_statements" in ended.text
        assert "warning" in ended.text
        up(sandbox, requester)
        made_key.s3("account-a").put_object(Bucket="kms-existing", Key="open/one", Body=b"x")
        bob = made_key.s3("bob")
        assert code_of(bob.get_object, Bucket="kms-existing", Key="open/one") == "AccessDenied"
        told = sandbox.pulumi("stack", "output", "key_statements", "--json", "-s", stack)
        statements = json.loads(told.checked("Reading the statements").out)
        policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
        policy["Statement"] += statements
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps(policy))
        assert code_of(bob.get_object, Bucket="kms-existing", Key="open/one") == "ok"
        other = made_key.key_arn
        answer = code_of(
            bob.put_object,
            Bucket="kms-existing",
            Key="open/new",
            Body=b"x",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=other,
        )
        assert answer == "AccessDenied"
    finally:
        for name in (requester, stack):
            sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", name).checked(f"destroy of {name}")


@pytest.mark.parametrize(
    ("encryption", "told"),
    [
        ('{type: kms, keyArn: "alias/mine"}', ("encryption.keyArn", "full ARN")),
        ('{type: kms, keyArn: "alias/aws/s3"}', ("encryption.keyArn", "AWS manages")),
        (
            '{type: kms, keyArn: "arn:aws:kms:us-east-1:111111222222:key/1234abcd-12ab"}',
            ("encryption.keyArn", "Region", "eu-central-1"),
        ),
        (
            '{type: kms, keyArn: "arn:aws:kms:eu-central-1:112233445566:key/1234abcd-12ab"}',
            ("encryption.keyArn", "account 112233445566"),
        ),
        (
            '{type: kms, keyArn: "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab"}',
            ("encryption.keyArn", "cannot be looked up"),
        ),
    ],
    ids=["an alias", "the key of AWS", "another Region", "another account", "no such key"],
)
def test_a_key_that_cannot_be_shared_is_told_at_preview(
    sandbox: Sandbox, new_stack: NewStack, encryption: str, told: tuple[str, ...]
) -> None:
    """The message names the setting; nothing is deployed."""
    ended = sandbox.pulumi("preview", "-s", new_stack(OWNER.replace("{ENCRYPTION}", encryption)))
    assert ended.status != 0
    assert "Traceback" not in ended.text
    assert [word for word in told if word not in ended.text] == [], ended.text
