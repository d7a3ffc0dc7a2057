"""What somebody may do, in the words of grants."""

from collections.abc import Iterable
from typing import Final

from crossaccess.policy.access import ACCESS

_MOST: Final = 2
"""How many actions are named that belong to no named set."""


def words_for(actions: Iterable[str]) -> tuple[str, ...]:
    """`read`, `write` … for the sets that are whole among the actions, then the other actions by name."""
    rest = dict.fromkeys(actions)
    told = [name for name, needed in ACCESS.items() if all(action in rest for action in needed)]
    for name in told:
        for action in ACCESS[name]:
            rest.pop(action, None)
    named = tuple(action.removeprefix("s3:") for action in rest)
    if len(named) > _MOST:
        named = (*named[: _MOST - 1], f"{len(named) - _MOST + 1:,} more actions")
    return (*told, *named)
