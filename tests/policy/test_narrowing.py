"""What the conditions of a grant become in policies."""

import datetime as dt

from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.document import Condition
from crossaccess.policy.narrowing import of_a_key, of_assuming, of_caller, until, ways

ADDRESSES = ("203.0.113.0/24", "2001:db8::/48")
ENDPOINTS = ("vpce-0a1b2c3d", "vpce-1a1b2c3d")
BY_ADDRESS = Condition(operator="IpAddress", key="aws:SourceIp", values=ADDRESSES)
BY_ENDPOINT = Condition(operator="StringEquals", key="aws:SourceVpce", values=ENDPOINTS)


def test_one_kind_of_network_is_one_way() -> None:
    """Several addresses, or several endpoints, mean any of them."""
    (by_address,) = ways(ADDRESSES, ())
    (by_endpoint,) = ways((), ENDPOINTS)
    assert (by_address.label, by_address.conditions) == ("", (BY_ADDRESS,))
    assert (by_endpoint.label, by_endpoint.conditions) == ("", (BY_ENDPOINT,))


def test_addresses_and_endpoints_mean_either() -> None:
    """IAM User Guide, "AWS global condition context keys": no request has an address and an endpoint."""
    by_address, by_endpoint = ways(ADDRESSES, ENDPOINTS)
    assert (by_address.label, by_address.conditions) == ("Addresses", (BY_ADDRESS,))
    assert (by_endpoint.label, by_endpoint.conditions) == ("Endpoints", (BY_ENDPOINT,))


def test_without_networks_there_is_one_way_that_asks_nothing() -> None:
    """A grant without them still has its statement."""
    (way,) = ways((), ())
    assert (way.label, way.conditions) == ("", ())


def test_an_end_is_compared_with_the_time_of_the_request() -> None:
    """IAM User Guide, "AWS global condition context keys": `aws:CurrentTime` is there in every request."""
    end = dt.datetime(2027, 1, 31, 18, tzinfo=dt.UTC)
    expected = Condition(operator="DateLessThan", key="aws:CurrentTime", values=("2027-01-31T18:00:00Z",))
    assert until(Conditions(expires=end)) == (expected,)
    assert until(Conditions()) == ()


def test_mfa_has_to_be_there_and_fresh() -> None:
    """`Bool` and `NumericLessThanEquals` fail where the key is absent, as long-term keys leave it."""
    there = Condition(operator="Bool", key="aws:MultiFactorAuthPresent", values=("true",))
    fresh = Condition(operator="NumericLessThanEquals", key="aws:MultiFactorAuthAge", values=("900",))
    assert of_caller(Conditions(mfa=Mfa())) == (there,)
    assert of_caller(Conditions(mfa=Mfa(max_age=900))) == (there, fresh)


def test_an_organization_is_asked_of_the_callers_account() -> None:
    """IAM User Guide, "AWS global condition context keys": `aws:PrincipalOrgID`."""
    expected = Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-a1b2c3d4e5",))
    assert of_caller(Conditions(organization="o-a1b2c3d4e5")) == (expected,)


def test_what_is_said_when_a_role_is_assumed_is_asked_all_together() -> None:
    """IAM User Guide, "Pass session tags in AWS STS": each tag, and no other one."""
    conditions = Conditions(
        external_id="acme", source_identity=("bob",), session_tags=(("cost", ("7",)), ("team", ("a", "b")))
    )
    assert of_assuming(conditions) == (
        Condition(operator="StringEquals", key="sts:ExternalId", values=("acme",)),
        Condition(operator="StringEquals", key="sts:SourceIdentity", values=("bob",)),
        Condition(operator="StringEquals", key="aws:RequestTag/cost", values=("7",)),
        Condition(operator="StringEquals", key="aws:RequestTag/team", values=("a", "b")),
        Condition(operator="ForAllValues:StringEquals", key="aws:TagKeys", values=("cost", "team")),
    )
    assert of_assuming(Conditions()) == ()


def test_a_keys_policy_is_asked_only_what_s3_passes_on() -> None:
    """AWS KMS Developer Guide, "AWS global condition keys": S3 makes the call, from its own network."""
    end = Condition(operator="DateLessThan", key="aws:CurrentTime", values=("2027-01-31T00:00:00Z",))
    organization = of_caller(Conditions(organization="o-a1b2c3d4e5"))
    mfa = of_caller(Conditions(mfa=Mfa(max_age=900)))
    assert of_a_key((BY_ADDRESS, BY_ENDPOINT, *mfa, end, *organization)) == (end, *organization)
