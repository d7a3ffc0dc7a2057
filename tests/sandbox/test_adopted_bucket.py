"""A bucket that was there before, adopted by the project's own program: from its preview to after destroy."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import pytest

from sandbox.calls import Caller, Keys, caller
from sandbox.process import Finished
from sandbox.running import Sandbox
from tests.support.gate import code_of

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.sandbox

BUCKET = "taken-over-111111222222"
KMS_BUCKET = "taken-over-kms-111111222222"
READER = "arn:aws:iam::111111222222:user/reader"
ROLE = "arn:aws:iam::111111222222:role/taken-over-role"
STACK = """config:
  aws:profile: {profile}
  aws:region: eu-central-1
  aws:allowedAccountIds: ["{account}"]
"""
GRANTS = """  crossaccess:side: owner
  crossaccess:existingBucket: {BUCKET}
  crossaccess:grants:
    - name: bob-himself
      account: "112233445566"
      principals: [user/bob]
      method: bucket-policy
      access: [read, write]
      prefixes: [open/, closed/]
    - name: bob-in-a-role
      account: "112233445566"
      principals: [user/bob]
      method: assume-role
      roleName: {ROLE}
      access: [read]
"""
# As another tool might have written it: white space, odd order, and a deny that catches a part of a grant.
THEIRS = """{
  "Statement": [
    {"Sid": "Reader", "Resource": "BUCKET/*", "Action": ["s3:GetObject"], "Effect": "Allow",
     "Principal": {"AWS": "READER"}},
    {"Sid": "ClosedToOthers", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
     "Resource": "BUCKET/closed/*",
     "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111111222222:*"}}}
  ],
  "Id": "theirs",
  "Version": "2012-10-17"
}""".replace("BUCKET", f"arn:aws:s3:::{BUCKET}").replace("READER", READER)
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Both stacks, over a bucket that boto3 made."""

    sandbox: Sandbox
    owner: str
    requester: str

    def configure(self, bucket: str, role: str, *lines: str) -> None:
        """Write the owner's stack file."""
        text = STACK.format(profile="account-a", account="111111222222")
        text += GRANTS.replace("{BUCKET}", bucket).replace("{ROLE}", role)
        text += "".join(f"  crossaccess:{line}\n" for line in lines)
        (self.sandbox.folder.work / f"Pulumi.{self.owner}.yaml").write_text(text, encoding="utf-8")

    def preview(self, *more: str) -> str:
        """Preview the owner's stack; answer with all that is said."""
        return self.sandbox.pulumi("preview", *more, "-s", self.owner).checked("preview").text

    def up(self, stack: str, *more: str) -> Finished:
        """Deploy a stack."""
        return self.sandbox.pulumi("up", "--yes", "--skip-preview", *more, "-s", stack)

    def destroy(self) -> None:
        """Destroy both, as a user would."""
        for stack in (self.requester, self.owner):
            self.sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack).checked("destroy")


@contextmanager
def stacks(sandbox: Sandbox) -> Iterator[Stacks]:
    """New stacks; whatever happens, nothing of them stays deployed."""
    number = next(_numbers)
    made = Stacks(sandbox=sandbox, owner=f"taken-{number}-a", requester=f"taken-{number}-b")
    text = STACK.format(profile="account-b", account="112233445566")
    text += f"  crossaccess:side: requester\n  crossaccess:ownerStack: {made.owner}\n"
    (sandbox.folder.work / f"Pulumi.{made.requester}.yaml").write_text(text, encoding="utf-8")
    for name in (made.owner, made.requester):
        sandbox.pulumi("stack", "init", name, "--no-select").checked(f"Making the stack {name}")
    try:
        yield made
    finally:
        made.destroy()


def make_bucket(s3: "S3Client", bucket: str) -> None:
    """Make a bucket as AWS makes them today, with an object in each place."""
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key in ("open/one", "closed/one", "else/one"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"old")


def in_role(sandbox: Sandbox, arn: str, *, plain: bool = False) -> "S3Client":
    """A client of S3 with Bob's session of the role."""
    given = caller(sandbox.cloud, "bob").sts().assume_role(RoleArn=arn, RoleSessionName="bob")["Credentials"]
    keys = Keys(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )
    return Caller(cloud=sandbox.cloud, keys=keys, plain=plain).s3()


def get(s3: "S3Client", bucket: str, key: str) -> str:
    """Get an object; answer the error code, or `ok`."""
    return code_of(s3.get_object, Bucket=bucket, Key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was said and answered while one bucket was adopted, changed and given back."""

    policies: tuple[str, str]
    """Before adopting and after destroying, as S3 has it."""
    first_preview: str
    deployed: dict[str, str]
    """Answers once both stacks are there."""
    quiet: int
    """How a preview ends that expects no changes."""
    second_preview: str
    changed: dict[str, str]
    """Answers once ACLs are off and public access is blocked."""
    settings_after: tuple[str, dict[str, bool]]
    """Object ownership and Block Public Access after destroy."""
    destroyed: dict[str, str]
    """Answers after destroy."""


@pytest.fixture(scope="module")
def story(sandbox: Sandbox) -> Story:
    """Adopt a bucket with ACLs on and a policy of others, change it by config, and destroy both stacks."""
    cloud = sandbox.cloud
    admin, bob = (caller(cloud, who).s3() for who in ("account-a", "bob"))
    plain_bob = caller(cloud, "bob", plain=True).s3()
    iam = caller(cloud, "account-a").iam()
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    keys = Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    reader, plain_reader = (Caller(cloud=cloud, keys=keys, plain=plain).s3() for plain in (False, True))
    make_bucket(admin, BUCKET)
    admin.delete_public_access_block(Bucket=BUCKET)
    admin.put_bucket_ownership_controls(
        Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    admin.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    before = admin.get_bucket_policy(Bucket=BUCKET)["Policy"]

    def answers() -> dict[str, str]:
        return {
            "bob": get(bob, BUCKET, "open/one"),
            "bob over plain HTTP": get(plain_bob, BUCKET, "open/one"),
            "bob where others deny": get(bob, BUCKET, "closed/one"),
            "bob outside of the grant": get(bob, BUCKET, "else/one"),
            "bob writes": code_of(bob.put_object, Bucket=BUCKET, Key="open/new", Body=b"new"),
            "reader": get(reader, BUCKET, "else/one"),
            "reader over plain HTTP": get(plain_reader, BUCKET, "else/one"),
            "bob with an ACL": code_of(
                bob.put_object, Bucket=BUCKET, Key="open/acl", Body=b"new", ACL="authenticated-read"
            ),
            "an ACL of the owner's": code_of(
                admin.put_object, Bucket=BUCKET, Key="open/acl", Body=b"new", ACL="authenticated-read"
            ),
        }

    with stacks(sandbox) as both:
        both.configure(BUCKET, "taken-over-role")
        first_preview = both.preview()
        both.up(both.owner).checked("up of the owner")
        both.up(both.requester).checked("up of the requester")
        role, plain_role = (in_role(sandbox, ROLE, plain=plain) for plain in (False, True))
        deployed = answers() | {
            "role": get(role, BUCKET, "else/one"),
            "role where others deny": get(role, BUCKET, "closed/one"),
            "role over plain HTTP": get(plain_role, BUCKET, "else/one"),
        }
        quiet = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "-s", both.owner).status
        both.configure(BUCKET, "taken-over-role", "enforceOwnership: true", "blockPublicAccess: true")
        second_preview = both.preview()
        both.up(both.owner).checked("up with settings")
        changed = answers()
        both.destroy()
        after = admin.get_bucket_policy(Bucket=BUCKET)["Policy"]
        ownership = admin.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
        blocks = admin.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        flags = {name: value is True for name, value in blocks.items()}
        return Story(
            policies=(before, after),
            first_preview=first_preview,
            deployed=deployed,
            quiet=quiet,
            second_preview=second_preview,
            changed=changed,
            settings_after=(ownership[0]["ObjectOwnership"], flags),
            destroyed=answers(),
        )


def test_bob_gets_in_by_both_ways_over_tls_only(story: Story) -> None:
    """The grants ask for TLS in their own statements."""
    told = story.deployed
    assert (told["bob"], told["bob writes"], told["role"]) == ("ok", "ok", "ok")
    refused = [told[f"{who} over plain HTTP"] for who in ("bob", "role")]
    assert [*refused, told["bob outside of the grant"]] == ["AccessDenied"] * 3


def test_whom_others_let_in_still_gets_in_over_plain_http_too(story: Story) -> None:
    """What others allow, and by which way, is not ours to refuse: before, meanwhile and after."""
    for answers in (story.deployed, story.changed, story.destroyed):
        assert (answers["reader"], answers["reader over plain HTTP"]) == ("ok", "ok")


def test_a_deny_of_others_that_catches_a_part_of_a_grant_is_told_and_holds(story: Story) -> None:
    """IAM User Guide, "Policy evaluation logic": a deny wins over the grant of Bob, and spares the role."""
    told = story.first_preview
    assert f"In the bucket '{BUCKET}', statement 'ClosedToOthers' of the bucket's policy" in told
    assert "what the grant 'bob-himself' gives" in told
    assert "what the grant 'bob-in-a-role' gives" not in told
    assert story.deployed["bob where others deny"] == "AccessDenied"
    assert story.deployed["role where others deny"] == "ok"


def test_acls_and_public_access_that_is_not_blocked_are_told_at_preview(story: Story) -> None:
    """Left alone, since config says nothing: an ACL can still be written."""
    assert (
        "has ACLs on (object ownership ObjectWriter): objects that are written by the grants bob-himself"
        in (story.first_preview)
    )
    assert "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets is off" in (
        story.first_preview
    )
    assert story.deployed["an ACL of the owner's"] == "ok"


def test_the_adopted_bucket_shows_no_drift(story: Story) -> None:
    """A second preview, with a refresh, has nothing to do."""
    assert story.quiet == 0


def test_acls_are_switched_off_and_public_access_blocked_where_config_says_so(story: Story) -> None:
    """Told at preview; nobody can write an ACL any more, and who was let in still is."""
    assert "enforceOwnership switches them off" in story.second_preview
    assert "blockPublicAccess switches BlockPublicAcls" in story.second_preview
    assert story.changed["an ACL of the owner's"] == "AccessControlListNotSupported"
    assert (story.changed["bob"], story.changed["bob writes"]) == ("ok", "ok")


def test_those_settings_stay_when_the_stack_is_destroyed(story: Story) -> None:
    """The bucket belongs to somebody else, who may rely on them by now."""
    ownership, flags = story.settings_after
    assert ownership == "BucketOwnerEnforced"
    assert set(flags.values()) == {True}
    assert len(flags) == 4


def test_after_destroy_the_policy_of_others_is_as_before_and_bob_is_refused(story: Story) -> None:
    """Byte for byte but for white space, in the order in which it was."""
    before, after = (json.dumps(json.loads(text)) for text in story.policies)
    assert before == after
    refused = {name: answer for name, answer in story.destroyed.items() if name.startswith("bob")}
    assert set(refused.values()) == {"AccessDenied"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsStory:
    """What was said and answered of a bucket with a key of its owner's."""

    preview: str
    planned: Finished
    """The deployment of a plan that was made before others changed their part of the policy."""
    unchanged: bool
    """Whether the policy of others was untouched by that."""
    warned: str
    before_key: str
    after_key: str
    statements: list[str]
    """The Sids that the key's policy has to have."""
    another_key: str
    default_key: str
    """After destroy."""
    sids: list[str]
    """Of the bucket's policy after destroy."""


@pytest.fixture(scope="module")
def kms_story(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> KmsStory:
    """Adopt a bucket under an existing key, whose policy somebody else changes while it is planned."""
    cloud = sandbox.cloud
    admin, bob, kms = (
        caller(cloud, "account-a").s3(),
        caller(cloud, "bob").s3(),
        caller(cloud, "account-a").kms(),
    )
    make_bucket(admin, KMS_BUCKET)
    key, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    plan: Path = tmp_path_factory.mktemp("plan") / "plan.json"
    theirs = THEIRS.replace(BUCKET, KMS_BUCKET).replace(READER, "111111222222")
    admin.put_bucket_policy(Bucket=KMS_BUCKET, Policy=theirs)
    with stacks(sandbox) as both:
        both.configure(KMS_BUCKET, "taken-over-kms-role", f'encryption: {{type: kms, keyArn: "{key}"}}')
        preview = both.preview(f"--save-plan={plan}")
        # As long as before, so that nothing else about the deployment is another than planned.
        admin.put_bucket_policy(Bucket=KMS_BUCKET, Policy=theirs.replace('"Reader"', '"Friend"'))
        saved = admin.get_bucket_policy(Bucket=KMS_BUCKET)["Policy"]
        planned = both.up(both.owner, f"--plan={plan}")
        unchanged = admin.get_bucket_policy(Bucket=KMS_BUCKET)["Policy"] == saved
        warned = both.up(both.owner).checked("up of the owner").text
        both.up(both.requester).checked("up of the requester")
        admin.put_object(Bucket=KMS_BUCKET, Key="open/new", Body=b"new")
        before_key = get(bob, KMS_BUCKET, "open/new")
        told = sandbox.pulumi("stack", "output", "key_statements", "--json", "-s", both.owner)
        statements = json.loads(told.checked("Reading the statements").out)
        policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        policy["Statement"] += statements
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
        after_key = get(bob, KMS_BUCKET, "open/new")
        another_key = code_of(
            bob.put_object,
            Bucket=KMS_BUCKET,
            Key="open/other",
            Body=b"new",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=other,
        )
        both.destroy()
        rules = admin.get_bucket_encryption(Bucket=KMS_BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
        left = json.loads(admin.get_bucket_policy(Bucket=KMS_BUCKET)["Policy"])["Statement"]
        return KmsStory(
            preview=preview,
            planned=planned,
            unchanged=unchanged,
            warned=warned,
            before_key=before_key,
            after_key=after_key,
            statements=[one["Sid"] for one in statements],
            another_key=another_key,
            default_key=rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID", ""),
            sids=[one["Sid"] for one in left],
        )


def test_bob_reads_under_the_key_once_its_policy_is_extended_as_told(kms_story: KmsStory) -> None:
    """The output has the statements; before they are added, Bob is refused."""
    assert kms_story.statements == ["CrossAccessBobHimselfKey", "CrossAccessBobInARoleKey"]
    assert "key_statements" in kms_story.warned
    assert (kms_story.before_key, kms_story.after_key) == ("AccessDenied", "ok")


def test_nobody_writes_under_another_key_than_the_buckets(kms_story: KmsStory) -> None:
    """As in a bucket that is made."""
    assert kms_story.another_key == "AccessDenied"


def test_the_change_of_the_default_encryption_is_told_and_stays_after_destroy(kms_story: KmsStory) -> None:
    """It holds for everybody who writes there."""
    assert f"The default encryption of the bucket '{KMS_BUCKET}' changes for everybody" in kms_story.preview
    assert "from S3's own keys to the KMS key arn:aws:kms:eu-central-1:111111222222:key/" in kms_story.preview
    assert ":key/" in kms_story.default_key


def test_what_others_wrote_meanwhile_is_left_of_the_policy(kms_story: KmsStory) -> None:
    """Our statements alone are taken out, the denies of other keys among them."""
    assert kms_story.sids == ["Friend", "ClosedToOthers"]


def test_a_plan_that_was_made_before_others_changed_their_part_is_refused(kms_story: KmsStory) -> None:
    """`pulumi up --plan` takes what was reviewed: the policy is another now, if only by one name in it."""
    assert kms_story.planned.status != 0
    assert (
        "ExistingPolicy::owner-policy violates plan: properties changed: ++policy[" in kms_story.planned.text
    )
    assert kms_story.unchanged
