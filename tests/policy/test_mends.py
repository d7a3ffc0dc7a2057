"""What a fault tells to do can be done: the mend fits the one who reads it."""

import pytest

from crossaccess.policy.faults import Faults
from crossaccess.policy.new_principal import read_new_principals
from crossaccess.policy.read_grant import read_grant


@pytest.mark.parametrize(
    ("principal", "place"),
    [
        ("permission-set/Analysts", "ask for it in IAM Identity Center"),
        ("role/loader", "ask for it where that role is assumed"),
    ],
)
def test_mfa_of_roles_is_asked_for_elsewhere(principal: str, place: str) -> None:
    """IAM User Guide, "Secure API access with MFA": a role's session does not tell of it."""
    faults = Faults()
    grant = {
        "name": "readers",
        "account": "112233445566",
        "principals": [principal],
        "method": "assume-role",
        "access": ["read"],
        "conditions": {"mfa": True},
    }
    read_grant(grant, "grants[0]", faults)
    (fault,) = faults.all()
    assert fault.mend.endswith(place)


def test_a_boundary_that_is_none_is_told_that_one_can_be_made() -> None:
    """Beside a policy's ARN, one word is known there."""
    faults = Faults()
    read_new_principals([{"principal": "user/loader", "permissionsBoundary": "yes"}], "create", faults)
    (fault,) = faults.all()
    assert "or make for one" in fault.mend
