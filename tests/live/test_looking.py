"""A profile is of an account that the stacks are of, or nobody is asked."""

import pytest

from crossaccess.deployment.seen import Seen, Wanted
from crossaccess.live import looking
from crossaccess.live.errors import LiveError
from crossaccess.live.looking import Profiles, look
from crossaccess.live.sessions import Access, Identity
from tests.support.drifting import bob, picture
from tests.support.verified import A, B, grant

ACCOUNTS = {"a": A, "b": B, "b2": B, "elsewhere": "999999999999"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Wanted]]:
    """Which accounts are read, by whom, and what is wanted of them; nobody is called."""
    found: list[tuple[str, str, Wanted]] = []

    def opened(profile: str, **_: object) -> Access:
        return Access(session=None, title=f"the profile {profile}", region="eu-west-1")  # type: ignore[arg-type]

    def identity(access: Access) -> Identity:
        account = ACCOUNTS[access.title.removeprefix("the profile ")]
        return Identity(arn=f"arn:aws:iam::{account}:user/x", account=account, temporary=False)

    def read(wanted: Wanted, access: Access, account: str) -> Seen:
        found.append((account, access.title, wanted))
        return Seen(account=account, by=access.title)

    monkeypatch.setattr(looking, "open_access", opened)
    monkeypatch.setattr(Access, "identity", identity)
    monkeypatch.setattr(looking, "read", read)
    return found


def wanted(account: str) -> Wanted:
    """Something that names the account."""
    return Wanted(groups=(account,))


def test_each_account_is_read_with_its_profile(asked: list[tuple[str, str, Wanted]]) -> None:
    """Once, however many profiles lead to it; progress names it."""
    told: list[str] = []
    seen = look(picture(), Profiles(owners=("a",), requesters=("b", "b2")), wanted, told.append)
    assert asked == [(A, "the profile a", wanted(A)), (B, "the profile b", wanted(B))]
    assert [one.account for one in seen] == [A, B]
    assert told == [
        f"Reading account {A} with the profile a",
        f"Reading account {B} with the profile b",
    ]


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        (Profiles(owners=("b",)), f"account {B}, and that is the other side's: name it by --profile"),
        (
            Profiles(requesters=("a",)),
            f"account {A}, and that is the other side's: name it by --owner-profile",
        ),
        (
            Profiles(owners=("elsewhere",)),
            f"the owner's account is {A}: name a profile of it by --owner-profile",
        ),
        (
            Profiles(requesters=("elsewhere",)),
            f"the requester's account is {B}: name a profile of it by --profile",
        ),
    ],
)
def test_a_wrong_account_is_told_before_it_is_read(
    asked: list[tuple[str, str, Wanted]], profiles: Profiles, words: str
) -> None:
    """With the right one."""
    with pytest.raises(LiveError) as caught:
        look(picture(), profiles, wanted)
    assert words in str(caught.value)
    assert asked == []


@pytest.mark.usefixtures("asked")
def test_where_no_stack_is_of_a_side_it_is_said() -> None:
    """There is nothing to look at."""
    alone = picture(principals=picture().principals[:1], grants=())
    with pytest.raises(LiveError, match="no source here is of a requester's account: give its stack, too"):
        look(alone, Profiles(requesters=("b",)), wanted)
    bare = picture(buckets=(), keys=(), principals=(bob(),), grants=())
    with pytest.raises(LiveError, match="no source here is of an owner's account: give its stack, too"):
        look(bare, Profiles(owners=("a",)), wanted)
    named = picture(principals=(), grants=(grant(),))
    assert len(look(named, Profiles(requesters=("b",)), wanted)) == 1
