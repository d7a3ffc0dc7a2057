"""Who the requester is, and which grants name them."""

import pytest

from crossaccess.verify.caller import requester_of
from tests.support.verified import BOB, B, by_role, grant, picture, requester

SESSION = f"arn:aws:sts::{B}:assumed-role/loader/session"
SUFFIX = "0123456789abcdef"
SSO = f"arn:aws:sts::{B}:assumed-role/AWSReservedSSO_Analysts_{SUFFIX}/me"


@pytest.mark.parametrize(
    ("arn", "principal", "named"),
    [
        (BOB, "user/bob", True),
        (f"arn:aws:iam::{B}:user/team/bob", "user/team/bob", True),
        (BOB, "user/carol", False),
        (BOB, "role/bob", False),
        (BOB, "account", True),
        (f"arn:aws:iam::{B}:root", "account", True),
        (f"arn:aws:iam::{B}:root", "user/root", False),
        (SESSION, "role/apps/loader", True),
        (SESSION, "user/loader", False),
        (SSO, "permission-set/Analysts", True),
        (SSO, "permission-set/Other", False),
        (BOB, "permission-set/bob", False),
    ],
)
def test_a_grant_names_its_principals(arn: str, principal: str, named: bool) -> None:
    """By kind and name, whatever the path; a permission set by its reserved role."""
    assert requester(arn).named_by(grant(principals=(principal,))) is named


def test_a_principal_of_another_account_is_another_one() -> None:
    """Names are unique in an account only."""
    assert not requester().named_by(grant(account="999999999999"))
    assert requester().named_by(grant(account=None, principals=("organization/o-a1b2c3d4e5",)))


def test_the_path_of_a_session_s_role_comes_from_the_grants() -> None:
    """A session's ARN has lost it; where nobody tells it, it is left open."""
    of = picture(grants=(by_role(principals=("role/apps/loader",)),))
    assert requester(SESSION, of).principal_arn == f"arn:aws:iam::{B}:role/apps/loader"
    assert requester(SESSION).principal_arn is None
    assert requester(SESSION).temporary


@pytest.mark.parametrize("arn", ["nobody", f"arn:aws:sts::{B}:federated-user/x", "arn:aws:s3:::b"])
def test_whoever_no_grant_can_name_is_nobody(arn: str) -> None:
    """Neither a user, nor a role, nor an account's root."""
    assert requester_of(arn, picture(), temporary=False) is None
