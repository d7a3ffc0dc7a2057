"""Random grants as people write them, with what both sides make of them and what is asked of both."""

import dataclasses
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import reject
from hypothesis import strategies as st

from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket
from crossaccess.policy.read_grant import read_grants
from tests.support.both_sides import BUCKET, KEY, BothSides, deployed
from tests.support.cast import (
    INNER_UNIT,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    REQUESTER,
    SIBLING,
    UNIT,
)
from tests.support.meaning import Choice, Meaning, Question
from tests.support.questions import question

PREFIXES = ("a/", "a/b/", "ab/", "a-b/", "a:b/", "b a/")
ENDPOINTS = ("vpce-0a1b2c3d4e5f60718", "vpce-0a1b2c3d4e5f60719")
_people = st.lists(
    st.sampled_from(
        [
            "user/bob",
            "user/bob",
            "user/team/carol",
            "role/etl/loader",
            "role/reader",
            "permission-set/Data",
            "permission-set/Data_Team",
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
_organizations = st.sampled_from(
    [
        [f"organization/{ORGANIZATION}"],
        [f"organization/{OTHER_ORGANIZATION}", f"organization/{ORGANIZATION}"],
        [f"organizational-unit/{UNIT}"],
        [f"organizational-unit/{INNER_UNIT}", f"organizational-unit/{UNIT}"],
        [f"organizational-unit/{UNIT}", f"organization/{OTHER_ORGANIZATION}"],
        [
            f"organizational-unit/{INNER_UNIT}",
            f"organizational-unit/{OTHER_ORGANIZATION}/r-ab12/ou-ab12-11111111",
        ],
    ]
)
_principals = st.one_of(
    _people,
    _people,
    st.just(["account"]),
    _organizations,
    st.tuples(_people, _organizations).map(lambda both: both[0] + both[1]),
    _organizations.map(lambda them: ["account", *them]),
)
_rarely = st.integers(0, 3).map(lambda number: number == 0)


@st.composite
def _conditions(draw: st.DrawFn, *, principals: Sequence[str], by_role: bool) -> dict[str, object]:
    """Such conditions as AWS offers for the method and the principals."""
    found: dict[str, object] = {}
    kinds = {one.partition("/")[0] for one in principals}
    # Role sessions tell of no MFA, and a bucket's policy hears of it from users only.
    if not kinds & {"role", "permission-set"} and (by_role or kinds == {"user"}) and draw(_rarely):
        found["mfa"] = draw(st.sampled_from([True, {"maxAgeSeconds": 60}, {"maxAgeSeconds": 3600}]))
    if draw(_rarely):
        networks = ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32"]
        found["sourceIp"] = draw(st.lists(st.sampled_from(networks), min_size=1, max_size=2, unique=True))
    if draw(_rarely):
        found["vpcEndpoints"] = {"s3": [ENDPOINTS[0]]}
        if by_role and draw(st.booleans()):
            found["vpcEndpoints"] = {"s3": [ENDPOINTS[0]], "sts": [ENDPOINTS[1]]}
    if not kinds & {"organization", "organizational-unit"} and draw(_rarely):
        found["organization"] = draw(st.sampled_from([ORGANIZATION, ORGANIZATION, OTHER_ORGANIZATION]))
    if draw(_rarely):
        found["expires"] = draw(
            st.sampled_from(["2026-06-15T12:00:01Z", "2026-06-15T12:00:00Z", "2027-01-31"])
        )
    if by_role and draw(_rarely):
        found["externalId"] = draw(st.sampled_from(["external-1", "external-2"]))
    if by_role and draw(_rarely):
        found["sourceIdentity"] = draw(st.sampled_from([["bob"], ["carol", "bob"]]))
    if by_role and draw(_rarely):
        found["sessionTags"] = draw(
            st.sampled_from(
                [{"team": ["data"]}, {"team": ["web", "data"]}, {"team": ["data"], "stage": ["live"]}]
            )
        )
    return found


@st.composite
def _config(draw: st.DrawFn, *, name: str) -> dict[str, object]:
    """One grant, as a stack's config has it."""
    by_role = draw(st.booleans())
    principals = draw(_principals)
    config: dict[str, object] = {
        "name": name,
        "principals": principals,
        "method": "assume-role" if by_role else "bucket-policy",
    }
    if any(not one.startswith("organization") for one in principals):
        config["account"] = draw(st.sampled_from([REQUESTER, REQUESTER, SIBLING]))
    if all(one.startswith(("user/", "role/")) for one in principals) and draw(st.booleans()):
        config["trust"] = "exact"
    if prefixes := draw(st.lists(st.sampled_from(PREFIXES), max_size=3, unique=True)):
        config["prefixes"] = prefixes
    possible = [one.name for one in ACTIONS.values() if not prefixes or one.scope is not Scope.ALL_KEYS]
    sets = st.lists(st.sampled_from(["read", "write", "list", "delete"]), min_size=1, unique=True)
    single = st.lists(st.sampled_from(possible), min_size=1, max_size=5, unique=True)
    config |= draw(
        st.one_of(
            sets.map(lambda some: {"access": some}),
            single.map(lambda some: {"actions": some}),
            st.tuples(sets, single).map(lambda both: {"access": both[0], "actions": both[1]}),
        )
    )
    if conditions := draw(_conditions(principals=principals, by_role=by_role)):
        config["conditions"] = conditions
    return config


CHOICES = (
    Choice.ADMINISTRATORS,
    Choice.ALL_WHO_MAY,
    Choice.EVERYONE,
    Choice.NAMED,
    Choice.GROUP,
    Choice.ALL_WHO_MAY,
    Choice.NOTHING,
)
"""With those first, and oftener, under which more is allowed."""
QUESTIONS = 20
_seeds = st.integers(0, 2**32).map(random.Random)
ENCRYPTIONS = (Encryption(), Encryption(kms=True), Encryption(kms=True, key_arn=KEY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Grants, what they mean, what both sides deploy for them, and what is asked."""

    config: Sequence[Mapping[str, object]]
    meaning: Meaning
    sides: BothSides
    questions: Sequence[Question] = ()

    def __repr__(self) -> str:
        return f"Case({self.config}, {self.meaning.choice}, encrypted={self.meaning.encrypted})"


@st.composite
def cases(draw: st.DrawFn, choices: Sequence[Choice] = CHOICES, *, kms: bool = False) -> Case:
    """One to five grants that the program takes, with requests."""
    config = [draw(_config(name=f"grant-{number}")) for number in range(draw(st.integers(1, 5)))]
    choice = draw(st.sampled_from(choices))
    encryption = draw(st.sampled_from([one for one in ENCRYPTIONS if one.kms or not kms]))
    bucket = dataclasses.replace(BUCKET, adopted=draw(st.booleans()))
    case = made(config, choice, bucket=bucket, encryption=encryption)
    if case is None:
        # What the program refuses, such as a policy over its size, is never deployed.
        reject()
    by = draw(_seeds)
    some = [question(case.meaning.grants, by) for _ in range(QUESTIONS)]
    return dataclasses.replace(case, questions=some)


def made(
    config: Sequence[Mapping[str, object]], choice: Choice, *, bucket: Bucket, encryption: Encryption
) -> Case | None:
    """Read grants and build both sides; `None` where the program would refuse them."""
    faults = Faults()
    grants = read_grants(config, "grants", faults)
    if faults:
        return None
    sides = deployed(grants, choice, faults, bucket=bucket, encryption=encryption)
    meaning = Meaning(grants=grants, choice=choice, encrypted=encryption.kms, adopted=bucket.adopted)
    return None if faults else Case(config=config, meaning=meaning, sides=sides)
