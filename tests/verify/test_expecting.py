"""What the decision core expects of a line, from both sides' policies."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from crossaccess.decide import Decision
from crossaccess.deployment.picture import OrganizationLevel, Picture, Policy, Principal
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.document import PolicyKind
from crossaccess.policy.principal import PrincipalKind
from crossaccess.verify.expecting import Expected, expect, missing_key_is_told
from crossaccess.verify.line import Aim, By, Call, Line
from tests.support.verified import (
    BOB,
    BUCKET,
    KEY_ARN,
    ROLE_ARN,
    A,
    B,
    allow,
    by_role,
    grant,
    known,
    picture,
    policy,
    with_key,
)


def line(call: Call, place: str = "reports/", *, by: By = By.OWN, name: str = "reports") -> Line:
    """A line of the grant."""
    return Line(grant=name, bucket=BUCKET, by=by, call=call, place=place, aim=Aim.GRANTED)


def decision(of: Picture, call: Call, place: str = "reports/", **more: object) -> Decision:
    """What is expected of a call."""
    return expect(line(call, place), known(of, **more)).decision


def test_both_sides_are_asked() -> None:
    """What both allow is expected to work; what one of them leaves out is not, with its reason."""
    assert decision(picture(), Call.GET) is decision(picture(), Call.LIST) is Decision.ALLOWED
    assert decision(picture(), Call.PUT) is decision(picture(), Call.GET, "other/") is Decision.NOT_ALLOWED
    without = picture(bob=policy("policy of user/bob", allow("s3:PutObject")))
    told = expect(line(Call.GET), known(without))
    assert told.decision is Decision.NOT_ALLOWED
    assert "no identity policy allows it" in told.reasons[0]


def test_plain_http_is_refused_where_a_policy_says_so() -> None:
    """The head over plain HTTP is expected to be denied, the get over TLS is not."""
    tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    bucket = policy("bucket policy", allow("s3:GetObject", Principal={"AWS": BOB}), tls)
    assert decision(picture(bucket=bucket), Call.HEAD_PLAIN) is Decision.DENIED
    assert decision(picture(bucket=bucket), Call.GET) is Decision.ALLOWED


def test_what_nobody_told_is_unknown_until_it_is_said() -> None:
    """A condition on the caller's address cannot be told without the address."""
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    asked = picture(bob=policy("policy of user/bob", allow("s3:GetObject", Condition=condition)))
    assert decision(asked, Call.GET) is Decision.UNKNOWN
    inside, out = ({"aws:sourceip": (address,)} for address in ("203.0.113.7", "198.51.100.7"))
    assert decision(asked, Call.GET, context=inside) is Decision.ALLOWED
    assert decision(asked, Call.GET, context=out) is Decision.NOT_ALLOWED


@pytest.mark.parametrize("side", ["bucket", "bob"])
def test_a_policy_that_cannot_be_read_is_unknown_with_its_reason(side: str) -> None:
    """Never allowed by default, and never refused by default either."""
    hidden = Policy(name="policy X", unknown="it is secret")
    of = picture(bucket=hidden) if side == "bucket" else picture(bob=hidden)
    told = expect(line(Call.GET), known(of))
    assert told == Expected(decision=Decision.UNKNOWN, reasons=("policy X: it is secret",))


def test_a_stack_that_is_not_given_is_named() -> None:
    """The reason says which one to give."""
    without = replace(picture(), principals=())
    (reason,) = expect(line(Call.GET), known(without)).reasons
    assert "give the requester's stack, or" in reason
    assert "--policies" in reason
    far = replace(picture(), buckets=(replace(picture().buckets[0], held=False),))
    assert "give the owner's stack" in expect(line(Call.GET), known(far)).reasons[0]


def test_a_key_is_asked_as_well() -> None:
    """Without the use of the key nothing is read, whatever S3's policies say."""
    bucket, key = with_key(picture().buckets[0])
    of = replace(picture(), buckets=(bucket,), keys=(key,))
    refused = expect(line(Call.GET), known(of))
    assert refused.decision is Decision.NOT_ALLOWED
    assert refused.reasons[0].startswith("kms:Decrypt: ")
    own = policy("policy of user/bob", allow("s3:GetObject"), allow("kms:Decrypt", on=KEY_ARN))
    (bob,) = of.principals
    allowed = expect(line(Call.GET), known(replace(of, principals=(replace(bob, policies=(own,)),))))
    assert allowed.decision is Decision.ALLOWED
    assert [reason.partition(", ")[0] for reason in allowed.reasons] == [
        "s3:GetObject: identity policy",
        "s3:GetObject: resource policy",
        "kms:Decrypt: identity policy",
        "kms:Decrypt: resource policy",
    ]
    assert decision(replace(of, keys=()), Call.GET) is Decision.UNKNOWN


def role(external_id: str | None) -> Principal:
    """A role of account A that trusts Bob, and reads under `reports/`."""
    trusting = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
    if external_id is not None:
        trusting["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return Principal(
        kind=PrincipalKind.ROLE,
        name="lake-role",
        account=A,
        policies=(policy("policy of role/lake-role", allow("s3:GetObject")),),
        trust=policy("trust policy", trusting),
    )


def test_a_role_is_expected_to_take_the_right_external_id_only() -> None:
    """With a wrong one, and with none, the trust policy does not allow."""
    may = policy("policy of user/bob", allow("sts:AssumeRole", on=ROLE_ARN))
    of = picture(bob=may, grants=(by_role(conditions=Conditions(external_id="x-1")),))
    of = replace(of, principals=(*of.principals, role("x-1")))
    found = {
        call: expect(line(call, ROLE_ARN, name="by-role"), known(of)).decision
        for call in (Call.ASSUME, Call.ASSUME_WRONG, Call.ASSUME_WITHOUT)
    }
    assert found == {
        Call.ASSUME: Decision.ALLOWED,
        Call.ASSUME_WRONG: Decision.NOT_ALLOWED,
        Call.ASSUME_WITHOUT: Decision.NOT_ALLOWED,
    }


def test_in_a_role_only_the_role_s_own_policies_count() -> None:
    """What Bob may do as himself does not come along, and the other way round."""
    of = picture(grants=(by_role(),))
    of = replace(of, principals=(*of.principals, role(None)))

    def found(call: Call) -> Decision:
        return expect(line(call, by=By.ROLE, name="by-role"), known(of)).decision

    assert found(Call.GET) is Decision.ALLOWED
    assert found(Call.LIST) is Decision.NOT_ALLOWED


def test_a_role_that_no_grant_has_is_expected_to_refuse() -> None:
    """The role by the usual name, where the grant has none."""
    missing = f"arn:aws:iam::{A}:role/crossaccess-reports"
    assert decision(picture(), Call.ASSUME, missing) is Decision.NOT_ALLOWED


def test_a_missing_key_is_told_to_who_may_list_the_whole_bucket() -> None:
    """Who may list under a prefix alone may be refused instead."""
    assert not missing_key_is_told(line(Call.GET), known(picture()))
    named = {"Principal": {"AWS": BOB}}
    listing = allow("s3:ListBucket", on=f"arn:aws:s3:::{BUCKET}")
    whole = picture(bob=policy("p", listing), bucket=policy("b", {**listing, **named}))
    assert missing_key_is_told(line(Call.GET), known(whole))


def test_grants_of_one_name_in_two_buckets_are_told_apart() -> None:
    """Several owners may call theirs the same."""
    two = replace(picture(), grants=(grant(), grant(bucket="other", prefixes=("x/",))))
    assert decision(two, Call.GET) is Decision.ALLOWED


def limits(kind: PolicyKind, account: str, *statements: Mapping[str, object]) -> OrganizationLevel:
    """What an organization attaches to an account."""
    return OrganizationLevel(
        kind=kind, account=account, name="root", policies=(policy("limits at root", *statements),)
    )


def test_policies_of_both_organizations_are_counted() -> None:
    """Those of the caller's account, and those of the resource's; nobody else's."""
    scp, rcp = PolicyKind.SCP, PolicyKind.RCP
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    everything = allow("*", on="*")
    all_in = {"Principal": "*"}
    assert decision(picture(levels=(limits(scp, B, everything),)), Call.GET) is Decision.ALLOWED
    assert decision(picture(levels=(limits(scp, B, everything, deny),)), Call.GET) is Decision.DENIED
    assert decision(picture(levels=(limits(scp, B, deny),)), Call.LIST) is Decision.NOT_ALLOWED
    assert decision(picture(levels=(limits(scp, A, deny),)), Call.GET) is Decision.ALLOWED
    ours = (limits(rcp, A, {**everything, **all_in}, {**deny, **all_in}),)
    assert decision(picture(levels=ours), Call.GET) is Decision.DENIED
    theirs = (limits(rcp, B, {**everything, **all_in}, {**deny, **all_in}),)
    assert decision(picture(levels=theirs), Call.GET) is Decision.ALLOWED


def test_a_role_is_limited_by_its_own_accounts_organization() -> None:
    """The requester's says whether it is assumed, the owner's what the session may do."""
    deny = {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": "*"}
    levels = (limits(PolicyKind.SCP, A, allow("*", on="*"), deny),)
    role = Principal(
        kind=PrincipalKind.ROLE,
        name="lake-role",
        account=A,
        policies=(policy("role's", allow("s3:GetObject")),),
    )
    for found, expected in ((levels, Decision.DENIED), ((), Decision.ALLOWED)):
        of = picture(grants=(by_role(),), levels=found)
        of = replace(of, principals=(*of.principals, role))
        got = expect(line(Call.GET, by=By.ROLE, name="by-role"), known(of))
        assert got.decision is expected


def test_a_policy_of_an_organization_that_cannot_be_read_leaves_it_unknown() -> None:
    """It may deny."""
    broken = OrganizationLevel(
        kind=PolicyKind.SCP, account=B, name="root", policies=(Policy(name="limits at root", text="{"),)
    )
    told = expect(line(Call.GET), known(picture(levels=(broken,))))
    assert told.decision is Decision.UNKNOWN
    assert "limits at root: not JSON" in told.reasons[0]
