"""Which configuration the provider takes, and which accounts it refuses to touch."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sandbox.provider.errors import StandInError
from sandbox.provider.settings import parse_settings
from sandbox.provider.values import UNKNOWN

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import


class TestParsing:
    """Settings arrive as strings, with JSON inside for other types."""

    def test_lists_flags_numbers_and_tags_are_read_out_of_json(self) -> None:
        """What the SDK encodes as JSON comes out with its type."""
        settings, faults = parse_settings({
            "profile": "account-a",
            "region": "eu-central-1",
            "allowedAccountIds": '["111111222222"]',
            "s3UsePathStyle": "true",
            "maxRetries": "5",
            "defaultTags": '{"tags": {"owner": "me"}}',
            "skipRegionValidation": "true",
            "version": "7.51.1",
        })  # fmt: skip
        assert faults == []
        assert (settings.profile, settings.region) == ("account-a", "eu-central-1")
        assert settings.allowed_accounts == ("111111222222",)
        assert settings.path_style
        assert settings.max_retries == 5
        assert settings.default_tags == (("owner", "me"),)

    def test_a_text_that_looks_like_json_stays_a_text(self) -> None:
        """A profile may be named `123` or `true`."""
        assert parse_settings({"profile": "123"})[0].profile == "123"

    @pytest.mark.parametrize(
        ("key", "value", "part"),
        [
            ("allowedAccountIds", "[111111222222]", "111111222222, which is not a quoted account id"),
            ("allowedAccountIds", '["11111122222"]', '"11111122222", which is not a quoted account id'),
            ("allowedAccountIds", "111111222222", "must be a list of account ids"),
            ("skipRegionValidation", "maybe", "must be true or false"),
            ("maxRetries", "-1", "must be a whole number"),
            ("maxRetries", "true", "must be a whole number"),
            ("defaultTags", '{"tags": {"owner": 3}}', 'a map of strings under "tags"'),
            ("profile", 3, "must be a string"),
            ("endpoints", "[]", "is not known to the sandbox's stand-in"),
            ("assumeRoles", "[]", "is not known to the sandbox's stand-in"),
        ],
    )
    def test_a_wrong_setting_is_named_with_its_mend(self, key: str, value: object, part: str) -> None:
        """One fault names the key and what is wrong with its value."""
        faults = parse_settings({key: value})[1]
        assert [fault.key for fault in faults] == [key]
        assert part in faults[0].reason

    def test_sts_is_asked_unless_both_checks_are_skipped_and_no_account_is_named(self) -> None:
        """An account list always wins over the skip flags."""
        skips = {"skipCredentialsValidation": "true", "skipRequestingAccountId": "true"}
        assert parse_settings({})[0].ask_for_account
        assert parse_settings({"skipCredentialsValidation": "true"})[0].ask_for_account
        assert not parse_settings(skips)[0].ask_for_account
        assert parse_settings({**skips, "forbiddenAccountIds": '["111111222222"]'})[0].ask_for_account

    def test_credentials_do_not_show_in_the_settings_text(self) -> None:
        """A settings object in a log or traceback gives no key away."""
        settings = parse_settings({"accessKey": "AKIAX", "secretKey": "hush", "token": "hush-too"})[0]
        assert "AKIAX" not in repr(settings)
        assert "hush" not in repr(settings)


class TestAccounts:
    """The provider finds out whose credentials it has before it does anything."""

    def test_the_right_account_is_taken(self, engine: Engine) -> None:
        """No fault where the account is on the list."""
        assert engine.config_faults(profile="account-b", allowedAccountIds=json.dumps(["112233445566"])) == []

    def test_a_wrong_account_is_refused_with_both_accounts_named(self, engine: Engine) -> None:
        """The message names the account wanted, the one found, and the profile."""
        faults = engine.config_faults(profile="account-b", allowedAccountIds=json.dumps(["111111222222"]))
        assert len(faults) == 1
        assert "111111222222" in faults[0]
        assert "112233445566" in faults[0]
        assert "profile account-b" in faults[0]

    def test_a_wrong_account_is_refused_without_a_check_too(self, engine: Engine) -> None:
        """A destroy configures the provider without checking its configuration."""
        with pytest.raises(StandInError, match="wrong account"):
            engine.configure(profile="account-b", allowedAccountIds=json.dumps(["111111222222"]))

    def test_a_forbidden_account_is_refused(self, engine: Engine) -> None:
        """`forbiddenAccountIds` rules the account out."""
        faults = engine.config_faults(profile="account-b", forbiddenAccountIds=json.dumps(["112233445566"]))
        assert "aws:forbiddenAccountIds rules out" in faults[0]

    def test_a_missing_profile_is_a_fault_that_names_the_files(self, engine: Engine, tmp_path: Path) -> None:
        """The user learns where the profile was looked for."""
        faults = engine.config_faults(profile="nosuch")
        assert "nosuch" in faults[0]
        assert str(tmp_path / "config") in faults[0]

    def test_a_missing_region_is_a_fault(self, fresh_engine: Engine, tmp_path: Path) -> None:
        """Neither config nor profile names a Region."""
        (tmp_path / "config").write_text("[profile account-b]\n")
        assert fresh_engine.config_faults(profile="account-b") == [
            "no Region: set aws:region, or a region in the profile"
        ]

    def test_an_unreachable_endpoint_is_a_fault_and_no_traceback(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        """A sandbox that is not running is told as such."""
        text = (tmp_path / "config").read_text() + "endpoint_url = http://127.0.0.1:9\n"
        (tmp_path / "config").write_text(text)
        faults = engine.config_faults(profile="account-b", maxRetries="0")
        assert "EndpointConnectionError" in faults[0]
        assert "is the sandbox running?" in faults[0]

    def test_settings_that_are_not_known_yet_are_not_connected_with(self, engine: Engine) -> None:
        """At preview an explicit provider's profile may come out of a resource to be made."""
        assert engine.config_faults(profile=UNKNOWN, allowedAccountIds=json.dumps(["111111222222"])) == []
