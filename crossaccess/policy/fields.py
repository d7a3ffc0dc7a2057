"""Single values of a grant, checked one by one. Used for config, for arguments and for handovers.

Each reader takes the value as it came and the key to name in an error. It answers the value in its
right type, or notes a fault and answers `None`. What comes out holds nothing that could change the
meaning of a policy: no wildcard, no policy variable, no part of another ARN.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from crossaccess.policy.arn import is_account_id
from crossaccess.policy.faults import Faults, meant, shown, shown_key

T = TypeVar("T")

IAM_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""The name of an IAM user or role (IAM User Guide, "IAM and AWS STS quotas")."""

_GRANT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_LONGEST_GRANT_NAME = 48
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+", re.ASCII)
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_LONGEST_KEY = 1024
# IAM takes these characters in documents; control characters below the space are never meant.
_IN_DOCUMENTS = re.compile(r"[\u0020-\u007e\u00a0-\u00ff]*")


def read_mapping(
    raw: object, key: str, faults: Faults, *, known: Collection[str]
) -> Mapping[str, object] | None:
    """A mapping whose keys are all known."""
    if not isinstance(raw, Mapping):
        faults.add(key, shown(raw), f"write a mapping with the keys {', '.join(known)}")
        return None
    for name in raw:
        if name not in known:
            faults.add(f"{key}.{shown_key(name)}", "is no key that is known here", meant(str(name), known))
    return raw


def read_text(raw: object, key: str, faults: Faults, *, mend: str) -> str | None:
    """A text that is not empty."""
    if isinstance(raw, str) and raw:
        return raw
    quote = "quote it; " if isinstance(raw, bool | int | float) else ""
    faults.add(key, shown(raw), f"{quote}{mend}")
    return None


def read_shaped(raw: object, key: str, faults: Faults, *, shape: re.Pattern[str], mend: str) -> str | None:
    """A text of a certain shape, all of it."""
    text = read_text(raw, key, faults, mend=mend)
    if text is None or shape.fullmatch(text):
        return text
    faults.add(key, shown(text), mend)
    return None


def read_boolean(raw: object, key: str, faults: Faults) -> bool | None:
    """A truth value, or the text that the engine makes of it."""
    values = {"true": True, "false": False}
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw in values:
        return values[raw]
    faults.add(key, shown(raw), "it can be true or false")
    return None


def read_choice(raw: object, key: str, faults: Faults, *, known: Collection[str]) -> str | None:
    """One of some known words."""
    text = read_text(raw, key, faults, mend=f"it can be {', '.join(known)}")
    if text is None or text in known:
        return text
    faults.add(key, shown(text), meant(text, known))
    return None


def read_list(
    raw: object,
    key: str,
    faults: Faults,
    *,
    entry: Callable[[object, str, Faults], T | None],
    example: str,
) -> tuple[T, ...] | None:
    """A list of one entry at least, all right and different; `None` if one entry is not right."""
    if not isinstance(raw, list | tuple):
        faults.add(key, shown(raw), f"write a list, such as {example}")
        return None
    if not raw:
        faults.add(key, shown(raw), f"name at least one, such as {example}")
        return None
    entries: list[T] = []
    for index, one in enumerate(raw):
        value = entry(one, f"{key}[{index}]", faults)
        if value is None:
            continue
        if value in entries:
            faults.add(f"{key}[{index}]", shown(one), "it stands there twice: take one out")
        entries.append(value)
    return tuple(entries) if len(entries) == len(raw) else None


def read_account(raw: object, key: str, faults: Faults) -> str | None:
    """An AWS account id. YAML makes numbers of unquoted ones, and loses zeros in front."""
    if isinstance(raw, str) and is_account_id(raw):
        return raw
    mend = 'an account is twelve digits in quotes, such as "012345678901"'
    if isinstance(raw, bool | int | float):
        faults.add(key, shown(raw), f"quote it, or YAML takes it for a number and changes it; {mend}")
    elif isinstance(raw, str) and raw.isdecimal():
        faults.add(key, f"{shown(raw)} ({len(raw)} digits)", mend)
    else:
        faults.add(key, shown(raw), mend)
    return None


def read_grant_name(raw: object, key: str, faults: Faults) -> str | None:
    """A grant's name: it becomes a part of role names, statement ids and resource names."""
    mend = (
        f"a name is up to {_LONGEST_GRANT_NAME} small letters, digits and single hyphens, "
        "such as bob-bucket-policy"
    )
    text = read_shaped(raw, key, faults, shape=_GRANT_NAME, mend=mend)
    if text is not None and len(text) > _LONGEST_GRANT_NAME:
        faults.add(key, shown(text), mend)
        return None
    return text


def read_role_name(raw: object, key: str, faults: Faults) -> str | None:
    """The name of an IAM role, without a path (IAM User Guide, "IAM and AWS STS quotas")."""
    mend = "a role's name is up to 64 letters, digits and +=,.@_- without a path, such as account-a-role"
    return read_shaped(raw, key, faults, shape=IAM_NAME, mend=mend)


def read_bucket_name(raw: object, key: str, faults: Faults) -> str | None:
    """A bucket's name (Amazon S3 User Guide, "General purpose bucket naming rules")."""
    mend = "a bucket's name is 3 to 63 small letters, digits and hyphens, and is unique in all of AWS"
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    right = _BUCKET_NAME.fullmatch(text) and ".." not in text and not _ADDRESS.fullmatch(text)
    if right and not text.startswith(_RESERVED_BEGINNINGS) and not text.endswith(_RESERVED_ENDINGS):
        return text
    reserved = " (reserved by AWS)" if right else ""
    faults.add(key, f"{shown(text)}{reserved}", mend)
    return None


def read_prefix(raw: object, key: str, faults: Faults) -> str | None:
    """The beginning of object keys, closed by a slash so that it cannot match a neighbour's."""
    text = read_text(raw, key, faults, mend="a prefix is a text that ends with a slash, such as reports/")
    if text is None:
        return None
    mend = _prefix_mend(text)
    if mend is None:
        return text
    faults.add(key, shown(text), mend)
    return None


def _prefix_mend(text: str) -> str | None:
    if "*" in text or "?" in text:
        return "a prefix has no wildcards: everything under it is meant anyway"
    if "${" in text:
        return "a prefix has no policy variables: name each prefix"
    if text.startswith("/"):
        return "leave out the slash at its beginning: the keys of objects do not begin with one"
    if not text.endswith("/"):
        return "close it with a slash, or it lets in its neighbours, as 'logs' does with 'logs-private/'"
    if not _IN_DOCUMENTS.fullmatch(text):
        return "policies take the characters U+0020 to U+00FF only, without control characters"
    if len(text.encode()) > _LONGEST_KEY:
        return f"object keys are no longer than {_LONGEST_KEY} bytes"
    return None
