"""The policy of an adopted bucket: theirs stays, ours comes and goes."""

import json
from typing import Any

import pytest

from crossaccess.policy.build import bucket_policy
from crossaccess.policy.document import Condition, Document, Effect, PolicyError, Statement, canonical_json
from crossaccess.policy.existing import (
    NO_POLICY,
    check_kept,
    check_merged_size,
    merged,
    our_sids,
    read_existing,
    same_foreign,
    same_ours,
    same_policy,
    without_ours,
    without_sids,
)
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
OURS = Document(statements=bucket_policy(BUCKET, []).statements[:1])
THEIRS = {
    "Sid": "Backup",
    "Resource": ["arn:aws:s3:::shared/${aws:username}/*"],
    "Principal": {"AWS": "111111222222"},
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:GetObject"],
    "Condition": {"NumericLessThan": {"s3:max-keys": 10.5}, "Bool": {"aws:SecureTransport": True}},
}
NAMELESS = {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shared"}


def policy(*statements: object, **frame: object) -> str:
    """A policy's text; its version is the newer one unless the frame says another."""
    return json.dumps({"Version": "2012-10-17", **frame, "Statement": list(statements)}, indent=2)


def ours_raw() -> Any:  # Any: a JSON statement
    """Our statement, as JSON has it."""
    return json.loads(canonical_json(OURS))["Statement"][0]


def test_foreign_statements_come_first_as_they_stand() -> None:
    """Not a list, a number or a word of them is written differently; ours follow."""
    text = merged(read_existing(policy(NAMELESS, ours_raw(), THEIRS, Id="theirs")), OURS)
    data = json.loads(text)
    assert data["Statement"] == [NAMELESS, THEIRS, ours_raw()]
    assert list(data["Statement"][1]) == list(THEIRS)
    assert (data["Version"], data["Id"]) == ("2012-10-17", "theirs")


@pytest.mark.parametrize("frame", [{"Version": "2008-10-17"}, {"Version": None}])
def test_an_older_version_is_not_made_a_newer_one(frame: dict[str, object]) -> None:
    """Variables would begin to work (IAM User Guide, "IAM JSON policy elements: Version")."""
    data = {"Statement": THEIRS} if frame["Version"] is None else {**frame, "Statement": THEIRS}
    written = json.loads(merged(read_existing(json.dumps(data)), OURS))
    assert written.get("Version") == frame["Version"]
    assert written["Statement"][0] == THEIRS


def test_statements_of_ours_with_variables_are_not_put_under_an_older_version() -> None:
    """They would silently stop to mean what they say."""
    statement = Statement(effect=Effect.ALLOW, actions=("s3:GetObject",), resources=("${aws:username}",))
    with pytest.raises(PolicyError, match="2008-10-17"):
        merged(read_existing(policy(NAMELESS, Version="2008-10-17")), Document(statements=(statement,)))


def test_without_foreign_statements_the_policy_is_ours_alone() -> None:
    """A bucket without a policy, or one with statements of ours only."""
    assert merged(NO_POLICY, OURS) == canonical_json(OURS)
    assert merged(read_existing(policy(ours_raw(), Id="old")), OURS) == canonical_json(OURS)
    assert read_existing(None) == NO_POLICY


def test_taking_ours_out_gives_back_what_was_there() -> None:
    """Whatever came in between."""
    before = policy(NAMELESS, THEIRS, Id="theirs")
    rest = without_ours(merged(read_existing(before), OURS))
    assert rest is not None
    assert json.loads(rest) == json.loads(before)


def test_what_is_given_back_stands_in_its_old_order() -> None:
    """A tool that compares texts sees no change, but for white space."""
    before = {"Statement": [THEIRS, NAMELESS], "Id": "theirs", "Version": "2012-10-17"}
    rest = without_ours(merged(read_existing(json.dumps(before, indent=2)), OURS))
    assert rest == json.dumps(before, separators=(",", ":"))


def test_nothing_is_left_of_a_policy_that_was_ours_alone() -> None:
    """Then the policy goes."""
    assert without_ours(canonical_json(OURS)) is None


def test_statements_are_taken_out_by_their_whole_sids() -> None:
    """Others stay, where they stand, also those whose Sids begin like ours."""
    partner, ours = (THEIRS | {"Sid": f"CrossAccess{name}"} for name in ("Partner", "Bob"))
    text = policy(ours, NAMELESS, partner)
    assert our_sids(text) == ("CrossAccessBob", "CrossAccessPartner")
    rest = without_sids(text, ["CrossAccessBob"])
    assert rest is not None
    assert json.loads(rest)["Statement"] == [NAMELESS, partner]
    assert without_sids(policy(ours), ["CrossAccessBob"]) is None


def test_a_statement_is_ours_by_the_beginning_of_its_sid_alone() -> None:
    """Case counts, and a Sid that only holds the prefix is another's."""
    foreign = [THEIRS | {"Sid": sid} for sid in ("crossaccessX", "XCrossAccess", "")]
    found = read_existing(policy(*foreign, THEIRS | {"Sid": "CrossAccessX"}))
    assert [kept.raw for kept in found.foreign] == foreign
    assert [one.sid for one in found.ours] == ["CrossAccessX"]
    assert [kept.label for kept in found.foreign][-1] == "statement 3"


@pytest.mark.parametrize("number", ["1.50", "1e400", "-0", "1E2"])
def test_a_number_that_would_come_out_differently_is_refused(number: str) -> None:
    """Nothing foreign is edited, not even so."""
    text = policy(NAMELESS | {"Condition": {"NumericLessThan": {"s3:max-keys": "N"}}}).replace('"N"', number)
    with pytest.raises(PolicyError, match="quotes"):
        read_existing(text)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"Statement": [{"Effect": "Allow"}]}',
        '{"Statement": [], "Statement": []}',
        policy(NAMELESS | {"Sid": "\ud800"}),
        policy(NAMELESS | {"Unknown": 1}),
    ],
)
def test_what_is_no_bucket_policy_is_refused(text: str) -> None:
    """Rather than half understood."""
    with pytest.raises(PolicyError):
        read_existing(text)


def test_policies_are_the_same_by_meaning() -> None:
    """White space, the order of statements and lists, and lists of one make no difference; all else does."""
    one = policy(THEIRS, NAMELESS)
    other = json.dumps(
        {
            "Statement": [NAMELESS | {"Action": ["s3:ListBucket"]}, dict(reversed(THEIRS.items()))],
            "Version": "2012-10-17",
        }
    )
    assert same_policy(one, other)
    assert same_policy(None, None)
    assert not same_policy(one, None)
    assert not same_policy(one, policy(THEIRS, NAMELESS, Version="2008-10-17"))
    assert not same_policy(one, policy(THEIRS, NAMELESS, NAMELESS))
    assert not same_policy(one, policy(THEIRS, NAMELESS, Id="theirs"))


def test_the_foreign_part_and_ours_are_compared_apart() -> None:
    """A change of the one is none of the other."""
    changed = ours_raw() | {"Action": "s3:GetObject"}
    assert same_foreign(policy(THEIRS, ours_raw()), policy(changed, THEIRS))
    assert not same_ours(policy(THEIRS, ours_raw()), policy(changed, THEIRS))
    assert not same_foreign(policy(THEIRS), policy(THEIRS, NAMELESS))
    assert same_ours(policy(THEIRS, ours_raw()), policy(ours_raw(), NAMELESS))
    assert same_foreign(None, policy(ours_raw()))
    assert not same_foreign(None, policy(THEIRS))


def test_the_bare_id_of_a_principal_that_is_gone_is_named_and_not_edited() -> None:
    """AWS refuses to save it (IAM User Guide, "AWS JSON policy elements: Principal")."""
    gone = THEIRS | {"Principal": {"AWS": ["AIDAQWERTYUIOPASDFGHJ", "111111222222"]}}
    spared = {
        **{name: value for name, value in NAMELESS.items() if name != "Principal"},
        "NotPrincipal": {"AWS": "AROAQWERTYUIOPASDFGHJ"},
    }
    existing, faults = read_existing(policy(gone, spared)), Faults()
    check_kept(existing, key="the policy", faults=faults)
    first, second = map(str, faults.all())
    assert first.startswith("the policy: statement 'Backup' names 'AIDAQWERTYUIOPASDFGHJ' as Principal: ")
    assert second.startswith("the policy: statement 2 names 'AROAQWERTYUIOPASDFGHJ' as NotPrincipal: ")
    assert json.loads(merged(existing, OURS))["Statement"][:2] == [gone, spared]


def test_principals_that_are_there_are_no_fault() -> None:
    """ARNs, accounts, services and everyone."""
    faults = Faults()
    named = {"AWS": ["arn:aws:iam::111111222222:user/AIDA", "*"], "Service": "logging.s3.amazonaws.com"}
    check_kept(read_existing(policy(THEIRS | {"Principal": named}, NAMELESS)), key="it", faults=faults)
    assert not faults


def test_the_size_is_that_of_the_whole_text() -> None:
    """20,480 bytes, theirs and ours together.

    Amazon S3 User Guide, "Adding a bucket policy by using the Amazon S3 console".
    """
    empty = len(merged(read_existing(policy(THEIRS | {"Resource": ""})), OURS).encode())
    for letters, over in (((20_480 - empty) // 2, False), ((20_480 - empty) // 2 + 1, True)):
        text = merged(read_existing(policy(THEIRS | {"Resource": "é" * letters})), OURS)
        faults = Faults()
        check_merged_size(text, key="it", faults=faults)
        assert bool(faults) is over


def test_conditions_of_one_key_in_two_operators_are_all_compared() -> None:
    """A deny that lost one of its conditions is another one."""
    narrow = NAMELESS | {"Condition": {"Null": {"s3:prefix": "false"}, "StringLike": {"s3:prefix": "a/*"}}}
    wide = NAMELESS | {"Condition": {"StringLike": {"s3:prefix": "a/*"}}}
    assert not same_policy(policy(narrow), policy(wide))
    assert len(read_existing(policy(narrow)).foreign[0].statement.conditions) == 2
    assert (
        Condition(operator="Null", key="s3:prefix", values=("false",))
        in read_existing(policy(narrow)).foreign[0].statement.conditions
    )
