"""Stack files, read as the engine reads them and handed over as the engine hands them over."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from crossaccess.policy.arn import is_account_id
from crossaccess.testing.errors import StackError

_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "eusc": "aws-eusc"}
_USUAL_REGION = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """A stack's config; `texts` are its values as a program gets them, `account` whose stack it is."""

    name: str
    texts: Mapping[str, str]
    account: str
    region: str

    @property
    def side(self) -> str | None:
        """Which side it plays."""
        return self.texts.get("crossaccess:side")

    @property
    def partition(self) -> str:
        """The partition that its Region is in."""
        starts = (name for start, name in _PARTITIONS.items() if self.region.startswith(f"{start}-"))
        return next(starts, "aws")


def read_config(name: str, given: str | Path | Mapping[str, object], folder: Path) -> StackConfig:
    """Read a stack's config out of its file, relative to `folder`, or out of a mapping such as it holds.

    Raises `StackError`.
    """
    if isinstance(given, Mapping):
        values: object = given
    else:
        path = folder / given
        try:
            loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise StackError(f"the stack file {path} cannot be read: {error}") from None
        values = loaded.get("config") if isinstance(loaded, dict) else None
    if not isinstance(values, Mapping) or not values:
        raise StackError(f"the stack {name!r} has no config: it is a mapping such as crossaccess:side: owner")
    texts = {str(key): _text(value) for key, value in values.items()}
    if "crossaccess:existingBucket" in texts:
        raise StackError(
            f"the stack {name!r} adopts a bucket, and for that the program asks S3 itself: it cannot be run "
            "without AWS. Test it with crossaccess:bucketName in the place of crossaccess:existingBucket."
        )
    return StackConfig(
        name=name, texts=texts, account=_account(name, values), region=texts.get("aws:region", _USUAL_REGION)
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=_date)
    except TypeError as error:
        raise StackError(f"the config holds what no stack file can: {error}") from None


def _date(value: object) -> str:
    """A date without quotes, as the engine hands it over."""
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d} 00:00:00 +0000 UTC"
    raise TypeError(repr(value))


def _account(name: str, values: Mapping[str, object]) -> str:
    """The account that the stack may be deployed in."""
    listed = values.get("aws:allowedAccountIds")
    account = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
    if not isinstance(account, str) or not is_account_id(account):
        raise StackError(
            f"the stack {name!r} does not say whose account it is for: set aws:allowedAccountIds to one "
            'account, in quotes, such as ["111111222222"]'
        )
    return account
