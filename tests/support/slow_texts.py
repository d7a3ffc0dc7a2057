"""The slow and obvious reading of patterns and languages that the quick one is held against."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from crossaccess.compare.shapes import Shape
from crossaccess.compare.texts import Texts


def expression(shape: Shape) -> str:
    """A regular expression for a shape's tokens."""
    parts = []
    for token in shape.tokens:
        listed = "".join(re.escape(sign) for sign in sorted(token.chars.listed))
        if token.chars.negated:
            sign = f"[^{listed}]" if listed else "."
        else:
            sign = f"[{listed}]" if listed else "(?!)"
        parts.append(f"{sign}*" if token.repeats else sign)
    return "".join(parts)


def matches(shape: Shape, text: str) -> bool:
    """Whether a shape matches a text, told by Python's own engine."""
    return re.fullmatch(expression(shape), text, re.DOTALL) is not None


def every_text(alphabet: str, length: int) -> Iterator[str]:
    """All texts up to a length, the shortest first."""
    for size in range(length + 1):
        yield from map("".join, product(alphabet, repeat=size))


def members(texts: Texts, among: Iterable[str]) -> list[str]:
    """Those of some texts that belong to a language, told without any of its own code."""
    within = [[re.compile(expression(shape), re.DOTALL) for shape in group] for group in texts.within]
    without = [re.compile(expression(shape), re.DOTALL) for shape in texts.without]
    return [
        text
        for text in among
        if all(any(one.fullmatch(text) for one in group) for group in within)
        and not any(one.fullmatch(text) for one in without)
    ]
