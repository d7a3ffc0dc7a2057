"""What is plainly apart is passed over, and nothing else."""

import json

import pytest

from crossaccess.compare.allowed import Policies
from crossaccess.compare.apart import about, is_only_about, targets_named
from crossaccess.compare.callers import one_caller
from crossaccess.compare.known import Known, known_in
from crossaccess.compare.near import Near
from crossaccess.compare.reading import Readings, Stand
from crossaccess.compare.statements import Numbered, numbered
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.deployment.picture import Picture, Principal
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.policy.principal import PrincipalKind
from tests.support.matrices import BOB, BOX, OWNER, READER, REQUESTER, Said, allow, bob, policy

_ROOT: Said = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
_TARGET = Target(kind=TargetKind.BUCKET, name="box", arn=BOX, account=OWNER, partition="aws", policy=None)


def _read(kind: PolicyKind, *statements: Said) -> tuple[Numbered, ...]:
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    return numbered(parse_document(json.dumps(document), kind), "policy")


def _own(*resources: str) -> tuple[Numbered, ...]:
    return _read(PolicyKind.IDENTITY, *(allow("s3:*", resource) for resource in resources))


def _theirs(principal: object, **condition: object) -> tuple[Numbered, ...]:
    return _read(PolicyKind.RESOURCE, allow("s3:*", "*", Principal=principal, Condition=condition))


@pytest.mark.parametrize(
    ("resource", "stays"),
    [
        (BOX, True),
        (f"{BOX}/a/*", True),
        (f"{BOX}*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::b?x/a", True),
        ("arn:*:s3:::box/a", True),
        ("arn:aws:*:::box/a", True),
        ("arn:aws:s3:::${aws:username}/a", True),
        ("arn:aws:s3", True),
        ("*", True),
        ("arn:aws:s3:::other/*", False),
        ("arn:aws:s3:::box2", False),
        (READER, False),
    ],
)
def test_a_statement_of_ones_own_stays_where_it_may_name_the_target(resource: str, stays: bool) -> None:
    """Wildcards and variables before the key leave it open which bucket is meant."""
    found = about(Policies(identity=_own(resource)), one_caller(BOB), _TARGET)
    assert found is not None
    assert bool(found.identity) is stays


def test_what_is_said_of_all_other_resources_stays() -> None:
    """`NotResource` names what it leaves out."""
    (one,) = _read(PolicyKind.IDENTITY, {"Effect": "Deny", "Action": "*", "NotResource": f"{BOX}/*"})
    assert targets_named(one) is None


@pytest.mark.parametrize(
    ("principal", "condition", "stays"),
    [
        (_ROOT, {}, True),
        ("*", {}, True),
        ({"AWS": f"arn:aws:iam::{OWNER}:root"}, {}, False),
        (_ROOT, {"ArnEquals": {"aws:PrincipalArn": BOB}}, True),
        (_ROOT, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{REQUESTER}:user/b*"}}, True),
        (_ROOT, {"StringLike": {"aws:principalarn": "*/${aws:username}"}}, True),
        (_ROOT, {"ArnEquals": {"aws:PrincipalArn": [f"{BOB}by", BOB]}}, True),
        (_ROOT, {"ArnEquals": {"aws:PrincipalArn": f"{BOB}by"}}, False),
        (_ROOT, {"StringEquals": {"aws:PrincipalArn": f"{BOB}by"}}, False),
        (_ROOT, {"ArnNotEquals": {"aws:PrincipalArn": f"{BOB}by"}}, True),
        (_ROOT, {"StringEqualsIfExists": {"aws:PrincipalArn": f"{BOB}by"}}, True),
        (_ROOT, {"ForAnyValue:StringEquals": {"aws:PrincipalArn": f"{BOB}by"}}, True),
        (_ROOT, {"ArnEquals": {"aws:SourceArn": f"{BOB}by"}}, True),
    ],
)
def test_a_statement_of_the_resource_stays_where_it_may_mean_the_caller(
    principal: object, condition: dict[str, object], stays: bool
) -> None:
    """By its principal, and by the conditions of which one value has to match."""
    found = about(Policies(resource=_theirs(principal, **condition)), one_caller(BOB), _TARGET)
    assert found is not None
    assert bool(found.resource) is stays


def test_sides_that_are_left_open_stay_open() -> None:
    """`None` says that anything may be allowed."""
    found = about(Policies(identity=None, boundary=None, resource=None), one_caller(BOB), _TARGET)
    assert found == Policies(identity=None, boundary=None, resource=None)


def test_only_whole_arns_of_those_who_are_known_need_no_class() -> None:
    """A wildcard may let in others, too; and a deny lets in nobody."""
    arns = frozenset({BOB})
    (pinned,) = _theirs(_ROOT, ArnEquals={"aws:PrincipalArn": BOB})
    (wide,) = _theirs(_ROOT, ArnLike={"aws:PrincipalArn": f"{BOB}*"})
    (two,) = _theirs(_ROOT, ArnEquals={"aws:PrincipalArn": [BOB, f"{BOB}by"]})
    (unless,) = _theirs(_ROOT, ArnNotEquals={"aws:PrincipalArn": BOB})
    told = [is_only_about(one, arns) for one in (pinned, wide, two, unless)]
    assert told == [True, False, False, False]


def _known(*principals: Principal) -> list[Known]:
    readings = Readings()
    return list(known_in(Stand(Picture(), readings), Stand(Picture(principals=principals), readings)))


def test_principals_are_near_what_their_own_policies_name() -> None:
    """Of other accounts nobody else is; of the target's account its policy may be enough."""
    carol = Principal(
        kind=PrincipalKind.USER,
        name="carol",
        account=REQUESTER,
        policies=(policy("of carol", allow("s3:*", "arn:aws:s3:::other/*")),),
    )
    alice = Principal(kind=PrincipalKind.USER, name="alice", account=OWNER)
    near = Near(_known(bob(allow("s3:*", f"{BOX}/*")), carol, alice))

    def names(statements: tuple[Numbered, ...]) -> list[str]:
        return [one.label for one in near.at(_TARGET, statements)]

    assert names(()) == ["user/bob"]
    assert names(_theirs(_ROOT)) == ["user/bob"]
    assert names(_theirs("*")) == ["user/bob", "user/alice"]
    assert names(_theirs({"AWS": OWNER})) == ["user/bob", "user/alice"]
