"""Random pictures of two accounts, before and after a small change of their policies.

A picture is written down by what each thing's policy says, so that a change of one to three statements is
one of that writing: nothing where the thing is not there, no statements where it has no policy.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from hypothesis import strategies as st

from crossaccess.deployment.picture import Bucket, Group, Key, Picture, Policy, Principal
from crossaccess.policy.principal import PrincipalKind
from tests.compare.strategies import ANALYST, KEY, KMS, S3, STS, World, statements
from tests.decide.strategies import ALICE, BOB, CAROL, OWNER, REQUESTER, ROLE, ROOTS, Json

ETL: Final = f"arn:aws:iam::{REQUESTER}:role/etl"
MEMBER: Final = f"arn:aws:iam::{REQUESTER}:user/member"
"""A user of whom nothing is known but that the group has it."""

_OFTEN: Final = ("bucket", "bucket", "bucket", "boundary", "boundary")
"""What changes more often than the rest: what everybody meets, and what is seen for one user alone."""

Said: TypeAlias = tuple[Json, ...] | None
Written: TypeAlias = Mapping[str, Said]

_OF_PRINCIPALS: Final[Mapping[str, tuple[PrincipalKind, str, str, str]]] = {
    "bob": (PrincipalKind.USER, "/", "bob", REQUESTER),
    "carol": (PrincipalKind.USER, "/team/", "carol", REQUESTER),
    "alice": (PrincipalKind.USER, "/", "alice", OWNER),
    "etl": (PrincipalKind.ROLE, "/", "etl", REQUESTER),
    "analysts": (PrincipalKind.PERMISSION_SET, "/", "Analysts", REQUESTER),
}
KNOWN_AS: Final[Mapping[str, str]] = {
    "bob": BOB,
    "carol": CAROL,
    "alice": ALICE,
    "etl": ETL,
    "analysts": ANALYST,
    "role": ROLE,
    "group": MEMBER,
}
"""By the name of what is written: the principal of requests, of sessions their role."""
_RESOURCES: Final[Mapping[str, World]] = {"bucket": S3, "key": KMS, "trust": STS}

_ALL: Final[Json] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_OPEN: Final[Json] = {"Effect": "Allow", "Principal": {"AWS": [*ROOTS]}, "Action": "*", "Resource": "*"}
_PLAIN_OWN: Final[Sequence[Json]] = [
    _ALL,
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"},
    {"Effect": "Allow", "Action": ["sts:*", "kms:*"], "Resource": "*"},
]
_NAMES: Final[Sequence[object]] = ["*", *({"AWS": name} for name in (*ROOTS, BOB, ROLE, ALICE))]
_PLAIN_ACTIONS: Final[Mapping[str, Sequence[str]]] = {
    "s3": ["s3:*", "s3:GetObject", "s3:PutObject"],
    "kms": ["kms:*", "kms:Decrypt"],
    "sts": ["sts:*", "sts:AssumeRole"],
}


@st.composite
def _statement(draw: st.DrawFn, place: str) -> Json:
    """One that overlaps with others as often as not: plain, or without its conditions."""
    world = _RESOURCES.get(place)
    # A narrow boundary leaves nothing to see.
    how = draw(st.sampled_from([0, 0, 0, 1, 2]) if place == "boundary" else st.integers(0, 3))
    if how == 0:
        if world is None:
            return draw(st.sampled_from(_PLAIN_OWN))
        said: Json = {
            "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
            "Principal": draw(st.sampled_from(_NAMES)),
            "Action": draw(st.sampled_from(_PLAIN_ACTIONS[world.name])),
        }
        return said if world is STS else {**said, "Resource": "*"}
    if world is None:
        drawn = draw(statements(draw(st.sampled_from([S3, S3, STS, KMS])), own=False))
    else:
        drawn = draw(statements(world, own=True))
    if how == 1:
        drawn.pop("Condition", None)
    return drawn


@st.composite
def _grants(draw: st.DrawFn) -> Sequence[Json]:
    """Some of the objects for one of the principals each: several gains at once, none inside of another."""
    places = draw(st.lists(st.sampled_from(["a", "bob", "A"]), min_size=2, max_size=3, unique=True))
    return [
        {
            "Effect": "Allow",
            "Principal": draw(st.sampled_from(_NAMES)),
            "Action": draw(st.sampled_from(_PLAIN_ACTIONS["s3"])),
            "Resource": f"arn:aws:s3:::box/{place}/*",
        }
        for place in places
    ]


@st.composite
def _said(draw: st.DrawFn, place: str) -> Said:
    least = 1 if place in ("trust", "boundary") else 0
    return tuple(draw(st.lists(_statement(place), min_size=least, max_size=3)))


@st.composite
def written(draw: st.DrawFn) -> Written:
    """What stands in both accounts."""
    some = {
        "bucket": draw(st.sampled_from([True, True, True, False])),
        "key": draw(st.sampled_from([True, False, False])),
        "trust": draw(st.booleans()),
        "bob": True,
        "carol": draw(st.sampled_from([True, False, False])),
        "alice": draw(st.sampled_from([True, False, False])),
        "etl": draw(st.sampled_from([True, False, False])),
        "analysts": draw(st.sampled_from([True, False, False, False])),
        "boundary": draw(st.booleans()),
        "group": draw(st.sampled_from([True, False, False, False])),
    }
    places = {place: draw(_said(place)) if there else None for place, there in some.items()}
    places["role"] = draw(_said("role")) if some["trust"] else None
    return _opened(places) if draw(st.sampled_from([True, False, False])) else places


def _opened(places: Written) -> Written:
    """Both sides open at the bucket and at bob's: what changes elsewhere is seen in what he can do."""
    open_ = {"bucket": _OPEN, "bob": _ALL}
    return {
        place: said if said is None or place not in open_ else (*said, open_[place])
        for place, said in places.items()
    }


@st.composite
def edited(draw: st.DrawFn, before: Written) -> Written:  # noqa: C901 - a branch for each kind of edit
    """The same with one to three statements changed, added, taken away or moved, or with one thing gone."""
    after = dict(before)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([*_OFTEN, *after]))
        said = after[place]
        if said is None:
            if place != "role":
                after[place] = draw(_said(place))
            if place == "trust":
                after["role"] = draw(_said("role"))
            continue
        how = draw(st.sampled_from(["add", "add", "change", "change", "take", "take", "move", "gone"]))
        at = draw(st.integers(0, max(len(said) - 1, 0)))
        if how == "gone":
            after[place] = None
            if place in ("trust", "role"):
                after["trust"] = after["role"] = None
        elif how == "add":
            more = draw(_grants()) if place == "bucket" and draw(st.booleans()) else [draw(_statement(place))]
            after[place] = (*said[:at], *more, *said[at:])
        elif how == "move":
            after[place] = said[::-1]
        elif how == "change" and said:
            after[place] = (*said[:at], draw(_statement(place)), *said[at + 1 :])
        elif len(said) > 1 or place not in ("trust", "boundary"):
            after[place] = (*said[:at], *said[at + 1 :])
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePair:
    """Two pictures as they are written down, and what makes the requests that they are tried with."""

    before: Written
    after: Written
    seed: int

    @property
    def old(self) -> Picture:
        """The picture before."""
        return picture_of(self.before)

    @property
    def new(self) -> Picture:
        """The picture after."""
        return picture_of(self.after)

    @property
    def changed(self) -> tuple[str, ...]:
        """The callers whose own policies are others afterwards."""
        places = [place for place, said in self.before.items() if said != self.after[place]]
        return tuple(
            KNOWN_AS["bob" if place == "boundary" else place]
            for place in places
            if place == "boundary" or place in KNOWN_AS
        )


@st.composite
def picture_pairs(draw: st.DrawFn) -> PicturePair:
    """A picture, and the same after a change."""
    before = draw(written())
    return PicturePair(before=before, after=draw(edited(before)), seed=draw(st.integers(0, 2**32)))


def picture_of(places: Written) -> Picture:
    """What was written down, as a picture."""
    bucket, key, group = (places.get(place) for place in ("bucket", "key", "group"))
    shared = () if group is None else _policies("group", group)
    return Picture(
        buckets=()
        if bucket is None
        else (Bucket(name="box", account=OWNER, policy=_policy("bucket policy of box", bucket)),),
        keys=()
        if key is None
        else (
            Key(
                name="1234",
                arn=KEY,
                account=OWNER,
                region="eu-central-1",
                policy=_policy("key policy of 1234", key),
            ),
        ),
        principals=tuple(_principals(places, shared)),
        groups=() if group is None else (Group(name="readers", account=REQUESTER, policies=shared),),
    )


def _principals(places: Written, shared: tuple[Policy, ...]) -> Sequence[Principal]:
    found = []
    for place, (kind, path, name, account) in _OF_PRINCIPALS.items():
        said = places.get(place)
        if said is not None:
            boundary = places.get("boundary") if place == "bob" else None
            found.append(
                Principal(
                    kind=kind,
                    name=name,
                    path=path,
                    account=account,
                    # Carol is a member of the group where there is one.
                    policies=(*_policies(place, said), *(shared if place == "carol" else ())),
                    boundary=None if boundary is None else _policy("boundary of bob", boundary),
                )
            )
    trust = places.get("trust")
    if trust is not None:
        found.append(
            Principal(
                kind=PrincipalKind.ROLE,
                name="reader",
                path="/team/",
                account=OWNER,
                policies=_policies("role", places.get("role") or ()),
                trust=_policy("trust policy of reader", trust),
            )
        )
    return found


def _policies(place: str, said: tuple[Json, ...]) -> tuple[Policy, ...]:
    """One for each statement, as AWS takes them together anyway."""
    return tuple(
        policy
        for number, one in enumerate(said)
        if (policy := _policy(f"policy {number} of {place}", (one,))) is not None
    )


def _policy(name: str, said: tuple[Json, ...]) -> Policy | None:
    if not said:
        return None
    return Policy(name=name, text=json.dumps({"Version": "2012-10-17", "Statement": list(said)}))
