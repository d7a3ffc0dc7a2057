"""Keys of objects, however they are written: the gate and the emulator mean the same ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.gate import House, allow, code_of, filled_bucket, let_bob, objects, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def bucket(house: House) -> str:
    """A bucket with an object in it."""
    return filled_bucket(house)


AWKWARD = [
    "a b",
    "a+b",
    "a%2Fb",
    "a%252Fb",
    "a//b",
    "a/../b",
    "./a",
    "a?b=c&d",
    "a#b",
    "a;b=c",
    "a/",
    " a ",
    "é/€/𝄞",
    "a\\b",
    "'\"<&>",
    "a=b",
    "a,b",
    "~a*b!(c)",
    "?policy",
    "versionId=x",
]


@pytest.mark.parametrize("key", AWKWARD)
def test_a_key_is_the_same_to_the_gate_and_to_the_emulator(house: House, bucket: str, key: str) -> None:
    """Else a permission for one key would open another one."""
    let_bob(house, bucket, "s3:PutObject", "s3:GetObject")
    alice, bob = house.s3("account-a"), house.s3("bob")
    bob.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert house.log()[-1]["needs"][0]["resource"] == objects(bucket, key)
    listed = [item.get("Key") for item in alice.list_objects_v2(Bucket=bucket)["Contents"]]
    assert sorted(listed, key=str) == sorted([key, "reports/a_b c.txt"])
    assert bob.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    bob.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert [need["resource"] for need in house.log()[-1]["needs"]] == [
        objects(bucket, "copy"),
        objects(bucket, key),
    ]
    assert bob.get_object(Bucket=bucket, Key="copy")["Body"].read() == key.encode()
    alice.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert code_of(alice.head_object, Bucket=bucket, Key=key) == "404"


def test_an_upload_is_finished_under_its_own_key_only(house: House, bucket: str) -> None:
    """S3 API Reference, "CompleteMultipartUpload": NoSuchUpload."""
    alice, bob = house.s3("account-a"), house.s3("bob")
    house.guard(bucket, allow("s3:PutObject", objects(bucket, "bobs/*"), Principal={"AWS": house.bob}))
    house.allow("bob", allow("s3:PutObject", objects(bucket, "bobs/*")))
    upload = alice.create_multipart_upload(Bucket=bucket, Key="alices")["UploadId"]
    more: Any = {"Bucket": bucket, "Key": "bobs/x", "UploadId": upload}
    assert code_of(bob.upload_part, PartNumber=1, Body=b"x", **more) == "NoSuchUpload"
    parts: Any = {"Parts": []}
    assert code_of(bob.complete_multipart_upload, MultipartUpload=parts, **more) == "NoSuchUpload"
