"""How full policies are."""

from tests.support.found import (
    LAKE,
    OTHER_URN,
    found,
    may,
    names,
    picture,
    policy,
    user,
)


def test_inline_policies_of_one_principal_count_together() -> None:
    """IAM counts them so, and managed ones each for itself."""
    statement = may(resource=[f"{LAKE}/prefix-{number:03}-of-some-length/*" for number in range(20)])
    inline = [
        policy([statement], name=f"inline policy {one} of user/bob", source=f"{OTHER_URN}{one}")
        for one in "ab"
    ]
    managed = [policy([statement], name=f"policy {one} of user/bob", arn=f"arn:{one}") for one in "ab"]
    assert names(picture(user(policies=inline))) == {"too-large"}
    assert names(picture(user(policies=inline[:1]))) == set()
    assert names(picture(user(policies=managed))) == set()


def test_a_folders_policy_may_be_inline() -> None:
    """A document on its own does not tell."""
    large = policy([may(resource=[f"{LAKE}/{number:05}-of-some-length/*" for number in range(160)])])
    (one,) = found(picture(user(policies=[large])))
    assert (one.rule.name, one.certain) == ("too-large", False)
