"""The config of a stack that adopts a bucket, right and in each way that a person may get it wrong."""

import json

import pytest

from components.errors import InputError
from components.existing_settings import CREDENTIAL_KEYS, Adopting
from components.settings import OwnerSettings, load_settings, parse_settings

ADOPTING = {"side": "owner", "existingBucket": "shared", "grants": "[]"}
NEW = {"side": "owner", "bucketName": "shared", "grants": "[]"}
REQUESTER = {"side": "requester", "ownerStack": "account-a"}


def faults(values: dict[str, str]) -> list[str]:
    """What is told about a config: one line for each fault."""
    with pytest.raises(InputError) as raised:
        parse_settings(values)
    _, *lines = str(raised.value).splitlines()
    return [line.removeprefix("  - ") for line in lines]


def owner(values: dict[str, str], profile: str | None = None) -> OwnerSettings:
    """The settings of a config that is right."""
    settings = parse_settings(values, provider={} if profile is None else {"profile": profile})
    assert isinstance(settings, OwnerSettings)
    return settings


def test_an_adopted_bucket_is_left_as_it_is_by_default() -> None:
    """Nothing is changed that config does not name."""
    settings = owner(ADOPTING)
    assert settings.bucket_name == "shared"
    assert settings.adopting == Adopting(bucket="shared")
    assert settings.encryption is None
    assert settings.deployer_addresses == ()


@pytest.mark.parametrize("name", ["12345678", "null", "1e5"])
def test_a_name_that_looks_like_another_value_is_a_name(name: str) -> None:
    """The engine hands texts over without their quotes.

    Amazon S3 User Guide, "General purpose bucket naming rules".
    """
    assert owner(ADOPTING | {"existingBucket": name}).bucket_name == name


def test_an_adopted_bucket_is_changed_where_config_says_so() -> None:
    """Each key is read, and the provider's profile with them."""
    said = {"enforceOwnership": "true", "blockPublicAccess": "true", "versioning": "false"}
    assert owner(ADOPTING | said, profile="account-a").adopting == Adopting(
        bucket="shared",
        profile="account-a",
        enforce_ownership=True,
        block_public_access=True,
        versioning=False,
    )


def test_switches_that_are_off_leave_the_bucket_alone() -> None:
    """Neither is switched on, nor back."""
    said = {"enforceOwnership": "false", "blockPublicAccess": "false"}
    assert owner(ADOPTING | said).adopting == Adopting(bucket="shared")


def test_a_new_bucket_adopts_nothing() -> None:
    """The two kinds of stack are told apart by one key."""
    assert owner(NEW).adopting is None


def test_an_adopted_bucket_may_have_dots_in_its_name() -> None:
    """Nobody can rename it any more."""
    assert owner(ADOPTING | {"existingBucket": "my.old.bucket"}).bucket_name == "my.old.bucket"


@pytest.mark.parametrize("values", [ADOPTING, NEW])
def test_addresses_are_read_for_either_kind_of_bucket(values: dict[str, str]) -> None:
    """As CIDR blocks in their shortest form."""
    said = {"deployerAddresses": '["203.0.113.7", "198.51.100.0/24", "2001:db8::/32"]'}
    assert owner(values | said).deployer_addresses == (
        "203.0.113.7/32",
        "198.51.100.0/24",
        "2001:db8::/32",
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (ADOPTING | {"existingBucket": ""}, "crossaccess:existingBucket is '': a bucket's name is"),
        (ADOPTING | {"existingBucket": "Shared"}, "crossaccess:existingBucket is 'Shared': a bucket's"),
        (ADOPTING | {"existingBucket": "ab"}, "crossaccess:existingBucket is 'ab'"),
        (ADOPTING | {"existingBucket": "arn:aws:s3:::shared"}, "is 'arn:aws:s3:::shared': a bucket's name"),
        (
            ADOPTING | {"existingBucket": '["shared"]'},
            "existingBucket is '[\"shared\"]': a bucket",
        ),
        (ADOPTING | {"existingBucket": "bucket--x-s3"}, "(reserved by AWS)"),
        (
            ADOPTING | {"existingBuckets": "x"},
            "crossaccess:existingBuckets is no key that is known here: did",
        ),
        (ADOPTING | {"enforceOwnership": "yes"}, "crossaccess:enforceOwnership is 'yes': it can be true or"),
        (ADOPTING | {"enforceOwnership": "BucketOwnerEnforced"}, "crossaccess:enforceOwnership is 'Bucket"),
        (ADOPTING | {"enforceOwnership": "1"}, "crossaccess:enforceOwnership is 1 (a number)"),
        (ADOPTING | {"blockPublicAccess": "all"}, "crossaccess:blockPublicAccess is 'all': it can be true"),
        (
            ADOPTING | {"blockPublicAccess": '{"blockPublicAcls":true}'},
            "crossaccess:blockPublicAccess is a m",
        ),
        (ADOPTING | {"versioning": "on"}, "crossaccess:versioning is 'on': it can be true or false"),
        (
            ADOPTING | {"bucketName": "shared"},
            "crossaccess:bucketName stands beside existingBucket: name the",
        ),
        (ADOPTING | {"bucketName": "other"}, "crossaccess:bucketName stands beside existingBucket"),
        (
            ADOPTING | {"protect": "false"},
            "crossaccess:protect stands beside existingBucket: take it out: an",
        ),
        (ADOPTING | {"forceDestroy": "true"}, "crossaccess:forceDestroy stands beside existingBucket"),
        (
            ADOPTING | {"objectLock": '{"mode":"governance","days":1}'},
            "crossaccess:objectLock stands beside existingBucket: take it out: a bucket has one",
        ),
        (
            ADOPTING | {"abortIncompleteUploadsDays": "3"},
            "crossaccess:abortIncompleteUploadsDays stands beside existingBucket",
        ),
        (
            ADOPTING | {"accessLog": '{"bucket":"our-logs","prefix":"shared/"}'},
            "crossaccess:accessLog stands beside existingBucket",
        ),
        (NEW | {"enforceOwnership": "true"}, "crossaccess:enforceOwnership is 'true': take it out: it is"),
        (NEW | {"blockPublicAccess": "false"}, "crossaccess:blockPublicAccess is 'false': take it out"),
        (
            REQUESTER | {"existingBucket": "shared"},
            "crossaccess:existingBucket is set on side requester: it belongs to side owner",
        ),
        (REQUESTER | {"enforceOwnership": "true"}, "crossaccess:enforceOwnership is set on side requester"),
        (REQUESTER | {"blockPublicAccess": "true"}, "crossaccess:blockPublicAccess is set on side requester"),
        (REQUESTER | {"deployerAddresses": "[]"}, "crossaccess:deployerAddresses is set on side requester"),
        (
            NEW | {"deployerAddresses": "203.0.113.7"},
            "crossaccess:deployerAddresses is '203.0.113.7': write a",
        ),
        (NEW | {"deployerAddresses": "[]"}, "crossaccess:deployerAddresses is an empty list: name at least"),
        (NEW | {"deployerAddresses": "[7]"}, "crossaccess:deployerAddresses[0] is 7 (a number)"),
        (
            NEW | {"deployerAddresses": '["203.0.113.7/24"]'},
            "crossaccess:deployerAddresses[0] is '203.0.113.7/24': that is an address inside of a network",
        ),
        (NEW | {"deployerAddresses": '["0.0.0.0/0"]'}, "it is every address there is"),
        (NEW | {"deployerAddresses": '["10.0.0.1"]'}, "AWS sees public addresses only"),
        (NEW | {"deployerAddresses": '["office"]'}, "crossaccess:deployerAddresses[0] is 'office'"),
        (NEW | {"deployerAddresses": '["::ffff:203.0.113.7"]'}, "write IPv4 addresses as IPv4"),
        (
            ADOPTING | {"deployerAddresses": '["203.0.113.7", "203.0.113.300"]'},
            "crossaccess:deployerAddresses[1] is '203.0.113.300'",
        ),
    ],
)
def test_a_wrong_key_is_told_once_with_its_value_and_its_mend(values: dict[str, str], told: str) -> None:
    """One line, under the key's full name."""
    (line,) = faults(values)
    assert told in line


@pytest.mark.parametrize("key", CREDENTIAL_KEYS)
def test_credentials_that_reach_the_provider_alone_are_refused(key: str) -> None:
    """The look at the bucket and the one who writes its policy would be somebody else; no value is shown."""
    with pytest.raises(InputError, match=f"aws:{key} stands beside existingBucket: an adopted bucket is"):
        parse_settings(ADOPTING, provider={"region": "eu-west-1", key: "x"})
    assert parse_settings(ADOPTING, provider={"region": "eu-west-1", "profile": "account-a"})
    assert parse_settings(NEW, provider={key: "x"})


def test_the_providers_keys_are_those_of_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the engine hands them over."""
    config = {f"crossaccess:{name}": text for name, text in ADOPTING.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config | {"aws:assumeRoles": "[]"}))
    with pytest.raises(InputError, match="aws:assumeRoles stands beside existingBucket"):
        load_settings()


def test_an_old_bucket_with_capital_letters_is_told_what_a_name_is() -> None:
    """Such names are from before 2018 (Amazon S3 User Guide, "General purpose bucket naming rules")."""
    (line,) = faults(ADOPTING | {"existingBucket": "OldBucket"})
    assert "small letters" in line


def test_all_faults_are_told_at_once() -> None:
    """Of the bucket, its settings and the addresses."""
    wrong = {
        "existingBucket": "Shared",
        "enforceOwnership": "?",
        "blockPublicAccess": "?",
        "versioning": "?",
        "protect": "true",
        "deployerAddresses": '["x", "y"]',
    }
    assert len(faults(ADOPTING | wrong)) == 7
