"""Callers and ways in that are easily passed over: each change below is told, of whom it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crossaccess.compare.change import Comparison
from crossaccess.compare.comparing import compare
from crossaccess.compare.prove import ProofKind, never, no_new_access
from crossaccess.deployment.picture import Picture
from crossaccess.deployment.source import read_source
from crossaccess.report.diff.wording import sentence
from crossaccess.report.sentence import told

OWNER, REQUESTER = "111111222222", "112233445566"
BUCKET = f"{OWNER}/bucket/shared.json"
ROLE = f"{OWNER}/role/r"
ROOT = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
BOB = {"AWS": f"arn:aws:iam::{REQUESTER}:user/bob"}
PROVIDER = {"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/token.actions.githubusercontent.com"}
TRAIL = {"Service": "cloudtrail.amazonaws.com"}

Said = Mapping[str, object]
Folder = Mapping[str, Sequence[Said]]


def allow(principal: object = None, action: object = "s3:GetObject", **more: object) -> Said:
    """One statement about the objects of the bucket; for a bucket where a principal is named."""
    named = {} if principal is None else {"Principal": principal}
    return {"Effect": "Allow", **named, "Action": action, "Resource": "arn:aws:s3:::shared/*", **more}


def trust(principal: object, action: object = "sts:AssumeRole", **more: object) -> Said:
    """One statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


DENIED = {**allow("*", "s3:*"), "Effect": "Deny"}
IN_DOUBT = {"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/a}"}}
IN_ANOTHER = {"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/b}"}}


@pytest.fixture
def picture(tmp_path: Path) -> "Pictures":
    """Pictures of folders of policies."""
    return Pictures(tmp_path)


class Pictures:
    """Writes policies into folders and reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, name: str, files: Folder) -> Picture:
        """What a folder with these files tells."""
        for path, statements in files.items():
            target = self.folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
        return read_source(self.folder / name).new

    def compared(self, old: Folder, new: Folder) -> Comparison:
        """What the change from one folder to another does."""
        return compare(self.of("old", old), self.of("new", new))


def lines(comparison: Comparison) -> list[str]:
    """The sentences of the changes."""
    return [told(sentence(change, placed=True)) for change in comparison.changes]


WITH_PROVIDER = [trust(BOB), trust(PROVIDER, "sts:AssumeRoleWithWebIdentity")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            {BUCKET: [allow(TRAIL, "s3:PutObject"), DENIED]},
            {BUCKET: [allow(TRAIL, "s3:PutObject")]},
            "cloudtrail.amazonaws.com gains s3:PutObject on every object",
            id="a service whose own Allow does not change, where a Deny goes",
        ),
        pytest.param(
            {
                f"{ROLE}/trust.json": [
                    trust(PROVIDER, "sts:AssumeRoleWithWebIdentity"),
                    {**trust("*", "sts:*"), "Effect": "Deny"},
                ]
            },
            {f"{ROLE}/trust.json": [trust(PROVIDER, "sts:AssumeRoleWithWebIdentity")]},
            "token.actions.githubusercontent.com gains sts:AssumeRoleWithWebIdentity on the role",
            id="an identity provider, likewise",
        ),
        pytest.param(
            {BUCKET: [DENIED]},
            {BUCKET: [allow("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})]},
            "any other service gains s3:GetObject on every object",
            id="services that no policy names",
        ),
        pytest.param(
            {f"{ROLE}/trust.json": [trust(BOB)]},
            {f"{ROLE}/trust.json": [trust(BOB, ["sts:AssumeRole", "sts:TagSession"])]},
            f"account {REQUESTER} may let user/bob use sts:TagSession on the role",
            id="what is asked along with assuming a role, beside what only providers ask",
        ),
        pytest.param(
            {f"{OWNER}/key/ID.json": [{**allow(ROOT, "kms:Encrypt"), "Resource": "*"}]},
            {
                f"{OWNER}/key/ID.json": [
                    {
                        **allow(ROOT, ["kms:Encrypt", "kms:Decrypt"]),
                        "Resource": f"arn:aws:kms:eu-central-1:{OWNER}:key/ID",
                    }
                ]
            },
            "may let any of its principals use kms:Decrypt on the key",
            id="a key whose Region nobody told",
        ),
        pytest.param(
            {BUCKET: [allow(ROOT)]},
            {BUCKET: [allow(ROOT), allow({"AWS": f"arn:aws:iam::{OWNER}:user/alice"}, "s3:DeleteObject")]},
            f"user/alice ({OWNER}) gains s3:DeleteObject on every object",
            id="a user of the bucket's own account, who needs no other policy",
        ),
        pytest.param(
            {f"{REQUESTER}/group/g/p.json": [allow()], BUCKET: [allow(ROOT, "s3:*")]},
            {
                f"{REQUESTER}/group/g/p.json": [allow(action=["s3:GetObject", "s3:PutObject"])],
                BUCKET: [allow(ROOT, "s3:*")],
            },
            f"members of group/g ({REQUESTER}) gains s3:PutObject on every object",
            id="members of a group that nobody names",
        ),
        pytest.param(
            {f"{ROLE}/trust.json": WITH_PROVIDER, f"{ROLE}/p.json": [allow()], BUCKET: [DENIED]},
            {f"{ROLE}/trust.json": WITH_PROVIDER, f"{ROLE}/p.json": [allow()], BUCKET: [allow(ROOT)]},
            "token.actions.githubusercontent.com gains s3:GetObject on every object — by role r",
            id="who comes through a role with a web identity",
        ),
        pytest.param(
            {f"{REQUESTER}/user/bob/p.json": [{**allow(action="s3:GetObject"), "Resource": "*"}]},
            {f"{REQUESTER}/user/bob/p.json": [{**allow(action="s3:PutObject"), "Resource": "*"}]},
            f"user/bob ({REQUESTER}), as far as its own account goes, gains s3:PutObject on every object",
            id="what a user may do with any bucket",
        ),
        pytest.param(
            {f"{REQUESTER}/user/bob/p.json": [allow()]},
            {f"{REQUESTER}/user/bob/p.json": [{**allow(), "Resource": "arn:aws:s3"}]},
            f"user/bob ({REQUESTER}), as far as its own account goes, gains s3:GetObject on every object",
            id="what an ARN names that lacks its last parts",
        ),
        pytest.param(
            {BUCKET: [allow(ROOT)], f"{REQUESTER}/user/bob/p.json": [{**allow(), "Resource": "arn:aws:kms"}]},
            {BUCKET: [allow(ROOT)], f"{REQUESTER}/user/bob/p.json": [{**allow(), "Resource": "arn:aws:s3"}]},
            f"user/bob ({REQUESTER}) gains s3:GetObject on every object",
            id="the same, of a bucket that a source holds",
        ),
        pytest.param(
            {BUCKET: [allow(ROOT), {**DENIED, "Resource": "arn:aws:s3:::*"}]},
            {BUCKET: [allow(ROOT), {**DENIED, "Resource": "arn:aws:s3"}]},
            f"account {REQUESTER} may perhaps let any of its principals use s3:GetObject on every object",
            id="a Deny of which nobody knows what it names",
        ),
        pytest.param(
            {f"{ROLE}/trust.json": [trust(BOB)]},
            {
                f"{ROLE}/trust.json": [
                    trust(BOB),
                    trust({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity"),
                ]
            },
            "accounts.google.com may gain sts:AssumeRoleWithWebIdentity on the role",
            id="a provider that the decision core does not know",
        ),
        pytest.param(
            {BUCKET: [allow(ROOT), {**DENIED, "Condition": IN_DOUBT}]},
            {BUCKET: [allow(ROOT), {**DENIED, "Condition": IN_ANOTHER}]},
            f"account {REQUESTER} may perhaps let any of its principals use s3:GetObject on every object",
            id="a Deny that cannot be told for another one",
        ),
    ],
)
def test_a_change_is_told_of_whom_it_is(picture: Pictures, old: Folder, new: Folder, expected: str) -> None:
    """Nobody is passed over, and where nothing is proven nothing is said to be."""
    comparison = picture.compared(old, new)
    assert any(expected in line for line in lines(comparison)), lines(comparison)
    assert no_new_access(picture.of("old", old), picture.of("new", new)).kind is not ProofKind.PROVEN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            {BUCKET: [allow(ROOT, Sid="One", Condition=IN_DOUBT)]},
            {BUCKET: [allow(ROOT, Sid="Two", Condition=IN_DOUBT)]},
            id="another Sid, on a statement in doubt",
        ),
        pytest.param(
            {f"{ROLE}/trust.json": [trust(BOB)]},
            {f"{ROLE}/trust.json": [trust(BOB, "sts:AssumeRole*")]},
            id="actions that only identity providers ask for",
        ),
    ],
)
def test_what_changes_nothing_is_told_as_a_rewrite(picture: Pictures, old: Folder, new: Folder) -> None:
    """Nobody gains or loses anything by it."""
    comparison = picture.compared(old, new)
    assert lines(comparison) == []
    assert len(comparison.rewritten) == 1


def test_both_patterns_that_a_key_has_to_match_are_told(picture: Pictures) -> None:
    """What each side names by itself is more than what both let through; before and after alike."""
    inner, outer = "arn:aws:s3:::shared/*/daily/*", "arn:aws:s3:::shared/*/team-a/*"
    bucket = {BUCKET: [allow(ROOT, Resource=outer)]}
    mine = f"{REQUESTER}/user/bob/p.json"
    bob, tls = allow(Resource=inner), {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    (gain,) = lines(picture.compared({**bucket, mine: []}, {**bucket, mine: [bob]}))
    assert gain.startswith(f"user/bob ({REQUESTER}) gains s3:GetObject on */team-a/*")
    assert "where the key is also */daily/*" in gain
    (tighter,) = lines(picture.compared({**bucket, mine: [bob]}, {**bucket, mine: [{**bob, **tls}]}))
    assert tighter.count("where the key is also */daily/*") == 2


def test_a_deny_that_goes_frees_what_other_policies_may_allow(picture: Pictures) -> None:
    """A principal that no source holds may have policies that nobody here knows of."""
    denied = {**allow(), "Effect": "Deny"}
    elsewhere = {**denied, "Resource": "arn:aws:s3:::other/*"}
    old, new = (
        picture.of(name, {BUCKET: [allow(ROOT)], f"{REQUESTER}/user/bob/p.json": [statement]})
        for name, statement in (("old", denied), ("new", elsewhere))
    )
    loose = [
        replace(one, principals=tuple(replace(principal, held=False) for principal in one.principals))
        for one in (old, new)
    ]
    assert lines(compare(old, new)) == []
    assert (
        f"account {REQUESTER} may let user/bob use s3:GetObject on every object — by the bucket policy"
        in lines(compare(*loose))
    )
    assert no_new_access(*loose).kind is ProofKind.COUNTEREXAMPLE


def test_what_the_policy_alone_lets_the_owners_principals_do_is_no_never(picture: Pictures) -> None:
    """A user whom the bucket's policy names needs no policy of the account."""
    alice = allow({"AWS": f"arn:aws:iam::{OWNER}:user/alice"}, "s3:DeleteObject")
    proof = never(picture.of("new", {BUCKET: [alice]}), ["s3:DeleteObject"], "arn:aws:s3:::shared/*")
    assert proof.kind is ProofKind.COUNTEREXAMPLE


def test_a_way_through_a_role_shows_first_the_request_that_differs(picture: Pictures) -> None:
    """Of the two requests of such a way the one may be allowed before and after."""
    role: dict[str, Sequence[Said]] = {f"{ROLE}/trust.json": [trust(BOB)]}
    comparison = picture.compared(
        {**role, f"{ROLE}/p.json": [allow()], BUCKET: [allow(ROOT)]},
        {**role, f"{ROLE}/p.json": [allow(action=["s3:GetObject", "s3:PutObject"])], BUCKET: [allow(ROOT)]},
    )
    (change,) = comparison.changes
    assert [(one.old, one.new) for one in change.examples] == [
        ("not allowed", "allowed"),
        ("allowed", "allowed"),
    ]
