"""Runs a program as Pulumi's Python host does, with mocks where the engine and AWS would be.

Each run has a context and an event loop of its own, so that no test sees another's settings.
"""

import asyncio
import contextlib
import contextvars
import json
import logging
import runpy
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws
import pytest
from pulumi.runtime import mocks, rpc, run_in_stack
from pulumi.runtime.settings import SETTINGS, configure

with warnings.catch_warnings():
    # The provider's SDK warns of its own old resource types while it is imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    # The modules are lazy: looking into one imports it.
    LOADED = (pulumi_aws.s3.Bucket, pulumi_aws.iam.Role, pulumi_aws.kms.Key)

ROOT = Path(__file__).parents[2]
OWNER_ACCOUNT = "111111222222"
REQUESTER_ACCOUNT = "112233445566"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource that the program registered, with its inputs as the engine gets them.

    `by_property` are the resources that each input comes from; `aliases` the names that it may have had.
    """

    type: str
    name: str
    inputs: Mapping[str, Any]  # Any: the inputs of any resource type
    parent: str
    protect: bool
    retained: bool
    depends_on: tuple[str, ...]
    by_property: Mapping[str, tuple[str, ...]]
    aliases: tuple[str, ...]
    unknown: bool


@dataclass(kw_only=True)
class Ran:
    """What a run left behind; `references` are the names of its stack references.

    The resources stand in the order of their types and names.
    """

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)  # Any: stack outputs
    references: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)
    failure: BaseException | None = None
    outputs_unknown: bool = False

    def of_type(self, token: str) -> list[Registered]:
        """The resources of a type, such as `aws:iam/role:Role`."""
        return [one for one in self.resources if one.type == token]

    def one(self, token: str) -> Registered:
        """The only resource of a type."""
        (found,) = self.of_type(token)
        return found

    def document(self, token: str, key: str = "policy") -> Any:  # Any: a policy, as JSON has it
        """The policy document in the only resource of a type."""
        return json.loads(self.one(token).inputs[key])

    @property
    def made(self) -> list[Registered]:
        """What would change something: all but components and references."""
        return [one for one in self.resources if one.type.startswith("aws:")]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the provider's credentials lead to; `refusal` is what a provider that cannot start says.

    `key` is what differs in KMS's description of any key; `None` where there is no key. `saved` are the
    policies that AWS has of buckets and the trust policies of roles, by their names; `unreadable` is why
    nobody may look at them.
    """

    account: str = OWNER_ACCOUNT
    partition: str = "aws"
    region: str = "eu-central-1"
    refusal: str | None = None
    key: Mapping[str, object] | None = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    unreadable: str | None = None


class _Engine(mocks.Mocks):
    def __init__(self, account: Account, stacks: Mapping[str, Mapping[str, Any]], *, preview: bool) -> None:
        self.account, self.stacks, self.preview = account, stacks, preview

    def call(self, args: mocks.MockCallArgs) -> Any:  # Any: the base class has it unannotated
        if self.account.refusal is not None:
            return {}, [("", self.account.refusal)]
        if args.token.endswith(":getKey"):
            return self.describe_key(args.args["keyId"])
        if args.token.endswith(":getBucketPolicy"):
            bucket = args.args["bucket"]
            return self.look_up(f"S3 Bucket ({bucket}) Policy", bucket, "policy")
        if args.token.endswith(":getRole"):
            name = args.args["name"]
            return self.look_up(f"IAM Role ({name})", name, "assumeRolePolicy")
        return {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": self.account.account,
                "arn": f"arn:{self.account.partition}:iam::{self.account.account}:user/admin",
                "userId": "AIDAADMIN",
            },
            "aws:index/getPartition:getPartition": {"partition": self.account.partition},
            "aws:index/getRegion:getRegion": {"region": self.account.region},
        }[args.token]

    def look_up(self, what: str, name: str, output: str) -> Any:  # Any: as `call`
        why = self.account.unreadable
        if why is None and name in self.account.saved:
            return {output: self.account.saved[name]}
        absent = "couldn't find resource"
        return {}, [("", f"reading {what}: {why or absent}")]

    def describe_key(self, key: str) -> Any:  # Any: as `call`
        if self.account.key is None:
            return {}, [("", f"NotFoundException: Key '{key}' does not exist")]
        usual = {
            "arn": key,
            "enabled": True,
            "keyManager": "CUSTOMER",
            "keySpec": "SYMMETRIC_DEFAULT",
            "keyState": "Enabled",
            "keyUsage": "ENCRYPT_DECRYPT",
        }
        return {**usual, **self.account.key}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            outputs = self.stacks[args.inputs["name"]]
            return args.inputs["name"], {**args.inputs, "outputs": outputs, "secretOutputNames": []}
        if self.preview:
            return None, args.inputs
        return f"{args.name}-id", {"arn": f"arn-of-{args.name}", **args.inputs}


@contextlib.contextmanager
def _own_loop() -> Iterator[None]:
    """Give a worker thread an event loop and close it again: the mocks make one and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Monitor:
    """Notes what is registered, and leaves the rest to Pulumi's own mocks."""

    def __init__(self, engine: _Engine, ran: Ran) -> None:
        self.mock: Any = mocks.MockMonitor(engine)  # Any: its methods have no annotations
        self.ran = ran

    def __getattr__(self, name: str) -> Any:  # Any: the same
        return getattr(self.mock, name)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - Any: a protocol message; gRPC's name
        if request.type != "pulumi:pulumi:Stack":
            registered = Registered(
                type=request.type,
                name=request.name,
                inputs=rpc.deserialize_properties(request.object),
                parent=request.parent.rpartition("::")[2],
                protect=request.protect,
                retained=request.retainOnDelete,
                depends_on=_names(request.dependencies),
                by_property={
                    name: _names(found.urns) for name, found in request.propertyDependencies.items()
                },
                aliases=(*(one.spec.name for one in request.aliases), *_names(request.aliasURNs)),
                unknown=rpc.UNKNOWN in str(request.object),
            )
            self.ran.resources.append(registered)
        with _own_loop():
            return self.mock.RegisterResource(request)

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - Any: a protocol message; gRPC's name
        with _own_loop():
            return self.mock.Invoke(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - Any: a protocol message; gRPC's name
        if request.type == "pulumi:pulumi:StackReference":
            self.ran.references.append(request.name)
        with _own_loop():
            return self.mock.ReadResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - Any: a message; gRPC's name
        if "pulumi:pulumi:Stack::" in request.urn:
            self.ran.outputs_unknown = rpc.UNKNOWN in str(request.outputs)
            self.ran.outputs = rpc.deserialize_properties(request.outputs)
        return self.mock.RegisterResourceOutputs(request)


def _names(urns: Iterable[str]) -> tuple[str, ...]:
    return tuple(urn.rpartition("::")[2] for urn in urns)


class _Messages(logging.Handler):
    def __init__(self, ran: Ran) -> None:
        super().__init__(logging.INFO)
        self.by_level = {
            logging.ERROR: ran.errors,
            logging.WARNING: ran.warnings,
            logging.INFO: ran.infos,
        }

    def emit(self, record: logging.LogRecord) -> None:
        self.by_level[record.levelno].append(record.getMessage())


def run(
    program: Callable[[], None],
    *,
    account: Account | None = None,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Ran:
    """Run a program; what it raises is kept in the answer, as the engine would end up with it."""
    ran = Ran()
    engine = _Engine(account or Account(), stacks or {}, preview=preview)
    logger = logging.Logger("program")  # noqa: LOG001 - of this run alone
    logger.addHandler(_Messages(ran))
    monitor = _Monitor(engine, ran)

    def host() -> None:
        # Settings live in the context in which they are made.
        make_settings: Any = mocks.MockSettings  # Any: it has no annotations
        settings = make_settings(
            monitor=monitor,
            monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
            engine=mocks.MockEngine(logger),
            project="crossaccess",
            stack="stack-under-test",
            dry_run=preview,
            organization=None,
            callbacks=None,
        )
        configure(settings)
        # The mocks leave out the set of pending outputs: without one of its own, a run would wait for
        # those of an earlier run, whose loop is closed.
        SETTINGS.outputs = set()
        try:
            asyncio.run(run_in_stack(program))
        except (Exception, SystemExit) as failure:  # noqa: BLE001 - the test looks at what it was
            ran.failure = failure

    contextvars.Context().run(host)
    # Which of two independent resources is registered first is up to the threads that resolve their inputs.
    ran.resources.sort(key=lambda one: (one.type, one.name))
    return ran


def run_main(
    monkeypatch: pytest.MonkeyPatch,
    config: Mapping[str, object],
    *,
    account: Account | None = None,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Ran:
    """Run `__main__.py` with a stack's config, its values as in a stack file."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(texts))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", "[]")

    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return run(program, account=account, stacks=stacks, preview=preview)


def component(make: Callable[[], pulumi.ComponentResource], **options: Any) -> Ran:  # Any: those of `run`
    """Run a program that makes one component, and export the component's outputs."""

    def program() -> None:
        made = make()
        for name in type(made).__annotations__:
            pulumi.export(name, getattr(made, name))

    return run(program, **options)
