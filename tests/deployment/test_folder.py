"""A folder of policy documents."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.source import SourceKind, read_source
from crossaccess.policy.document import PolicyKind
from tests.support.engine_files import ACCOUNT, OTHER, policies, principal, saved

LAID_OUT = {
    f"{ACCOUNT}/bucket/lake.json": "the bucket's",
    f"{ACCOUNT}/key/1234abcd.json": "the key's",
    f"{OTHER}/user/bob/one.json": "bob's",
    f"{OTHER}/user/apps/erin/boundary.json": "erin's boundary",
    f"{OTHER}/role/apps/worker/trust.json": "the worker's trust",
    f"{OTHER}/role/apps/worker/two.json": "the worker's",
    f"{OTHER}/group/readers/three.json": "the readers'",
    f"{OTHER}/group/readers/members.txt": "bob\n\nuser/apps/erin\ndora\n",
    ".git/config": "not looked at",
    f"{OTHER}/user/bob/.hidden.json": "not looked at",
}


def folder(root: Path, files: dict[str, str]) -> Path:
    """Write the files."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def test_every_document_is_whose_its_folder_says(tmp_path: Path) -> None:
    """With paths, boundaries, trust and groups."""
    source = read_source(folder(tmp_path, LAID_OUT))
    assert source.kind is SourceKind.FOLDER
    picture = source.new
    assert policies(picture) == {
        "bucket policy of lake": "the bucket's",
        "key policy of 1234abcd": "the key's",
        "policy one of user/bob": "bob's",
        "permissions boundary of user/apps/erin": "erin's boundary",
        "trust policy of role/apps/worker": "the worker's trust",
        "policy two of role/apps/worker": "the worker's",
        "policy three of group/readers": "the readers'",
    }
    assert picture.accounts == (ACCOUNT, OTHER)
    assert {one.label: (one.groups, one.held) for one in picture.principals} == {
        "user/bob": (("readers",), True),
        "user/apps/erin": (("readers",), True),
        "role/apps/worker": ((), True),
        "user/dora": (("readers",), False),
    }
    erin = principal(picture, "user/apps/erin")
    assert erin.arn == f"arn:aws:iam::{OTHER}:user/apps/erin"
    assert [one.name for one in erin.policies] == ["policy three of group/readers"]
    (group,) = picture.groups
    assert (group.members, group.members_told) == (("user/bob", "user/apps/erin", "user/dora"), True)


def test_the_partition_can_be_told(tmp_path: Path) -> None:
    """ARNs begin with it."""
    made = folder(tmp_path, {"partition.txt": "aws-cn\n", f"{OTHER}/user/bob/one.json": "{}"})
    assert principal(read_source(made).new, "user/bob").arn == f"arn:aws-cn:iam::{OTHER}:user/bob"


def test_a_folder_adds_what_a_stack_does_not_hold(tmp_path: Path) -> None:
    """Bob's other policies."""
    made = read_source(folder(tmp_path, {f"{OTHER}/user/bob/one.json": "{}"})).new
    (bob,) = merge([saved("account-b.state").new, made]).principals
    assert [one.name for one in bob.policies] == [
        "policy one of user/bob",
        "policy crossaccess-shared-111111222222-user-bob of user/bob",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("policy.json", "is in no folder of an account"),
        ("12345/bucket/lake.json", "is in no folder of an account"),
        (f"{ACCOUNT}/buckets/lake.json", "stands where no policy belongs"),
        (f"{ACCOUNT}/bucket/lake.txt", "stands where no policy belongs"),
        (f"{ACCOUNT}/bucket/deeper/lake.json", "stands where no policy belongs"),
        (f"{ACCOUNT}/user/bob.json", "stands where no policy belongs"),
        (f"{ACCOUNT}/user/bob/trust.json", "stands where no policy belongs"),
        (f"{ACCOUNT}/group/readers/boundary.json", "stands where no policy belongs"),
        (f"{ACCOUNT}/user/bob/members.txt", "stands where no policy belongs"),
        (f"{ACCOUNT}/lake.json", "stands where no policy belongs"),
        (".hidden", "holds no policies"),
    ],
)
def test_a_file_that_would_be_passed_over_is_refused(tmp_path: Path, name: str, said: str) -> None:
    """A policy in the wrong place would be missed in silence; the layout is told."""
    with pytest.raises(SourceError, match=said) as error:
        read_source(folder(tmp_path, {name: "{}"}))
    assert "ACCOUNT/bucket/NAME.json" in str(error.value)


def test_a_partition_that_is_none_is_refused(tmp_path: Path) -> None:
    """It would stand in every ARN."""
    with pytest.raises(SourceError, match=r"partition\.txt says 'moon'"):
        read_source(folder(tmp_path, {"partition.txt": "moon", **LAID_OUT}))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Or one that no policy could be as large as."""
    file = folder(tmp_path, LAID_OUT) / ACCOUNT / "bucket" / "lake.json"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(SourceError, match=r"lake\.json is not UTF-8"):
        read_source(tmp_path)
    file.write_bytes(b" " * 1_000_001)
    with pytest.raises(SourceError, match="no policy of AWS is that large"):
        read_source(tmp_path)


def test_a_user_is_a_member_by_its_name_alone(tmp_path: Path) -> None:
    """Its path does not count (IAM User Guide, "IAM identifiers")."""
    made = folder(
        tmp_path,
        {
            f"{OTHER}/user/apps/Erin/one.json": "{}",
            f"{OTHER}/role/erin/trust.json": "{}",
            f"{OTHER}/group/readers/three.json": "{}",
            f"{OTHER}/group/readers/members.txt": "erin\n",
        },
    )
    picture = read_source(made).new
    assert {one.label: one.groups for one in picture.principals} == {
        "user/apps/Erin": ("readers",),
        "role/erin": (),
    }


@pytest.mark.parametrize(
    "name",
    [
        "bucket/sh*.json",
        "bucket/my lake.json",
        "key/a?b.json",
        "user/we ird/one.json",
        "user/b*b/one.json",
        "role/ap*s/worker/trust.json",
    ],
)
def test_a_name_that_aws_does_not_have_is_refused(tmp_path: Path, name: str) -> None:
    """As a pattern it would stand for what nobody meant."""
    with pytest.raises(SourceError, match="is no name that a"):
        read_source(folder(tmp_path, {f"{OTHER}/{name}": "{}"}))


@pytest.mark.parametrize("member", ["bob, erin", "b*b", "arn:aws:iam::112233445566:user/bob", "apps/"])
def test_a_member_that_is_no_user_is_refused(tmp_path: Path, member: str) -> None:
    """A list with commas, or a pattern, would name nobody."""
    made = folder(tmp_path, {f"{OTHER}/group/readers/members.txt": f"dora\n{member}\n"})
    with pytest.raises(SourceError, match="is no name that a user can have"):
        read_source(made)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (f"{ACCOUNT}/bucket/lake.json", f"{OTHER}/bucket/lake.json", "belongs to one account"),
        (f"{OTHER}/user/bob/one.json", f"{OTHER}/user/apps/Bob/one.json", "make no other"),
        (f"{OTHER}/role/bob/trust.json", f"{OTHER}/role/apps/bob/trust.json", "make no other"),
    ],
)
def test_one_name_for_two_things_is_refused(tmp_path: Path, first: str, second: str, said: str) -> None:
    """One of them would be passed over."""
    with pytest.raises(SourceError, match=said):
        read_source(folder(tmp_path, {first: "{}", second: "{}"}))


def test_accounts_have_names_of_their_own(tmp_path: Path) -> None:
    """A user, a role and a user of another account may be called the same."""
    files = {
        f"{OTHER}/user/bob/one.json": "{}",
        f"{OTHER}/role/bob/trust.json": "{}",
        f"{ACCOUNT}/user/bob/one.json": "{}",
    }
    assert len(read_source(folder(tmp_path, files)).new.principals) == 3


LIMITED = {
    f"{OTHER}/scp/root/FullAWSAccess.json": "all",
    f"{OTHER}/scp/root/limits.json": "the root's",
    f"{OTHER}/scp/ou-data/trust.json": "the unit's",
    f"{ACCOUNT}/rcp/root/limits.json": "the resources'",
}


def test_the_levels_of_an_organization_are_those_of_an_account(tmp_path: Path) -> None:
    """No name is taken there; and AWS's own RCP is everywhere, as AWS has it."""
    picture = read_source(folder(tmp_path, LIMITED)).new
    found = {
        (one.kind, one.account, one.name): {policy.name: policy.text for policy in one.policies}
        for one in picture.levels
    }
    full = found[PolicyKind.RCP, ACCOUNT, "root"].pop("resource control policy RCPFullAWSAccess at root")
    assert '"Effect":"Allow"' in (full or "")
    assert found == {
        (PolicyKind.SCP, OTHER, "root"): {
            "service control policy FullAWSAccess at root": "all",
            "service control policy limits at root": "the root's",
        },
        (PolicyKind.SCP, OTHER, "ou-data"): {"service control policy trust at ou-data": "the unit's"},
        (PolicyKind.RCP, ACCOUNT, "root"): {"resource control policy limits at root": "the resources'"},
    }
    assert picture.levels_of(PolicyKind.SCP, ACCOUNT) == ()
    assert picture.accounts == ()


def test_an_rcp_of_aws_that_a_folder_holds_is_not_there_twice(tmp_path: Path) -> None:
    """Whoever exports what is attached has it among the others."""
    name = f"{ACCOUNT}/rcp/root/RCPFullAWSAccess.json"
    (level,) = read_source(folder(tmp_path, {name: "AWS's"})).new.levels
    assert [one.text for one in level.policies] == ["AWS's"]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (f"{OTHER}/scp/limits.json", "stands where no policy belongs"),
        (f"{OTHER}/scp/root/unit/limits.json", "stands where no policy belongs"),
        (f"{OTHER}/scp/root/limits.txt", "stands where no policy belongs"),
        (f"{OTHER}/scp/the root/limits.json", "'the root' is no name that a level can have"),
    ],
)
def test_an_organizations_policy_that_stands_elsewhere_is_refused(
    tmp_path: Path, file: str, says: str
) -> None:
    """It would be passed over in silence."""
    with pytest.raises(SourceError, match=says):
        read_source(folder(tmp_path, {file: "{}"}))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda at: at.symlink_to("nowhere.json"), "is a link that leads nowhere"),
        (os.mkfifo, "is no file"),
        (lambda at: at.symlink_to(at.parent.parent, target_is_directory=True), "is a link to a folder"),
    ],
    ids=["a link that leads nowhere", "a pipe", "a link to a folder"],
)
def test_what_cannot_be_read_is_not_passed_over(
    tmp_path: Path, made: Callable[[Path], None], says: str
) -> None:
    """It may hold what refuses: without it the answer could be allowed."""
    place = folder(tmp_path, LAID_OUT) / OTHER / "user" / "bob" / "boundary.json"
    made(place)
    with pytest.raises(SourceError, match=says) as refused:
        read_source(tmp_path)
    assert str(place) in str(refused.value)


def test_a_folder_that_may_not_be_listed_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the same reason. Who runs the tests may be allowed to list everything."""
    closed = folder(tmp_path, LAID_OUT) / OTHER / "user"
    listed = os.scandir

    def scandir(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(SourceError, match="cannot be read: Permission denied") as refused:
        read_source(tmp_path)
    assert str(closed) in str(refused.value)


def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    """As tools that share documents make them."""
    place = folder(tmp_path, LAID_OUT) / OTHER / "user" / "bob"
    (place / "linked.json").symlink_to(place / "one.json")
    assert policies(read_source(tmp_path).new)["policy linked of user/bob"] == "bob's"
