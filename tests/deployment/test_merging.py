"""Several pictures as one."""

import pytest

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import (
    Bucket,
    Grant,
    Group,
    Key,
    OrganizationLevel,
    Picture,
    Policy,
    Principal,
)
from crossaccess.policy.document import PolicyKind
from crossaccess.policy.principal import PrincipalKind
from tests.support.engine_files import ACCOUNT, OTHER

TEXT, SAME_TEXT, OTHER_TEXT = '{"Statement": []}', '{"Statement":[]}', '{"Statement":[1]}'
ELSEWHERE = Policy(name="bucket policy of lake", unknown="no stack here holds it")


def bucket(text: str | None = None, *, account: str | None = ACCOUNT, held: bool = True) -> Picture:
    """A bucket, with a policy where there is a text."""
    policy = None if text is None else Policy(name="bucket policy of lake", text=text)
    return Picture(buckets=(Bucket(name="lake", account=account, policy=policy, held=held),))


def bob(*policies: Policy, **more: object) -> Principal:
    """Bob, whom only attachments name."""
    return Principal(
        kind=PrincipalKind.USER,
        name="bob",
        account=OTHER,
        policies=policies,
        held=False,
        **more,  # type: ignore[arg-type]
    )


def test_a_bucket_that_one_only_names_is_the_one_that_the_other_holds() -> None:
    """Whichever comes first."""
    named = Picture(buckets=(Bucket(name="lake", policy=ELSEWHERE, region="eu-central-1", held=False),))
    for pictures in ([named, bucket(TEXT)], [bucket(TEXT), named]):
        (one,) = merge(pictures).buckets
        assert one.policy is not None
        assert (one.policy.text, one.account, one.region, one.held) == (TEXT, ACCOUNT, "eu-central-1", True)


@pytest.mark.parametrize("other", [TEXT, SAME_TEXT, None])
def test_a_bucket_that_both_hold_alike_is_one(other: str | None) -> None:
    """Its policy may stand in a stack of its own, and white space means nothing."""
    (one,) = merge([bucket(other), bucket(TEXT)]).buckets
    assert one.policy is not None
    assert one.policy.text in (TEXT, other)


@pytest.mark.parametrize("other", [OTHER_TEXT, "no JSON"])
def test_a_bucket_with_two_policies_is_refused(other: str) -> None:
    """Nobody can tell which of them holds."""
    with pytest.raises(SourceError, match="the bucket 'lake' has two different policies"):
        merge([bucket(TEXT), bucket(other)])


def test_a_bucket_of_two_accounts_is_refused() -> None:
    """A bucket's name is one bucket."""
    with pytest.raises(SourceError, match=f"account {ACCOUNT} in one .* account {OTHER}"):
        merge([bucket(), bucket(account=OTHER)])


def test_principals_of_one_name_in_two_accounts_stay_two() -> None:
    """IAM's names are an account's own."""
    here = Principal(kind=PrincipalKind.USER, name="bob", account=ACCOUNT)
    assert len(merge([Picture(principals=(here,)), Picture(principals=(bob(),))]).principals) == 2


def test_what_both_attach_to_a_principal_is_there_once() -> None:
    """A policy that one can read wins over the same one that the other only names."""
    arn = f"arn:aws:iam::{OTHER}:policy/p"
    named = Policy(name="policy p of user/bob", arn=arn, unknown="it is a policy that no stack here holds")
    read = Policy(name="policy p of user/bob", arn=arn, text=TEXT)
    inline = Policy(name="inline policy x of user/bob", text=OTHER_TEXT, source="elsewhere")
    for first, second in ((bob(named), bob(read, inline)), (bob(read, inline), bob(named))):
        (one,) = merge([Picture(principals=(first,)), Picture(principals=(second,))]).principals
        assert set(one.policies) == {read, inline}


def test_a_principal_gets_its_path_from_a_grant_that_names_it() -> None:
    """An attachment names a user without its path, and a bucket's policy with it."""
    grant = Grant(
        name="g", bucket="lake", owner=ACCOUNT, account=OTHER, principals=("user/apps/bob", "account")
    )
    pictures = [Picture(grants=(grant,)), Picture(principals=(bob(path_told=False),))]
    (one,) = merge(pictures).principals
    assert (one.arn, one.path_told) == (f"arn:aws:iam::{OTHER}:user/apps/bob", True)
    (other,) = merge([*pictures, Picture(principals=(bob(path="/told/"),))]).principals
    assert other.path in ("/apps/", "/told/")


def test_a_member_gets_the_policies_that_another_source_knows_of_its_group() -> None:
    """The membership stands in one stack, and the group's policy in a folder."""
    policy = Policy(name="policy p of group/readers", text=TEXT, source="folder")
    group = Group(name="readers", account=OTHER, policies=(policy,))
    joined = bob(groups=("readers",))
    (one,) = merge([Picture(principals=(joined,)), Picture(groups=(group,))]).principals
    assert one.policies == (policy,)


def test_keys_are_told_apart_by_their_arn() -> None:
    """And one that a stack holds wins over one that is only named."""
    arn = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/k"
    held = Key(name="k", arn=arn, policy=Policy(name="key policy of k", text=TEXT), source="urn")
    named = Key(name="k", arn=arn, policy=Policy(name="key policy of k", unknown="no stack here holds it"))
    other = Key(name="l", arn=f"{arn}l")
    for first, second in ((held, named), (named, held)):
        assert merge([Picture(keys=(first, other)), Picture(keys=(second,))]).keys == (held, other)


def test_what_a_requester_remembers_counts_where_no_owner_speaks() -> None:
    """Of a bucket whose owner is among the sources, the owner's grants are all there are."""
    gone = Grant(name="gone", bucket="lake", owner=ACCOUNT, first_hand=False)
    elsewhere = Grant(name="e", bucket="pond", owner=ACCOUNT, first_hand=False)
    told = Grant(name="told", bucket="lake", owner=ACCOUNT)
    found = merge([Picture(grants=(gone, elsewhere)), Picture(grants=(told,))]).grants
    assert set(found) == {told, elsewhere}


def test_one_picture_is_itself() -> None:
    """Nothing is made of it."""
    one = bucket(TEXT)
    assert merge([one]) is one


def level(**texts: str) -> Picture:
    """What the root of an organization attaches."""
    policies = tuple(Policy(name=name, text=text) for name, text in texts.items())
    return Picture(
        levels=(OrganizationLevel(kind=PolicyKind.SCP, account=OTHER, name="root", policies=policies),)
    )


def test_a_level_of_an_organization_that_both_hold_alike_is_one() -> None:
    """In whatever order its policies come."""
    (one,) = merge([level(full=TEXT, limits=OTHER_TEXT), level(limits=OTHER_TEXT, full=SAME_TEXT)]).levels
    assert [policy.name for policy in one.policies] == ["full", "limits"]


@pytest.mark.parametrize("other", [level(full=TEXT), level(full=OTHER_TEXT, limits=TEXT), level(limits=TEXT)])
def test_a_level_that_two_sources_tell_differently_is_refused(other: Picture) -> None:
    """Any policy more may allow or deny more, and nobody says which of them is whole."""
    with pytest.raises(SourceError, match="the level 'root' of account 112233445566 has other policies"):
        merge([level(full=TEXT, limits=TEXT), other])
