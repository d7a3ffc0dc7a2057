"""What a requester's stack is told, in each way that a person may get it wrong."""

import json

import pytest

from components.errors import InputError
from components.requester_settings import RequesterSettings, TakenFrom
from components.settings import parse_settings
from crossaccess.policy.new_principal import MAKE, NewPrincipal
from crossaccess.policy.principal import Principal, PrincipalKind

DEVS = Principal(kind=PrincipalKind.GROUP, name="devs")
APP = Principal(kind=PrincipalKind.ROLE, name="app", path="/apps/")


def read(**values: object) -> RequesterSettings:
    """The settings out of values as a stack file has them."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    settings = parse_settings({"side": "requester", **texts})
    assert isinstance(settings, RequesterSettings)
    return settings


def faults(**values: object) -> list[str]:
    """What is told about them, line by line."""
    with pytest.raises(InputError) as raised:
        read(**values)
    return [line.removeprefix("  - ") for line in str(raised.value).splitlines()[1:]]


def test_one_owner_is_said_in_keys_of_the_stack() -> None:
    """The short form, for the usual case."""
    settings = read(ownerStack="account-a", onlyGrants=["a-grant"], attachTo={"a-grant": ["group/devs"]})
    owner = TakenFrom(stack="account-a", only_grants=("a-grant",), attach_to={"a-grant": (DEVS,)})
    assert settings == RequesterSettings(owners=(owner,))


@pytest.mark.parametrize("name", ["2024", "true", "null"])
def test_a_stacks_name_that_looks_like_another_value_is_a_name(name: str) -> None:
    """The engine hands texts over without their quotes."""
    assert read(ownerStack=name).owners == (TakenFrom(stack=name),)


def test_several_owners_are_a_list_of_names_or_of_what_is_said_of_each() -> None:
    """Whatever is said of one owner can be said of each."""
    said = {"stack": "acme/lake/prod", "onlyGrants": ["b-grant"], "attachTo": {"b-grant": ["role/apps/app"]}}
    settings = read(ownerStacks=["account-a", said])
    assert settings.owners == (
        TakenFrom(stack="account-a"),
        TakenFrom(stack="acme/lake/prod", only_grants=("b-grant",), attach_to={"b-grant": (APP,)}),
    )


def test_what_is_made_and_where_the_account_is_are_read() -> None:
    """A path may end with a slash, as AWS's own console writes it."""
    create = [{"principal": "role/apps/app", "assumedBy": ["account"], "permissionsBoundary": "make"}]
    settings = read(ownerStack="a", organization="o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", create=create)
    assert settings.organization == "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
    everyone = Principal(kind=PrincipalKind.ACCOUNT)
    assert settings.create == (NewPrincipal(principal=APP, assumed_by=(everyone,), boundary=MAKE),)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "crossaccess:ownerStack is missing or empty: name the owner's stack, such as account-a"),
        ({"ownerStacks": []}, "crossaccess:ownerStacks is an empty list: name at least one"),
        ({"ownerStacks": "account-a"}, "crossaccess:ownerStacks is 'account-a': write a list"),
        ({"ownerStacks": ["a b"]}, "crossaccess:ownerStacks[0] is 'a b': name the owner's stack"),
        ({"ownerStacks": [7]}, "crossaccess:ownerStacks[0] is 7 (a number): quote it"),
        ({"ownerStacks": ["a", "a"]}, "crossaccess:ownerStacks[1] is 'a': it stands there twice"),
        (
            {"ownerStacks": ["a", {"stack": "a", "onlyGrants": ["x"]}]},
            "crossaccess:ownerStacks[1] is the stack 'a': crossaccess:ownerStacks[0] names it, too",
        ),
        ({"ownerStacks": [{}]}, "crossaccess:ownerStacks[0].stack is missing or empty"),
        (
            {"ownerStacks": [{"stack": "a", "only": []}]},
            "crossaccess:ownerStacks[0].only is no key that is known here",
        ),
        (
            {"ownerStacks": [{"stack": "a", "onlyGrants": ["X"]}]},
            "crossaccess:ownerStacks[0].onlyGrants[0] is 'X': a name is",
        ),
        (
            {"ownerStacks": ["a"], "onlyGrants": ["x"]},
            "crossaccess:onlyGrants stands beside ownerStacks: write it into the owner's entry there",
        ),
        (
            {"ownerStacks": ["a"], "ownerStack": "a"},
            "crossaccess:ownerStack stands beside ownerStacks: write it into the owner's entry",
        ),
        (
            {"ownerStack": "a", "attachTo": ["group/devs"]},
            "crossaccess:attachTo is a list: write a mapping of grants to principals",
        ),
        ({"ownerStack": "a", "attachTo": {"A": ["user/bob"]}}, "crossaccess:attachTo.A is 'A': a name is"),
        (
            {"ownerStack": "a", "attachTo": {"x": "user/bob"}},
            "crossaccess:attachTo.x is 'user/bob': write a list, such as [group/analysts]",
        ),
        ({"ownerStack": "a", "attachTo": {"x": []}}, "crossaccess:attachTo.x is an empty list"),
        (
            {"ownerStack": "a", "attachTo": {"x": ["user/*"]}},
            "crossaccess:attachTo.x[0] is 'user/*': no wildcards",
        ),
        (
            {"ownerStack": "a", "attachTo": {"x": ["account"]}},
            "crossaccess:attachTo.x[0] is 'account': a princ",
        ),
        ({"ownerStack": "a", "organization": "acme"}, "crossaccess:organization is 'acme': write the organi"),
        ({"ownerStack": "a", "create": "user/bob"}, "crossaccess:create is 'user/bob': write a list"),
        (
            {"ownerStack": "a", "create": [{"principal": "user/bob", "assumedBy": ["account"]}]},
            "crossaccess:create[0].assumedBy is a list: take it out: a user has none",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_its_mend(values: dict[str, object], told: str) -> None:
    """One line, under the key's full name."""
    (line,) = faults(**values)
    assert told in line


def test_a_hostile_key_cannot_write_into_the_message() -> None:
    """Names of keys are shown as they stand only where they are plain."""
    lines = faults(ownerStack="a", attachTo={"x\nall is well": ["user/bob"]})
    assert len(lines) == 1
