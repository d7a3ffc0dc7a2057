"""Callers in words for people."""

import pytest

from crossaccess.compare.box import EVERYTHING, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass
from crossaccess.compare.change import Subject
from crossaccess.compare.key_set import present
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.subjects import label_of, subjects_of
from crossaccess.compare.texts import Texts, of
from crossaccess.decide.caller import CallerKind

_ACCOUNT = "112233445566"
_SSO = f"arn:aws:iam::{_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/"


def _class(
    kind: CallerKind,
    *,
    arn: str | None = None,
    label: str | None = None,
    stands_for: str | None = None,
    account: str | None = _ACCOUNT,
) -> CallerClass:
    return CallerClass(kind=kind, account=account, arn=arn, label=label, stands_for=stands_for)


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (_class(CallerKind.ANONYMOUS, account=None), ("everyone, without credentials", None)),
        (_class(CallerKind.SERVICE, arn="x.amazonaws.com", account=None), ("x.amazonaws.com", None)),
        (
            _class(CallerKind.SERVICE, arn="x.amazonaws.com", account=None, stands_for="any other service"),
            ("any other service", None),
        ),
        (
            _class(CallerKind.USER, arn=f"arn:aws:iam::{_ACCOUNT}:user/team/bob"),
            ("user/team/bob", _ACCOUNT),
        ),
        (
            _class(CallerKind.SESSION, label="permission-set/Analysts"),
            ("permission-set/Analysts", _ACCOUNT),
        ),
        (_class(CallerKind.USER), ("any user", _ACCOUNT)),
        (_class(CallerKind.SESSION), ("any role", _ACCOUNT)),
        (_class(CallerKind.FEDERATED_USER), ("any federated user", _ACCOUNT)),
        (_class(CallerKind.ROOT, arn=f"arn:aws:iam::{_ACCOUNT}:root"), ("the root user", _ACCOUNT)),
        (
            _class(CallerKind.USER, stands_for="any other account"),
            ("any user of any other account", None),
        ),
    ],
)
def test_a_class_of_callers_has_a_name(caller: CallerClass, expected: tuple[str, str | None]) -> None:
    """With its account, where it has one that is meant and not an example."""
    assert subjects_of(EVERYTHING, caller) == (Subject(name=expected[0], account=expected[1]),)


@pytest.mark.parametrize(
    ("arns", "expected"),
    [
        (
            of(literal(f"arn:aws:iam::{_ACCOUNT}:user/a"), literal(f"arn:aws:iam::{_ACCOUNT}:user/b")),
            ["user/a", "user/b"],
        ),
        (of(glob(f"arn:aws:iam::{_ACCOUNT}:user/team/*")), ["user/team/*"]),
        (of(glob(f"arn:aws:iam::{_ACCOUNT}:user/*")), ["any user"]),
        (of(glob("*")), ["any user"]),
        (
            Texts(within=((glob("*"),),), without=(literal(f"arn:aws:iam::{_ACCOUNT}:user/a"),)),
            ["any user but user/a"],
        ),
        (
            Texts(
                within=((glob(f"arn:aws:iam::{_ACCOUNT}:user/t*"),),),
                without=tuple(literal(f"arn:aws:iam::{_ACCOUNT}:user/t{n}") for n in "ab"),
            ),
            ["user/t* but user/ta and user/tb"],
        ),
    ],
)
def test_callers_that_a_set_of_arns_names_are_told_one_by_one(arns: Texts, expected: list[str]) -> None:
    """Patterns as they stand there; those that say nothing as all of the kind, less whom it leaves out."""
    box = Box({PRINCIPAL_ARN: present(arns)})
    found = subjects_of(box, _class(CallerKind.USER))
    assert [one.name for one in found] == expected
    assert {one.account for one in found} == {_ACCOUNT}


@pytest.mark.parametrize(
    ("arn", "label"),
    [
        (f"{_SSO}AWSReservedSSO_Analysts_????????????????", "permission-set/Analysts"),
        (f"{_SSO}*/AWSReservedSSO_A_B_????????????????", "permission-set/A_B"),
        (f"{_SSO}AWSReservedSSO_Analysts_0123456789abcdef", None),
        (f"arn:aws:iam::{_ACCOUNT}:role/AWSReservedSSO_Analysts_????????????????", None),
        ("not an arn", "not an arn"),
    ],
)
def test_the_roles_of_a_permission_set_are_called_by_its_name(arn: str, label: str | None) -> None:
    """All of them together, never one; where it stands elsewhere it is a role like any other."""
    assert label_of(arn) == (arn.split(":", 5)[5] if label is None else label)
