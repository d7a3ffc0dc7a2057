"""The service control policies of the accounts' organization: files that `sandbox.organization` puts there.

They are laid out as `crossaccess` reads folders of policies: ACCOUNT/scp/LEVEL/NAME.json. A level that has no
folder has `FullAWSAccess`, as AWS attaches it (Organizations User Guide, "Service control policies (SCPs)").
"""

from pathlib import Path

from crossaccess.policy.document import PolicyError
from sandbox.gate.world import World

FOLDER = "organization"
"""Where they are, in the folder of the two accounts."""


def scp_folder(organization: Path, account: str) -> Path:
    """Return the folder of an account's levels."""
    return organization / account / "scp"


def scp_levels(world: World, account: str | None) -> list[list[str]]:
    """Return the texts of what is attached at each level of an account; nothing for one of no organization.

    Raises `PolicyError` where one of them cannot be read: then nobody can tell what it refuses.
    """
    if world.organization is None or account is None or account not in world.organization_paths:
        return []
    folder = scp_folder(world.organization, account)
    try:
        if not folder.is_dir():
            return []
        return [
            [file.read_text(encoding="utf-8") for file in sorted(level.glob("*.json"))]
            for level in sorted(folder.iterdir())
        ]
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"a service control policy of {account} cannot be read: {error}") from None
