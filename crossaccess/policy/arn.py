"""Amazon Resource Names, taken apart."""

import re
from dataclasses import dataclass

_ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
_PARTITION = re.compile(r"aws(-[a-z]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """The six parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` (IAM User Guide, "IAM ARNs").

    `region` and `account` are empty where the service leaves them out; `resource` may hold colons.
    """

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse_arn(text: str) -> Arn | None:
    """Take an ARN apart; `None` where the text is none."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not _PARTITION.fullmatch(parts[1]):
        return None
    if not parts[2] or not parts[5]:
        return None
    return Arn(partition=parts[1], service=parts[2], region=parts[3], account=parts[4], resource=parts[5])


def is_account_id(text: str) -> bool:
    """Whether the text is an AWS account id: twelve digits, zeros in front included."""
    return _ACCOUNT_ID.fullmatch(text) is not None
