"""The provider's own configuration, as the engine sends it: strings, with JSON inside for other types."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.provider.plugin import WHAT_IT_IS
from sandbox.provider.values import is_unknown

_ACCOUNT_ID = re.compile(r"\d{12}")
_TEXTS = ("profile", "region", "accessKey", "secretKey", "token")
_FLAGS = (
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "s3UsePathStyle",
)
_ACCOUNTS = ("allowedAccountIds", "forbiddenAccountIds")
_OTHERS = ("maxRetries", "defaultTags")
KNOWN = frozenset({*_TEXTS, *_FLAGS, *_ACCOUNTS, *_OTHERS})

# The engine's own, which concern the choice of the plugin.
_ENGINES_OWN = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which credentials to use, where, and which accounts they may belong to."""

    profile: str | None = None
    region: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    allowed_accounts: tuple[str, ...] = ()
    """Empty: any account."""
    forbidden_accounts: tuple[str, ...] = ()
    ask_for_account: bool = True
    """Whether to ask STS who is calling before anything else."""
    path_style: bool = False
    max_retries: int | None = None
    default_tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFault:
    """One key of the configuration that cannot be used, and why."""

    key: str
    reason: str


def parse_settings(given: Mapping[str, object]) -> tuple[Settings, list[SettingsFault]]:
    """Read the configuration; every fault is reported, and what is faulty or unknown yet is left unset."""
    values: dict[str, object] = {}
    faults: list[SettingsFault] = []
    for key, value in given.items():
        if key in _ENGINES_OWN or key.startswith("__") or value is None or is_unknown(value):
            continue
        if key not in KNOWN:
            reason = f"is not known to {WHAT_IT_IS}; it knows {', '.join(sorted(KNOWN))}"
            faults.append(SettingsFault(key=key, reason=reason))
            continue
        values[key] = value if key in _TEXTS else _decoded(value)
    faults.extend(SettingsFault(key=key, reason=reason) for key, reason in _faults(values))
    for fault in faults:
        values.pop(fault.key, None)
    return _settings(values), faults


def _settings(values: Mapping[str, object]) -> Settings:
    def text(key: str) -> str | None:
        value = values.get(key)
        return value or None if isinstance(value, str) else None

    def accounts(key: str) -> tuple[str, ...]:
        value = values.get(key)
        return tuple(value) if isinstance(value, list) else ()

    retries = values.get("maxRetries")
    allowed, forbidden = accounts("allowedAccountIds"), accounts("forbiddenAccountIds")
    skips = values.get("skipCredentialsValidation") is True and values.get("skipRequestingAccountId") is True
    return Settings(
        profile=text("profile"),
        region=text("region"),
        access_key=text("accessKey"),
        secret_key=text("secretKey"),
        token=text("token"),
        allowed_accounts=allowed,
        forbidden_accounts=forbidden,
        ask_for_account=bool(allowed or forbidden) or not skips,
        path_style=values.get("s3UsePathStyle") is True,
        max_retries=retries if isinstance(retries, int) else None,
        default_tags=_default_tags(values.get("defaultTags")),
    )


def _faults(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key in values.keys() & set(_TEXTS):
        if not isinstance(values[key], str):
            yield key, "must be a string"
    for key in values.keys() & set(_FLAGS):
        if not isinstance(values[key], bool):
            yield key, "must be true or false"
    for key in values.keys() & set(_ACCOUNTS):
        ids = values[key]
        if not isinstance(ids, list):
            yield key, "must be a list of account ids"
        elif bad := [item for item in ids if not (isinstance(item, str) and _ACCOUNT_ID.fullmatch(item))]:
            yield key, f"holds {json.dumps(bad[0])}, which is not a quoted account id of 12 digits"
    retries = values.get("maxRetries")
    if retries is not None and (not isinstance(retries, int) or isinstance(retries, bool) or retries < 0):
        yield "maxRetries", "must be a whole number"
    tags = values.get("defaultTags")
    if tags is not None and not (
        isinstance(tags, Mapping) and set(tags) <= {"tags"} and _is_text_map(tags.get("tags", {}))
    ):
        yield "defaultTags", 'must be an object with a map of strings under "tags"'


def _default_tags(value: object) -> tuple[tuple[str, str], ...]:
    tags = value.get("tags") if isinstance(value, Mapping) else None
    return tuple(sorted(tags.items())) if isinstance(tags, Mapping) else ()


def _is_text_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
