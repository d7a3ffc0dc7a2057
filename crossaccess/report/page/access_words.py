"""What somebody may do, in the words of grants."""

from collections.abc import Iterable
from typing import Final

from crossaccess.policy.access import ACCESS

_NAMED: Final = 2
"""How many actions of no named set are told by name."""


def words_for(actions: Iterable[str]) -> tuple[str, ...]:
    """`read`, `write` … for the sets whose foremost action is among them, and what there is beside these."""
    given = tuple(dict.fromkeys(actions))
    told = tuple(name for name, listed in ACCESS.items() if listed[0] in given)
    rest = tuple(one for one in given if not any(one in ACCESS[name] for name in told))
    if len(rest) <= _NAMED and not told:
        return tuple(one.removeprefix("s3:") for one in rest)
    if not rest:
        return told
    if told:
        return (*told, f"{len(rest):,} more {'action' if len(rest) == 1 else 'actions'}")
    return (rest[0].removeprefix("s3:"), f"{len(rest) - 1:,} more actions")
