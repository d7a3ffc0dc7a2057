"""Random policies of both sides, before and after a change, and requests that lie close to what they name.

Few names of each kind, so that statements overlap. A world is a service: its actions, its resources and the
condition keys that its requests carry.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hypothesis import strategies as st

from crossaccess.compare.callers import CallerClass, kinds_of_account, one_caller
from crossaccess.decide.caller import CallerKind
from crossaccess.policy.document import PolicyKind
from tests.decide.strategies import (
    ALICE,
    BOB,
    CAROL,
    KINDS,
    OWNER,
    REQUESTER,
    ROLE,
    ROOTS,
    SERVICE,
    SESSION,
    Json,
)
from tests.support.compared import State

ANALYST: Final = (
    f"arn:aws:iam::{REQUESTER}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Analysts_0123456789abcdef"
)
FRED, OWN_FRED = (f"arn:aws:sts::{account}:federated-user/fred" for account in (REQUESTER, OWNER))
OTHER_ROLE: Final = f"arn:aws:iam::{OWNER}:role/writer"
KEY: Final = f"arn:aws:kms:eu-central-1:{OWNER}:key/1234"
_ORGANIZATION: Final = ["o-one", "o-two"]

Operators = list[str]
Values = list[str]

_TEXT: Operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"]
_SETS: Operators = [
    f"{every}:{operator}"
    for every in ("ForAllValues", "ForAnyValue")
    for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
]

# The operators that fit a key, values for policies, and values of requests: none where they follow from
# the caller.
_COMMON: dict[str, tuple[Operators, Values, Values]] = {
    **{key: KINDS[key] for key in ("aws:SecureTransport", "aws:CurrentTime", "aws:SourceIp")},
    "aws:PrincipalArn": (
        [*KINDS["aws:PrincipalArn"][0], "ArnLike", "StringLike"],
        [
            *KINDS["aws:PrincipalArn"][1],
            ANALYST[:-16] + "?" * 16,
            f"arn:aws:iam::{OWNER}:role/*",
            "not an arn",
        ],
        [],
    ),
    "aws:PrincipalAccount": (_TEXT, [OWNER, REQUESTER, "1*"], []),
    "aws:PrincipalType": (_TEXT, ["User", "AssumedRole", "Acc*"], []),
    "aws:username": (
        [*_TEXT, "StringEqualsIgnoreCase"],
        ["bob", "c*", "BOB", "?????", "${aws:PrincipalTag/team}"],
        [],
    ),
    "aws:userid": (_TEXT, ["AIDABOB", "AROA*:run", "A*"], ["AIDABOB", "AROABOB:run", "AIDAB"]),
    "aws:PrincipalTag/team": (
        [*_TEXT, "StringNotEqualsIgnoreCase", "NumericLessThan", "BinaryEquals"],
        ["a", "a*", "A", "7", "YQ==", "${aws:username}", "${aws:PrincipalTag/team}"],
        ["a", "ab", "A", "bob"],
    ),
    "aws:PrincipalOrgID": (_TEXT, [*_ORGANIZATION, "o-*"], _ORGANIZATION),
    "aws:PrincipalOrgPaths": (_SETS, ["o-one/*", "o-one/r-1/", "*"], ["o-one/r-1/", "o-one/r-1/ou-2/"]),
    "aws:MultiFactorAuthPresent": (["Bool", "StringEquals"], ["true", "false"], ["true", "false"]),
    "aws:MultiFactorAuthAge": (
        ["NumericLessThan", "NumericGreaterThanEquals"],
        ["60", "3600"],
        ["10", "60", "7200"],
    ),
    "aws:SourceVpce": (_TEXT, ["vpce-1", "vpce-*", "vpc-1"], ["vpce-1", "vpce-2"]),
    "aws:SourceVpc": (_TEXT, ["vpc-1", "vpc-2"], ["vpc-1", "vpc-2"]),
    "aws:EpochTime": (
        ["NumericLessThan", "DateGreaterThan", "NumericEquals", "DateNotEquals"],
        ["1767225600", "1767225601"],
        [],
    ),
    "aws:ViaAWSService": (["Bool"], ["true", "false"], ["true", "false"]),
    "aws:PrincipalIsAWSService": (["Bool"], ["true", "false"], ["true", "false"]),
    "aws:RequestedRegion": (_TEXT, ["eu-central-1", "eu-*"], ["eu-central-1", "us-east-1"]),
}
_NOW: Final = ["2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-02-01T00:00:00Z"]
_EPOCHS: Final = ["1767139200", "1767225600", "1767225601", "1769904000"]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A service. `patterns` are for `Resource` elements; `own_patterns` those of the resource's policy."""

    name: str
    actions: Sequence[str] = field(repr=False)
    action_patterns: Sequence[str] = field(repr=False)
    targets: Sequence[str] = field(repr=False)
    whole: str = field(repr=False)
    patterns: Sequence[str] = field(repr=False)
    own_patterns: Sequence[str] | None = field(repr=False)
    kind: PolicyKind = field(repr=False)
    keys: Mapping[str, tuple[Operators, Values, Values]] = field(repr=False)


_BOX: Final = "arn:aws:s3:::box"

S3 = World(
    name="s3",
    actions=[
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutObjectTagging",
    ],
    action_patterns=["s3:GetObject", "s3:PutObject", "s3:Get*", "S3:*OBJECT", "s3:?utObject*", "s3:*", "*"],
    targets=[_BOX, f"{_BOX}/a/x", f"{_BOX}/bob/x", "arn:aws:s3:::b", f"{_BOX}/a:b", f"{_BOX}/A/x"],
    whole="arn:aws:s3:::*",
    patterns=[
        _BOX,
        f"{_BOX}/*",
        f"{_BOX}/a/*",
        "arn:aws:s3:::b??/*",
        "arn:aws:s3:::*",
        "*",
        f"{_BOX}*",
        "arn:aws:s3:::*/x",
        f"{_BOX}/a?b",
        "arn:aws:s3",
        f"{_BOX}/${{aws:username}}/*",
        f"{_BOX}/${{aws:PrincipalTag/team, 'a'}}/*",
        f"{_BOX}/${{aws:PrincipalAccount}}/*",
    ],
    own_patterns=None,
    kind=PolicyKind.RESOURCE,
    keys={
        **_COMMON,
        **{key: KINDS[key] for key in ("s3:prefix", "s3:max-keys")},
        "s3:x-amz-server-side-encryption": (_TEXT, ["aws:kms", "aws:*", "AES256"], ["aws:kms", "AES256"]),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ([*_TEXT, "ArnEquals"], [KEY, "*"], [KEY, "1234"]),
        "s3:x-amz-server-side-encryption-customer-algorithm": (_TEXT, ["AES256"], ["AES256"]),
        "s3:RequestObjectTagKeys": ([*_SETS, "StringEquals"], ["a", "b", "a*"], ["a", "ab", "b"]),
        "s3:TlsVersion": (
            ["NumericLessThan", "NumericGreaterThanEquals"],
            ["1.2", "1.3"],
            ["1.1", "1.2", "1.3"],
        ),
        "s3:ResourceAccount": (_TEXT, [OWNER, REQUESTER], []),
    },
)
STS = World(
    name="sts",
    actions=["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession"],
    action_patterns=["sts:AssumeRole", "sts:*", "*", "sts:TagSession", "STS:assume*"],
    targets=[ROLE],
    whole=ROLE,
    patterns=[
        "*",
        ROLE,
        f"arn:aws:iam::{OWNER}:role/*",
        f"arn:aws:iam::{OWNER}:role/${{aws:username}}/reader",
    ],
    own_patterns=(),
    kind=PolicyKind.TRUST,
    keys={
        **_COMMON,
        "sts:ExternalId": (_TEXT, ["one", "two", "t*"], ["one", "two"]),
        "sts:RoleSessionName": (_TEXT, ["run", "r*", "${aws:username}"], ["run", "bob", "carol"]),
        "aws:TagKeys": ([*_SETS, "StringEquals"], ["a", "b", "a*"], ["a", "ab", "b"]),
    },
)
KMS = World(
    name="kms",
    actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"],
    action_patterns=["kms:Decrypt", "kms:*", "*", "kms:GenerateDataKey*", "kms:Create*"],
    targets=[KEY],
    whole=KEY,
    patterns=[
        "*",
        KEY,
        f"arn:aws:kms:*:{OWNER}:key/*",
        f"arn:aws:kms:eu-central-1:{OWNER}:key/${{aws:username}}",
    ],
    own_patterns=("*", "*", KEY),
    kind=PolicyKind.RESOURCE,
    keys={
        **_COMMON,
        "kms:ViaService": (
            _TEXT,
            ["s3.eu-central-1.amazonaws.com", "s3.*"],
            ["s3.eu-central-1.amazonaws.com"],
        ),
        "kms:EncryptionContext:aws:s3:arn": ([*_TEXT, "ArnLike"], [_BOX, f"{_BOX}*"], [_BOX, f"{_BOX}/a"]),
        "kms:EncryptionContextKeys": (_SETS, ["aws:s3:arn", "a*"], ["aws:s3:arn", "b"]),
        "kms:GrantIsForAWSResource": (["Bool"], ["true", "false"], ["true", "false"]),
        "kms:GrantOperations": (_SETS, ["Decrypt", "*crypt"], ["Decrypt", "Encrypt"]),
    },
)

_NAMES: Final = [ALICE, BOB, CAROL, ROLE, SESSION, ANALYST, FRED, *ROOTS, OWNER, REQUESTER]
_PRINCIPALS: Final[list[object]] = [
    "*",
    "*",
    {"Service": SERVICE},
    {"AWS": ["AIDABOB"]},
    {"AWS": "AROABOB"},
    {"AWS": [BOB, "no principal"]},
    {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
]


def _lists(items: Sequence[str]) -> st.SearchStrategy[str | list[str]]:
    one = st.sampled_from(items)
    return one | st.lists(one, min_size=1, max_size=3, unique=True)


@st.composite
def conditions(draw: st.DrawFn, world: World) -> Json:
    """Up to three conditions, on several keys or on one key with several operators."""
    block: dict[str, dict[str, object]] = {}
    keys = st.sampled_from(list(world.keys))
    for key in draw(st.lists(keys, max_size=3)):
        operators, values, _given = world.keys[key]
        how = draw(st.integers(0, 11))
        if how == 0:
            block.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false"]))
        elif how == 1:
            block.setdefault("StringSimilar", {})[key] = values[0]
        else:
            operator = draw(st.sampled_from(operators)) + draw(st.sampled_from(["", "", "IfExists"]))
            block.setdefault(operator, {})[key] = draw(_lists(values))
    return dict(block)


@st.composite
def statements(draw: st.DrawFn, world: World, *, own: bool) -> Json:
    """One statement; `own` is one of the resource's policy, which names principals."""
    statement: Json = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if own:
        names = draw(st.sampled_from(_PRINCIPALS) | st.builds(lambda some: {"AWS": some}, _lists(_NAMES)))
        excepting = names != "*" and world.kind is PolicyKind.RESOURCE and draw(st.integers(0, 5)) == 0
        statement["NotPrincipal" if excepting else "Principal"] = names
    actions = "Action" if draw(st.integers(0, 4)) else "NotAction"
    statement[actions] = draw(_lists(world.action_patterns))
    patterns = world.own_patterns if own and world.own_patterns is not None else world.patterns
    if patterns:
        statement["Resource" if draw(st.integers(0, 4)) else "NotResource"] = draw(_lists(patterns))
    if block := draw(conditions(world)):
        statement["Condition"] = block
    return statement


@st.composite
def documents(draw: st.DrawFn, world: World, *, own: bool = False) -> Json:
    """A document of one to four statements."""
    listed = draw(st.lists(statements(world, own=own), min_size=1, max_size=4))
    return {"Version": draw(st.sampled_from(["2012-10-17"] * 4 + ["2008-10-17"])), "Statement": listed}


@st.composite
def states(draw: st.DrawFn, world: World) -> State:
    """The policies of both sides; there is a boundary now and then."""
    return State(
        identity=tuple(draw(st.lists(documents(world), max_size=2))),
        resource=draw(st.none() | documents(world, own=True)),
        boundary=(draw(documents(world)),) if draw(st.integers(0, 3)) == 0 else None,
        kind=world.kind,
    )


@st.composite
def changed(draw: st.DrawFn, state: State, world: World) -> State:
    """Another state: one of its own, or the first with a statement more, less or another."""
    how = draw(st.integers(0, 4))
    if how == 0 or state.resource is None:
        return draw(states(world))
    if how == 1:
        return State(
            identity=(*state.identity, draw(documents(world))),
            resource=state.resource,
            boundary=state.boundary,
            kind=state.kind,
        )
    listed = state.resource["Statement"]
    if not isinstance(listed, list):
        raise TypeError("a document has a list of statements")
    place = draw(st.integers(0, len(listed) - 1))
    put: list[Json] = [] if how == 2 and len(listed) > 1 else [draw(statements(world, own=True))]
    behind = listed[place:] if how == 3 else listed[place + 1 :]
    resource = {**state.resource, "Statement": [*listed[:place], *put, *behind]}
    return State(identity=state.identity, resource=resource, boundary=state.boundary, kind=state.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """A class of callers, and some of its members: the principals of requests, of sessions with the role."""

    caller: CallerClass
    members: Sequence[tuple[str, str | None]]


def _session_of(role: str, name: str) -> tuple[str, str | None]:
    account, short = role.split(":")[4], role.rpartition("/")[2]
    return f"arn:aws:sts::{account}:assumed-role/{short}/{name}", role


_MEMBERS: Final[list[tuple[str, str | None]]] = [
    (ALICE, None),
    (f"arn:aws:iam::{OWNER}:user/team/bob", None),
    (BOB, None),
    (CAROL, None),
    *((root, None) for root in ROOTS),
    (FRED, None),
    (OWN_FRED, None),
    *(_session_of(role, name) for role in (ROLE, OTHER_ROLE, ANALYST) for name in ("run", "other")),
]


def _single() -> Sequence[Callers]:
    found = [
        Callers(caller=one_caller(name), members=[(name, role)]) for name, role in _MEMBERS if role is None
    ]
    found += [
        Callers(caller=one_caller(role), members=[_session_of(role, name) for name in ("run", "other")])
        for role in (ROLE, OTHER_ROLE, ANALYST)
    ]
    return found


def _classes() -> Sequence[Callers]:
    found = []
    for caller in (one for account in (OWNER, REQUESTER) for one in kinds_of_account(account, "aws")):
        members = [
            (name, role)
            for name, role in _MEMBERS
            if _kind(name) is caller.kind and f"::{caller.account}:" in name
        ]
        found.append(Callers(caller=caller, members=members))
    return found


def _kind(name: str) -> CallerKind:
    return CallerKind.SESSION if ":assumed-role/" in name else one_caller(name).kind


SINGLE: Final = _single()
CLASSES: Final = _classes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A change of the policies of both sides, and whom it is looked at for."""

    world: World
    callers: Callers
    action: str
    old: State
    new: State
    seed: int


@st.composite
def pairs(draw: st.DrawFn, *, whole_classes: bool) -> Pair:
    """Two states, for one caller or for a whole class of them."""
    world = draw(st.sampled_from([S3, S3, S3, STS, KMS]))
    old = draw(states(world))
    return Pair(
        world=world,
        callers=draw(st.sampled_from(CLASSES if whole_classes else SINGLE)),
        action=draw(st.sampled_from(list(world.actions))),
        old=old,
        new=draw(changed(old, world)),
        seed=draw(st.integers(0, 2**32)),
    )


def context_of(world: World, chance: random.Random) -> dict[str, tuple[str, ...]]:
    """Values for some of a world's keys, in which those that hang together agree."""
    told: dict[str, tuple[str, ...]] = {}
    told_keys = [key for key, (_operators, _values, given) in world.keys.items() if given]
    for key in chance.sample(told_keys, chance.randint(0, 9)):
        given = world.keys[key][2]
        several = key.endswith(("Keys", "Paths", "Operations"))
        told[key] = tuple(chance.sample(given, chance.randint(1, 2 if several else 1)))
    moment = chance.randrange(len(_NOW))
    told["aws:CurrentTime"], told["aws:EpochTime"] = (_NOW[moment],), (_EPOCHS[moment],)
    told.setdefault("aws:SecureTransport", (chance.choice(["true", "false"]),))
    return agreeing(told, chance)


def agreeing(told: Mapping[str, tuple[str, ...]], chance: random.Random) -> dict[str, tuple[str, ...]]:
    """The same context with the keys that others call for, and without those that they rule out."""
    made = dict(told)
    if "aws:SourceVpce" in made or "aws:SourceVpc" in made:
        made |= {"aws:SourceVpce": made.get("aws:SourceVpce", ("vpce-1",)), "aws:VpcSourceIp": ("10.0.0.1",)}
        made.setdefault("aws:SourceVpc", ("vpc-1",))
        made.pop("aws:SourceIp", None)
    if "aws:MultiFactorAuthAge" in made:
        made["aws:MultiFactorAuthPresent"] = ("true",)
    if "aws:PrincipalOrgPaths" in made:
        # A principal is in one organization, with which all of its places begin.
        made["aws:PrincipalOrgID"] = (made["aws:PrincipalOrgPaths"][0].partition("/")[0],)
    elif "aws:PrincipalOrgID" in made:
        made["aws:PrincipalOrgPaths"] = (f"{made['aws:PrincipalOrgID'][0]}/r-1/",)
    key, header = "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption"
    if key in made:
        made[header] = ("aws:kms",)
    if header in made:
        made.pop("s3:x-amz-server-side-encryption-customer-algorithm", None)
    if "aws:MultiFactorAuthPresent" not in made and chance.random() < 0.3:
        made["aws:MultiFactorAuthPresent"] = ("false",)
    return made
