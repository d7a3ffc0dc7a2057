"""What the emulator holds: users, roles, buckets, objects and keys, over all accounts.

Every look into moto's own objects is here, in `policies` or in `emulator`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from crossaccess.policy.arn import Arn, parse_arn
from sandbox.gate.errors import AwsError

if TYPE_CHECKING:
    from moto.iam.models import AccessKey, Group, IAMBackend, Role, User
    from moto.kms.models import Key

PARTITION = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bucket that exists, with the account that owns it."""

    bucket: FakeBucket
    owner: str

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return bucket_arn(str(self.bucket.name))


def iam(account: str) -> "IAMBackend":
    """Return all that IAM holds for an account."""
    return iam_backends[account][PARTITION]


def user_of_key(accounts: Iterable[str], access_key_id: str) -> "tuple[User, AccessKey] | None":
    """Find whose long-term access key this is, among the users of these accounts."""
    for account in accounts:
        for user in iam(account).users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id:
                    return user, key
    return None


def find_user(account: str, name: str) -> "User | None":
    """Find a user by name."""
    users: dict[str, User] = iam(account).users
    return users.get(name)


def find_role(account: str, name: str) -> "Role | None":
    """Find a role by name."""
    return next((role for role in iam(account).roles.values() if role.name == name), None)


def find_group(account: str, name: str) -> "Group | None":
    """Find a group by name."""
    groups: dict[str, Group] = iam(account).groups
    return groups.get(name)


def role_by_arn(arn: str) -> "Role | None":
    """Find a role by its exact ARN, its path included."""
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "iam":
        return None
    role = find_role(parsed.account, parsed.resource.rpartition("/")[2])
    return role if role is not None and role.arn == arn else None


def user_by_arn(arn: str) -> "User | None":
    """Find a user by its exact ARN, its path included."""
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "iam":
        return None
    user = find_user(parsed.account, parsed.resource.rpartition("/")[2])
    return user if user is not None and user.arn == arn else None


def boundary_of(entity: "User | Role | Group") -> str | None:
    """Return the ARN of the policy that is a user's or a role's permissions boundary. A group has none."""
    # moto keeps a role's; the gate keeps a user's in the same place, so that it goes with the user.
    boundary: str | None = getattr(entity, "permissions_boundary_arn", None)
    return boundary or None


def set_user_boundary(user: "User", policy_arn: str | None) -> None:
    """Set a user's permissions boundary; `None` takes it away."""
    held: Any = user  # moto's users have no such attribute, see `boundary_of`
    held.permissions_boundary_arn = policy_arn


def unique_id_of(arn: str) -> str | None:
    """Return the unique id (`AIDA…`, `AROA…`) of the user or role that has this ARN now."""
    kind = (parse_arn(arn) or Arn(partition="", service="", region="", account="", resource="")).resource
    if kind.startswith("user/"):
        user = user_by_arn(arn)
        return None if user is None else str(user.id)
    role = role_by_arn(arn)
    return None if role is None else str(role.id)


def arn_of_unique_id(accounts: Iterable[str], unique_id: str) -> str | None:
    """Return the ARN of the user or role that has this unique id, `None` where it is gone."""
    for account in accounts:
        held = iam(account)
        arns = {str(user.id): str(user.arn) for user in held.users.values()}
        arns |= {str(role.id): str(role.arn) for role in held.roles.values()}
        if unique_id in arns:
            return arns[unique_id]
    return None


def find_bucket(name: str) -> FakeBucket | None:
    """Find a bucket by name: names are shared by all accounts."""
    owner = bucket_owner(name)
    return None if owner is None else s3_backends[owner][PARTITION].buckets.get(name)


def bucket_owner(name: str) -> str | None:
    """Return the account that owns a bucket."""
    found = s3_backends.bucket_accounts.get(name)
    return None if found is None else found[1]


def bucket_arn(bucket: str) -> str:
    """Return a bucket's ARN."""
    return f"arn:{PARTITION}:s3:::{bucket}"


def find_target(bucket: str) -> Target:
    """Find a bucket that has to be there. Raises `AwsError`: `NoSuchBucket`."""
    found, owner = find_bucket(bucket), bucket_owner(bucket)
    if found is None or owner is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    return Target(bucket=found, owner=owner)


def ownership(bucket: FakeBucket) -> str | None:
    """Return a bucket's object ownership, such as `BucketOwnerEnforced`; `None` where none is set."""
    # moto keeps the rule's name here, though it types it as a mapping.
    rule: object = bucket.ownership_rule
    return rule if isinstance(rule, str) else None


def set_ownership(bucket: FakeBucket, rule: str) -> None:
    """Set a bucket's object ownership."""
    held: Any = bucket  # see `ownership`
    held.ownership_rule = rule


def find_object(bucket: FakeBucket, key: str, version: str | None = None) -> FakeKey | None:
    """Find an object, or one version of it. A delete marker is no object."""
    found = bucket.keys.get(key) if version is None else None
    if version is not None:
        for candidate in bucket.keys.getlist(key, default=[]):
            if str(candidate.version_id) == version:
                found = candidate
    return found if isinstance(found, FakeKey) else None


def object_tags(bucket: FakeBucket, found: FakeKey) -> dict[str, str]:
    """Return an object's tags."""
    tagger = s3_backends[bucket.account_id][PARTITION].tagger
    return {str(name): str(value) for name, value in tagger.get_tag_dict_for_resource(found.arn).items()}


def find_key(account: str, region: str, identifier: str) -> "Key | None":
    """Find a KMS key by ARN, id, alias or alias ARN; without an ARN it is looked up in `account`."""
    arn = parse_arn(identifier)
    if arn is not None:
        account, region, identifier = arn.account, arn.region, arn.resource.removeprefix("key/")
    held = kms_backends[account]
    if region not in held:
        return None
    keys: dict[str, Key] = held[region].keys
    if identifier.startswith("alias/"):
        return next((key for key in keys.values() if identifier in key.aliases), None)
    return keys.get(identifier)


def find_key_by_id(region: str, identifier: str) -> "Key | None":
    """Find a KMS key by its id alone, whatever account it belongs to."""
    for held in list(kms_backends.values()):
        if region in held and identifier in held[region].keys:
            found: Key = held[region].keys[identifier]
            return found
    return None
