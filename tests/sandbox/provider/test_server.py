"""The plugin as a process: what the engine starts, talks to and leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped] # ships no types
import pytest
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped] # ships no types
from moto.server import ThreadedMotoServer
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.provider.plugin import plugin_version, wrapper_script

ROOT = Path(__file__).resolve().parents[3]
URN = "urn:pulumi:s::p::aws:iam/role:Role::r"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The wrapper as it is installed, in a folder whose modules must not get in the way."""
    (tmp_path / "grpc.py").write_text("raise SystemExit('imported out of the working folder')")
    path = tmp_path / "wrapper with a space.sh"
    path.write_text(wrapper_script(Path(sys.executable), ROOT))
    path.chmod(0o755)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which AWS cannot be reached and has no credentials."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    config = tmp_path / "config"
    config.write_text("[profile off]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n")
    credentials = tmp_path / "credentials"
    credentials.write_text("[off]\naws_access_key_id = AKIAOFF\naws_secret_access_key = hush\n")
    return {
        **kept,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def cloud(environment: dict[str, str]) -> Iterator[str]:
    """An AWS that answers; the name of the profile for it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with Path(environment["AWS_CONFIG_FILE"]).open("a") as config:
            config.write(f"[profile on]\nregion = us-east-1\nendpoint_url = http://{host}:{port}\n")
        with Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).open("a") as credentials:
            credentials.write("[on]\naws_access_key_id = AKIAON\naws_secret_access_key = hush\n")
        yield "on"
    finally:
        server.stop()


@pytest.fixture
def plugin(script: Path, environment: dict[str, str]) -> Iterator[Any]:  # Any: generated code has no types
    """The plugin, started as the engine starts it, and the engine's side of the line to it."""
    process = subprocess.Popen(
        [script, "127.0.0.1:1"], cwd=script.parent, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def check_config(plugin: Any, **settings: str) -> list[str]:
    """Return the plugin's reasons against a configuration."""
    news = PropertyValue.marshal_map({key: PropertyValue(value) for key, value in settings.items()})
    answer = plugin.CheckConfig(
        provider_pb2.CheckRequest(urn="urn:pulumi:s::p::pulumi:providers:aws::d", news=news)
    )
    return [failure.reason for failure in answer.failures]


def test_the_version_is_that_of_the_sdk() -> None:
    """The engine asks for exactly this one."""
    assert plugin_version() == version("pulumi-aws")


def test_the_plugin_tells_its_version_and_what_it_is(plugin: Any) -> None:
    """Over the line that the engine uses."""
    assert plugin.GetPluginInfo(Empty()).version == plugin_version()
    schema = json.loads(plugin.GetSchema(provider_pb2.GetSchemaRequest(version=0)).schema)
    assert "stand-in" in schema["description"]


def test_an_endpoint_that_does_not_answer_is_one_clean_fault(plugin: Any) -> None:
    """The user reads no traceback and no key."""
    (fault,) = check_config(plugin, profile="off", maxRetries="0")
    assert fault.startswith("EndpointConnectionError: ")
    assert "is the sandbox running?" in fault
    assert "Traceback" not in fault
    assert "hush" not in fault


def test_an_error_reaches_the_engine_without_a_traceback(plugin: Any) -> None:
    """The SDK would append one."""
    request = provider_pb2.CreateRequest(urn="urn:pulumi:s::p::aws:s3/bucketAcl:BucketAcl::b", preview=False)
    with pytest.raises(grpc.RpcError) as told:
        plugin.Create(request)
    assert told.value.details().startswith(
        "the sandbox's stand-in for the aws provider does not know the type"
    )
    assert "File" not in told.value.details()


def test_an_unconfigured_plugin_refuses_to_act(plugin: Any) -> None:
    """With the same clean error."""
    with pytest.raises(grpc.RpcError) as told:
        plugin.Delete(provider_pb2.DeleteRequest(urn=URN, id="r"))
    assert told.value.details() == "the provider is not configured yet"


def test_what_is_gone_is_answered_with_nothing_at_all(plugin: Any, cloud: str) -> None:
    """Empty properties, which the SDK would send, are taken by `.get()` for a resource that is there."""
    settings = PropertyValue.marshal_map({"profile": PropertyValue(cloud)})
    plugin.Configure(provider_pb2.ConfigureRequest(args=settings, acceptSecrets=True))
    answer = plugin.Read(provider_pb2.ReadRequest(urn=URN, id="no-such-role"))
    assert answer.id == ""
    assert not answer.HasField("properties")
    assert not answer.HasField("inputs")


def test_a_refusal_of_aws_reaches_the_engine_in_awss_words(plugin: Any, cloud: str) -> None:
    """The code first, and no traceback."""
    settings = PropertyValue.marshal_map({"profile": PropertyValue(cloud)})
    plugin.Configure(provider_pb2.ConfigureRequest(args=settings, acceptSecrets=True))
    given = {"bucket": "no-such-bucket", "policy": "{}", "region": "us-east-1"}
    inputs = PropertyValue.marshal_map({key: PropertyValue(value) for key, value in given.items()})
    urn = "urn:pulumi:s::p::aws:s3/bucketPolicy:BucketPolicy::b"
    with pytest.raises(grpc.RpcError) as told:
        plugin.Create(provider_pb2.CreateRequest(urn=urn, properties=inputs))
    assert told.value.details().startswith("NoSuchBucket: ")
    assert told.value.details().endswith("(PutBucketPolicy)")


def test_without_an_address_it_says_what_it_is(environment: dict[str, str]) -> None:
    """A person who starts it by hand learns who should."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.provider"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "plugin of Pulumi's engine" in done.stderr


def test_the_plugin_ends_when_the_engine_is_killed(script: Path, environment: dict[str, str]) -> None:
    """Nobody else would stop it."""
    starter = (
        f"import subprocess; p = subprocess.Popen([{str(script)!r}, '127.0.0.1:1'], stdout=subprocess.PIPE)\n"
    )
    starter += "print(p.pid, flush=True); p.stdout.readline(); print('up', flush=True); p.wait()"
    engine = subprocess.Popen(
        [sys.executable, "-c", starter], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert engine.stdout is not None
    pid = int(engine.stdout.readline())
    assert engine.stdout.readline() == "up\n"
    engine.kill()
    engine.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = alive(pid)
    if left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def alive(pid: int) -> bool:
    """Whether the process still runs; a zombie that nobody reaps does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607 - wherever ps is
    return bool(state.stdout.strip()) and not state.stdout.strip().startswith("Z")
