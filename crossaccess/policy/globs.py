"""Patterns with `*` and `?`, compared with each other: do they share a text, does one cover another?

Exact: a pattern is a small automaton whose places are walked side by side, over the characters that the
patterns name and one that stands for all others. A `*` stands for any characters here, colons included.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_MOST_PLACES = 20_000


def has_variable(text: str) -> bool:
    """Whether a policy string holds a policy variable, and so stands for a text that is not known."""
    return "${" in text


def as_pattern(text: str) -> str:
    """A policy string with `*` for each of its variables: what this does not match, it cannot."""
    return _VARIABLE.sub("*", text)


@lru_cache(maxsize=4096)
def share(first: str, second: str) -> bool:
    """Whether some text is matched by both patterns."""
    if not _begin_alike(first, second):
        return False
    seen = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        one, other = waiting.pop()
        if one == len(first) and other == len(second):
            return True
        for step in _joint_steps(first, one, second, other):
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return False


def covered(pattern: str, by: Iterable[str]) -> bool:
    """Whether each text that the pattern matches is matched by one of `by`.

    Where that would take too long to tell, the answer is no.
    """
    covers = tuple(cover for cover in by if _begin_alike(pattern, cover))
    if not covers:
        return False
    if any(cover == pattern or _is_beginning(cover, pattern) for cover in covers):
        return True
    if "*" not in pattern and "?" not in pattern:
        return any(share(pattern, cover) for cover in covers)
    named = {*pattern, *(sign for cover in covers for sign in cover)}
    # One character more than are named stands for all that no pattern names.
    other = next(sign for sign in map(chr, range(len(named) + 3)) if sign not in {*named, "*", "?"})
    alphabet = [*sorted(named - {"*", "?"}), other]
    start = (_settled(pattern, {0}), tuple(_settled(cover, {0}) for cover in covers))
    seen = {start}
    waiting = [start]
    while waiting:
        if len(seen) > _MOST_PLACES:
            return False
        places, theirs = waiting.pop()
        if _ends(pattern, places) and not any(
            _ends(cover, at) for cover, at in zip(covers, theirs, strict=True)
        ):
            return False
        here = {pattern[place] for place in places if place < len(pattern)}
        for sign in alphabet if here & {"*", "?"} else here:
            reached = _read(pattern, places, sign)
            step = (reached, tuple(_read(cover, at, sign) for cover, at in zip(covers, theirs, strict=True)))
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return True


def _begin_alike(first: str, second: str) -> bool:
    """Whether what both say before their first wildcard agrees: most pairs differ there already."""
    for one, other in zip(first, second, strict=False):
        if "*" in (one, other) or "?" in (one, other):
            return True
        if one != other:
            return False
    return True


def _is_beginning(cover: str, pattern: str) -> bool:
    """Whether a cover is plain text with a star behind, and the pattern begins with that text."""
    text = cover[:-1]
    return cover[-1:] == "*" and "*" not in text and "?" not in text and pattern.startswith(text)


def _joint_steps(first: str, one: int, second: str, other: int) -> list[tuple[int, int]]:
    """Where two patterns can be after one more character of a text, or after a star that stands for none."""
    steps = []
    here = first[one] if one < len(first) else ""
    there = second[other] if other < len(second) else ""
    if here == "*":
        steps.append((one + 1, other))
        if there and there != "*":
            steps.append((one, other + 1))
    if there == "*":
        steps.append((one, other + 1))
        if here and here != "*":
            steps.append((one + 1, other))
    if here and there and "*" not in (here, there) and (here == there or "?" in (here, there)):
        steps.append((one + 1, other + 1))
    return steps


def _settled(pattern: str, places: Iterable[int]) -> frozenset[int]:
    """The places, and those behind the stars that stand there."""
    found = set(places)
    for place in list(found):
        following = place
        while following < len(pattern) and pattern[following] == "*":
            following += 1
            found.add(following)
    return frozenset(found)


def _read(pattern: str, places: frozenset[int], sign: str) -> frozenset[int]:
    reached = set()
    for place in places:
        if place == len(pattern):
            continue
        if pattern[place] == "*":
            reached.add(place)
        elif pattern[place] in ("?", sign):
            reached.add(place + 1)
    return _settled(pattern, reached)


def _ends(pattern: str, places: frozenset[int]) -> bool:
    return len(pattern) in places
