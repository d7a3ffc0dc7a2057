"""Who gets in, found in small pictures."""

from crossaccess.compare.change import Standing
from crossaccess.deployment.picture import Bucket, Policy, Principal
from crossaccess.policy.principal import PrincipalKind
from crossaccess.who.matrix import Method
from tests.support.matrices import (
    BOB,
    BOX,
    OWNER,
    READER,
    REQUESTER,
    Said,
    allow,
    bob,
    box,
    grant,
    matrix,
    of,
    policy,
    reader,
    to_bob,
)

_READ = "s3:GetObject"
_REPORTS = f"{BOX}/reports/*"


def test_what_both_sides_allow_is_one_effective_entry() -> None:
    """With what of the bucket, by which method, and as the named set that people say."""
    found = matrix(bob(allow(_READ, _REPORTS)), buckets=[box(to_bob(_READ, _REPORTS))], grants=[grant()])
    (entry,) = found.entries
    assert (entry.subject.name, entry.subject.account) == ("user/bob", REQUESTER)
    assert (entry.place.label, entry.place.arn, entry.place.account) == ("bucket box", BOX, OWNER)
    assert (entry.actions, entry.access, entry.resources) == ((_READ,), ("read",), ("reports/*",))
    assert (entry.standing, entry.method, entry.role) == (Standing.EFFECTIVE, Method.BUCKET_POLICY, None)
    assert entry.is_sure
    assert entry.grants == ("reports",)
    assert not found.idle


def test_what_the_owner_alone_allows_is_delegated() -> None:
    """The account of bob may let him, and the grant gets nobody in so far."""
    found = matrix(bob(), buckets=[box(to_bob(_READ, _REPORTS))], grants=[grant()])
    (entry,) = found.entries
    assert entry.standing is Standing.DELEGATED
    assert not entry.awaits_owner
    assert [one.name for one in found.idle] == ["reports"]


def test_what_the_requester_alone_allows_awaits_the_owner() -> None:
    """Of a bucket that no source holds."""
    found = matrix(bob(allow(_READ, _REPORTS)), grants=[grant()])
    (entry,) = found.entries
    assert entry.awaits_owner
    assert entry.method is None
    assert entry.place.label == "bucket box"
    # Without a grant it is not marked: nobody gets in by it.
    (unsaid,) = matrix(bob(allow(_READ, _REPORTS))).entries
    assert not unsaid.grants
    assert unsaid.is_mentioned


def test_a_whole_account_is_a_class_with_those_who_can_so_far() -> None:
    """And bob, who can, is told beside it."""
    root = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
    found = matrix(bob(allow(_READ, _REPORTS)), buckets=[box(allow(_READ, _REPORTS, Principal=root))])
    (everyone,) = of(found, "any principal")
    assert everyone.takers == ("user/bob",)
    assert [one.standing for one in of(found, "user/bob")] == [Standing.EFFECTIVE]


def test_a_role_is_told_of_who_comes_by_it() -> None:
    """Method, role and both conditions."""
    trust: Said = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
    found = matrix(
        bob(allow("sts:AssumeRole", READER)),
        reader([trust], allow(_READ, _REPORTS)),
        buckets=[box()],
    )
    (entry,) = of(found, "user/bob")
    assert (entry.method, entry.role, entry.place.label) == (Method.ASSUME_ROLE, READER, "bucket box")
    assert {one.request["action"] for one in entry.examples} == {"sts:AssumeRole", _READ}


def test_a_role_by_which_nothing_is_reached_is_told_and_not_marked() -> None:
    """Nobody gets in by it."""
    trust: Said = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
    found = matrix(bob(allow("sts:AssumeRole", READER)), reader([trust], allow("sqs:*", "*")))
    (entry,) = found.entries
    assert entry.method is Method.TRUST_POLICY
    assert not found.unmentioned


def test_a_role_of_the_requester_is_told_by_itself_too() -> None:
    """A grant can name it; who may assume it is its own account's business."""
    loader = Principal(
        kind=PrincipalKind.ROLE,
        name="loader",
        account=REQUESTER,
        policies=(policy("policy of loader", allow(_READ, _REPORTS)),),
        trust=policy(
            "trust policy of loader",
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ),
    )
    to_loader = allow(_READ, _REPORTS, Principal={"AWS": f"arn:aws:iam::{REQUESTER}:role/loader"})
    found = matrix(loader, buckets=[box(to_loader)], grants=[grant(principals=["role/loader"])])
    (itself,) = of(found, "role/loader")
    (service,) = of(found, "ec2.amazonaws.com")
    assert (itself.method, itself.grants) == (Method.BUCKET_POLICY, ("reports",))
    assert (service.method, service.grants) == (Method.ASSUME_ROLE, ("reports",))


def test_principals_of_the_owner_are_told_as_such() -> None:
    """Inside of one account one side is enough."""
    alice = Principal(
        kind=PrincipalKind.USER,
        name="alice",
        account=OWNER,
        policies=(policy("policy of alice", allow(_READ, _REPORTS)),),
    )
    (entry,) = matrix(alice, buckets=[box()]).entries
    assert (entry.method, entry.is_mentioned) == (Method.OWN_ACCOUNT, False)


def test_what_is_open_to_everyone_is_public_and_comes_first() -> None:
    """To callers without credentials, too."""
    found = matrix(bob(), buckets=[box(allow(_READ, f"{BOX}/*", Principal="*"))])
    assert found.entries[0].public
    assert {one.subject.name for one in found.entries} >= {"everyone, without credentials"}


def test_a_policy_that_nobody_can_read_is_listed_and_never_left_out() -> None:
    """As what is not known, and as an entry that may be anything."""
    secret = Policy(name="policy secret of user/bob", unknown="it is secret", arn="arn:aws:iam::aws:policy/x")
    user = Principal(kind=PrincipalKind.USER, name="bob", account=REQUESTER, policies=(secret,))
    found = matrix(user, buckets=[box()])
    (entry,) = found.entries
    assert (entry.subject.name, entry.is_sure) == ("user/bob", False)
    assert [one.name for one in found.unclear] == ["policy secret of user/bob"]
    assert found.known[-1].unread == (("policy secret of user/bob", "it is secret"),)


def test_a_bucket_policy_that_nobody_can_read_may_let_anybody_in() -> None:
    """That is an entry of its own, too."""
    hidden = Bucket(name="box", account=OWNER, policy=Policy(name="bucket policy of box", unknown="secret"))
    (entry,) = matrix(bob(), buckets=[hidden]).entries
    assert (entry.public, entry.is_sure, entry.is_mentioned) == (True, False, False)


def test_what_has_no_name_yet_is_listed() -> None:
    """Nothing can be asked about it."""
    later = Principal(kind=PrincipalKind.USER, name="later", account=REQUESTER, unknown="it is made first")
    bucket = Bucket(name="soon", account=OWNER, unknown="its name is not known yet")
    found = matrix(later, buckets=[bucket])
    assert [(one.name, one.reason) for one in found.unclear] == [
        ("bucket soon", "its name is not known yet"),
        ("user/later", "it is made first"),
    ]


def test_the_answer_says_which_policies_it_knew() -> None:
    """Of a principal that only attachments name there may be others."""
    found = matrix(bob(allow(_READ, _REPORTS), held=False), buckets=[box(to_bob(_READ, _REPORTS))])
    bucket, user = found.known
    assert (bucket.whose, bucket.read, bucket.whole) == ("bucket box", ("bucket policy of box",), True)
    assert (user.whose, user.read, user.whole) == ("user/bob", ("policy of bob",), False)


def test_a_bucket_that_only_a_handover_names_is_not_known() -> None:
    """Its policy may let anybody in."""
    told = Bucket(name="box", account=OWNER, held=False)
    (known,) = matrix(buckets=[told]).known
    assert known.unread == (("bucket policy of box", "no source here holds it"),)
