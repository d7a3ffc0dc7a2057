"""Runs a program as Pulumi's Python host does, with mocks where the engine and AWS would be.

Each run has a context and an event loop of its own, so that none sees another's settings. Imports Pulumi:
only what runs a program imports this.
"""

import asyncio
import contextlib
import contextvars
import json
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi_aws
from pulumi.runtime import mocks, rpc, run_in_stack
from pulumi.runtime.settings import SETTINGS, configure

from crossaccess.testing.aws import Account, Engine

with warnings.catch_warnings():
    # The provider's SDK warns of its own old resource types while it is imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    # The modules are lazy: looking into one imports it.
    LOADED = (pulumi_aws.s3.Bucket, pulumi_aws.iam.Role, pulumi_aws.kms.Key)


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

    def __init__(self, engine: Engine, ran: Ran) -> None:
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
    stacks: Mapping[str, Mapping[str, Any]] | None = None,  # Any: outputs of stacks
    preview: bool = False,
    stack: str = "stack-under-test",
) -> Ran:
    """Run a program; what it raises is kept in the answer, as the engine would end up with it."""
    ran = Ran()
    engine = Engine(account or Account(), stacks or {}, preview=preview)
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
            stack=stack,
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
