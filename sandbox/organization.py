"""The administrator of the organization of both accounts, as a command: attach a service control policy.

AWS's own commands for it (`aws organizations create-policy`, `attach-policy`) are calls of a management
account, which is not here. What they would attach to an account is written where the gate reads it.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from crossaccess.policy.document import PolicyError, PolicyKind, parse_document
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.gate.organization import scp_folder
from sandbox.known_cloud import known_cloud

FULL: Final = "FullAWSAccess"
"""What AWS attaches everywhere: it lets everything through."""
_FULL_TEXT: Final = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
_LEVEL: Final = "account"
_LARGEST: Final = 5_120
"""Characters of a service control policy (Organizations User Guide, "Quotas for AWS Organizations")."""
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9+=,.@_-]{0,127}", re.ASCII)


def attach(folder: SandboxFolder, account: str, file: Path) -> Iterable[str]:
    """Attach a policy to an account, named as its file; one of that name is replaced. Say what is there now.

    `account` is the profile of its administrator. Raises `SandboxError` for a policy that AWS would not take,
    or that the gate could not judge.
    """
    place = _place(folder, account)
    name = file.name.removesuffix(".json")
    if not _NAME.fullmatch(name):
        raise SandboxError(f"{name!r} is no name for a policy: letters, digits and +=,.@_- can be in it.")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SandboxError(f"{file} cannot be read: {error}") from None
    _check(text, file)
    if not place.is_dir():
        _write(place, FULL, _FULL_TEXT)
    _write(place, name, text)
    return _told(folder, place)


def detach(folder: SandboxFolder, account: str, name: str) -> Iterable[str]:
    """Detach the policy of that name from an account. Say what is there now.

    Raises `SandboxError` where it is not there, or is the last one, which AWS does not let go of.
    """
    place = _place(folder, account)
    there = _attached(place)
    if name not in there:
        raise SandboxError(f"No policy {name!r} is attached to {account}: there is {', '.join(there)}.")
    if len(there) == 1:
        raise SandboxError(f"{name} is the last one of {account}, and one has to be there: attach another.")
    (place / f"{name}.json").unlink()
    return _told(folder, place)


def _place(folder: SandboxFolder, account: str) -> Path:
    cloud = known_cloud(folder)
    if account not in cloud.identity_center:
        raise SandboxError(f"There is no account {account!r}: there are {', '.join(cloud.identity_center)}.")
    return scp_folder(folder.organization, cloud.identity_center[account].account) / _LEVEL


def _attached(place: Path) -> list[str]:
    return [file.stem for file in sorted(place.glob("*.json"))] if place.is_dir() else [FULL]


def _check(text: str, file: Path) -> None:
    try:
        document = parse_document(text, PolicyKind.SCP)
    except PolicyError as error:
        raise SandboxError(f"{file} is no service control policy that AWS would take: {error}") from None
    if not document.statements:
        raise SandboxError(f"{file} is no service control policy that AWS would take: it has no statement")
    if len(text) > _LARGEST:
        raise SandboxError(f"{file} has {len(text):,} characters: AWS takes up to {_LARGEST:,}")
    from sandbox.gate.context import knows_all_keys  # noqa: PLC0415 - it loads the emulator, which takes time

    if not knows_all_keys([document]):
        keys = {one.key for statement in document.statements for one in statement.conditions}
        raise SandboxError(f"{file}: the sandbox cannot tell all of its condition keys: {', '.join(keys)}")


def _write(place: Path, name: str, text: str) -> None:
    place.mkdir(parents=True, exist_ok=True)
    unfinished = place / f"{name}.unfinished"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(place / f"{name}.json")


def _told(folder: SandboxFolder, place: Path) -> Iterable[str]:
    yield f"attached    {', '.join(_attached(place))}"
    yield f"--policies  {folder.organization}"
