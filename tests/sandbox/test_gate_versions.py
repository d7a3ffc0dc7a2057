"""Buckets whose versioning was suspended: what they kept stays until it is deleted version by version."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.gate import House, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("versions")) as opened:
        yield opened


@pytest.fixture
def bucket(house: House) -> str:
    """A bucket with two versions of `k` under a delete marker, whose versioning is suspended."""
    name, s3 = house.bucket(), house.s3("account-a")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket=name, Key="k", Body=body)
    s3.delete_object(Bucket=name, Key="k")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    return name


def kept(house: House, bucket: str) -> tuple[list[str], list[str]]:
    """The ids of the versions that are there, and those of the delete markers."""
    there: Any = house.s3("account-a").list_object_versions(Bucket=bucket)
    versions, markers = there.get("Versions", []), there.get("DeleteMarkers", [])
    return [one["VersionId"] for one in versions], [one["VersionId"] for one in markers]


def test_the_other_versions_stay_when_one_is_deleted(house: House, bucket: str) -> None:
    """Amazon S3 User Guide, "Deleting objects from versioning-suspended buckets"."""
    (newer, older), (marker,) = kept(house, bucket)
    house.s3("account-a").delete_object(Bucket=bucket, Key="k", VersionId=newer)
    assert kept(house, bucket) == ([older], [marker])
    house.s3("account-a").delete_object(Bucket=bucket, Key="k", VersionId=marker)
    assert kept(house, bucket) == ([older], [])


def test_a_delete_without_a_version_hides_what_was_kept(house: House, bucket: str) -> None:
    """The same page: there is one more delete marker, and versioning is suspended as before."""
    versions, markers = kept(house, bucket)
    house.s3("account-a").delete_object(Bucket=bucket, Key="k")
    now, more = kept(house, bucket)
    assert (now, len(more)) == (versions, len(markers) + 1)
    assert house.s3("account-a").get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"


def test_many_versions_and_markers_are_deleted_at_once(house: House, bucket: str) -> None:
    """S3 API Reference, "DeleteObjects": so is a bucket emptied before it is deleted."""
    versions, markers = kept(house, bucket)
    doomed: Any = [{"Key": "k", "VersionId": one} for one in (*versions, *markers)]
    house.s3("account-a").delete_objects(Bucket=bucket, Delete={"Objects": doomed})
    assert kept(house, bucket) == ([], [])
    house.s3("account-a").delete_bucket(Bucket=bucket)
