"""What the provider takes, refuses, fills in and replaces, whatever the resource type."""

import asyncio
import json
import re
from typing import Any, TypeAlias

import boto3
import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import CreateRequest, GetSchemaRequest, ReadRequest

from sandbox.provider.errors import StandInError
from sandbox.provider.registry import RESOURCE_TYPES
from sandbox.provider.values import UNKNOWN

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"

DOCUMENT = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
})  # fmt: skip
TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "112233445566"}, "Action": "sts:AssumeRole"}],
})  # fmt: skip


class TestRefusals:
    """Nothing that the stand-in does not know passes in silence."""

    def test_an_unknown_type_is_refused_with_what_is_known(self, engine: Engine) -> None:
        """The message says that this is a stand-in."""
        (fault,) = engine.faults("aws:s3/bucketAcl:BucketAcl", {"bucket": "b"})
        assert "stand-in for the aws provider does not know the type aws:s3/bucketAcl:BucketAcl" in fault
        assert all(token in fault for token in RESOURCE_TYPES)

    def test_an_unknown_property_is_refused_with_what_is_known(self, engine: Engine) -> None:
        """The message names property, type, stand-in and the properties that there are."""
        (fault,) = engine.faults(BUCKET, {"bucket": "bucket-one", "acl": "private"})
        assert fault.startswith(f"acl of {BUCKET} is not known to the sandbox's stand-in")
        assert "forceDestroy" in fault

    def test_an_unknown_property_deep_inside_is_refused_with_its_path(self, engine: Engine) -> None:
        """Objects in lists are held to their fields too."""
        rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "color": "red"}}
        (fault,) = engine.faults(ENCRYPTION, {"bucket": "b", "rules": [rule]})
        assert fault.startswith("rules[0].applyServerSideEncryptionByDefault.color of")

    def test_every_fault_of_a_resource_is_told_at_once(self, engine: Engine) -> None:
        """One preview is enough to mend all."""
        faults = engine.faults(
            ROLE, {"name": "x" * 65, "assumeRolePolicy": "{", "maxSessionDuration": "long"}
        )
        assert sorted(fault.split(" of ")[0] for fault in faults) == [
            "assumeRolePolicy",
            "maxSessionDuration",
            "name",
        ]

    @pytest.mark.parametrize(
        ("token", "inputs", "part"),
        [
            (BUCKET_POLICY, {"bucket": "b"}, "policy of"),
            (
                OWNERSHIP,
                {"bucket": "b", "rule": {"objectOwnership": "Nobody"}},
                "must be one of BucketOwnerEnforced",
            ),
            (OWNERSHIP, {"bucket": "b", "rule": "x"}, "must be an object"),
            (ENCRYPTION, {"bucket": "b", "rules": {}}, "must be a list of objects"),
            (ENCRYPTION, {"bucket": "b", "rules": ["x"]}, "rules[0]"),
            (BUCKET, {"bucket": "Upper"}, "must match"),
            (BUCKET, {"bucket": "bucket-one", "forceDestroy": "yes"}, "must be true or false"),
            (BUCKET, {"bucket": "bucket-one", "tags": {"a": 1}}, "must be a map of strings"),
            (ROLE, {"name": "r", "assumeRolePolicy": TRUST, "path": "team"}, "path of"),
        ],
    )
    def test_a_wrong_value_is_refused(
        self, engine: Engine, token: str, inputs: dict[str, object], part: str
    ) -> None:
        """Each is one fault that names the property."""
        (fault,) = engine.faults(token, inputs)
        assert part in fault

    def test_an_automatic_name_that_is_too_long_is_refused_at_preview(self, engine: Engine) -> None:
        """A role's name has at most 64 characters, the suffix included."""
        _, faults = engine.raw_check(ROLE, {"assumeRolePolicy": TRUST}, name="r" * 60)
        assert [fault.split(" of ")[0] for fault in faults] == ["name"]

    def test_a_refusal_never_shows_the_value(self, engine: Engine) -> None:
        """The value may be a secret."""
        (fault,) = engine.faults(BUCKET, {"bucket": PropertyValue("Hush_Hush", is_secret=True)})
        assert "Hush" not in fault

    def test_an_unknown_function_or_argument_is_refused(self, engine: Engine) -> None:
        """Functions are held to what is known, as types are."""
        with pytest.raises(
            StandInError, match=r"stand-in .* does not know the function aws:s3/getBucket:getBucket"
        ):
            engine.invoke("aws:s3/getBucket:getBucket", bucket="b")
        with pytest.raises(StandInError, match="does not know the argument endpoint"):
            engine.invoke("aws:index/getRegion:getRegion", endpoint="x")

    def test_an_unknown_type_in_an_old_state_is_refused_too(self, engine: Engine) -> None:
        """A state written by the real provider may hold one."""
        with pytest.raises(StandInError, match="does not know the type aws:s3/bucketAcl:BucketAcl"):
            engine.delete("aws:s3/bucketAcl:BucketAcl", "id")

    def test_a_provider_that_is_not_configured_touches_nothing(self, fresh_engine: Engine) -> None:
        """Without credentials there is no account to act in."""
        with pytest.raises(StandInError, match="not configured"):
            fresh_engine.check(BUCKET, {"bucket": "bucket-one"})


class TestCheck:
    """What `check` adds to the inputs."""

    def test_defaults_and_region_are_filled_in_as_the_real_provider_does(self, engine: Engine) -> None:
        """The preview shows them."""
        assert engine.check(BUCKET, {"bucket": "bucket-one"}) == {
            "bucket": "bucket-one",
            "forceDestroy": False,
            "region": "us-east-1",
        }
        assert engine.check(ROLE, {"name": "r", "assumeRolePolicy": TRUST}) == {
            "assumeRolePolicy": TRUST,
            "forceDetachPolicies": False,
            "maxSessionDuration": 3600,
            "name": "r",
            "path": "/",
        }

    def test_a_resource_without_a_name_gets_its_own_and_seven_digits(self, engine: Engine) -> None:
        """The suffix follows the engine's seed, so preview and update can agree."""
        inputs = engine.check(BUCKET, {}, name="reports")
        assert re.fullmatch(r"reports-[0-9a-f]{7}", inputs["bucket"])
        assert engine.check(BUCKET, {}, name="reports") == inputs

    def test_an_automatic_name_is_kept_and_an_explicit_one_given_up_is_not(self, engine: Engine) -> None:
        """Only a name of the automatic form can have been automatic."""
        assert (
            engine.check(BUCKET, {}, name="reports", old={"bucket": "reports-0123456"})["bucket"]
            == "reports-0123456"
        )
        assert engine.check(BUCKET, {}, name="reports", old={"bucket": "mine"})["bucket"] != "mine"

    def test_a_policy_as_an_object_becomes_text(self, engine: Engine) -> None:
        """The SDK lets a program give a policy as an object."""
        inputs = engine.check(ROLE, {"name": "r", "assumeRolePolicy": json.loads(TRUST)})
        assert json.loads(inputs["assumeRolePolicy"]) == json.loads(TRUST)

    def test_a_policy_as_an_object_with_an_unknown_inside_is_wholly_unknown(self, engine: Engine) -> None:
        """A text of which one part is unknown cannot be shown."""
        policy = {"Version": "2012-10-17", "Statement": [{"Resource": UNKNOWN}]}
        assert engine.check(BUCKET_POLICY, {"bucket": UNKNOWN, "policy": policy})["policy"] == UNKNOWN

    def test_a_policy_written_out_differently_keeps_its_old_text(self, engine: Engine) -> None:
        """So the engine, which compares inputs, sees no change."""
        pretty = json.dumps(json.loads(TRUST), indent=4)
        inputs = engine.check(
            ROLE, {"name": "r", "assumeRolePolicy": pretty}, old={"assumeRolePolicy": TRUST}
        )
        assert inputs["assumeRolePolicy"] == TRUST

    def test_a_policy_with_another_meaning_is_taken_as_it_is(self, engine: Engine) -> None:
        """A real change must reach the engine."""
        other = TRUST.replace("112233445566", "111111222222")
        inputs = engine.check(ROLE, {"name": "r", "assumeRolePolicy": other}, old={"assumeRolePolicy": TRUST})
        assert inputs["assumeRolePolicy"] == other

    def test_default_tags_join_the_resources_own_which_win(self, fresh_engine: Engine) -> None:
        """The provider's defaultTags are on every resource that bears tags."""
        fresh_engine.configure(profile="account-b", defaultTags='{"tags": {"owner": "me", "env": "dev"}}')
        inputs = fresh_engine.check(BUCKET, {"bucket": "bucket-one", "tags": {"env": "prod"}})
        assert inputs["tags"] == {"owner": "me", "env": "prod"}
        assert "tags" not in fresh_engine.check(BLOCK, {"bucket": "bucket-one"})

    def test_unknown_values_pass_every_check(self, engine: Engine) -> None:
        """At preview any value may be one that only the deployment can tell."""
        inputs = engine.check(
            ENCRYPTION,
            {"bucket": UNKNOWN, "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": UNKNOWN}}]},
        )
        assert inputs["bucket"] == UNKNOWN


class TestDiff:
    """The engine finds changes; the provider says which of them need a new resource."""

    @pytest.mark.parametrize(
        ("token", "inputs", "change"),
        [
            (BUCKET, {"bucket": "bucket-one"}, {"bucket": "bucket-two"}),
            (BUCKET, {"bucket": "bucket-one"}, {"region": "eu-central-1"}),
            (BUCKET, {"bucket": "bucket-one"}, {"objectLockEnabled": True}),
            (BLOCK, {"bucket": "bucket-one"}, {"bucket": "bucket-two"}),
            (ROLE, {"name": "r", "assumeRolePolicy": TRUST}, {"name": "s"}),
            (ROLE, {"name": "r", "assumeRolePolicy": TRUST}, {"path": "/team/"}),
            (ROLE_POLICY, {"name": "p", "role": "r", "policy": DOCUMENT}, {"role": "s"}),
            (ROLE_POLICY, {"name": "p", "role": "r", "policy": DOCUMENT}, {"name": "q"}),
            (POLICY, {"name": "p", "policy": DOCUMENT}, {"name": "q"}),
            (POLICY, {"name": "p", "policy": DOCUMENT}, {"path": "/team/"}),
            (POLICY, {"name": "p", "policy": DOCUMENT}, {"description": "new"}),
            (USER_ATTACHMENT, {"user": "bob", "policyArn": "arn:a"}, {"user": "carol"}),
            (USER_ATTACHMENT, {"user": "bob", "policyArn": "arn:a"}, {"policyArn": UNKNOWN}),
        ],
    )
    def test_what_aws_cannot_change_replaces(
        self, engine: Engine, token: str, inputs: dict[str, object], change: dict[str, object]
    ) -> None:
        """Exactly the changed property is named."""
        state = engine.check(token, inputs)
        assert engine.diff(token, state, {**inputs, **change}).replaces == list(change)

    @pytest.mark.parametrize(
        ("token", "inputs", "change"),
        [
            (BUCKET, {"bucket": "bucket-one"}, {"forceDestroy": True, "tags": {"a": "b"}}),
            (BUCKET, {"bucket": "bucket-one"}, {"objectLockEnabled": False}),
            (BLOCK, {"bucket": "bucket-one"}, {"blockPublicAcls": True}),
            (BUCKET_POLICY, {"bucket": "bucket-one", "policy": DOCUMENT}, {"policy": TRUST}),
            (
                ROLE,
                {"name": "r", "assumeRolePolicy": TRUST},
                {"maxSessionDuration": 7200, "description": "d"},
            ),
            (POLICY, {"name": "p", "policy": DOCUMENT}, {"policy": TRUST, "tags": {"a": "b"}}),
        ],
    )
    def test_what_aws_can_change_does_not_replace(
        self, engine: Engine, token: str, inputs: dict[str, object], change: dict[str, object]
    ) -> None:
        """The engine is left to find the change: an answer of "no change" would hide it."""
        answer = engine.diff(token, engine.check(token, inputs), {**inputs, **change})
        assert answer.replaces == []
        assert answer.changes is None

    def test_the_old_goes_first_where_both_would_bear_one_explicit_name(self, engine: Engine) -> None:
        """AWS takes no second role of that name, though its path is another."""
        inputs = {"name": "r", "assumeRolePolicy": TRUST}
        state = engine.check(ROLE, inputs)
        assert engine.diff(ROLE, state, {**inputs, "path": "/team/"}).delete_before_replace
        assert not engine.diff(ROLE, state, {**inputs, "name": "s"}).delete_before_replace

    def test_the_new_comes_first_where_the_name_is_automatic(self, engine: Engine) -> None:
        """The engine asks for a new automatic name for the replacement."""
        state = engine.check(ROLE, {"assumeRolePolicy": TRUST}, name="thing")
        answer = engine.diff(ROLE, state, {"assumeRolePolicy": TRUST, "path": "/team/"})
        assert answer.replaces == ["path"]
        assert not answer.delete_before_replace


class TestPreview:
    """A preview shows what is known and makes nothing."""

    def test_a_new_resource_shows_its_inputs_and_leaves_the_rest_unknown(
        self, engine: Engine, aws: boto3.Session
    ) -> None:
        """As with the real provider, even an ARN that could be guessed is unknown."""
        state = engine.preview_create(ROLE, {"name": "r", "assumeRolePolicy": TRUST})
        assert state["name"] == "r"
        assert state["arn"] == state["uniqueId"] == UNKNOWN
        assert aws.client("iam").list_roles()["Roles"] == []

    def test_a_change_keeps_what_stays_known(self, engine: Engine) -> None:
        """An update changes no ARN, so what depends on it shows no change."""
        inputs = {"name": "r", "assumeRolePolicy": TRUST}
        identifier, state = engine.create(ROLE, inputs)
        shown = engine.update(ROLE, identifier, state, {**inputs, "tags": {"a": "b"}}, preview=True)
        assert shown["arn"] == state["arn"]
        assert shown["tagsAll"] == {"a": "b"}
        read = engine.read(ROLE, identifier)
        assert read is not None
        assert read[1]["tags"] == {}


class TestSecrets:
    """What comes in secret goes out secret, wherever it turns up."""

    def test_a_secret_tag_is_secret_under_both_names_and_after_a_refresh(self, engine: Engine) -> None:
        """`tagsAll` repeats what `tags` says; an ordinary property stays readable."""
        secret = PropertyValue({"key": PropertyValue("hush", is_secret=True)})
        checked, _ = engine.raw_check(BUCKET, {"bucket": "bucket-one", "tags": secret})
        assert checked["tags"].contains_secret()
        urn = f"urn:pulumi:s::p::{BUCKET}::b"
        made = asyncio.run(engine.provider.create(CreateRequest(urn, checked, 0.0, preview=False))).properties
        for name in ("tags", "tagsAll"):
            assert made[name].contains_secret()
        assert not made["arn"].contains_secret()
        read = asyncio.run(engine.provider.read(ReadRequest(urn, "bucket-one", made, checked))).properties
        assert read["tags"].contains_secret()
        assert read["tagsAll"].contains_secret()

    def test_a_secret_policy_stays_secret_when_it_was_edited_by_hand(
        self, engine: Engine, aws: boto3.Session
    ) -> None:
        """A refresh reads another text, which may hold the same secret."""
        checked, _ = engine.raw_check(
            POLICY, {"name": "p", "policy": PropertyValue(DOCUMENT, is_secret=True)}
        )
        urn = f"urn:pulumi:s::p::{POLICY}::p"
        made = asyncio.run(engine.provider.create(CreateRequest(urn, checked, 0.0, preview=False))).properties
        arn = "arn:aws:iam::112233445566:policy/p"
        other = DOCUMENT.replace("GetObject", "PutObject")
        aws.client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=other, SetAsDefault=True)
        read = asyncio.run(engine.provider.read(ReadRequest(urn, arn, made, checked))).properties
        assert read["policy"].is_secret
        assert read["policy"].value != DOCUMENT


class TestInvokes:
    """The functions of the provider."""

    def test_the_caller_is_who_sts_says(self, engine: Engine) -> None:
        """Account, ARN and user id of the profile's user."""
        answer = engine.invoke("aws:index/getCallerIdentity:getCallerIdentity")
        assert answer["accountId"] == answer["id"] == "112233445566"
        assert answer["arn"] == "arn:aws:iam::112233445566:user/admin"
        assert answer["userId"]

    @pytest.mark.parametrize(
        ("region", "partition", "suffix", "reverse"),
        [
            ("us-east-1", "aws", "amazonaws.com", "com.amazonaws"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
            ("eu-unheard-9", "aws", "amazonaws.com", "com.amazonaws"),
        ],
    )
    def test_the_partition_follows_the_region(
        self, fresh_engine: Engine, region: str, partition: str, suffix: str, reverse: str
    ) -> None:
        """ARNs and host names depend on it."""
        skips = {"skipCredentialsValidation": "true", "skipRequestingAccountId": "true"}
        fresh_engine.configure(profile="account-b", region=region, **skips)
        assert fresh_engine.invoke("aws:index/getPartition:getPartition") == {
            "partition": partition,
            "id": partition,
            "dnsSuffix": suffix,
            "reverseDnsPrefix": reverse,
        }

    def test_the_region_is_the_providers_or_the_one_asked_for(self, engine: Engine) -> None:
        """With AWS's own description."""
        assert engine.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
        other = engine.invoke("aws:index/getRegion:getRegion", region="eu-central-1")
        assert (other["name"], other["description"]) == ("eu-central-1", "Europe (Frankfurt)")
        assert other["endpoint"] == "ec2.eu-central-1.amazonaws.com"

    def test_a_region_that_does_not_exist_is_an_error(self, engine: Engine) -> None:
        """A misspelt Region is not taken on trust."""
        with pytest.raises(StandInError, match="no Region eu-nowhere-1"):
            engine.invoke("aws:index/getRegion:getRegion", region="eu-nowhere-1")


def test_the_schema_says_that_it_is_a_stand_in_and_lists_what_it_knows(engine: Engine) -> None:
    """`pulumi package get-schema aws` in the sandbox must not look like the real provider's."""
    schema = json.loads(asyncio.run(engine.provider.get_schema(GetSchemaRequest(0))).schema or "")
    assert "stand-in" in schema["description"]
    assert schema["resources"].keys() == RESOURCE_TYPES.keys()
    assert schema["resources"][ROLE]["requiredInputs"] == ["assumeRolePolicy"]
    assert schema["resources"][ROLE]["inputProperties"]["path"]["willReplaceOnChanges"]
