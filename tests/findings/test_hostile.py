"""What comes out of other accounts' files may be anything: nothing is stumbled over, nothing passed over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.deployment.picture import Policy
from crossaccess.findings.finding import Finding
from tests.support.comparisons import HOSTILE_TEXTS
from tests.support.found import (
    BOB,
    KEY,
    OWNER,
    URN,
    allow,
    bucket,
    found,
    grant,
    key,
    may,
    picture,
    policy,
    role,
    trusting,
    user,
)

_TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from(HOSTILE_TEXTS), st.sampled_from([BOB, KEY, OWNER, "*"])
)


@given(
    names=st.fixed_dictionaries(
        {},
        optional={
            "name": _TEXTS,
            "bucket": _TEXTS,
            "owner": _TEXTS,
            "account": _TEXTS,
            "partition": _TEXTS,
            "method": _TEXTS,
            "role_arn": _TEXTS,
            "principals": st.tuples(st.one_of(_TEXTS, _TEXTS.map("user/{}".format))),
            "actions": st.tuples(st.just("s3:GetObject"), _TEXTS),
            "prefixes": st.tuples(_TEXTS),
        },
    )
)
def test_a_handover_may_say_anything(names: dict[str, Any]) -> None:
    """Whoever owns the other account writes it."""
    looked_at = picture(
        bucket(allow({"AWS": BOB}), key=KEY), key(), role(trusting({"AWS": BOB})), user(may()), grant(**names)
    )
    assert all(isinstance(one, Finding) for one in found(looked_at))


@given(text=_TEXTS)
def test_names_may_be_anything(text: str) -> None:
    """Those of buckets, keys, principals, statements and whatever they say."""
    statement = allow({"AWS": text}, text, Resource=text, Sid=text, Condition={text: {text: text}})
    looked_at = picture(
        bucket(statement, name=text, account=text, key=text),
        key({**statement, "Principal": {"Service": text}}, name=text, arn=text),
        role(trusting({"AWS": [text]}, Sid=text), name=text, policies=[policy([may(text, text)], name=text)]),
        user(may(text, text), name=text, path=text),
        grant(bucket=text),
    )
    assert all(isinstance(one, Finding) for one in found(looked_at))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[" * 100_000,
        '{"Statement": {"Effect": "Allow"}}',
        '{"Statement": [], "Statement": []}',
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*"}]}',
    ],
)
def test_a_text_that_is_no_policy_is_told(text: str) -> None:
    """For a bucket, a key and a role: nobody knows whom they let in."""
    spoiled = Policy(name="a policy", text=text, source=URN)
    looked_at = picture(bucket(policy=spoiled), key(policy=spoiled), role(trust=spoiled))
    told = [one.about for one in found(looked_at) if one.rule.name == "resource-policy-unreadable"]
    assert sorted(told) == ["bucket lake", f"key {KEY.rpartition('/')[2]}", "role/reader"]
