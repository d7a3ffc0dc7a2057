"""The two accounts in their own process, and the real AWS CLI."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sandbox.cloud import Cloud, start_cloud
from sandbox.errors import SandboxError
from tests.support.gate import CONFIG

AWS = Path(sys.executable).parent / "aws"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Start both accounts as the sandbox does."""
    with start_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


def aws(cloud: Cloud, person: str, *words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the AWS CLI as somebody."""
    config = folder / "config"
    config.write_text(f"[default]\nregion = {cloud.region}\nendpoint_url = {cloud.tls_url}\n")
    keys = cloud.credentials[person]
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_CONFIG_FILE": str(config),
        "AWS_CA_BUNDLE": str(cloud.ca_bundle),
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.run(
        [str(AWS), *words], env=env, capture_output=True, text=True, check=False, timeout=120
    )


def test_everybody_is_there(cloud: Cloud) -> None:
    """Administrators of both accounts, and two users with nothing."""
    for profile, user, account in (
        ("account-a", "alice", "111111222222"),
        ("account-b", "admin", "112233445566"),
        ("bob", "bob", "112233445566"),
        ("carol", "carol", "112233445566"),
    ):
        keys = cloud.credentials[profile]
        for url, verify in ((cloud.tls_url, str(cloud.ca_bundle)), (cloud.http_url, None)):
            sts = boto3.client(
                "sts",
                endpoint_url=url,
                verify=verify,
                region_name=cloud.region,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key,
                config=CONFIG,
            )
            assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/{user}"


def test_the_aws_cli_works_as_against_aws(cloud: Cloud, tmp_path: Path) -> None:
    """Aws s3 mb, sync, ls, cp, rm, presign, rb: with their own ways of uploading and listing."""
    source, back = tmp_path / "source", tmp_path / "back"
    (source / "deep er").mkdir(parents=True)
    for number in range(12):
        (source / "deep er" / f"file {number}+é.txt").write_text(f"{number}")
    (source / "large").write_bytes(b"x" * 9 * 2**20)

    def ok(*words: str) -> str:
        done = aws(cloud, "account-a", *words, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    bucket = "s3://cli-bucket"
    ok("s3", "mb", bucket)
    ok("s3", "sync", str(source), f"{bucket}/reports")
    listed = ok("s3", "ls", f"{bucket}/reports/", "--recursive")
    assert len(listed.splitlines()) == 13
    ok("s3", "cp", f"{bucket}/reports/large", f"{bucket}/copy")
    ok("s3", "sync", f"{bucket}/reports", str(back))
    assert (back / "large").read_bytes() == (source / "large").read_bytes()
    assert (back / "deep er" / "file 3+é.txt").read_text() == "3"
    assert "X-Amz-Signature=" in ok("s3", "presign", f"{bucket}/copy")
    ok("s3", "rm", f"{bucket}/", "--recursive")
    assert ok("s3", "ls", f"{bucket}/") == ""
    ok("s3", "rb", bucket)
    identity = json.loads(ok("sts", "get-caller-identity"))
    assert identity["Account"] == "111111222222"


def test_the_aws_cli_is_refused_as_by_aws(cloud: Cloud, tmp_path: Path) -> None:
    """Bob has nothing yet."""
    done = aws(cloud, "bob", "s3", "ls", folder=tmp_path)
    assert done.returncode != 0
    assert "AccessDenied" in done.stderr
    role = "arn:aws:iam::111111222222:role/account-a-role"
    words = ("sts", "assume-role", "--role-arn", role, "--role-session-name", "bob-bucket-access")
    done = aws(cloud, "bob", *words, folder=tmp_path)
    assert f"is not authorized to perform: sts:AssumeRole on resource: {role}" in done.stderr


def test_a_port_that_is_taken_is_a_clear_message(cloud: Cloud, tmp_path: Path) -> None:
    """Not a traceback of somebody else's."""
    taken = int(cloud.tls_url.rpartition(":")[2])
    with (
        pytest.raises(SandboxError, match=f"(?s)did not start.*{taken}"),
        start_cloud(tmp_path, tls_port=taken),
    ):
        pass


def test_nothing_stays_when_it_ends(tmp_path: Path) -> None:
    """The process ends with the context; the next start finds new keys."""
    with start_cloud(tmp_path) as first:
        port = int(first.tls_url.rpartition(":")[2])
    with start_cloud(tmp_path, tls_port=port) as second:
        assert second.tls_url == first.tls_url
        assert second.credentials["bob"].secret_access_key != first.credentials["bob"].secret_access_key


def test_it_ends_with_the_one_who_started_it(tmp_path: Path) -> None:
    """Also where that one is killed, and can clean up nothing."""
    program = (
        "import sys, time, pathlib\n"
        "from sandbox.cloud import start_cloud\n"
        f"with start_cloud(pathlib.Path({str(tmp_path)!r})) as cloud:\n"
        "    print(cloud.http_url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            pytest.fail("there is no pipe")
        port = int(process.stdout.readline().rpartition(":")[2])
        process.kill()
    with start_cloud(tmp_path / "next", http_port=_free_again(port)) as cloud:
        assert cloud.http_url.endswith(f":{port}")


def _free_again(port: int) -> int:
    """Wait until nobody listens on a port any more."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
        time.sleep(0.1)
    pytest.fail(f"port {port} is still in use")
