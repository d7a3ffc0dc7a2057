"""Conditions as people write them, and each way to get them wrong."""

import datetime as dt

import pytest

from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.faults import Faults
from crossaccess.policy.read_conditions import read_conditions

ENDPOINT = "vpce-0a1b2c3d4e5f60718"


def read(raw: object) -> tuple[Conditions | None, list[str]]:
    """Read conditions; answer them and the faults as they are told."""
    faults = Faults()
    return read_conditions(raw, "conditions", faults), [str(fault) for fault in faults.all()]


@pytest.mark.parametrize("raw", [None, {}])
def test_nothing_said_asks_for_nothing(raw: object) -> None:
    """A grant need not have conditions."""
    assert read(raw) == (Conditions(), [])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"externalId": r"a+=,.@:/\-_Z9"}, Conditions(external_id=r"a+=,.@:/\-_Z9")),
        ({"externalId": "x" * 1_224}, Conditions(external_id="x" * 1_224)),
        ({"mfa": True}, Conditions(mfa=Mfa())),
        ({"mfa": False}, Conditions()),
        ({"mfa": {"maxAgeSeconds": 60}}, Conditions(mfa=Mfa(max_age=60))),
        ({"mfa": {"maxAgeSeconds": 129_600.0}}, Conditions(mfa=Mfa(max_age=129_600))),
        ({"sourceIp": ["203.0.113.7"]}, Conditions(source_ip=("203.0.113.7/32",))),
        ({"vpcEndpoints": {"s3": [ENDPOINT]}}, Conditions(s3_endpoints=(ENDPOINT,))),
        (
            {"vpcEndpoints": {"s3": ["vpce-0a1b2c3d"], "sts": [ENDPOINT]}},
            Conditions(s3_endpoints=("vpce-0a1b2c3d",), sts_endpoints=(ENDPOINT,)),
        ),
        ({"organization": "o-a1b2c3d4e5"}, Conditions(organization="o-a1b2c3d4e5")),
        ({"sourceIdentity": ["bob@example.com"]}, Conditions(source_identity=("bob@example.com",))),
        (
            {"sessionTags": {"team": ["data", "apps"], "cost center": [""]}},
            Conditions(session_tags=(("cost center", ("",)), ("team", ("apps", "data")))),
        ),
    ],
)
def test_a_condition_that_is_right_is_read(raw: object, expected: Conditions) -> None:
    """STS API Reference, "AssumeRole" and "GetSessionToken": the shapes that AWS takes."""
    assert read(raw) == (expected, [])


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2027-01-31", 0),
        ("2027-01-31T18:00:00Z", 18),
        ("2027-01-31 00:00:00 +0000 UTC", 0),
        ("2027-01-31 18:00:00 +0000 UTC", 18),
    ],
)
def test_an_end_is_a_day_or_a_time_in_utc(written: str, hour: int) -> None:
    """The third and fourth are what the engine's YAML reader makes of a date that nobody quoted."""
    expected = Conditions(expires=dt.datetime(2027, 1, 31, hour, tzinfo=dt.UTC))
    assert read({"expires": written}) == (expected, [])


def test_the_order_of_lists_and_tags_does_not_matter() -> None:
    """A list that was sorted by hand is no change of the policies."""
    one = {"sourceIp": ["203.0.113.0/24", "198.51.100.0/24"], "sourceIdentity": ["b1", "a1"]}
    other = {"sourceIp": ["198.51.100.0/24", "203.0.113.0/24"], "sourceIdentity": ["a1", "b1"]}
    assert read(one) == read(other)
    assert read({"sessionTags": {"b": ["2", "1"], "a": ["3"]}}) == read(
        {"sessionTags": {"a": ["3"], "b": ["1", "2"]}}
    )


WRONG = [
    (True, "conditions is true (a boolean): write a mapping with the keys externalId, mfa,"),
    (["mfa"], "conditions is a list: write a mapping"),
    ({"sourceIP": ["203.0.113.7"]}, "conditions.sourceIP is no key that is known here: did you mean"),
    ({"externalId": "x"}, "conditions.externalId is 'x': an external id is 2 to 1,224"),
    ({"externalId": "x" * 1_225}, "an external id is 2 to 1,224"),
    ({"externalId": "a b"}, "conditions.externalId is 'a b': an external id"),
    ({"externalId": "a*"}, "conditions.externalId is 'a*': an external id"),
    ({"externalId": "äö"}, "conditions.externalId is 'äö': an external id"),
    ({"externalId": "id\n"}, "conditions.externalId is 'id\\n'"),
    ({"externalId": 42}, "conditions.externalId is 42 (a number): quote it"),
    ({"externalId": ["ab"]}, "conditions.externalId is a list"),
    ({"mfa": "yes"}, "conditions.mfa is 'yes': write true, or the longest time since it"),
    ({"mfa": 3_600}, "conditions.mfa is 3600 (a number): write true, or"),
    ({"mfa": {}}, "conditions.mfa.maxAgeSeconds is missing or empty: it is a number of seconds from 60"),
    ({"mfa": {"maxAgeSeconds": 59}}, "conditions.mfa.maxAgeSeconds is 59 (a number): it is a number of"),
    (
        {"mfa": {"maxAgeSeconds": 129_601}},
        "is 129601 (a number): it is a number of seconds from 60 to 129,600",
    ),
    ({"mfa": {"maxAgeSeconds": 90.5}}, "conditions.mfa.maxAgeSeconds is 90.5"),
    ({"mfa": {"maxAgeSeconds": float("nan")}}, "conditions.mfa.maxAgeSeconds is nan"),
    ({"mfa": {"maxAgeSeconds": float("inf")}}, "conditions.mfa.maxAgeSeconds is inf"),
    ({"mfa": {"maxAgeSeconds": True}}, "conditions.mfa.maxAgeSeconds is true"),
    ({"mfa": {"maxAgeSeconds": "3600"}}, "conditions.mfa.maxAgeSeconds is '3600'"),
    ({"sourceIp": []}, "conditions.sourceIp is an empty list: name at least one"),
    ({"sourceIp": "203.0.113.7"}, "conditions.sourceIp is '203.0.113.7': write a list"),
    ({"sourceIp": ["0.0.0.0/0"]}, "conditions.sourceIp[0] is '0.0.0.0/0': it is every address"),
    ({"sourceIp": ["10.0.0.0/8"]}, "AWS sees public addresses only"),
    (
        {"vpcEndpoints": [ENDPOINT]},
        "conditions.vpcEndpoints is a list: write a mapping with the keys s3, sts",
    ),
    ({"vpcEndpoints": {}}, "conditions.vpcEndpoints is an empty mapping: name S3's endpoints"),
    ({"vpcEndpoints": {"ec2": [ENDPOINT]}}, "conditions.vpcEndpoints.ec2 is no key that is known here"),
    ({"vpcEndpoints": {"s3": []}}, "conditions.vpcEndpoints.s3 is an empty list: name at least one"),
    (
        {"vpcEndpoints": {"s3": ["vpc-0a1b2c3d"]}},
        "conditions.vpcEndpoints.s3[0] is 'vpc-0a1b2c3d': an endpoint's",
    ),
    ({"vpcEndpoints": {"s3": ["vpce-*"]}}, "conditions.vpcEndpoints.s3[0] is 'vpce-*': an endpoint's id"),
    ({"vpcEndpoints": {"sts": [7]}}, "conditions.vpcEndpoints.sts[0] is 7 (a number): quote it"),
    (
        {"organization": "a1b2c3d4e5"},
        "conditions.organization is 'a1b2c3d4e5': an organization's id is o- and",
    ),
    ({"organization": "o-*"}, "conditions.organization is 'o-*': an organization's id"),
    ({"organization": "o-a1b2c3d4e5/r-ab12"}, "an organization's id is o- and"),
    ({"organization": ["o-a1b2c3d4e5"]}, "conditions.organization is a list"),
    ({"expires": "31.1.2027"}, "conditions.expires is '31.1.2027': write a day in quotes"),
    ({"expires": "2027-02-30"}, "conditions.expires is '2027-02-30': write a day in quotes"),
    ({"expires": "2027-01-31T25:00:00Z"}, "conditions.expires is '2027-01-31T25:00:00Z'"),
    ({"expires": "2027-01-31T18:00:00"}, "conditions.expires is '2027-01-31T18:00:00'"),
    ({"expires": "2027-01-31T18:00:00+02:00"}, "conditions.expires is '2027-01-31T18:00:00+02:00'"),
    ({"expires": "२०२७-०१-३१"}, "write a day in quotes"),
    ({"expires": 20270131}, "conditions.expires is 20270131 (a number): quote it"),
    ({"sourceIdentity": "bob"}, "conditions.sourceIdentity is 'bob': write a list, such as [bob]"),
    ({"sourceIdentity": []}, "conditions.sourceIdentity is an empty list"),
    ({"sourceIdentity": ["b"]}, "conditions.sourceIdentity[0] is 'b': a source identity is 2 to 64"),
    ({"sourceIdentity": ["b" * 65]}, "a source identity is 2 to 64"),
    ({"sourceIdentity": ["b*"]}, "conditions.sourceIdentity[0] is 'b*': a source identity"),
    ({"sourceIdentity": ["bob", "bob"]}, "conditions.sourceIdentity[1] is 'bob': it stands there twice"),
    ({"sessionTags": []}, "conditions.sessionTags is an empty list: write a mapping"),
    ({"sessionTags": {}}, "conditions.sessionTags is an empty mapping: write a mapping"),
    (
        {"sessionTags": {"team": "data"}},
        "conditions.sessionTags.team is 'data': write a list, such as [data]",
    ),
    ({"sessionTags": {"team": []}}, "conditions.sessionTags.team is an empty list"),
    (
        {"sessionTags": {"team": [7]}},
        "conditions.sessionTags.team[0] is 7 (a number): quote it; a tag's value",
    ),
    (
        {"sessionTags": {"team": ["a*"]}},
        "conditions.sessionTags.team[0] is 'a*': a tag's value has up to 256",
    ),
    ({"sessionTags": {"team": ["x" * 257]}}, "a tag's value has up to 256"),
    ({"sessionTags": {"": ["x"]}}, "is no tag's name: tags have names of up to 128"),
    ({"sessionTags": {"x" * 129: ["x"]}}, "is no tag's name"),
    ({"sessionTags": {"a*": ["x"]}}, "conditions.sessionTags.a* is no tag's name"),
    ({"sessionTags": {"AWS:x": ["x"]}}, "conditions.sessionTags.AWS:x is no tag's name"),
    ({"sessionTags": {7: ["x"]}}, "conditions.sessionTags.7 is no tag's name"),
    ({"sessionTags": {"team": ["a"], "Team": ["b"]}}, "conditions.sessionTags.Team stands there twice"),
    ({"sessionTags": {f"tag{n}": ["x"] for n in range(51)}}, "write a mapping of up to 50 tags"),
]


@pytest.mark.parametrize(("raw", "told"), WRONG)
def test_a_wrong_condition_is_named_with_its_key_and_its_mend(raw: object, told: str) -> None:
    """One fault, and nothing is read: a condition that is left out would be a wider grant."""
    conditions, (fault,) = read(raw)
    assert conditions is None
    assert fault.startswith("conditions")
    assert told in fault
    assert "\n" not in fault


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Nobody mends a config one error at a time."""
    _, faults = read({"externalId": "x", "mfa": 1, "expires": "soon", "sessionTags": 7})
    keys = [fault.partition(" ")[0] for fault in faults]
    assert keys == [f"conditions.{name}" for name in ("externalId", "mfa", "expires", "sessionTags")]
