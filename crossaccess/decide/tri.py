"""Three-valued truth: what is not known stays visible instead of becoming a yes or a no.

The values are ordered, so that "and" is `min`, "or" is `max` and "not" is `negate` (Kleene's logic).
"""

from typing import Final, Literal, TypeAlias

Tri: TypeAlias = Literal[0, 1, 2]

NO: Final = 0
MAYBE: Final = 1
YES: Final = 2


def tri(known: bool) -> Tri:
    """A plain truth as one of the three."""
    return YES if known else NO


def negate(value: Tri) -> Tri:
    """The opposite; what is not known stays so."""
    if value == YES:
        return NO
    if value == NO:
        return YES
    return MAYBE
