"""Conditions in words for people."""

import pytest

from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN
from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.line import Line
from crossaccess.compare.phrases import conditions_of, patterns_of, spelled
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.spans import everything, fulfilled_by
from crossaccess.compare.texts import ALL, Texts, of
from crossaccess.compare.value_set import Names, Values

_HEADER = "s3:x-amz-server-side-encryption"
_KEY = f"{_HEADER}-aws-kms-key-id"
_CUSTOMER = f"{_HEADER}-customer-algorithm"


def _like(*patterns: str) -> KeySet:
    return present(of(*map(glob, patterns)))


def _but(*patterns: str) -> Texts:
    return Texts(without=tuple(map(glob, patterns)))


def _or_absent(values: Values) -> KeySet:
    return KeySet(absent=True, every=values)


def _on(line: Line, operator: str, *values: str) -> KeySet:
    found = fulfilled_by(operator, values, line)
    assert found is not None
    return present(found)


@pytest.mark.parametrize(
    ("key", "keys", "expected"),
    [
        ("aws:securetransport", present(Names(frozenset({"true"}))), "over TLS"),
        ("aws:securetransport", present(Names(frozenset({"false"}))), "over plain HTTP"),
        ("aws:multifactorauthpresent", present(Names(frozenset({"true"}))), "with MFA"),
        ("aws:viaawsservice", present(Names(frozenset({"true"}))), "aws:ViaAWSService is true"),
        (
            "aws:viaawsservice",
            present(Names(frozenset({"true", "false"}))),
            "with any aws:ViaAWSService",
        ),
        ("aws:sourcevpce", _like("vpce-1", "vpce-2"), "through endpoint vpce-1 or vpce-2"),
        ("aws:sourcevpce", present(_but("vpce-1")), "not through endpoint vpce-1"),
        ("aws:sourcevpce", present(ALL), "with any aws:SourceVpce"),
        ("aws:sourcevpce", ABSENT, "without aws:SourceVpce"),
        (
            "aws:sourcevpce",
            _or_absent(of(literal("vpce-1"))),
            "through endpoint vpce-1 or without aws:SourceVpce",
        ),
        ("session name", _like("run*"), "in a session named run*"),
        ("aws:useragent", _like("a", "b", "c"), "aws:UserAgent is a, b or c"),
        ("aws:useragent", present(_but("a")), "aws:UserAgent is not a"),
        (
            "aws:useragent",
            present(Texts(within=((glob("a*"),),), without=(glob("*b"),))),
            "aws:UserAgent is a* and aws:UserAgent is not *b",
        ),
        ("aws:useragent", present(ALL), "with any aws:UserAgent"),
        ("aws:currenttime", _on(Line.MOMENT, "DateLessThan", "2027-01-31T00:00:00Z"), "until 2027-01-31"),
        (
            "aws:currenttime",
            _on(Line.MOMENT, "DateGreaterThanEquals", "2027-01-31T12:30:00Z"),
            "from 2027-01-31T12:30:00Z",
        ),
        (
            "aws:multifactorauthage",
            _on(Line.WHOLE, "NumericLessThanEquals", "3600"),
            "with MFA at most 3600 seconds ago",
        ),
        ("s3:max-keys", _on(Line.WHOLE, "NumericGreaterThan", "10"), "s3:max-keys is at least 11"),
        ("s3:max-keys", present(everything(Line.WHOLE)), "with any s3:max-keys"),
        ("aws:sourceip", _on(Line.ADDRESS, "IpAddress", "10.0.0.0/8"), "from 10.0.0.0/8"),
        (
            "aws:sourceip",
            _on(Line.ADDRESS, "NotIpAddress", "10.0.0.0/8"),
            "from anywhere but 10.0.0.0/8",
        ),
        (
            "aws:vpcsourceip",
            _on(Line.ADDRESS, "IpAddress", "10.0.0.0/8"),
            "aws:VpcSourceIp from 10.0.0.0/8",
        ),
        (
            "aws:principalorgpaths",
            KeySet(absent=False, every=ALL, some=(of(glob("o-a/*")),), several=True),
            "one of aws:PrincipalOrgPaths is o-a/*",
        ),
        (
            "aws:principalorgpaths",
            KeySet(absent=False, every=_but("o-b/*"), some=(of(glob("o-a/*")),), several=True),
            "one of aws:PrincipalOrgPaths is o-a/* and each of aws:PrincipalOrgPaths is not o-b/*",
        ),
        (_HEADER, ABSENT, "encrypted by the bucket's default"),
        (_HEADER, _or_absent(of(literal("aws:kms"))), "encrypted by aws:kms or by the bucket's default"),
        (_KEY, _or_absent(of(literal("alias/a"))), "naming the KMS key alias/a or none"),
        (_CUSTOMER, ABSENT, "without a customer's key (SSE-C)"),
    ],
)
def test_a_condition_is_one_phrase(key: str, keys: KeySet, expected: str) -> None:
    """With the key as AWS spells it, where the words do not say it."""
    spelling = {"s3:max-keys": "s3:max-keys"}
    assert conditions_of(Box({key: keys}), spelling) == (expected,)


def test_the_caller_and_the_resource_are_no_conditions() -> None:
    """They are told apart from them."""
    sides = {RESOURCE: _like("a"), PRINCIPAL_ARN: _like("b"), "aws:username": _like("bob")}
    assert conditions_of(Box(sides), {}) == ()


@pytest.mark.parametrize(
    ("header", "key", "expected"),
    [
        (
            _or_absent(of(literal("aws:kms"))),
            _or_absent(of(literal("alias/a"))),
            ("encrypted only by aws:kms or default with the key alias/a",),
        ),
        (
            _or_absent(of(literal("AES256"))),
            ABSENT,
            ("encrypted only by AES256 or default",),
        ),
        (
            present(of(literal("aws:kms"))),
            _or_absent(of(literal("alias/a"))),
            (
                "encrypted by aws:kms",
                "naming the KMS key alias/a or none",
                "without a customer's key (SSE-C)",
            ),
        ),
        (
            _or_absent(ALL),
            ABSENT,
            (
                "with any s3:x-amz-server-side-encryption or by the bucket's default",
                "naming no KMS key",
                "without a customer's key (SSE-C)",
            ),
        ),
    ],
)
def test_the_headers_of_encryption_are_one_phrase_where_they_leave_a_choice(
    header: KeySet, key: KeySet, expected: tuple[str, ...]
) -> None:
    """Where they ask for one thing each, or for nothing, they are told one by one."""
    assert conditions_of(Box({_HEADER: header, _KEY: key, _CUSTOMER: ABSENT}), {}) == expected


@pytest.mark.parametrize(
    ("thing", "spelling", "expected"),
    [
        ("aws:sourceip", {}, "aws:SourceIp"),
        ("aws:sourceip", {"aws:sourceip": "AWS:sourceIP"}, "AWS:sourceIP"),
        ("s3:prefix", {}, "s3:prefix"),
    ],
)
def test_a_key_is_spelled_as_the_policy_spells_it(
    thing: str, spelling: dict[str, str], expected: str
) -> None:
    """Else as AWS does, else in lower case."""
    assert spelled(thing, spelling) == expected


def test_of_patterns_that_all_have_to_match_the_narrowest_stands_for_them() -> None:
    """With those that are left out; what is no set of texts has no patterns."""
    texts = Texts(within=((glob("a*"),), (glob("abc*"), glob("abd*"))), without=(glob("*x"),))
    assert patterns_of(present(texts)) == (("abc*", "abd*"), ("*x",))
    assert patterns_of(present(ALL)) == (("*",), ())
    assert patterns_of(ABSENT) == ((), ())
    assert patterns_of(_on(Line.WHOLE, "NumericEquals", "1")) == ((), ())
