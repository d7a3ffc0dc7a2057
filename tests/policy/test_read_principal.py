"""Principals as people write them: each kind, and each refusal."""

import pytest

from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.read_principal import (
    ATTACHABLE,
    NAMED_BY_GRANTS,
    check_principals,
    read_principal,
    read_principals,
)

ACCOUNT = "112233445566"
ORGANIZATION = "o-a1b2c3d4e5"
UNIT = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111"


def read(raw: object) -> tuple[Principal | None, list[str]]:
    """Read one principal of a grant; answer it and the faults as they are told."""
    faults = Faults()
    principal = read_principal(raw, "it", faults, account=ACCOUNT, kinds=NAMED_BY_GRANTS)
    return principal, [str(fault) for fault in faults.all()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("user/bob", Principal(kind=PrincipalKind.USER, name="bob")),
        ("user/a/b/bob", Principal(kind=PrincipalKind.USER, name="bob", path="/a/b/")),
        ("role/apps/loader", Principal(kind=PrincipalKind.ROLE, name="loader", path="/apps/")),
        ("user/a+b=c,d.e@f_g-h", Principal(kind=PrincipalKind.USER, name="a+b=c,d.e@f_g-h")),
        ("permission-set/Data_Readers", Principal(kind=PrincipalKind.PERMISSION_SET, name="Data_Readers")),
        ("account", Principal(kind=PrincipalKind.ACCOUNT)),
        (f"organization/{ORGANIZATION}", Principal(kind=PrincipalKind.ORGANIZATION, name=ORGANIZATION)),
        (f"organizational-unit/{UNIT}", Principal(kind=PrincipalKind.UNIT, name=UNIT)),
        (
            f"organizational-unit/{UNIT}/ou-ab12-22222222",
            Principal(kind=PrincipalKind.UNIT, name=f"{UNIT}/ou-ab12-22222222"),
        ),
    ],
)
def test_each_kind_of_principal_is_read(raw: str, expected: Principal) -> None:
    """IAM User Guide, "IAM ARNs"; AWS Organizations API Reference, "OrganizationalUnit"."""
    assert read(raw) == (expected, [])
    assert str(expected) == raw


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("bob", "it is 'bob': a principal is user/NAME, role/NAME, permission-set/NAME, account, organi"),
        ("", "it is '': a principal is"),
        (7, "it is 7 (a number): quote it"),
        (["user/bob"], "it is a list: a principal is"),
        ("user/", "it is 'user/': a principal is"),
        ("user/b?b", "it is 'user/b?b': a principal is"),
        ("role/a*/x", "it is 'role/a*/x': a principal is"),
        ("user/bob\n", "it is 'user/bob\\n': a principal is"),
        ("*", "no wildcards; write account for everyone of the account whom its administrators allow"),
        ("user/*", "it is 'user/*': no wildcards; write account"),
        ("account/112233445566", "it is 'account/112233445566': a principal is"),
        ("group/devs", "AWS takes no group as a principal: name its users, or a role that they assume"),
        ("permission-set/", "it is 'permission-set/': a principal is"),
        ("permission-set/a/b", "it is 'permission-set/a/b': a principal is"),
        ("permission-set/*", "it is 'permission-set/*': a principal is"),
        (f"permission-set/{'x' * 33}", "a principal is"),
        (
            "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_0123456789abcdef",
            "write permission-set/NAME: AWS makes this role, and its name, out of a permission set",
        ),
        ("role/aws-service-role/s3.amazonaws.com/x", "this role is managed by AWS: no policy can be"),
        ("organization/*", "it is 'organization/*': a principal is"),
        ("organization/a1b2c3d4e5", "it is 'organization/a1b2c3d4e5': a principal is"),
        (f"organization/{UNIT}", "a principal is"),
        ("ou-ab12-11111111", "write the whole path from the organization down, as in organizational-unit/o-"),
        ("organizational-unit/ou-ab12-11111111", "write the whole path from the organization down"),
        (f"organizational-unit/{ORGANIZATION}/r-ab12", "a principal is"),
        (f"organizational-unit/{UNIT}/*", "a principal is"),
        (f"organizational-unit/{UNIT}/", "a principal is"),
        ("arn:aws:iam::112233445566:user/bob", "write no ARN, just user/NAME or role/NAME"),
        ("arn:aws:iam::998877665544:user/bob", "that ARN is of account '998877665544', and the grant's"),
    ],
)
def test_what_no_grant_can_name_is_refused_with_its_mend(raw: object, told: str) -> None:
    """A wildcard or a variable would let in more than anybody reads in the grant."""
    principal, (fault,) = read(raw)
    assert principal is None
    assert told in fault


def test_what_policies_are_attached_to_is_read_too() -> None:
    """A group has policies, although no policy can name it; an account has none of its own."""
    faults = Faults()
    group = read_principal("group/team/devs", "it", faults, account=None, kinds=ATTACHABLE)
    assert group == Principal(kind=PrincipalKind.GROUP, name="devs", path="/team/")
    assert not faults
    for raw in ("account", f"organization/{ORGANIZATION}"):
        assert read_principal(raw, "it", faults, account=None, kinds=ATTACHABLE) is None
    assert [str(fault).partition(":")[0] for fault in faults.all()] == [
        "it is 'account'",
        f"it is 'organization/{ORGANIZATION}'",
    ]


def test_a_list_of_several_kinds_is_read() -> None:
    """They stand in one grant together."""
    faults = Faults()
    raw = ["user/bob", "permission-set/Readers", f"organization/{ORGANIZATION}"]
    assert [str(one) for one in read_principals(raw, "it", faults, account=ACCOUNT) or ()] == raw
    assert not faults


def checked(
    *raw: str,
    account: str | None = ACCOUNT,
    trust: Trust = Trust.ACCOUNT,
    method: Method = Method.ASSUME_ROLE,
) -> list[str]:
    """What is told about principals beside the rest of their grant."""
    faults = Faults()
    principals = read_principals(list(raw), "g.principals", faults, account=account)
    assert principals is not None
    check_principals(principals, "g", faults, account=account, trust=trust, method=method)
    return [str(fault) for fault in faults.all()]


@pytest.mark.parametrize(
    ("raw", "account"),
    [
        (["user/bob", "role/loader", "permission-set/Readers"], ACCOUNT),
        (["account"], ACCOUNT),
        (["account", f"organization/{ORGANIZATION}"], ACCOUNT),
        ([f"organization/{ORGANIZATION}", f"organizational-unit/{UNIT.replace('e5', 'e6')}"], None),
        ([f"organizational-unit/{UNIT}", f"organizational-unit/{UNIT[:-1]}2"], None),
        (["user/bob", f"organizational-unit/{UNIT}"], ACCOUNT),
    ],
)
def test_principals_that_go_together_pass(raw: list[str], account: str | None) -> None:
    """Several kinds may stand in one list."""
    assert checked(*raw, account=account) == []


@pytest.mark.parametrize("raw", ["user/bob", "role/x", "permission-set/x", "account"])
def test_principals_of_an_account_need_it(raw: str) -> None:
    """They have no ARN without it."""
    (fault,) = checked(raw, account=None)
    assert fault.startswith(f"g.account is missing or empty: {raw} belongs to an account: say which")


def test_an_organization_needs_no_account() -> None:
    """An account beside organizations alone would look as if it narrowed them."""
    (fault,) = checked(f"organization/{ORGANIZATION}")
    assert fault.startswith(f"g.account is '{ACCOUNT}': take it out, or name principals of it")


def test_a_whole_account_beside_one_of_its_principals_is_told() -> None:
    """The single name would narrow nothing, and readers would think that it does."""
    (fault,) = checked("account", "user/bob")
    assert fault.startswith("g.principals names account beside single principals: take the others out")


def test_a_unit_beside_its_whole_organization_is_told() -> None:
    """As for an account."""
    (fault,) = checked(f"organizational-unit/{UNIT}", f"organization/{ORGANIZATION}", account=None)
    assert f"g.principals names organizational-unit/{UNIT}: take it out: the whole organization" in fault


@pytest.mark.parametrize("method", list(Method), ids=str)
@pytest.mark.parametrize("raw", ["permission-set/x", "account"])
def test_exact_trust_is_for_principals_that_have_an_arn(raw: str, method: Method) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal": it takes no wildcards but `*` alone."""
    (fault,) = checked(raw, trust=Trust.EXACT, method=method)
    assert fault.startswith(f"g.trust is 'exact': leave trust out: {raw} has no ARN of its own that")
    assert ("the role's trust" if method is Method.ASSUME_ROLE else "the bucket's policy") in fault


def test_exact_trust_of_an_organization_is_told() -> None:
    """It is known by a condition only."""
    (fault,) = checked(f"organization/{ORGANIZATION}", account=None, trust=Trust.EXACT)
    assert fault.startswith("g.trust is 'exact'")


def test_exact_trust_of_users_and_roles_passes() -> None:
    """They can be named."""
    assert checked("user/bob", "role/x", trust=Trust.EXACT) == []
