"""What both sides plainly say alike: then nothing is left that hangs on the principal's own account.

What is not plain to see is asked about.
"""

from collections.abc import Iterable

from crossaccess.compare.reading import Own
from crossaccess.compare.statements import Numbered

_VARIABLE = "${"
_COLONS = 5
"""Of an ARN whose parts are all there."""


def allows_as_much(own: Own | None, resource: Iterable[Numbered], arn: str) -> bool:
    """Whether a principal's own policies plainly allow all that these statements of a resource's policy do.

    `arn` is the resource itself, which a statement without resources is about.
    """
    if own is None or own.boundary is not None or own.closed or not all(one.allows for one in own.identity):
        return False
    return all(
        any(_asks_no_more(mine, theirs, arn) for mine in own.identity) for theirs in resource if theirs.allows
    )


def _asks_no_more(mine: Numbered, theirs: Numbered, arn: str) -> bool:
    """Whether the one statement allows all that the other does: by the same words, or fewer conditions."""
    one, other = mine.statement, theirs.statement
    if None in (one.actions, other.actions, one.resources) or other.not_resources is not None:
        return False
    resources = (arn,) if other.resources is None else other.resources
    told = (*resources, *(value for condition in one.conditions for value in condition.values))
    return (
        set(other.actions or ()) <= set(one.actions or ())
        and set(resources) <= set(one.resources or ())
        and all(condition in other.conditions for condition in one.conditions)
        and all(name.count(":") >= _COLONS for name in resources)
        and not any(_VARIABLE in text for text in told)
    )
