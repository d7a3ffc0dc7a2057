"""What is said of others is no news to a class of callers."""

from collections.abc import Mapping

import pytest

from crossaccess.compare.callers import CallerClass
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.outsiders import outsiders
from crossaccess.compare.principals import said_to
from crossaccess.compare.statements import numbered
from crossaccess.decide.caller import CallerKind
from crossaccess.policy.document import Document, PolicyKind, Statement, parse_document

OWNER, BOBS, CAROLS = "111111222222", "112233445566", "998877665544"


def policy(*principals: object, condition: Mapping[str, object] | None = None) -> Document:
    """A bucket policy of one Allow for each of the principals."""
    said: list[Mapping[str, object]] = [
        {"Sid": f"S{number}", "Effect": "Allow", "Principal": one, "Action": "*", "Resource": "*"}
        for number, one in enumerate(principals)
    ]
    if condition is not None:
        said = [{**one, "Condition": condition} for one in said]
    return parse_document({"Version": "2012-10-17", "Statement": said}, PolicyKind.RESOURCE)


def said(document: Document, account: str) -> set[Statement | None]:
    """What the statements say to users of an account."""
    caller = CallerClass(kind=CallerKind.USER, account=account)
    return {said_to(statement, caller) for statement in document.statements}


def told_apart(document: Document) -> dict[str | None, str | None]:
    """The accounts that are asked about, and what each stands for."""
    statements = numbered(document, "bucket policy")
    callers = outsiders(statements, statements, owner=OWNER, partition="aws")
    return {caller.account: caller.stands_for for caller in callers if caller.has_identity_side}


def test_another_principal_in_the_list_changes_nothing_for_an_account() -> None:
    """Nor does another Sid."""
    one = policy({"AWS": [f"arn:aws:iam::{BOBS}:root"]})
    more = policy({"AWS": [f"arn:aws:iam::{CAROLS}:root", f"arn:aws:iam::{BOBS}:root"]})
    assert said(one, BOBS) == said(more, BOBS)
    assert said(one, CAROLS) == {None}
    assert said(more, CAROLS) != {None}


def test_everyone_and_unique_ids_may_be_anybody() -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal"."""
    for principal in ("*", {"AWS": "*"}, {"AWS": "AIDAJQABLZS4A3QDU576Q"}):
        assert None not in said(policy(principal), CAROLS)


def test_a_service_is_nobody_of_an_account() -> None:
    """It has no account that could let it in."""
    assert said(policy({"Service": "cloudtrail.amazonaws.com"}), BOBS) == {None}


def test_accounts_that_nobody_names_are_one() -> None:
    """Whoever the policy does not tell apart is asked about once."""
    found = told_apart(policy("*"))
    assert found.pop(OWNER) is None
    assert list(found.values()) == ["any other account"]


def test_a_pattern_of_digits_tells_accounts_apart() -> None:
    """Each way to fulfil the patterns is asked about with an account that does."""
    like = {"StringLike": {"aws:PrincipalAccount": "1122*"}}
    found = told_apart(policy("*", condition=like))
    assert found.pop(OWNER) is None
    assert sorted(map(str, found.values())) == ["any account like 1122*", "any other account"]
    (example,) = [account for account, what in found.items() if what == "any account like 1122*"]
    assert example is not None
    assert example.startswith("1122")


def test_digits_that_may_be_anywhere_are_too_hard() -> None:
    """What cannot be told apart is told as unknown, not passed over."""
    document = policy("*", condition={"StringLike": {"aws:PrincipalArn": "*2233:user/bob"}})
    with pytest.raises(TooHardError, match="does not say which of its digits"):
        told_apart(document)


def test_services_that_are_named_are_asked_about_with_everyone() -> None:
    """A Deny for everyone that goes lets them in again, and one more service stands for all others."""
    statements = numbered(policy({"Service": "cloudtrail.amazonaws.com"}, "*"), "bucket policy")
    callers = outsiders(statements, statements[1:], owner=OWNER, partition="aws")
    services = {caller.stands_for or caller.arn for caller in callers if caller.kind is CallerKind.SERVICE}
    assert services == {"cloudtrail.amazonaws.com", "any other service"}
