"""Values out of the owner's side, which is known at once where the bucket's name is, and later otherwise."""

from collections.abc import Callable
from typing import TypeVar

import pulumi

from crossaccess.policy.sides import OwnerSide

T = TypeVar("T")
Side = OwnerSide | pulumi.Output[OwnerSide]


def of_side(side: Side, take: Callable[[OwnerSide], T]) -> pulumi.Input[T]:
    """Take a value out of the side: plain where the side is, since thousands of outputs take their time."""
    return side.apply(take) if isinstance(side, pulumi.Output) else take(side)
