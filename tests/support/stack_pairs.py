"""Random pairs of stacks, as the program deploys them, and what `verify` would ask of them."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hypothesis import reject
from hypothesis import strategies as st

from bench.stack_pair import GrantsError, Json, Owned, states
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Grant, Picture
from crossaccess.deployment.source import source_of
from crossaccess.policy.encryption import Encryption
from crossaccess.verify.caller import Requester, requester_of
from crossaccess.verify.expecting import Known
from crossaccess.verify.line import Line
from crossaccess.verify.planning import Means, plan
from tests.support.both_sides import BUCKET
from tests.support.cast import REQUESTER
from tests.support.grant_strategies import cases
from tests.support.meaning import NOW, Choice

_REQUESTERS = (
    f"arn:aws:iam::{REQUESTER}:user/bob",
    f"arn:aws:iam::{REQUESTER}:user/team/carol",
    f"arn:aws:sts::{REQUESTER}:assumed-role/loader/run",
    f"arn:aws:sts::{REQUESTER}:assumed-role/reader/run",
)
_CONTEXTS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {},
    {"aws:SourceIp": ("203.0.113.7",)},
    {"aws:SourceIp": ("198.51.100.1",)},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPair:
    """Both stacks as one picture; what is told of the requests (`context`), and when they are made.

    `states` are the stacks that the picture is of.
    """

    states: tuple[Json, ...]
    picture: Picture
    context: Mapping[str, tuple[str, ...]]
    now: dt.datetime

    def written_with(self, instead: Mapping[str, str]) -> "StackPair":
        """The same with other texts in all that the stacks hold: each key's value in its place."""
        text = json.dumps(self.states)
        for old, new in instead.items():
            text = text.replace(old, new)
        states = tuple(json.loads(text))
        return replace(self, states=states, picture=_picture(states))

    def requesters(self) -> Iterator[Requester]:
        """Those of whom the requester's stack tells policies."""
        for arn in _REQUESTERS:
            found = requester_of(arn, self.picture, temporary=False)
            if found is not None and found.held_in(self.picture) is not None:
                yield found

    def known(self, requester: Requester) -> Known:
        """All that an expectation of one of them is made from."""
        grants = {(one.bucket, one.name): one for one in self.picture.grants}
        return Known(
            picture=self.picture, requester=requester, grants=grants, now=self.now, context=self.context
        )

    def lines(self, requester: Requester) -> tuple[Line, ...]:
        """What `verify` would ask AWS as one of them, with all means."""
        mine: list[Grant] = [one for one in self.picture.grants if requester.named_by(one)]
        return plan(mine, Means(owner=True, plain=True)).lines


def _picture(states: Iterable[Json]) -> Picture:
    return merge([source_of(one).new for one in states])


@st.composite
def stack_pairs(draw: st.DrawFn) -> StackPair:
    """Grants that the program takes, deployed by both sides, or by a requester that lacks some of them."""
    grants = draw(cases([Choice.NAMED])).meaning.grants
    owned = Owned(
        bucket=BUCKET,
        grants=tuple(grants),
        encryption=Encryption(kms=draw(st.booleans())),
    )
    late = draw(st.sets(st.sampled_from([one.name for one in grants]), max_size=1))
    some = draw(st.sampled_from([late, frozenset(), frozenset()]))
    try:
        found = tuple(states([owned], requester=REQUESTER, unknown=some))
    except GrantsError:
        # What is too large with a key's statements is never deployed.
        reject()
    return StackPair(
        states=found,
        picture=_picture(found),
        context=draw(st.sampled_from(_CONTEXTS)),
        now=NOW,
    )
