"""A folder of policy documents, for policies that no stack holds.

    ACCOUNT/bucket/NAME.json                 the policy of a bucket
    ACCOUNT/key/KEYID.json                   the policy of a KMS key
    ACCOUNT/user/[PATH/]NAME/POLICY.json     a policy of a user; so for role and group
    ACCOUNT/role/[PATH/]NAME/trust.json      a role's trust policy
    ACCOUNT/user/[PATH/]NAME/boundary.json   a permissions boundary; so for role
    ACCOUNT/group/[PATH/]NAME/members.txt    the group's users, one a line
    ACCOUNT/scp/LEVEL/POLICY.json            a service control policy of the organization; so for rcp
    partition.txt                            such as aws-cn; aws where it is missing

Each `.json` file is one document, as AWS gets it. LEVEL is what people call the root, a unit or the account
itself: each holds all policies that are attached there, `FullAWSAccess` too, and has to allow. The names
`trust`, `boundary` and `members` are taken. What has a name that begins with a dot is passed over.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Bucket, Group, Key, OrganizationLevel, Picture, Policy, Principal
from crossaccess.policy.arn import is_account_id
from crossaccess.policy.document import PolicyKind
from crossaccess.policy.principal import PrincipalKind

LAYOUT = (
    "ACCOUNT/bucket/NAME.json, ACCOUNT/key/KEYID.json, ACCOUNT/user/NAME/POLICY.json (or role, group), "
    "ACCOUNT/role/NAME/trust.json, ACCOUNT/user/NAME/boundary.json, ACCOUNT/group/NAME/members.txt, "
    "ACCOUNT/scp/LEVEL/POLICY.json (or rcp)"
)
# S3 User Guide, "General purpose bucket naming rules", with the names of old buckets.
_BUCKET: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_KEY: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
# IAM User Guide, "IAM and AWS STS quotas": names, and the parts of a path less the two wildcards.
_NAME: Final = re.compile(r"[A-Za-z0-9+=,.@_-]+", re.ASCII)
_PATH_PART: Final = re.compile(r"[!-)+-.0->@-~]+", re.ASCII)
_PRINCIPALS = {"user": PrincipalKind.USER, "role": PrincipalKind.ROLE}
_CONTROLS = {"scp": PolicyKind.SCP, "rcp": PolicyKind.RCP}
# Organizations User Guide, "Resource control policies (RCPs)": it is attached everywhere, for good.
_FULL_RCP: Final = "RCPFullAWSAccess"
_FULL_RCP_TEXT: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
)
_MOST_FILES = 10_000
_LARGEST = 1_000_000
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")


def read_folder(folder: Path) -> Picture:
    """Read a folder of policies. Raises `SourceError` for a file that stands where none belongs."""
    files = _files(folder)
    partition = "aws"
    told = folder / "partition.txt"
    if told in files:
        partition = _text(told).strip()
        if partition not in _PARTITIONS:
            raise SourceError(f"{told} says {partition[:40]!r}: it can be {', '.join(_PARTITIONS)}")
        files.remove(told)
    if not files:
        raise SourceError(f"{folder} holds no policies. It is laid out so: {LAYOUT}")
    for file in files:
        _check(file, folder)
    _check_names(file.relative_to(folder) for file in files)
    return _Read(folder, files, partition).picture()


class _Read:
    """What the files of one folder say."""

    def __init__(self, folder: Path, files: Iterable[Path], partition: str) -> None:
        self._partition = partition
        self._parts = {file: file.relative_to(folder).parts for file in files}

    def picture(self) -> Picture:
        groups = tuple(
            self._group(account, names) for account, kind, names in self._holders() if kind == "group"
        )
        return Picture(
            buckets=tuple(self._buckets()),
            keys=tuple(self._keys()),
            principals=tuple(self._principals(groups)),
            groups=groups,
            levels=tuple(self._levels()),
        )

    def _levels(self) -> Iterator[OrganizationLevel]:
        found: dict[tuple[str, str, str], list[Policy]] = {}
        for file, (account, kind, *rest) in self._parts.items():
            if kind in _CONTROLS:
                policy = _policy(file, _control_name(kind, file.stem, rest[0]))
                found.setdefault((account, kind, rest[0]), []).append(policy)
        for (account, kind, name), policies in found.items():
            full = Policy(name=_control_name(kind, _FULL_RCP, name), text=_FULL_RCP_TEXT)
            there = kind != "rcp" or any(one.name == full.name for one in policies)
            yield OrganizationLevel(
                kind=_CONTROLS[kind],
                account=account,
                name=name,
                policies=tuple(policies) if there else (full, *policies),
            )

    def _buckets(self) -> Iterator[Bucket]:
        for file, (account, kind, *rest) in self._parts.items():
            if kind == "bucket":
                name = rest[0].removesuffix(".json")
                policy = _policy(file, f"bucket policy of {name}")
                yield Bucket(
                    name=name, account=account, partition=self._partition, policy=policy, source=str(file)
                )

    def _keys(self) -> Iterator[Key]:
        for file, (account, kind, *rest) in self._parts.items():
            if kind == "key":
                name = rest[0].removesuffix(".json")
                policy = _policy(file, f"key policy of {name}")
                yield Key(
                    name=name, account=account, partition=self._partition, policy=policy, source=str(file)
                )

    def _principals(self, groups: Iterable[Group]) -> Iterator[Principal]:
        joined: dict[tuple[str | None, str], list[Group]] = {}
        for group in groups:
            for member in group.members:
                joined.setdefault((group.account, _bare(member)), []).append(group)
        for account, kind, names in self._holders():
            if kind not in _PRINCIPALS:
                continue
            label = "/".join((kind, *names))
            files = self._files_of(account, kind, names)
            mine = joined.pop((account, names[-1].lower()), []) if kind == "user" else []
            yield Principal(
                kind=_PRINCIPALS[kind],
                name=names[-1],
                path=_path(names),
                account=account,
                partition=self._partition,
                policies=(*_attached(files, label), *(p for group in mine for p in group.policies)),
                boundary=_named(files, "boundary", f"permissions boundary of {label}"),
                trust=_named(files, "trust", f"trust policy of {label}"),
                groups=tuple(group.name for group in mine),
                source=str(files[0].parent),
            )
        for (account_of, name), theirs in joined.items():
            written = next(one for group in theirs for one in group.members if _bare(one) == name)
            parts = tuple(written.split("/"))[1:]
            yield Principal(
                kind=PrincipalKind.USER,
                name=parts[-1],
                path=_path(parts),
                account=account_of,
                partition=self._partition,
                policies=tuple(policy for group in theirs for policy in group.policies),
                groups=tuple(group.name for group in theirs),
                held=False,
            )

    def _group(self, account: str, names: tuple[str, ...]) -> Group:
        files = self._files_of(account, "group", names)
        listed = next((file for file in files if file.name == "members.txt"), None)
        members = [] if listed is None else list(_members(listed))
        label = "/".join(("group", *names))
        return Group(
            name=names[-1],
            path=_path(names),
            account=account,
            partition=self._partition,
            policies=_attached(files, label),
            members=tuple(f"user/{name}" for name in members),
            members_told=listed is not None,
            source=str(files[0].parent),
        )

    def _holders(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """The users, roles and groups: account, kind, and the parts of the path with the name."""
        found = {
            (account, kind, tuple(rest[:-1])): None
            for account, kind, *rest in self._parts.values()
            if kind in (*_PRINCIPALS, "group")
        }
        return list(found)

    def _files_of(self, account: str, kind: str, names: tuple[str, ...]) -> list[Path]:
        wanted = (account, kind, *names)
        return [file for file, parts in self._parts.items() if parts[:-1] == wanted]


def _files(folder: Path) -> list[Path]:
    """The files, in order, with those left out whose names begin with a dot.

    Raises `SourceError` for what would be passed over in silence: a link that leads nowhere or to a folder, a
    pipe, a folder that may not be read.
    """
    found: list[Path] = []
    try:
        for place, folders, names in os.walk(folder, onerror=_refuse):
            folders[:] = [name for name in folders if not name.startswith(".")]
            here = Path(place)
            for name in (one for one in (*folders, *names) if not one.startswith(".")):
                _check_kind(here / name, is_folder=name in folders)
            found += [here / name for name in names if not name.startswith(".")]
            if len(found) > _MOST_FILES:
                raise SourceError(
                    f"{folder} holds over {_MOST_FILES:,} files: give the folder of the policies alone"
                )
    except OSError as error:
        raise SourceError(f"{error.filename or folder} cannot be read: {error.strerror}") from None
    return sorted(found)


def _refuse(error: OSError) -> None:
    raise error


def _check_kind(path: Path, *, is_folder: bool) -> None:
    if is_folder and path.is_symlink():
        raise SourceError(f"{path} is a link to a folder, which is not followed: put the folder itself there")
    if not is_folder and not path.is_file():
        why = "is a link that leads nowhere" if path.is_symlink() else "is no file"
        raise SourceError(f"{path} {why}: take it away, or put the document there")


def _check(file: Path, folder: Path) -> None:
    """Refuse a file that would be passed over in silence."""
    parts = file.relative_to(folder).parts
    account, kind = parts[0], parts[1] if len(parts) > 1 else ""
    if not is_account_id(account):
        raise SourceError(f"{file} is in no folder of an account (twelve digits). The layout is: {LAYOUT}")
    document = file.suffix == ".json"
    if kind in ("bucket", "key"):
        right = len(parts) == 3 and document
    elif kind in (*_PRINCIPALS, "group"):
        right = len(parts) >= 4 and (document or (kind == "group" and file.name == "members.txt"))
        right = (
            right
            and (file.stem != "trust" or kind == "role")
            and (file.stem != "boundary" or kind != "group")
        )
    else:
        right = kind in _CONTROLS and len(parts) == 4 and document
    if not right:
        raise SourceError(f"{file} stands where no policy belongs. The layout is: {LAYOUT}")


def _check_names(files: Iterable[Path]) -> None:
    """Refuse names that AWS does not have, and one name for two things."""
    taken: dict[tuple[str, ...], tuple[str, ...]] = {}
    for file in files:
        account, kind, *rest = file.parts
        *path, name = (rest[0].removesuffix(".json"),) if kind in ("bucket", "key") else rest[:-1]
        fits = {"bucket": _BUCKET, "key": _KEY}.get(kind, _NAME)
        if not fits.fullmatch(name) or not all(map(_PATH_PART.fullmatch, path)):
            what = "level" if kind in _CONTROLS else kind
            raise SourceError(f"{file}: {'/'.join((*path, name))!r} is no name that a {what} can have")
        # One bucket has a name everywhere; IAM tells no names of a kind apart by their path or capitals.
        key = (kind, name) if kind == "bucket" else (kind, account, name.lower())
        this = (account, *path, name)
        if taken.setdefault(key, this) != this and kind not in ("key", *_CONTROLS):
            why = (
                "a bucket belongs to one account" if kind == "bucket" else "a path or capitals make no other"
            )
            raise SourceError(f"{file}: a {kind} is called {'/'.join(taken[key])} already, and {why}")


def _members(file: Path) -> Iterator[str]:
    """The users that a list names, with their paths where it tells them."""
    for line in _text(file).splitlines():
        member = line.strip().removeprefix("user/")
        if not member:
            continue
        *path, name = member.split("/")
        fits = _NAME.fullmatch(name) is not None and all(map(_PATH_PART.fullmatch, path))
        if not fits or member.startswith("arn:"):
            raise SourceError(f"{file}: {member!r} is no name that a user can have: give one name a line")
        yield member


def _bare(member: str) -> str:
    """The name alone: a group's users are told by it, whatever their path or capitals."""
    return member.rpartition("/")[2].lower()


def _attached(files: Iterable[Path], label: str) -> tuple[Policy, ...]:
    return tuple(
        _policy(file, f"policy {file.stem} of {label}")
        for file in files
        if file.suffix == ".json" and file.stem not in ("trust", "boundary")
    )


def _named(files: Iterable[Path], stem: str, name: str) -> Policy | None:
    return next((_policy(file, name) for file in files if file.name == f"{stem}.json"), None)


def _policy(file: Path, name: str) -> Policy:
    return Policy(name=name, text=_text(file), source=str(file))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise SourceError(f"{file} is over {_LARGEST:,} bytes: no policy of AWS is that large")
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is not UTF-8: {error.reason} at byte {error.start}") from None


def _control_name(kind: str, name: str, level: str) -> str:
    return f"{_CONTROLS[kind].value} {name} at {level}"


def _path(names: Iterable[str]) -> str:
    *folders, _ = names
    return "/".join(("", *folders, ""))
