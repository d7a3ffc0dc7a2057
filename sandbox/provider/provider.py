"""The provider itself: it hands every request to the row of the registry that knows the type, and no more."""

import asyncio
from collections.abc import Mapping

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    GetSchemaRequest,
    GetSchemaResponse,
    InvokeRequest,
    InvokeResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.provider.account import Account, calling, connect
from sandbox.provider.errors import StandInError
from sandbox.provider.invokes import INVOKES
from sandbox.provider.package_schema import package_schema
from sandbox.provider.plugin import WHAT_IT_IS
from sandbox.provider.properties import faults
from sandbox.provider.registry import RESOURCE_TYPES
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.settings import Settings, parse_settings
from sandbox.provider.values import UNKNOWN, Record, has_unknown, plain_record, property_values, secret_texts

_Values = Mapping[str, PropertyValue]


class StandIn(Provider):
    """The `aws` provider of the sandbox.

    Calls of AWS run in threads, so that the engine's parallel requests are answered in parallel.
    """

    def __init__(self) -> None:
        self._connected: tuple[Settings, Account] | None = None
        self._connecting = asyncio.Lock()

    async def get_schema(self, request: GetSchemaRequest) -> GetSchemaResponse:  # noqa: ARG002 - the SDK's
        """Describe the types and functions that it knows."""
        return GetSchemaResponse(schema=package_schema())

    async def check_config(self, request: CheckRequest) -> CheckResponse:
        """Refuse settings that it does not know, and credentials that are missing or of a wrong account."""
        given = plain_record(request.new_inputs)
        settings, found = parse_settings(given)
        failures = [_failure(f"aws:{fault.key} {fault.reason}") for fault in found]
        if not failures and not has_unknown(given):
            try:
                await self._connect(settings)
            except StandInError as error:
                failures = [_failure(str(error))]
        return CheckResponse(inputs=request.new_inputs, failures=failures)

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Connect; here too a wrong account is refused, since a destroy checks no configuration."""
        settings, found = parse_settings(plain_record(request.args))
        if found:
            raise StandInError("; ".join(f"aws:{fault.key} {fault.reason}" for fault in found))
        await self._connect(settings)
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        """Answer one of the functions that it knows."""
        function = INVOKES.get(request.tok)
        if function is None:
            known = ", ".join(sorted(INVOKES))
            raise StandInError(f"{WHAT_IT_IS} does not know the function {request.tok}; it knows {known}")
        arguments = plain_record(request.args)
        if strange := sorted(arguments.keys() - set(function.arguments)):
            raise StandInError(f"{request.tok}: {WHAT_IT_IS} does not know the argument {strange[0]}")
        if missing := [name for name in function.required if name not in arguments]:
            raise StandInError(f"{request.tok}: the argument {missing[0]} is required")
        answer = await asyncio.to_thread(calling, function.answer, self._account(), arguments)
        return InvokeResponse(return_value=property_values(answer, like={}))

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Hold the inputs to what the type takes, and fill in defaults and the automatic name."""
        kind = RESOURCE_TYPES.get(_own_type(request.type))
        if kind is None:
            return CheckResponse(failures=[_failure(_unknown_type(_own_type(request.type)))])
        given = plain_record(request.new_inputs)
        inputs = kind.checked(
            given,
            plain_record(request.old_inputs),
            account=self._account(),
            name=request.name,
            seed=request.random_seed,
        )
        # In what was given, and in what came of it: an automatic name may be too long.
        found = [*faults(kind.properties, given), *faults(kind.properties, inputs)]
        if found:
            failures = [_failure(f"{path} of {kind.token} {why}") for path, why in dict.fromkeys(found)]
            return CheckResponse(failures=failures)
        return CheckResponse(inputs=property_values(inputs, like=request.new_inputs))

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """Say what needs a new resource; the engine itself finds what else has changed."""
        kind, state, inputs = (
            _known(request.type),
            plain_record(request.old_state),
            plain_record(request.new_inputs),
        )
        replaces = kind.replaced_by(state, inputs)
        return DiffResponse(
            replaces=replaces,
            delete_before_replace=bool(replaces) and kind.name_collides(state, inputs, request.name),
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Make the resource and read it back."""
        kind, inputs = _known(request.type), plain_record(request.properties)
        if request.preview:
            outputs = {**inputs, **dict.fromkeys(kind.computed, UNKNOWN)}
            return CreateResponse(properties=_outputs(outputs, request.properties))
        account = self._account()
        identifier = await asyncio.to_thread(calling, kind.create, account, inputs)
        state = await self._state(kind, identifier, inputs)
        if state is None:
            raise StandInError(
                f"{kind.token} {identifier} was made, and AWS does not find it; run `pulumi up` again"
            )
        return CreateResponse(resource_id=identifier, properties=_outputs(state, request.properties))

    async def read(self, request: ReadRequest) -> ReadResponse:
        """Tell the resource as AWS has it now; an empty answer means that it is gone."""
        kind = _known(request.type)
        inputs, known = plain_record(request.inputs), plain_record(request.properties)
        state = await self._state(kind, request.resource_id, {**known, **inputs})
        if state is None:
            return ReadResponse()
        secrets = secret_texts(request.inputs, request.properties)
        return ReadResponse(
            resource_id=request.resource_id,
            properties=property_values(state, like={**request.properties, **request.inputs}, secrets=secrets),
            inputs=property_values(kind.inputs_of(state, inputs), like=request.inputs, secrets=secrets),
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Change the resource in place and read it back."""
        kind = _known(request.type)
        old, new = plain_record(request.olds), plain_record(request.news)
        if refusals := kind.refusals(old, new):
            raise StandInError("; ".join(refusals))
        if request.preview:
            kept = {key: value for key, value in old.items() if key in kind.computed}
            outputs = {**kept, **new}
            if "tagsAll" in outputs:
                outputs["tagsAll"] = new.get("tags", {})
            return UpdateResponse(properties=_outputs(outputs, request.news))
        if kind.update is not None:
            await asyncio.to_thread(calling, kind.update, self._account(), request.resource_id, old, new)
        state = await self._state(kind, request.resource_id, new)
        if state is None:
            raise StandInError(f"{kind.token} {request.resource_id} is gone; run `pulumi refresh`")
        return UpdateResponse(properties=_outputs(state, request.news))

    async def delete(self, request: DeleteRequest) -> None:
        """Delete the resource; one that is gone already is no fault."""
        kind, state = _known(request.type), plain_record(request.properties)
        await asyncio.to_thread(calling, kind.delete, self._account(), request.resource_id, state)

    async def _connect(self, settings: Settings) -> None:
        async with self._connecting:
            if self._connected is None or self._connected[0] != settings:
                self._connected = settings, await asyncio.to_thread(connect, settings)

    def _account(self) -> Account:
        if self._connected is None:
            raise StandInError("the provider is not configured yet")
        return self._connected[1]

    async def _state(self, kind: ResourceType, identifier: str, wanted: Record) -> Record | None:
        live = await asyncio.to_thread(calling, kind.read, self._account(), identifier, wanted)
        return None if live is None else kind.outputs(wanted, live)


def _known(qualified: str) -> ResourceType:
    kind = RESOURCE_TYPES.get(_own_type(qualified))
    if kind is None:
        raise StandInError(_unknown_type(_own_type(qualified)))
    return kind


def _own_type(qualified: str) -> str:
    """Return the type without those of its parents: a child of a component is `PARENT$TYPE` in its URN."""
    return qualified.rpartition("$")[2]


def _unknown_type(token: str) -> str:
    return f"{WHAT_IT_IS} does not know the type {token}; it knows {', '.join(sorted(RESOURCE_TYPES))}"


def _outputs(state: Record, inputs: _Values) -> dict[str, PropertyValue]:
    return property_values(state, like=inputs, secrets=secret_texts(inputs))


def _failure(reason: str) -> CheckFailure:
    """Name the property in the reason only: told its name, the engine prints its value, secret or not."""
    return CheckFailure(property="", reason=reason)
