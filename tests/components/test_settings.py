"""A stack's config, right and in each way that a person may get it wrong."""

import json

import pytest

from components.errors import InputError
from components.requester_settings import RequesterSettings, TakenFrom
from components.settings import OwnerSettings, load_settings, parse_settings

OWNER = {"side": "owner", "bucketName": "shared", "grants": "[]"}
REQUESTER = {"side": "requester", "ownerStack": "account-a"}


def faults(values: dict[str, str], *, allowed: str | None = None, secrets: tuple[str, ...] = ()) -> list[str]:
    """What is told about a config: a heading, then one line for each fault."""
    with pytest.raises(InputError) as raised:
        parse_settings(
            values, secrets=secrets, provider={} if allowed is None else {"allowedAccountIds": allowed}
        )
    heading, *lines = str(raised.value).splitlines()
    assert heading == "The config of this stack is not right:"
    return [line.removeprefix("  - ") for line in lines]


def without(values: dict[str, str], key: str) -> dict[str, str]:
    """A config with one key gone."""
    return {name: value for name, value in values.items() if name != key}


def test_an_owner_is_protected_by_default() -> None:
    """Neither the bucket nor its objects go away unless the config says so."""
    assert parse_settings(OWNER) == OwnerSettings(
        bucket_name="shared", grants=(), protect=True, force_destroy=False
    )


def test_an_owner_may_give_up_its_protection() -> None:
    """Both keys are read."""
    settings = parse_settings(OWNER | {"protect": "false", "forceDestroy": "true"})
    assert isinstance(settings, OwnerSettings)
    assert (settings.protect, settings.force_destroy) == (False, True)


def test_a_requester_takes_up_all_grants_by_default() -> None:
    """Only the owner's stack has to be named."""
    assert parse_settings(REQUESTER) == RequesterSettings(
        owners=(TakenFrom(stack="account-a", only_grants=None),)
    )


def test_a_requester_may_choose_grants() -> None:
    """The names are read as a list."""
    settings = parse_settings(REQUESTER | {"onlyGrants": '["a-grant", "b-grant"]'})
    taken = TakenFrom(stack="account-a", only_grants=("a-grant", "b-grant"))
    assert settings == RequesterSettings(owners=(taken,))


@pytest.mark.parametrize("name", ["account-a", "acme/crossaccess/account-a", "organization/my.project/s_1"])
def test_an_owners_stack_may_be_named_in_full(name: str) -> None:
    """A stack of another organization or project is named with both."""
    settings = parse_settings(REQUESTER | {"ownerStack": name})
    assert settings == RequesterSettings(owners=(TakenFrom(stack=name),))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (without(OWNER, "side") | {"side": ""}, "crossaccess:side is '': it can be owner, requester"),
        ({}, "crossaccess:side is missing or empty: it can be owner, requester"),
        ({"side": "onwer"}, "crossaccess:side is 'onwer': did you mean 'owner'?"),
        ({"side": "true"}, "crossaccess:side is 'true': it can be owner, requester"),
        (without(OWNER, "bucketName"), "crossaccess:bucketName is missing or empty: a bucket's name is"),
        (OWNER | {"bucketName": ""}, "crossaccess:bucketName is '': a bucket's name is"),
        (OWNER | {"bucketName": "ab"}, "crossaccess:bucketName is 'ab': a bucket's name is 3 to 63"),
        (OWNER | {"bucketName": "b" * 64}, "a bucket's name is 3 to 63"),
        (OWNER | {"bucketName": "Shared"}, "crossaccess:bucketName is 'Shared'"),
        (OWNER | {"bucketName": "a_b"}, "crossaccess:bucketName is 'a_b'"),
        (OWNER | {"bucketName": "-shared"}, "crossaccess:bucketName is '-shared'"),
        (OWNER | {"bucketName": "a..b"}, "crossaccess:bucketName is 'a..b'"),
        (OWNER | {"bucketName": "10.0.0.1"}, "crossaccess:bucketName is '10.0.0.1'"),
        (OWNER | {"bucketName": "my.bucket"}, "crossaccess:bucketName is 'my.bucket': leave out the dots"),
        (OWNER | {"bucketName": "xn--bucket"}, "crossaccess:bucketName is 'xn--bucket' (reserved by AWS)"),
        (OWNER | {"bucketName": "bucket--x-s3"}, "(reserved by AWS)"),
        (OWNER | {"bucketName": "bucket/*"}, "crossaccess:bucketName is 'bucket/*'"),
        (OWNER | {"bucketName": "bucket\n"}, "crossaccess:bucketName is 'bucket\\n'"),
        (without(OWNER, "grants"), "crossaccess:grants is missing or empty: write a list of grants, []"),
        (OWNER | {"grants": "bob"}, "crossaccess:grants is 'bob': write a list of grants"),
        (OWNER | {"grants": "{}"}, "crossaccess:grants is an empty mapping: write a list of grants"),
        (OWNER | {"grants": "null"}, "crossaccess:grants is missing or empty: write a list of grants"),
        (OWNER | {"grants": "[7]"}, "crossaccess:grants[0] is 7 (a number): write a mapping"),
        (OWNER | {"protect": "yes"}, "crossaccess:protect is 'yes': it can be true or false"),
        (OWNER | {"protect": "1"}, "crossaccess:protect is '1': it can be true or false"),
        (OWNER | {"forceDestroy": "nope"}, "crossaccess:forceDestroy is 'nope': it can be true or false"),
        (OWNER | {"bucket": "x"}, "crossaccess:bucket is no key that is known here: did you mean"),
        (
            OWNER | {"zebra": "x"},
            "crossaccess:zebra is no key that is known here: it can be abortIncompleteUploadsDays,",
        ),
        (
            OWNER | {"ownerStack": "account-a"},
            "crossaccess:ownerStack is set on side owner: it belongs to side requester: take it out",
        ),
        (
            REQUESTER | {"grants": "[]"},
            "crossaccess:grants is set on side requester: it belongs to side owner: take it out",
        ),
        (without(REQUESTER, "ownerStack"), "crossaccess:ownerStack is missing or empty: name the owner's"),
        (REQUESTER | {"ownerStack": "acme/account-a"}, "crossaccess:ownerStack is 'acme/account-a': name"),
        (REQUESTER | {"ownerStack": "a b"}, "crossaccess:ownerStack is 'a b': name the owner's stack"),
        (REQUESTER | {"ownerStack": "account-a\n"}, "crossaccess:ownerStack is 'account-a\\n'"),
        (REQUESTER | {"onlyGrants": "a-grant"}, "crossaccess:onlyGrants is 'a-grant': write a list"),
        (REQUESTER | {"onlyGrants": "[]"}, "crossaccess:onlyGrants is an empty list: name at least one"),
        (REQUESTER | {"onlyGrants": '["A"]'}, "crossaccess:onlyGrants[0] is 'A': a name is up to 48"),
    ],
)
def test_a_wrong_key_is_told_with_its_value_and_its_mend(values: dict[str, str], told: str) -> None:
    """One line, under the key's full name."""
    (line,) = faults(values)
    assert told in line


@pytest.mark.parametrize(
    ("allowed", "told"),
    [
        ("[111111222222]", "aws:allowedAccountIds[0] is 111111222222 (a number): quote it"),
        ("111111222222", "aws:allowedAccountIds is 111111222222 (a number): write a list"),
        ("[]", "aws:allowedAccountIds is an empty list: name at least one"),
        ('["11111122222"]', "aws:allowedAccountIds[0] is '11111122222' (11 digits)"),
    ],
)
def test_accounts_that_yaml_changed_are_told_before_the_provider_refuses_them(
    allowed: str, told: str
) -> None:
    """The provider's own message would not say why the right account is refused."""
    (line,) = faults(OWNER, allowed=allowed)
    assert line.startswith(told)


def test_allowed_accounts_that_are_right_pass() -> None:
    """The committed form is a list of quoted ids."""
    assert parse_settings(OWNER, provider={"allowedAccountIds": '["111111222222"]'}) == parse_settings(OWNER)


def test_a_secret_key_is_told() -> None:
    """A secret inside a policy would hide the whole policy from every preview."""
    (line,) = faults(OWNER, secrets=("grants",))
    assert line.startswith("crossaccess:grants is marked secret")
    assert "without --secret" in line


def test_all_faults_are_told_at_once() -> None:
    """Unknown keys, missing keys and faults inside of grants stand in one message."""
    grants = json.dumps([{"name": "a", "account": 7, "principals": [], "method": "ftp"}])
    assert len(faults({"side": "owner", "grants": grants, "protect": "?", "x": "y"}, allowed="[7]")) == 8


def test_keys_are_not_judged_by_a_side_that_is_not_known() -> None:
    """With the side misspelt, keys of either side are not called unknown."""
    (line,) = faults({"side": "ownr", "bucketName": "shared", "ownerStack": "account-a"})
    assert line.startswith("crossaccess:side")


def test_settings_come_from_what_the_engine_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of other namespaces are not ours, secret ones of ours are told."""
    config = {f"crossaccess:{key}": value for key, value in REQUESTER.items()} | {"other:key": "x"}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", '["other:key"]')
    assert load_settings() == RequesterSettings(owners=(TakenFrom(stack="account-a"),))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", '["crossaccess:ownerStack"]')
    with pytest.raises(InputError, match="crossaccess:ownerStack is marked secret"):
        load_settings()


def test_without_any_config_the_side_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that nobody configured is told where to begin."""
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_SECRET_KEYS", raising=False)
    with pytest.raises(InputError, match="crossaccess:side is missing or empty"):
        load_settings()
