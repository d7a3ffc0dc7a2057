"""Who may ask for something in the properties of grants: a few of each kind, so that names come near."""

from dataclasses import dataclass

from crossaccess.policy.principal import Principal, PrincipalKind

OWNER, REQUESTER, SIBLING, STRANGER = "111111222222", "112233445566", "223344556677", "334455667788"
ORGANIZATION, OTHER_ORGANIZATION = "o-a1b2c3d4e5", "o-f6g7h8i9j0"
UNIT = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111"
INNER_UNIT = f"{UNIT}/ou-ab12-22222222"
PLACES = {
    OWNER: UNIT,
    REQUESTER: INNER_UNIT,
    # Begins as the unit's path does, and is another unit.
    SIBLING: f"{UNIT}1",
}
"""Where the accounts are in their organization: paths from the organization down. The stranger has none."""

GROUP = Principal(kind=PrincipalKind.GROUP, name="analysts")
"""Every user of an account is in the account's group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who makes requests.

    `arn` is who calls, `role_arn` the ARN of the role behind a session, with its path. `principal` is how a
    grant of the account names the caller; `None` for those whom no grant can name singly.
    """

    arn: str
    account: str | None = None
    principal: Principal | None = None
    role_arn: str | None = None

    @property
    def is_root(self) -> bool:
        """The root user of an account has no policies, and needs none of its own account."""
        return self.arn.endswith(":root")

    @property
    def is_federated(self) -> bool:
        """A session of `GetFederationToken` that was given no policy may do nothing."""
        return ":federated-user/" in self.arn

    @property
    def groups(self) -> tuple[Principal, ...]:
        """The groups that the caller is in: only users can be in any."""
        is_user = self.principal is not None and self.principal.kind is PrincipalKind.USER
        return (GROUP,) if is_user else ()

    @property
    def place(self) -> str | None:
        """Where the caller's account is in its organization."""
        return None if self.account is None else PLACES.get(self.account)

    def __repr__(self) -> str:
        return self.arn


def _user(account: str, name: str, path: str = "/") -> Caller:
    principal = Principal(kind=PrincipalKind.USER, name=name, path=path)
    return Caller(arn=f"arn:aws:iam::{account}:user{path}{name}", account=account, principal=principal)


def session(account: str, name: str, path: str = "/", principal: Principal | None = None) -> Caller:
    """A session of a role, whose own ARN has lost the role's path."""
    return Caller(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/run",
        account=account,
        principal=principal or Principal(kind=PrincipalKind.ROLE, name=name, path=path),
        role_arn=f"arn:aws:iam::{account}:role{path}{name}",
    )


def _of_permission_set(name: str, region: str = "") -> Caller:
    """IAM Identity Center User Guide, "Referencing permission sets in resource policies, …"."""
    path = f"/aws-reserved/sso.amazonaws.com/{region}"
    principal = Principal(kind=PrincipalKind.PERMISSION_SET, name=name)
    return session(REQUESTER, f"AWSReservedSSO_{name}_0123456789abcdef", path, principal)


BOB = _user(REQUESTER, "bob")
ALICE = _user(OWNER, "alice")
REQUESTERS = (
    BOB,
    _user(REQUESTER, "carol", "/team/"),
    _user(REQUESTER, "bobby"),
    session(REQUESTER, "loader", "/etl/"),
    session(REQUESTER, "reader"),
    _of_permission_set("Data"),
    _of_permission_set("Data_Team", "eu-central-1/"),
    Caller(arn=f"arn:aws:iam::{REQUESTER}:root", account=REQUESTER),
    Caller(arn=f"arn:aws:sts::{REQUESTER}:federated-user/bob", account=REQUESTER),
    _user(SIBLING, "bob"),
    session(SIBLING, "loader", "/etl/"),
    Caller(arn=f"arn:aws:iam::{SIBLING}:root", account=SIBLING),
    _user(STRANGER, "bob"),
)
"""Callers of other accounts than the bucket's, whose administrators choose what they attach to them."""
CALLERS = (
    *REQUESTERS,
    ALICE,
    session(OWNER, "loader", "/etl/"),
    Caller(arn="*"),
    Caller(arn="cloudtrail.amazonaws.com"),
)
"""Everyone who asks. The owner's root user is not among them: it needs no grant."""
