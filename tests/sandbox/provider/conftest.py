"""The provider over an AWS in this process: moto, two accounts, and the engine's part played by hand."""

import asyncio
import os
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from botocore.loaders import create_loader
from moto import mock_aws
from moto.iam.models import iam_backends
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)

from sandbox.provider.provider import StandIn
from sandbox.provider.values import plain_record, property_values

_Answer = TypeVar("_Answer")

OWNER = "111111222222"
REQUESTER = "112233445566"


def run(coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Run one request of the engine to its end."""
    return asyncio.run(coroutine)


def dressed(record: Mapping[str, object]) -> dict[str, PropertyValue]:
    """Write plain values, and PropertyValues among them, as the engine would send them."""
    ready = {key: value for key, value in record.items() if isinstance(value, PropertyValue)}
    return {**property_values({k: v for k, v in record.items() if k not in ready}, like={}), **ready}


@dataclass
class Engine:
    """What the engine does to a provider, one request at a time, in plain values."""

    provider: StandIn = field(default_factory=StandIn)

    def configure(self, **settings: object) -> None:
        """Configure the provider as the engine does before its first request."""
        run(
            self.provider.configure(
                ConfigureRequest({}, dressed(settings), accept_secrets=True, accept_resources=True)
            )
        )

    def config_faults(self, **settings: object) -> list[str]:
        """Return what the provider says against its configuration."""
        answer = run(
            self.provider.check_config(
                CheckRequest("urn:p::s::pulumi:providers:aws::d", {}, dressed(settings), b"")
            )
        )
        return [failure.reason for failure in answer.failures or []]

    def raw_check(
        self,
        token: str,
        inputs: Mapping[str, object],
        *,
        name: str = "thing",
        old: Mapping[str, object] | None = None,
    ) -> tuple[dict[str, PropertyValue], list[str]]:
        """Check inputs; return them as the provider keeps them, and its reasons against them."""
        answer = run(
            self.provider.check(CheckRequest(urn(token, name), dressed(old or {}), dressed(inputs), b"seed"))
        )
        return answer.inputs or {}, [failure.reason for failure in answer.failures or []]

    def check(self, token: str, inputs: Mapping[str, object], **more: Any) -> dict[str, Any]:
        """Check inputs that must be good."""
        checked, reasons = self.raw_check(token, inputs, **more)
        assert reasons == []
        return plain_record(checked)

    def faults(self, token: str, inputs: Mapping[str, object]) -> list[str]:
        """Return the provider's reasons against the inputs."""
        return self.raw_check(token, inputs)[1]

    def create(self, token: str, inputs: Mapping[str, object], **more: Any) -> tuple[str, dict[str, Any]]:
        """Check and create; return id and state."""
        checked = self.check(token, inputs, **more)
        answer = run(self.provider.create(CreateRequest(urn(token), dressed(checked), 0.0, preview=False)))
        assert answer.resource_id is not None
        return answer.resource_id, plain_record(answer.properties)

    def preview_create(self, token: str, inputs: Mapping[str, object]) -> dict[str, Any]:
        """Check and pretend to create; return the state that the preview shows."""
        checked = self.check(token, inputs)
        answer = run(self.provider.create(CreateRequest(urn(token), dressed(checked), 0.0, preview=True)))
        assert answer.resource_id is None
        return plain_record(answer.properties)

    def read(
        self,
        token: str,
        identifier: str,
        inputs: Mapping[str, object] | None = None,
        state: Mapping[str, object] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Refresh; return the new inputs and state, or None for what is gone."""
        answer = run(
            self.provider.read(
                ReadRequest(urn(token), identifier, dressed(state or {}), dressed(inputs or {}))
            )
        )
        return (plain_record(answer.inputs), plain_record(answer.properties)) if answer.resource_id else None

    def update(
        self,
        token: str,
        identifier: str,
        state: Mapping[str, object],
        inputs: Mapping[str, object],
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        """Check and update; return the new state."""
        checked = self.check(token, inputs, old=state)
        request = UpdateRequest(urn(token), identifier, dressed(state), dressed(checked), 0.0, [], preview)
        return plain_record(run(self.provider.update(request)).properties)

    def diff(
        self, token: str, state: Mapping[str, object], inputs: Mapping[str, object], name: str = "thing"
    ) -> DiffResponse:
        """Ask what a change replaces."""
        checked = self.check(token, inputs, old=state, name=name)
        return run(
            self.provider.diff(DiffRequest(urn(token, name), "id", dressed(state), dressed(checked), []))
        )

    def delete(self, token: str, identifier: str, state: Mapping[str, object] | None = None) -> None:
        """Delete."""
        run(self.provider.delete(DeleteRequest(urn(token), identifier, dressed(state or {}), 0.0)))

    def invoke(self, token: str, **arguments: object) -> dict[str, Any]:
        """Call one of the provider's functions."""
        return plain_record(
            run(self.provider.invoke(InvokeRequest(token, dressed(arguments)))).return_value or {}
        )


def urn(token: str, name: str = "thing") -> str:
    """Return the name by which the engine knows a resource."""
    return f"urn:pulumi:stack::project::{token}::{name}"


_SHARED_LOADER = create_loader()


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """Two accounts with an administrator each, profiles for both; the session acts in the requester's."""
    for name in [item for item in os.environ if item.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # Every session would read the large description of each service again.
    monkeypatch.setattr("botocore.session.create_loader", lambda _: _SHARED_LOADER)
    # moto puts keys of its own into the environment, which a profile overrides.
    with mock_aws():
        config, credentials = "", ""
        for profile, account in (("account-a", OWNER), ("account-b", REQUESTER)):
            backend = iam_backends[account]["aws"]
            backend.create_user("us-east-1", "admin")
            key = backend.create_access_key("admin")
            config += f"[profile {profile}]\nregion = us-east-1\n"
            credentials += f"[{profile}]\naws_access_key_id = {key.access_key_id}\n"
            credentials += f"aws_secret_access_key = {key.secret_access_key}\n"
        (tmp_path / "config").write_text(config)
        (tmp_path / "credentials").write_text(credentials)
        yield boto3.Session(profile_name="account-b")


@pytest.fixture
def bare_engine() -> Engine:
    """The engine's part, with a provider that is not configured yet and no AWS around it."""
    return Engine()


@pytest.fixture
def fresh_engine(aws: boto3.Session) -> Engine:  # noqa: ARG001 - the accounts must be there
    """The engine's part, with a provider that is not configured yet."""
    return Engine()


@pytest.fixture
def engine(aws: boto3.Session) -> Engine:  # noqa: ARG001 - the accounts must be there
    """The engine's part, with a provider configured for the requester's account."""
    engine = Engine()
    engine.configure(profile="account-b")
    return engine
