"""The plugin's process: a gRPC server on the loopback that lives as long as the engine that started it."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped] # ships no types
import grpc.aio  # type: ignore[import-untyped] # ships no types
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.provider.errors import StandInError
from sandbox.provider.plugin import plugin_version
from sandbox.provider.provider import StandIn

# As many calls of AWS at once as the engine is likely to ask for.
_THREADS = 32
_PARENT_CHECK_SECONDS = 1.0

# Any: requests and answers are protobuf messages, one type per method; the servicer they pass to knows which.
_Method = Callable[[Any, Any, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]


def _told_cleanly(method: _Method) -> _Method:
    """Let an error that is meant for a person reach the user as it is.

    The SDK's servicer wraps every error into another one with a traceback in its text; the error itself is
    left as that one's context.
    """

    async def told(
        self: Any, request: Any, context: grpc.aio.ServicerContext[Any, Any]
    ) -> Any:  # Any: see _Method
        try:
            return await method(self, request, context)
        except Exception as error:
            cause = error.__context__
            if not isinstance(cause, StandInError):
                raise
            await context.abort(grpc.StatusCode.UNKNOWN, str(cause))

    return told


async def _read(
    self: Any, request: Any, context: grpc.aio.ServicerContext[Any, Any]
) -> Any:  # Any: see _Method
    """Answer nothing at all for what is gone: with empty properties, `.get()` would take it for there."""
    answer = await ProviderServicer.Read(self, request, context)
    return answer if answer.id else provider_pb2.ReadResponse()


class Servicer(ProviderServicer):
    """The SDK's servicer with errors for people."""

    CheckConfig = _told_cleanly(ProviderServicer.CheckConfig)
    Configure = _told_cleanly(ProviderServicer.Configure)
    Invoke = _told_cleanly(ProviderServicer.Invoke)
    Check = _told_cleanly(ProviderServicer.Check)
    Diff = _told_cleanly(ProviderServicer.Diff)
    Create = _told_cleanly(ProviderServicer.Create)
    Read = _told_cleanly(_read)
    Update = _told_cleanly(ProviderServicer.Update)
    Delete = _told_cleanly(ProviderServicer.Delete)


def main(arguments: list[str]) -> None:
    """Serve until the engine goes. The engine reads the port from the first line of standard output."""
    if not arguments:
        sys.exit("This is a plugin of Pulumi's engine, which starts it with its own address as the argument.")
    try:
        asyncio.run(_serve(arguments))
    except KeyboardInterrupt:
        # Ctrl-C reaches the engine and its plugins alike; the engine tells the user.
        sys.exit(0)


async def _serve(arguments: list[str]) -> None:
    parent = os.getppid()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = Servicer(arguments, plugin_version(), StandIn(), engine_address=arguments[0])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells of a parent's end
        await asyncio.sleep(_PARENT_CHECK_SECONDS)
    # The engine is gone without a word; nobody would stop this process.
    await server.stop(grace=None)
