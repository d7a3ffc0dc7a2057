"""Policies that nobody here can read, neither as deployed nor as they are: no drift can be told of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crossaccess.compare.reading import policies_of
from crossaccess.deployment.picture import Picture, Policy
from crossaccess.drift.result import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheld:
    """The policies that the stacks name and of which they do not hold the text."""

    policies: frozenset[Policy]

    def left_out_of(self, picture: Picture) -> Picture:
        """A picture without them, wherever nobody has looked up what they say."""
        return replace(
            picture,
            buckets=tuple(one for one in picture.buckets if one.policy not in self.policies),
            keys=tuple(one for one in picture.keys if one.policy not in self.policies),
            groups=tuple(replace(one, policies=self._told(one.policies)) for one in picture.groups),
            principals=tuple(
                replace(
                    one,
                    policies=self._told(one.policies),
                    boundary=None if one.boundary in self.policies else one.boundary,
                    trust=None if one.trust in self.policies else one.trust,
                )
                for one in picture.principals
            ),
        )

    def note_in(self, picture: Picture, ledger: Ledger) -> None:
        """Name those that are still in a picture; not the policies of buckets that are only named."""
        named = {one.policy for one in picture.buckets if not one.held}
        for policy, _ in policies_of(picture):
            if policy in self.policies and policy not in named:
                ledger.note(f"{policy.name} is held against nothing: {policy.unknown}")

    def _told(self, policies: Iterable[Policy]) -> tuple[Policy, ...]:
        return tuple(one for one in policies if one not in self.policies)


def unheld(picture: Picture) -> Unheld:
    """Those of the stacks' picture."""
    return Unheld(policies=frozenset(one for one, _ in policies_of(picture) if one.text is None))
