"""Names of the requester's policies and boundaries."""

from crossaccess.policy.grant import Bucket
from crossaccess.policy.names import boundary_name, requester_policy_name
from crossaccess.policy.principal import Principal, PrincipalKind

LONG = "l" * 63


def name_of(principal: str, *, bucket: str = "shared", part: int = 1) -> str:
    """The name for a user."""
    where = Bucket(name=bucket, account="111111222222", partition="aws", region="eu-central-1")
    return requester_policy_name(where, Principal(kind=PrincipalKind.USER, name=principal), part=part)


def test_a_name_says_which_bucket_and_which_principal() -> None:
    """People find the policy in the console, and two buckets' policies do not meet."""
    assert name_of("bob") == "crossaccess-shared-user-bob"
    assert name_of("bob", part=2) == "crossaccess-shared-user-bob-2"


def test_a_long_name_is_cut_to_what_iam_takes_and_stays_different() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 128 characters for the name of a policy."""
    names = {name_of("p" * 63 + end, bucket=LONG, part=part) for end in "ab" for part in (1, 2)}
    assert len(names) == 4
    assert {len(name) for name in names} == {128}


def test_the_longest_name_that_fits_is_kept() -> None:
    """Nothing is cut that need not be."""
    fits = "p" * (128 - len(name_of("", bucket=LONG)))
    assert name_of(fits, bucket=LONG).endswith(f"-user-{fits}")
    assert len(name_of(fits, bucket=LONG)) == 128


def test_a_boundary_is_of_a_principal_whatever_the_bucket() -> None:
    """A principal has one boundary, and many owners."""
    assert boundary_name(Principal(kind=PrincipalKind.ROLE, name="app")) == "crossaccess-boundary-role-app"


def test_boundaries_of_a_user_and_of_a_role_do_not_meet() -> None:
    """IAM User Guide, "IAM identifiers": a user and a role may bear the same name."""
    names = {
        boundary_name(Principal(kind=kind, name="x")) for kind in (PrincipalKind.USER, PrincipalKind.ROLE)
    }
    assert len(names) == 2
