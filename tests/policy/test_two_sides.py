"""What the policies of both sides let happen together, by the decision core."""

import dataclasses
from collections.abc import Iterable

import pytest

from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.build import bucket_policy, role_policy, role_trust
from crossaccess.policy.document import Document, PolicyKind, canonical_json, parse_document
from crossaccess.policy.grant import Bucket, Grant, Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.grants import requester_policies

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BOB = "arn:aws:iam::112233445566:user/bob"
CAROL = "arn:aws:iam::112233445566:user/carol"
LOADER = "arn:aws:iam::112233445566:role/etl/loader"
ROLE = "arn:aws:iam::111111222222:role/the-role"
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(
        Principal(kind=PrincipalKind.USER, name="bob"),
        Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/"),
    ),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    prefixes=("reports/",),
)
BY_ROLE = dataclasses.replace(GRANT, method=Method.ASSUME_ROLE, role_name="the-role")
FORMS = pytest.mark.parametrize("trust", list(Trust), ids=str)


def policies(
    identity: Iterable[Document], resource: Document | None, kind: PolicyKind = PolicyKind.RESOURCE
) -> Policies:
    """Both sides as the decision core takes them, read back from the texts that would be deployed."""

    def read(document: Document, as_kind: PolicyKind) -> Document:
        return parse_document(canonical_json(document), as_kind)

    return Policies(
        identity=[compile_document(read(one, PolicyKind.IDENTITY)) for one in identity],
        resource=None if resource is None else compile_document(read(resource, kind)),
    )


def asked(action: str, key: str = "", *, principal: str = BOB, tls: bool = True, **context: str) -> Request:
    """A request for an object, or for a list where no key is given."""
    session = {"aws:PrincipalArn": [LOADER]} if ":assumed-role/loader/" in principal else {}
    return Request(
        principal=principal,
        action=action,
        resource=f"{BUCKET.arn}/{key}" if key else BUCKET.arn,
        resource_account=BUCKET.account,
        context={
            "aws:SecureTransport": ["true" if tls else "false"],
            **session,
            **{name.replace("_", ":"): [value] for name, value in context.items()},
        },
        context_complete=True,
    )


SESSION = "arn:aws:sts::112233445566:assumed-role/loader/night"
CASES = [
    (asked("s3:GetObject", "reports/1"), Decision.ALLOWED),
    (asked("s3:PutObject", "reports/2026/1"), Decision.ALLOWED),
    (asked("s3:GetObject", "reports/1", principal=SESSION), Decision.ALLOWED),
    (asked("s3:ListBucket", s3_prefix="reports/"), Decision.ALLOWED),
    (asked("s3:ListBucket", s3_prefix="reports/2026/"), Decision.ALLOWED),
    (asked("s3:ListBucket", s3_prefix="reports"), Decision.NOT_ALLOWED),
    (asked("s3:ListBucket", s3_prefix=""), Decision.NOT_ALLOWED),
    (asked("s3:ListBucket"), Decision.NOT_ALLOWED),
    (asked("s3:GetObject", "reports-private/1"), Decision.NOT_ALLOWED),
    (asked("s3:GetObject", "other/reports/1"), Decision.NOT_ALLOWED),
    (asked("s3:DeleteObject", "reports/1"), Decision.NOT_ALLOWED),
    (asked("s3:GetObject", "reports/1", tls=False), Decision.DENIED),
    (asked("s3:GetObject", "reports/1", principal=CAROL), Decision.NOT_ALLOWED),
]


@FORMS
@pytest.mark.parametrize(("request_", "expected"), CASES)
def test_both_sides_together_allow_what_the_grant_says(
    trust: Trust, request_: Request, expected: Decision
) -> None:
    """IAM User Guide, "Cross-account policy evaluation logic": what both sides allow, and no more."""
    grant = dataclasses.replace(GRANT, trust=trust)
    # Another principal is even given the policy of Bob: the owner's side has to keep it out.
    identity = requester_policies(BUCKET, [grant])[0].document
    answer = decide(request_, policies([identity], bucket_policy(BUCKET, [grant])))
    assert answer.decision is expected, answer.reasons


@FORMS
@pytest.mark.parametrize("side", ["owner", "requester"])
def test_one_side_alone_is_not_enough(trust: Trust, side: str) -> None:
    """Either account can take the access away on its own."""
    grant = dataclasses.replace(GRANT, trust=trust)
    identity = [requester_policies(BUCKET, [grant])[0].document] if side == "requester" else []
    resource = bucket_policy(BUCKET, [grant] if side == "owner" else [])
    answer = decide(asked("s3:GetObject", "reports/1"), policies(identity, resource))
    assert answer.decision is Decision.NOT_ALLOWED


def test_a_bucket_of_the_requesters_own_stays_closed() -> None:
    """A bucket's ARN holds no account: an owner who names a bucket of account B opens nothing there."""
    identity = requester_policies(BUCKET, [GRANT])[0].document
    request = dataclasses.replace(asked("s3:GetObject", "reports/1"), resource_account=GRANT.account)
    answer = decide(request, policies([identity], bucket_policy(BUCKET, [])))
    assert answer.decision is Decision.NOT_ALLOWED


def assume(principal: str) -> Request:
    """A request to assume the role of the grant."""
    return Request(
        principal=principal,
        action="sts:AssumeRole",
        resource=ROLE,
        resource_account=BUCKET.account,
        context={},
        context_complete=True,
    )


@FORMS
def test_the_role_is_assumed_by_its_principals_with_both_sides_only(trust: Trust) -> None:
    """The role's trust in A and the policy in B are both needed; another user of B is kept out."""
    grant = dataclasses.replace(BY_ROLE, trust=trust)
    identity = requester_policies(BUCKET, [grant])[0].document
    trusting = role_trust(BUCKET, grant)
    both = policies([identity], trusting, PolicyKind.TRUST)
    assert decide(assume(BOB), both).decision is Decision.ALLOWED
    assert decide(assume(CAROL), both).decision is Decision.NOT_ALLOWED
    without_b = policies([], trusting, PolicyKind.TRUST)
    assert decide(assume(BOB), without_b).decision is Decision.NOT_ALLOWED


@pytest.mark.parametrize(
    ("request_", "expected"),
    [case for case in CASES if case[0].principal == BOB],
)
def test_the_role_may_do_what_the_grant_says(request_: Request, expected: Decision) -> None:
    """Once assumed, the role of the owner's account reaches what its policy names, over TLS only."""
    context = {**request_.context, "aws:PrincipalArn": [ROLE]}
    session = "arn:aws:sts::111111222222:assumed-role/the-role/bob-bucket-access"
    request = dataclasses.replace(request_, principal=session, context=context)
    sides = policies([role_policy(BUCKET, BY_ROLE)], bucket_policy(BUCKET, [BY_ROLE]))
    answer = decide(request, sides)
    assert answer.decision is expected, answer.reasons
