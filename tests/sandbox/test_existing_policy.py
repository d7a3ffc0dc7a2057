"""A bucket whose policy others write, too: adopted, updated and given back by the real engine."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.calls import caller
from sandbox.process import Finished
from sandbox.running import Sandbox
from sandbox.workdir import project_text
from tests.support.gate import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.sandbox

BUCKET = "adopted-shared-111111222222"
ARN = f"arn:aws:s3:::{BUCKET}"
ROOT = Path(__file__).parents[2]
# A small program: adopts the bucket with the grants of its config. `MEANWHILE` is a file that it waits for
# before it makes anything, so that somebody can write into the policy while it runs.
PROGRAM = """
import os
import pathlib
import time

import pulumi

from components.caller import find_caller
from components.errors import InputError
from components.existing_bucket import look_at
from components.existing_policy import ExistingPolicy
from crossaccess.policy.build import bucket_policy
from crossaccess.policy.existing import merged, read_existing
from crossaccess.policy.fields import read_bucket_name
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket
from crossaccess.policy.read_grant import read_grants

config = pulumi.Config("crossaccess")
caller = find_caller()
found = look_at(config.require("bucket"), caller, profile=pulumi.Config("aws").get("profile"))
place = {"account": caller.account, "partition": caller.partition, "region": caller.region}
bucket = Bucket(name=found.at.bucket, **place)
grants = read_grants(config.require_object("grants"), "grants", Faults())
text = merged(read_existing(found.policy), bucket_policy(bucket, grants))
meanwhile = os.environ.get("MEANWHILE")
if meanwhile:
    pathlib.Path(meanwhile + ".seen").touch()
    while not pathlib.Path(meanwhile).exists():
        time.sleep(0.05)
ExistingPolicy("adopted", at=found.at, policy=text)
"""
GRANT = {
    "name": "bob",
    "account": "112233445566",
    "principals": ["user/bob"],
    "method": "bucket-policy",
    "access": ["read"],
}
# As another tool might have written it: odd order and white space, a number, an account by its id.
THEIRS = """{
  "Id": "theirs",
  "Statement": [
    {"Sid": "Backup", "Resource": "BUCKET/*", "Action": ["s3:PutObject", "s3:GetObject"], "Effect": "Allow",
     "Principal": {"AWS": ["111111222222"]}},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "BUCKET",
     "Condition": {"NumericGreaterThan": {"s3:max-keys": 100}}}
  ],
  "Version": "2008-10-17"
}""".replace("BUCKET", ARN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """The program in a folder of its own, or run from another, with its stack."""

    sandbox: Sandbox
    folder: Path
    stack: str

    def pulumi(self, *args: str) -> Finished:
        """Run the engine in the program's folder."""
        return self.sandbox.pulumi(*args, "-s", self.stack, "-C", str(self.folder))

    def up(self) -> Finished:
        """Deploy."""
        return self.pulumi("up", "--yes", "--skip-preview")

    def configure(self, **settings: object) -> None:
        """Write the stack's config."""
        values = {"bucket": BUCKET, "grants": [GRANT], **settings}
        lines = [
            "config:",
            "  aws:profile: account-a",
            "  aws:region: eu-central-1",
            '  aws:allowedAccountIds: ["111111222222"]',
            *(f"  crossaccess:{key}: {json.dumps(value)}" for key, value in values.items()),
        ]
        (self.folder / f"Pulumi.{self.stack}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def adopting(
    request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path, numbers: Iterator[int]
) -> Iterator[Adopting]:
    """The program, run from a work folder that points to it or from its own; taken away afterwards."""
    program = tmp_path / "a program"
    program.mkdir()
    (program / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for room in ("components", "crossaccess"):
        (program / room).symlink_to(ROOT / room)
    folder = program if getattr(request, "param", None) == "its own folder" else tmp_path / "work"
    folder.mkdir(exist_ok=True)
    project = project_text((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"), program, Path(sys.prefix))
    (folder / "Pulumi.yaml").write_text(project, encoding="utf-8")
    made = Adopting(sandbox=sandbox, folder=folder, stack=f"adopting-{next(numbers)}")
    made.configure()
    made.sandbox.pulumi("stack", "init", made.stack, "--no-select", "-C", str(folder)).checked("stack init")
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview").checked("destroy")


@pytest.fixture
def s3(sandbox: Sandbox) -> Iterator["S3Client"]:
    """The owner's client, with the bucket there."""
    client = caller(sandbox.cloud, "account-a").s3()
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    yield client
    with suppress(client.exceptions.NoSuchBucket):
        client.delete_bucket_policy(Bucket=BUCKET)
        client.delete_object(Bucket=BUCKET, Key="one")
        client.delete_bucket(Bucket=BUCKET)


def policy_of(s3: "S3Client") -> dict[str, object]:
    """The bucket's policy as it is now."""
    found: dict[str, object] = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    return found


def sids_of(s3: "S3Client") -> list[object]:
    """The Sids of the bucket's policy, in their order."""
    statements = policy_of(s3)["Statement"]
    assert isinstance(statements, list)
    return [statement.get("Sid") for statement in statements]


OURS = [
    "CrossAccessTlsOnly",
    "CrossAccessOtherKey",
    "CrossAccessOtherEncryption",
    "CrossAccessCustomerKey",
    "CrossAccessBobObjects",
]


@pytest.mark.parametrize("adopting", ["its own folder", "another folder"], indirect=True)
def test_statements_of_others_stay_through_up_update_refresh_and_destroy(
    adopting: Adopting, s3: "S3Client"
) -> None:
    """Ours join them, change, and leave again by a plain destroy; theirs stay as they were, frame and all."""
    s3.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    theirs = policy_of(s3)
    adopting.up().checked("up")
    assert sids_of(s3) == ["Backup", None, *OURS]
    again = adopting.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    assert again.status == 0, again.text
    adopting.configure(grants=[GRANT | {"access": ["read", "list"]}])
    shown = adopting.pulumi("preview", "--diff").checked("preview").text
    assert "CrossAccessBobList" in shown
    assert "__provider" not in shown
    adopting.up().checked("up")
    adopting.pulumi("refresh", "--yes", "--skip-preview").checked("refresh")
    now = policy_of(s3)
    assert sids_of(s3) == ["Backup", None, *OURS, "CrossAccessBobList"]
    assert (now["Version"], now["Id"]) == ("2008-10-17", "theirs")
    adopting.pulumi("destroy", "--yes", "--skip-preview").checked("destroy")
    assert policy_of(s3) == theirs


def test_a_bucket_without_a_policy_has_none_again_after_destroy(adopting: Adopting, s3: "S3Client") -> None:
    """Where nothing but ours was there, nothing stays."""
    adopting.up().checked("up")
    assert sids_of(s3) == OURS
    adopting.pulumi("destroy", "--yes", "--skip-preview").checked("destroy")
    assert code_of(s3.get_bucket_policy, Bucket=BUCKET) == "NoSuchBucketPolicy"


def test_what_others_change_meanwhile_stops_the_deployment(
    adopting: Adopting, s3: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes after the program looked and before the engine writes: nothing of theirs is lost."""
    gate = tmp_path / "gate"
    monkeypatch.setenv("MEANWHILE", str(gate))
    ended: list[Finished] = []
    running = threading.Thread(target=lambda: ended.append(adopting.up()))
    running.start()
    while running.is_alive() and not gate.with_name("gate.seen").exists():
        time.sleep(0.05)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    theirs = policy_of(s3)
    gate.touch()
    running.join()
    (up,) = ended
    assert up.status != 0
    assert "has changed since this program looked at it: statement 'Backup', statement 2 came" in up.text
    assert "Traceback" not in up.text
    assert policy_of(s3) == theirs
    monkeypatch.delenv("MEANWHILE")
    adopting.up().checked("up, once more")
    assert sids_of(s3) == ["Backup", None, *OURS]


def test_what_others_change_between_deployments_is_kept_and_shows_no_change(
    adopting: Adopting, s3: "S3Client"
) -> None:
    """A statement that came is part of the next deployment; destroy leaves it there."""
    adopting.up().checked("up")
    added = {**policy_of(s3)}
    theirs = json.loads(THEIRS)["Statement"][0]
    listed = added["Statement"]
    assert isinstance(listed, list)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({**added, "Statement": [*listed, theirs]}))
    again = adopting.pulumi("preview", "--expect-no-changes")
    assert again.status == 0, again.text
    adopting.pulumi("destroy", "--yes", "--skip-preview").checked("destroy")
    assert sids_of(s3) == ["Backup"]


def test_a_statement_of_ours_that_somebody_took_out_comes_back(adopting: Adopting, s3: "S3Client") -> None:
    """Without a refresh, since the bucket itself is asked; and after one, which says that it is gone."""
    s3.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    adopting.up().checked("up")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    adopting.up().checked("up")
    assert sids_of(s3) == ["Backup", None, *OURS]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=THEIRS)
    adopting.pulumi("refresh", "--yes", "--skip-preview").checked("refresh")
    assert "+ 1 to create" in adopting.pulumi("preview").checked("preview").text
    adopting.up().checked("up")
    assert sids_of(s3) == ["Backup", None, *OURS]


def test_the_statements_of_another_stack_of_ours_are_not_taken_over(
    adopting: Adopting, s3: "S3Client"
) -> None:
    """Two stacks that adopt one bucket would take each other's grants away."""
    statement = json.loads(THEIRS)["Statement"][0] | {"Sid": "CrossAccessCarolObjects"}
    other = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=other)
    refused = adopting.pulumi("preview")
    assert refused.status != 0
    assert "CrossAccessCarolObjects" in refused.text
    assert "Another stack has adopted the bucket" in refused.text


def test_the_state_holds_the_name_of_the_code_only(adopting: Adopting, s3: "S3Client") -> None:
    """So that a change of the code is no change of the resource, and no state grows by it."""
    adopting.up().checked("up")
    exported = json.loads(adopting.pulumi("stack", "export").checked("export").out)
    (made,) = [one for one in exported["deployment"]["resources"] if "ExistingPolicy" in one["type"]]
    assert len(made["inputs"]["__provider"]) < 200
    assert set(made["inputs"]) == {"__provider", "bucket", "account", "region", "profile", "policy"}
    assert sids_of(s3) == OURS


def test_a_bucket_that_is_gone_is_nothing_to_destroy(adopting: Adopting, s3: "S3Client") -> None:
    """Whoever owns the bucket may delete it first."""
    adopting.up().checked("up")
    s3.delete_object(Bucket=BUCKET, Key="one")
    s3.delete_bucket(Bucket=BUCKET)
    adopting.pulumi("destroy", "--yes", "--skip-preview").checked("destroy")


def test_a_bucket_that_is_not_there_cannot_be_adopted(adopting: Adopting) -> None:
    """Said at preview, without a traceback."""
    refused = adopting.pulumi("preview")
    assert refused.status != 0
    assert f"There is no bucket {BUCKET!r}" in refused.text
    assert "Traceback" not in refused.text
