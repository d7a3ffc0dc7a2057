"""What the gate knows beside the emulator: the accounts, the clock, the sessions and the bucket policies."""

import datetime as dt
import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

IDENTITY_CENTER_PATH = "/aws-reserved/sso.amazonaws.com/"
"""Where the roles of permission sets are; a Region may follow."""
_ID_LETTERS = string.ascii_uppercase + "234567"
_SECRET_LETTERS = string.ascii_letters + string.digits + "+/"
# Organizations API Reference: the forms of the ids of organizations, roots and organizational units.
_PATH = re.compile(r"o-[a-z0-9]{10,32}/r-(?P<root>[a-z0-9]{4,32})/(ou-(?P=root)-[a-z0-9]{8,32}/)*", re.ASCII)


def now_utc() -> dt.datetime:
    """Return the time of day, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Temporary credentials, and what they are good for.

    Of a role: `role_arn`, `role_id` and `name` are given; of a user (`GetSessionToken`): `user_arn` and
    `user_id`. `policies` are the session policies' texts; `None` where none were passed, which is not the
    same as empty. `mfa_at` is when the user showed an MFA code.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    account: str
    issued: dt.datetime
    expires: dt.datetime
    role_arn: str | None = None
    role_id: str | None = None
    name: str = ""
    user_arn: str | None = None
    user_id: str | None = None
    policies: tuple[str, ...] | None = None
    policy_arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    source_identity: str | None = None
    mfa_at: dt.datetime | None = None


@dataclass(slots=True, kw_only=True)
class World:
    """The accounts that exist, and what the gate itself remembers for as long as it runs.

    `accounts` are those whose principals live here; `elsewhere` are ids that exist too, so that a policy
    may name them. `organization_paths` says where an account stands in its organization, in the form of
    `aws:PrincipalOrgPaths`; an account that is not in it is in none. `organization` is
    the folder of its service control policies (`gate.organization`). `bucket_policies` holds each bucket's
    policy in the form that `principals` stores.

    Raises `ValueError` where a path is none.
    """

    accounts: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    clock: Callable[[], dt.datetime] = now_utc
    organization_paths: Mapping[str, str] = field(default_factory=dict)
    organization: Path | None = None
    sessions: dict[str, Session] = field(default_factory=dict)
    root_keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Access keys of account roots: the account and the secret, by key id."""
    identity_center_keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Keys with which IAM Identity Center acts in an account: the account and the secret, by key id."""
    bucket_policies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account, path in self.organization_paths.items():
            if not _PATH.fullmatch(path):
                raise ValueError(
                    f"The organization path of account {account} is {path!r}: it has the form "
                    "o-ORGANIZATION/r-ROOT/ou-ROOT-UNIT/."
                )

    def account_exists(self, account: str) -> bool:
        """Whether there is such an account."""
        return account in self.accounts or account in self.elsewhere

    def add_root_key(self, account: str) -> tuple[str, str]:
        """Make an access key for an account's root user; return its id and its secret."""
        key, secret = new_id("AKIA", 20), new_secret()
        self.root_keys[key] = (account, secret)
        return key, secret

    def add_identity_center_key(self, account: str) -> tuple[str, str]:
        """Make a key with which IAM Identity Center acts in an account; return its id and its secret."""
        key, secret = new_id("AKIA", 20), new_secret()
        self.identity_center_keys[key] = (account, secret)
        return key, secret


def new_id(prefix: str, length: int) -> str:
    """Make a unique id as AWS writes them, such as `AIDA…` (IAM User Guide, "IAM identifiers")."""
    return prefix + "".join(secrets.choice(_ID_LETTERS) for _ in range(length - len(prefix)))


def new_secret(length: int = 40) -> str:
    """Make a secret access key or a session token."""
    return "".join(secrets.choice(_SECRET_LETTERS) for _ in range(length))
