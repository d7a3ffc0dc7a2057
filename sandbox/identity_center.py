"""IAM Identity Center of the running sandbox, as commands: assign a permission set, and take it out."""

from collections.abc import Iterable, Sequence

from sandbox.cloud import Cloud
from sandbox.environment import add_profile
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.known_cloud import known_cloud
from sandbox.permission_sets import LONGEST_SESSION, provision, provisioned, remove, sign_in


def assign(
    folder: SandboxFolder, account: str, name: str, *, people: Sequence[str], policies: Sequence[str]
) -> Iterable[str]:
    """Make the role of a permission set in an account, and sign its people in; yield what there is to say.

    `account` is the profile of its administrator, `people` are profiles of its users, `policies` names of its
    customer managed policies. Raises `SandboxError` where one of them is not there, or the role is already.
    """
    cloud = known_cloud(folder)
    own = _people_of(cloud, account)
    for person in people:
        if person not in own:
            raise SandboxError(f"There is no {person!r} in {account}: its people are {', '.join(own)}.")
    for arn in provisioned(cloud, account, name):
        raise SandboxError(
            f"The permission set {name} is in {account} already, as {arn}. Take it out first: --remove"
        )
    arn = provision(cloud, account, name, people=people, policies=policies, region=cloud.region)
    yield f"role     {arn}"
    for person in people:
        profile = f"{person}-{name}"
        add_profile(folder, cloud, profile, sign_in(cloud, person, arn, seconds=LONGEST_SESSION).keys)
        yield f"profile  {profile}"


def take_out(folder: SandboxFolder, account: str, name: str) -> None:
    """Take the role of a permission set out of an account. Raises `SandboxError` where it is not there."""
    cloud = known_cloud(folder)
    _people_of(cloud, account)
    found = provisioned(cloud, account, name)
    if not found:
        raise SandboxError(f"There is no permission set {name} in {account}.")
    for arn in found:
        remove(cloud, account, arn)


def _people_of(cloud: Cloud, account: str) -> tuple[str, ...]:
    if account not in cloud.identity_center:
        raise SandboxError(f"There is no account {account!r}: there are {', '.join(cloud.identity_center)}.")
    number = cloud.identity_center[account].account
    return tuple(who for who, known in cloud.credentials.items() if known.account == number)
