"""KMS: which action on which key a call needs.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Key Management Service".
"""

import base64
from collections.abc import Mapping

from moto.kms.utils import KEY_ID_LEN

from crossaccess.policy.document import PolicyError, load_json
from sandbox.gate.callers import Caller
from sandbox.gate.calls import Call, Need
from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.estate import PARTITION, find_key, find_key_by_id
from sandbox.gate.received import Received

_TARGET = "TrentService."
_ON_NOTHING = frozenset({"ListKeys", "ListAliases", "GenerateRandom"})
_ON_KEYS = frozenset(
    name
    for line in (
        "CancelKeyDeletion Decrypt DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation",
        "Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GetKeyPolicy GetKeyRotationStatus",
        "ListKeyPolicies ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource",
        "UpdateKeyDescription",
    )
    for name in line.split()
)
_ON_ALIASES = frozenset({"CreateAlias", "DeleteAlias", "UpdateAlias"})


def map_kms(received: Received, caller: Caller, region: str) -> Call:
    """Map a KMS call to what it needs. Raises `UnmappedError` for what the gate cannot judge."""
    target = received.headers.get("x-amz-target", "")
    operation = target.removeprefix(_TARGET)
    if received.method != "POST" or received.path != "/" or not target.startswith(_TARGET):
        raise AwsError("UnknownOperationException", f"{target!r} is no operation of KMS.")
    if caller.account is None:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
    parameters = _parameters(received.body)
    keys = _keys(parameters) | {"kms:CallerAccount": (caller.account,)}
    if operation == "CreateKey":
        return _on_nothing(caller.account, parameters, keys)
    if operation in _ON_NOTHING:
        need = Need(action=f"kms:{operation}", resource="*", owner=caller.account, keys=keys)
        return Call(service="kms", operation=operation, needs=(need,), parameters=parameters)
    if operation in _ON_ALIASES:
        return _on_alias(operation, parameters, caller.account, region, keys)
    if operation not in _ON_KEYS:
        raise UnmappedError(f"The gate does not judge {operation} of KMS.")
    identifier = (
        _encrypted_with(parameters, caller.account, region)
        if operation == "Decrypt"
        else _text(parameters, "KeyId")
    )
    need = _on_key(operation, identifier, caller.account, region, keys)
    return Call(
        service="kms",
        operation=operation,
        needs=(need,),
        parameters=dict(parameters) | {"KeyId": need.resource},
        account=need.owner,
    )


def _parameters(body: bytes) -> Mapping[str, object]:
    try:
        data = load_json(body or b"{}")
    except PolicyError as error:
        raise AwsError("SerializationException", str(error)) from None
    if not isinstance(data, dict):
        raise AwsError("SerializationException", "The body is not a JSON object.")
    return data


def _text(parameters: Mapping[str, object], name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str) or not value:
        raise AwsError("ValidationException", f"The request lacks {name}.")
    return value


def _encrypted_with(parameters: Mapping[str, object], account: str, region: str) -> str:
    """Tell the key that a ciphertext was made with, which is the one that Decrypt uses.

    The emulator writes the key's id in front of it. Raises `AwsError` where there is none, or where the
    caller names another key.
    """
    try:
        blob = base64.b64decode(_text(parameters, "CiphertextBlob"), validate=True)
        key = find_key_by_id(region, blob[:KEY_ID_LEN].decode("ascii"))
    except ValueError:
        key = None
    if key is None:
        raise AwsError("InvalidCiphertextException", "The ciphertext was made with no key of KMS.")
    if "KeyId" in parameters:
        named = find_key(account, region, _text(parameters, "KeyId"))
        if named is None or named.arn != key.arn:
            raise AwsError("IncorrectKeyException", "The ciphertext was made with another key.")
    return str(key.arn)


def _keys(parameters: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    context = parameters.get("EncryptionContext")
    found: dict[str, tuple[str, ...]] = {}
    if isinstance(context, dict) and context:
        found = {f"kms:EncryptionContext:{name}": (str(value),) for name, value in context.items()}
        found["kms:EncryptionContextKeys"] = tuple(context)
    tags = parameters.get("Tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict):
            name = str(tag.get("TagKey"))
            found[f"aws:RequestTag/{name}"] = (str(tag.get("TagValue")),)
            found["aws:TagKeys"] = (*found.get("aws:TagKeys", ()), name)
    bypass = parameters.get("BypassPolicyLockoutSafetyCheck")
    if isinstance(bypass, bool):
        found["kms:BypassPolicyLockoutSafetyCheck"] = (str(bypass).lower(),)
    return found


def _on_nothing(account: str, parameters: Mapping[str, object], keys: dict[str, tuple[str, ...]]) -> Call:
    actions = ["kms:CreateKey"] + (["kms:TagResource"] if parameters.get("Tags") else [])
    needs = tuple(Need(action=action, resource="*", owner=account, keys=keys) for action in actions)
    return Call(service="kms", operation="CreateKey", needs=needs, parameters=parameters)


def _on_alias(
    operation: str,
    parameters: Mapping[str, object],
    account: str,
    region: str,
    keys: dict[str, tuple[str, ...]],
) -> Call:
    """An alias and the key behind it both have to be allowed, the old one and the new one where it moves."""
    alias = _text(parameters, "AliasName")
    identifiers = [] if operation == "CreateAlias" else [alias]
    identifiers += [] if operation == "DeleteAlias" else [_text(parameters, "TargetKeyId")]
    resource = f"arn:{PARTITION}:kms:{region}:{account}:{alias}"
    needs = [Need(action=f"kms:{operation}", resource=resource, owner=account, keys=keys)]
    needs += [_on_key(operation, identifier, account, region, keys) for identifier in identifiers]
    return Call(
        service="kms", operation=operation, needs=tuple(needs), parameters=parameters, account=account
    )


def _on_key(
    operation: str, identifier: str, account: str, region: str, keys: dict[str, tuple[str, ...]]
) -> Need:
    key = find_key(account, region, identifier)
    if key is None:
        raise AwsError("NotFoundException", f"Key '{identifier}' does not exist")
    own = keys | ({"kms:RequestAlias": (identifier,)} if identifier.startswith("alias/") else {})
    return Need(action=f"kms:{operation}", resource=str(key.arn), owner=str(key.account_id), keys=own)
