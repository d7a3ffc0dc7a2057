"""The environment that other shells get: into the sandbox, and out of reach of any real account."""

import configparser
import os
import subprocess
from pathlib import Path

import pytest

from sandbox.calls import Keys
from sandbox.cloud import Cloud, Credentials
from sandbox.engine.engine import Engine
from sandbox.environment import (
    Environment,
    add_profile,
    environment_of,
    publish,
    published,
    write_aws_files,
)
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.lock import held


@pytest.fixture
def folder(tmp_path: Path) -> SandboxFolder:
    """Return an empty sandbox folder, in a place whose name needs quoting."""
    return SandboxFolder(root=tmp_path / "it's a sandbox").cleared()


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Return two accounts that nobody runs."""
    people = ("account-a", "account-b", "bob", "carol")
    return Cloud(
        tls_url="https://127.0.0.1:8443",
        http_url="http://127.0.0.1:8080",
        endpoint_url="https://127.0.0.1:9443",
        ca_bundle=tmp_path / "ca.pem",
        region="eu-central-1",
        gate_log=tmp_path / "gate.log",
        identity_center={},
        credentials={
            person: Credentials(
                access_key_id=f"AKIA{person}", secret_access_key=f"%{person}", account="1" * 12, user=person
            )
            for person in people
        },
    )


@pytest.fixture
def environment(folder: SandboxFolder, cloud: Cloud) -> Environment:
    """Return the environment of that sandbox."""
    engine = Engine(folder=Path("/engine"), version=(3, 259, 0), origin="tried")
    return environment_of(folder, engine, cloud, Path("/venv/bin"))


def test_what_leads_to_a_real_account_or_backend_is_gone(environment: Environment) -> None:
    """Credentials, profiles, endpoints and backends of the user's own do not reach the sandbox's commands."""
    inside = environment.over(
        {
            "AWS_PROFILE": "production",
            "AWS_ACCESS_KEY_ID": "AKIAREAL",
            "AWS_ENDPOINT_URL_S3": "https://real",
            "AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
            "PULUMI_ACCESS_TOKEN": "pul-real",
            "PULUMI_STACK": "production",
            "HOME": "/home/someone",
        }
    )
    assert inside["HOME"] == "/home/someone"
    assert inside["AWS_CA_BUNDLE"].endswith("ca.pem")
    foreign = {
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_ENDPOINT_URL_S3",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_STACK",
    }
    assert foreign.isdisjoint(inside)


def test_the_engine_and_the_virtual_environment_come_first_and_once(environment: Environment) -> None:
    """Entering twice does not make the path longer."""
    once = environment.over({"PATH": "/usr/bin:/bin"})
    assert once["PATH"] == "/engine:/venv/bin:/usr/bin:/bin"
    assert environment.over(once) == once


def test_the_loopback_needs_no_proxy(environment: Environment) -> None:
    """A proxy of the user's is kept for the rest of the world."""
    inside = environment.over({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "corp.example"})
    assert inside["HTTPS_PROXY"] == "http://proxy:3128"
    assert inside["NO_PROXY"] == inside["no_proxy"] == "corp.example,127.0.0.1,localhost"


def test_a_shell_that_evaluates_the_lines_is_inside(environment: Environment) -> None:
    """What a shell has afterwards is what the sandbox's own commands have, spaces and quotes included."""
    base = {"PATH": os.environ["PATH"], "AWS_PROFILE": "production"}
    shell = subprocess.run(
        ["/bin/sh", "-c", f"{environment.as_shell(base)}\nenv -0"],
        env=base,
        capture_output=True,
        check=True,
        text=True,
    )
    seen = dict(item.split("=", 1) for item in shell.stdout.rstrip("\0").split("\0"))
    inside = environment.over(base)
    assert {name: seen[name] for name in inside} == inside
    assert "AWS_PROFILE" not in seen


def test_every_person_has_a_profile_with_endpoint_certificate_and_keys(
    folder: SandboxFolder, cloud: Cloud
) -> None:
    """The AWS CLI and the provider need nothing else; nobody else may read the keys."""
    write_aws_files(folder, cloud)
    config, credentials = (configparser.RawConfigParser() for _ in range(2))
    config.read(folder.aws_config)
    credentials.read(folder.aws_credentials)
    assert config.sections() == [
        "default",
        "profile account-a",
        "profile account-b",
        "profile bob",
        "profile carol",
        "profile bob-endpoint",
    ]
    assert config["profile bob"]["endpoint_url"] == "https://127.0.0.1:8443"
    assert config["profile bob"]["ca_bundle"] == str(cloud.ca_bundle)
    assert credentials["bob"]["aws_secret_access_key"] == cloud.credentials["bob"].secret_access_key
    assert credentials["default"] == credentials["account-a"]
    assert config["profile bob-endpoint"]["endpoint_url"] == "https://127.0.0.1:9443"
    assert credentials["bob-endpoint"] == credentials["bob"]
    assert folder.aws_credentials.stat().st_mode & 0o777 == 0o600


def test_another_shell_gets_the_running_sandboxs_environment(
    environment: Environment, folder: SandboxFolder
) -> None:
    """What was published is what is read, as long as the sandbox runs."""
    with held(folder.lock, wait=False):
        publish(environment, folder)
        assert published(folder) == environment
    with pytest.raises(SandboxError, match=r"No sandbox is running here.*make sandbox"):
        published(folder)


def test_a_sandbox_that_is_still_starting_says_so(folder: SandboxFolder) -> None:
    """Half an environment is never given."""
    with held(folder.lock, wait=False), pytest.raises(SandboxError, match="not ready yet"):
        published(folder)


def test_no_sandbox_at_all_says_how_to_start_one(tmp_path: Path) -> None:
    """A folder that was never used is the same as one whose sandbox was stopped."""
    with pytest.raises(SandboxError, match="make sandbox"):
        published(SandboxFolder(root=tmp_path / "never"))


def test_whoever_signs_in_gets_a_profile_beside_the_others(folder: SandboxFolder, cloud: Cloud) -> None:
    """A session's keys come with their token, and the other profiles stay as they were."""
    write_aws_files(folder, cloud)
    before = folder.aws_credentials.read_text(encoding="utf-8")
    keys = Keys(access_key_id="ASIAX", secret_access_key="s", session_token="t")  # noqa: S106 - of nobody
    add_profile(folder, cloud, "bob-Analysts", keys)
    config, credentials = (configparser.RawConfigParser() for _ in range(2))
    config.read(folder.aws_config)
    credentials.read(folder.aws_credentials)
    assert config["profile bob-Analysts"]["endpoint_url"] == cloud.tls_url
    assert credentials["bob-Analysts"]["aws_session_token"] == keys.session_token
    assert folder.aws_credentials.read_text(encoding="utf-8").startswith(before.rstrip("\n"))
    assert folder.aws_credentials.stat().st_mode & 0o777 == 0o600
