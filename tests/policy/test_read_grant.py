"""Grants as people write them, in each way that a person may get them wrong."""

from typing import Any

import pytest

from crossaccess.policy.access import ACCESS, ACTIONS
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant, Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.read_grant import read_grants

RIGHT: dict[str, Any] = {  # Any: config values
    "name": "a-grant",
    "account": "112233445566",
    "principals": ["user/bob"],
    "method": "assume-role",
    "access": ["read"],
}
GONE = object()


def read(*raw: object) -> tuple[tuple[Grant, ...], list[str]]:
    """Read grants; answer them and the faults as they are told."""
    faults = Faults()
    return read_grants(list(raw), "grants", faults), [str(fault) for fault in faults.all()]


def changed(**changes: object) -> dict[str, Any]:
    """The right grant with some of it changed or gone."""
    return {key: value for key, value in (RIGHT | changes).items() if value is not GONE}


def test_a_grant_is_read_with_its_defaults() -> None:
    """Whole bucket, the account form of trust, and a role name out of the grant's name."""
    (grant,), faults = read(RIGHT)
    assert faults == []
    assert grant == Grant(
        name="a-grant",
        account="112233445566",
        principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
        method=Method.ASSUME_ROLE,
        actions=("s3:GetObject",),
        role_name="crossaccess-a-grant",
        trust=Trust.ACCOUNT,
    )


def test_a_grant_is_read_with_all_that_it_can_say() -> None:
    """Every key reaches the grant; access and actions add up, in one order and once each."""
    raw = changed(
        access=["write", "read"],
        actions=["s3:GetObject", "s3:DeleteObject"],
        prefixes=["reports/", "raw data/2026/"],
        principals=["role/a/b/loader", "user/bob"],
        roleName="account-a-role",
        trust="exact",
    )
    (grant,), faults = read(raw)
    assert faults == []
    assert grant.actions == (
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    )
    assert grant.prefixes == ("reports/", "raw data/2026/")
    assert [str(one) for one in grant.principals] == ["role/a/b/loader", "user/bob"]
    assert (grant.role_name, grant.trust) == ("account-a-role", Trust.EXACT)


def test_a_bucket_policy_grant_has_no_role() -> None:
    """The default of the role's name is for roles."""
    (grant,), faults = read(changed(method="bucket-policy"))
    assert (grant.role_name, faults) == (None, [])


def test_no_grants_at_all_are_fine() -> None:
    """A bucket may come before its requesters."""
    assert read() == ((), [])


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("name", GONE, "is missing or empty: a name is"),
        ("name", "", "is '': a name is"),
        ("name", "Bob", "is 'Bob': a name is up to 48 small letters"),
        ("name", "a_b", "is 'a_b'"),
        ("name", "a--b", "is 'a--b'"),
        ("name", "a-", "is 'a-'"),
        ("name", "7a", "is '7a'"),
        ("name", "a" * 49, "is 'aaa"),
        ("name", "a\n", "is 'a\\n'"),
        ("name", 7, "is 7 (a number): quote it; a name is"),
        ("name", True, "is true (a boolean): quote it"),
        ("name", "2027-01-31 00:00:00 +0000 UTC", "(YAML read a date: quote it)"),
        (
            "account",
            GONE,
            "is missing or empty: user/bob belongs to an account: say which, as twelve digits in quotes",
        ),
        ("account", 112233445566, "is 112233445566 (a number): quote it, or YAML"),
        ("account", 12345678901, "is 12345678901 (a number): quote it, or YAML"),
        ("account", 1.1e11, "is 110000000000.0 (a number): quote it"),
        ("account", "11223344556", "is '11223344556' (11 digits): an account is twelve digits"),
        ("account", "1122334455667", "(13 digits)"),
        ("account", "1122-3344-5566", "is '1122-3344-5566': an account is twelve digits"),
        ("account", "arn:aws:iam::112233445566:root", "is 'arn:aws:iam::112233445566:root'"),
        ("account", ["112233445566"], "is a list: an account is twelve digits"),
        ("account", "١١٢٢٣٣٤٤٥٥٦٦", "an account is twelve digits"),
        ("principals", GONE, "is missing or empty: write a list, such as [user/bob]"),
        ("principals", [], "is an empty list: name at least one, such as [user/bob]"),
        ("principals", "user/bob", "is 'user/bob': write a list, such as [user/bob]"),
        ("principals", {}, "is an empty mapping: write a list"),
        ("principals", {"user": "bob"}, "is a mapping: write a list"),
        ("method", GONE, "is missing or empty: it can be bucket-policy, assume-role"),
        ("method", "bucketpolicy", "is 'bucketpolicy': did you mean 'bucket-policy'?"),
        ("method", "Assume-Role", "did you mean 'assume-role'?"),
        ("method", "ftp", "is 'ftp': it can be assume-role, bucket-policy"),
        ("method", 1, "is 1 (a number): quote it"),
        ("access", GONE, "is missing or empty: say what may be done"),
        ("access", [], "is an empty list: name at least one"),
        ("access", "read", "is 'read': write a list, such as [read, write]"),
        ("prefixes", "reports/", "is 'reports/': write a list, such as [reports/]"),
        ("roleName", "", "is '': a role's name is"),
        ("roleName", "team/role", "is 'team/role': a role's name is up to 64"),
        ("roleName", "r" * 65, "a role's name is up to 64"),
        ("roleName", "arn:aws:iam::111111222222:role/x", "a role's name is up to 64"),
        ("trust", "exakt", "is 'exakt': did you mean 'exact'?"),
        ("trust", False, "is false (a boolean): quote it"),
        ("trust", "yes", "is 'yes': it can be account, exact"),
    ],
)
def test_a_wrong_value_is_named_with_its_key_and_its_mend(key: str, value: object, told: str) -> None:
    """One fault, under the right key, with what stands there and what would be right."""
    _, (fault,) = read(changed(**{key: value}))
    assert fault.startswith(f"grants[0].{key} ")
    assert told in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    ("key", "entry", "told"),
    [
        ("principals", "bob", "is 'bob': a principal is user/NAME, role/NAME, permission-set/NAME"),
        ("principals", "user/", "a principal is user/NAME"),
        ("principals", "user/b*b", "a principal is user/NAME"),
        ("principals", "user/${aws:username}", "a principal is user/NAME"),
        ("principals", "role/*/admin", "a principal is user/NAME"),
        ("principals", "role//admin", "a principal is user/NAME"),
        ("principals", "account/x", "a principal is user/NAME"),
        ("principals", "*", "no wildcards; write account for everyone of the account"),
        ("principals", "root", "a principal is user/NAME"),
        ("principals", f"user/{'n' * 65}", "a principal is user/NAME"),
        ("principals", f"user/{'p' * 511}/bob", "a principal is user/NAME"),
        ("principals", "user/bob\n", "a principal is user/NAME"),
        ("principals", 7, "is 7 (a number): quote it"),
        ("principals", None, "is missing or empty"),
        ("principals", "group/devs", "AWS takes no group as a principal"),
        (
            "principals",
            "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x",
            "write permission-set/NAME: AWS makes this role",
        ),
        ("principals", "role/aws-service-role/x/y", "is managed by AWS"),
        ("principals", "arn:aws:iam::112233445566:user/bob", "write no ARN, just user/NAME"),
        (
            "principals",
            "arn:aws:iam::999999999999:user/bob",
            "that ARN is of account '999999999999', and the grant's account is '112233445566'",
        ),
        ("access", "reed", "is 'reed': did you mean 'read'?"),
        ("access", "s3:GetObject", "it can be delete, list, read, write"),
        ("access", 7, "is 7 (a number): quote it"),
        ("actions", "s3:GetObjects", "is 's3:GetObjects': did you mean 's3:GetObject'?"),
        ("actions", "s3:getobject", "did you mean 's3:GetObject'?"),
        ("actions", "GetObject", "did you mean 's3:GetObject'?"),
        ("actions", "s3:*", "is 's3:*': actions are allowed by name, without wildcards"),
        ("actions", "s3:Get?bject", "without wildcards"),
        ("actions", "*", "without wildcards"),
        ("actions", "iam:PassRole", "a grant gives S3 actions"),
        ("actions", "s3:PutBucketPolicy", "is 's3:PutBucketPolicy'"),
        ("actions", "", "an action is a name such as s3:GetObject"),
        ("prefixes", "reports", "is 'reports': close it with a slash"),
        ("prefixes", "rep*/", "a prefix has no wildcards"),
        ("prefixes", "rep?/", "a prefix has no wildcards"),
        ("prefixes", "home/${aws:username}/", "a prefix has no policy variables"),
        ("prefixes", "/reports/", "leave out the slash at its beginning"),
        ("prefixes", "/", "leave out the slash at its beginning"),
        ("prefixes", "", "a prefix is a text that ends with a slash"),
        ("prefixes", "a\tb/", "U+0020 to U+00FF"),
        ("prefixes", "報告/", "U+0020 to U+00FF"),
        ("prefixes", "x" * 1024 + "/", "no longer than 1024 bytes"),
        ("prefixes", 2026, "is 2026 (a number): quote it; a prefix is a text"),
    ],
)
def test_a_wrong_entry_is_named_with_its_place_in_the_list(key: str, entry: object, told: str) -> None:
    """The fault counts from the list's first entry, and right entries beside it change nothing."""
    right = {
        "principals": "user/alice",
        "access": "write",
        "actions": "s3:PutObject",
        "prefixes": "raw/",
    }[key]
    grants, (fault,) = read(changed(**{key: [right, entry]}))
    assert grants == ()
    assert fault.startswith(f"grants[0].{key}[1] ")
    assert told in fault


def test_an_entry_that_stands_twice_is_named() -> None:
    """A double is a slip of the pen, and may hide one."""
    _, (fault,) = read(changed(prefixes=["a/", "b/", "a/"]))
    assert fault == "grants[0].prefixes[2] is 'a/': it stands there twice: take one out"


def test_the_role_of_a_bucket_policy_grant_is_named() -> None:
    """A role's name would be without effect there."""
    _, (fault,) = read(changed(method="bucket-policy", roleName="a-role"))
    assert fault == "grants[0].roleName is 'a-role': take it out: only method assume-role has a role"


def test_lists_that_no_prefix_narrows_are_refused_beside_prefixes() -> None:
    """Service Authorization Reference: `s3:ListBucketMultipartUploads` has no `s3:prefix` key."""
    raw = changed(actions=["s3:ListBucketMultipartUploads"], access=GONE)
    assert read(raw)[1] == []
    _, (fault,) = read(raw | {"prefixes": ["reports/"]})
    assert "grants[0].actions has 's3:ListBucketMultipartUploads' beside prefixes" in fault


def test_an_unknown_key_is_named_with_the_nearest() -> None:
    """A misspelt key would otherwise be a grant without it."""
    _, (fault,) = read(changed(prefix=["reports/"]))
    assert fault == "grants[0].prefix is no key that is known here: did you mean 'prefixes'?"


def test_a_grant_that_is_no_mapping_is_named() -> None:
    """A bare name in the list is told what a grant looks like."""
    _, (fault,) = read("bob")
    assert fault.startswith("grants[0] is 'bob': write a mapping with the keys name, account,")


def test_grants_that_are_no_list_are_named() -> None:
    """A mapping of grants is told to be a list."""
    faults = Faults()
    assert read_grants({"a-grant": RIGHT}, "grants", faults) == ()
    assert "grants is a mapping: write a list of grants" in str(faults.all()[0])


def test_two_grants_of_one_name_are_named() -> None:
    """Names tell roles, statements and resources apart."""
    _, faults = read(RIGHT, changed(roleName="other"))
    assert faults == ["grants[1].name is 'a-grant': grants[0].name has that name: choose another"]


def test_names_that_make_the_same_statement_id_are_named() -> None:
    """IAM User Guide, "IAM JSON policy elements: Sid": ids are unique and have no hyphens."""
    _, faults = read(changed(name="a-1"), changed(name="a1"))
    assert faults == ["grants[1].name is 'a1': grants[0].name is 'a-1', which is too like it: choose another"]


def test_two_roles_of_one_name_are_named() -> None:
    """IAM keeps names apart without regard to capitals."""
    _, faults = read(changed(roleName="The-Role"), changed(name="b-grant", roleName="the-role"))
    assert faults == ["grants[1].roleName is 'the-role': the role of grants[0] has that name: choose another"]


@pytest.mark.parametrize("other", ["user/team/bob", "user/Bob"])
def test_one_principal_under_two_spellings_is_named(other: str) -> None:
    """IAM User Guide, "IAM identifiers": one name of a kind in an account, whatever its path."""
    _, (fault,) = read(RIGHT, changed(name="b-grant", principals=[other]))
    assert fault.startswith(
        f"grants[1].principals[0] is '{other}': grants[0].principals[0] calls it 'user/bob'"
    )


def test_a_user_and_a_role_of_one_name_or_of_two_accounts_are_different() -> None:
    """Only what could be the same principal is held together."""
    grants, faults = read(
        changed(principals=["user/bob", "role/Bob"]),
        changed(name="b-grant", account="998877665544", principals=["user/team/bob"]),
    )
    assert faults == []
    assert len(grants) == 2


def test_every_fault_of_every_grant_is_told_at_once() -> None:
    """Nobody mends a config one error at a time."""
    _, faults = read(changed(name="A", account=1, prefixes=["x"]), changed(method="ftp"), 7)
    keys = [fault.partition(" ")[0] for fault in faults]
    assert keys == [
        "grants[0].name",
        "grants[0].account",
        "grants[0].prefixes[0]",
        "grants[1].method",
        "grants[2]",
    ]


def test_every_access_set_names_known_actions_with_reasons() -> None:
    """Nothing is granted without a reason beside it, and nothing by a wildcard."""
    assert {name for names in ACCESS.values() for name in names} <= set(ACTIONS)
    assert all(action.reason and "*" not in action.name for action in ACTIONS.values())


def test_no_action_lets_a_grant_widen_itself() -> None:
    """Policies, ACLs of the bucket and its protections are not for requesters."""
    assert not {name for name in ACTIONS if name.startswith(("s3:PutBucket", "s3:DeleteBucket", "s3:PutEnc"))}
