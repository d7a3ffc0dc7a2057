"""A whole verification against a bucket of our own: who calls, what is asked, and what is left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from crossaccess.deployment.picture import Picture
from crossaccess.live import verifying
from crossaccess.live.errors import LiveError
from crossaccess.live.sessions import Identity
from crossaccess.live.verifying import Options, verify
from crossaccess.verify.judging import Verdict, Verification
from crossaccess.verify.line import Call
from tests.support.verified import BOB, A, B, Store, grant, picture, refusal

Verified = Callable[..., Verification]


class Sts:
    """Lets nobody become a role."""

    def assume_role(self, **_: object) -> None:
        """Say no."""
        raise refusal()


@dataclass
class Way:
    """A way in as somebody, whose S3 is a store."""

    arn: str
    store: Store
    title: str = "the profile"
    region: str = "eu-central-1"
    sts: Callable[[], Sts] = Sts
    owners: Mapping[str, str] = field(default_factory=dict)

    def s3(self) -> Store:
        """The store."""
        return self.store

    def identity(self) -> Identity:
        """Who it is."""
        return Identity(arn=self.arn, account=self.arn.split(":")[4], temporary=False)


@dataclass
class Ways:
    """Profiles: Bob, who may read alone, and the owner, who may do all with the same objects."""

    bob: Store = field(default_factory=lambda: Store(refuses={"put_object", "delete_object"}))
    told: list[str] = field(default_factory=list)

    def verify(self, of: Picture | None = None, **options: Any) -> Verification:  # Any: options
        """Verify as a profile, by default Bob's."""
        given = Options(**{"profile": "bob", "wait": 0.0, **options})
        return verify(of or picture(), given, self.told.append)

    def open(self, profile: str, **_: object) -> Way:
        """A way in by a profile."""
        owner = Store(content=self.bob.content)
        named = {
            "bob": (BOB, self.bob),
            "owner": (f"arn:aws:iam::{A}:user/alice", owner),
            "admin": (f"arn:aws:iam::{B}:user/admin", owner),
            "service": (f"arn:aws:sts::{B}:federated-user/x", owner),
        }
        arn, store = named[profile]
        return Way(arn=arn, store=store)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    """The profiles, and no AWS."""
    found = Ways()
    monkeypatch.setattr(verifying, "open_access", found.open)
    return found


def test_what_agrees_agrees_and_nothing_is_left(ways: Ways) -> None:
    """The owner makes the probes, of which Bob reads the one and is refused the other."""
    found = ways.verify(owner_profile="owner")
    assert [one for one in found.outcomes if one.verdict is not Verdict.AGREES] == []
    assert (found.verdict, found.left, found.caller) == (Verdict.AGREES, (), BOB)
    assert {one.line.call for one in found.outcomes} >= {Call.GET, Call.PUT, Call.LIST, Call.DELETE}
    assert not any(one.weak for one in found.outcomes)
    assert ways.bob.content == {}


def test_what_differs_is_found(ways: Ways) -> None:
    """A write that goes through although no policy allows it, and is taken away."""
    ways.bob.refuses.clear()
    found = ways.verify()
    differing = {one.line.call for one in found.outcomes if one.verdict is Verdict.DIFFERS}
    assert differing == {Call.PUT}
    assert (found.verdict, ways.bob.content) == (Verdict.DIFFERS, {})


def test_read_only_makes_no_probe(ways: Ways) -> None:
    """Not even the owner does."""
    ways.bob.content["reports/theirs"] = ["null"]
    found = ways.verify(owner_profile="owner", read_only=True)
    assert found.verdict is Verdict.AGREES
    assert ways.bob.content == {"reports/theirs": ["null"]}
    assert set(ways.bob.calls) == {"get_object", "list_objects_v2"}


def test_an_owner_that_cannot_make_probes_is_told(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines that need one are not told then, and why stands beside them."""
    real = ways.open

    def opened(profile: str, **_: object) -> Way:
        way = real(profile)
        return replace(way, store=replace(way.store, refuses={"put_object"}))

    monkeypatch.setattr(verifying, "open_access", opened)
    found = ways.verify(owner_profile="owner")
    assert found.verdict is Verdict.UNTOLD
    assert any("the owner could not make a probe under reports/" in note for note in found.notes)


@pytest.mark.parametrize("removable", [True, False])
def test_an_interrupt_takes_the_probes_away_and_names_the_rest(
    ways: Ways, monkeypatch: pytest.MonkeyPatch, removable: bool
) -> None:
    """Then it goes on its way."""
    ways.bob.refuses = set() if removable else {"delete_object"}

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "list_objects_v2", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ways.verify()
    left = [one for one in ways.told if one.startswith("left behind: s3://shared/")]
    assert len(left) == len(ways.bob.content) == (0 if removable else 2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"profile": "owner"}, f"of account {A}, the owner's own; the grants are for account {B}"),
        (
            {"profile": "admin"},
            f"no grant names arn:aws:iam::{B}:user/admin: reports is for user/bob",
        ),
        ({"profile": "service"}, "which is no user and no role"),
        ({"only": ("nothing",)}, "no grant is called nothing: there are reports"),
        ({"owner_profile": "admin"}, f"of account {B}, and the bucket is of account {A}"),
    ],
)
def test_the_wrong_caller_is_told(ways: Ways, options: dict[str, Any], words: str) -> None:
    """Before any call is made as one."""
    with pytest.raises(LiveError) as caught:
        ways.verify(**options)
    assert words in str(caught.value)
    assert ways.bob.calls == []


def test_without_grants_and_without_the_owner_s_stack_nobody_is_called(ways: Ways) -> None:
    """The message says which stack to give."""
    with pytest.raises(LiveError, match="there is no grant here: give the owner's stack"):
        ways.verify(picture(grants=()))
    far = replace(picture().buckets[0], held=False)
    with pytest.raises(LiveError, match="give the owner's stack, too"):
        ways.verify(picture(buckets=(far,)))


def test_grants_of_others_and_of_other_buckets_are_named(ways: Ways) -> None:
    """They are not asked, and not passed over in silence."""
    others = (grant(), grant("hers", principals=("user/carol",)), grant("far", bucket="elsewhere"))
    found = ways.verify(picture(grants=others))
    assert {one.line.grant for one in found.outcomes} == {"reports"}
    notes = "\n".join(found.notes)
    assert "hers is for user/carol" in notes
    assert "grant far of the bucket elsewhere, whose stack is not given" in notes


def test_plain_http_of_a_sandbox_is_used_inside_of_it_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signed request never goes over plain HTTP to anywhere else unasked."""
    (tmp_path / "cloud").mkdir()
    told = tmp_path / "cloud" / "cloud.json"
    told.write_text('{"http_url": "http://127.0.0.1:81"}', encoding="utf-8")
    monkeypatch.delenv("CROSSACCESS_SANDBOX", raising=False)
    assert verifying._plain_url("https://127.0.0.1:80") is None
    monkeypatch.setenv("CROSSACCESS_SANDBOX", str(tmp_path))
    assert verifying._plain_url("https://127.0.0.1:80") == "http://127.0.0.1:81"
    assert verifying._plain_url("https://s3.eu-central-1.amazonaws.com") is None
    for text in ('{"http_url": "http://example.com"}', "[]", "{", '{"http_url": 1}'):
        told.write_text(text, encoding="utf-8")
        assert verifying._plain_url("https://127.0.0.1:80") is None
