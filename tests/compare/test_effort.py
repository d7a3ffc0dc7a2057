"""The work of one comparison is bounded by steps."""

import pytest

from crossaccess.compare.effort import OVERLAP, TooHardError, limited, spend


def test_steps_are_counted_until_none_are_left() -> None:
    """The last one may be spent; each one after it is refused, again and again."""
    with limited(10):
        spend(4)
        spend(6)
        for _ in range(2):
            with pytest.raises(TooHardError, match=OVERLAP):
                spend(1)


def test_outside_of_a_bound_nothing_is_counted() -> None:
    """Neither before nor after, also where an error ended it."""
    spend(10**9)
    with pytest.raises(TooHardError), limited(1):
        spend(2)
    spend(10**9)


def test_a_bound_inside_of_another_counts_by_itself() -> None:
    """What is spent in it is not spent of the outer one."""
    with limited(5):
        with limited(100):
            spend(50)
        spend(5)
        with pytest.raises(TooHardError):
            spend(1)
