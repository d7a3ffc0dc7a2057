"""Keys that list the names of others: a request's tags, and the list of their keys.

IAM User Guide, "AWS global condition context keys", aws:TagKeys; see `crossaccess.compare.ties.ROLLS`.
"""

from collections.abc import Callable, Mapping, Sequence

from crossaccess.compare import key_set
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.shapes import folded
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.ties import ROLLS

_SOME_VALUE = "x"


def rolled(sides: Mapping[str, KeySet], whole: Callable[[str], KeySet]) -> Mapping[str, KeySet] | None:
    """The sides in which each list names just the keys that are there; `None` where there is no such request.

    `whole` says what each thing may be at all.
    """
    found = dict(sides)
    for roll in ROLLS:
        family, names = roll.family.lower(), roll.names.lower()
        for thing in [thing for thing in found if thing.startswith(family)]:
            listed = found.get(names) or whole(names)
            narrowed = _with(found[thing], listed, thing.removeprefix(family), whole(names))
            if narrowed is None:
                return None
            found[thing], found[names] = narrowed
    return found


def _with(key: KeySet, listed: KeySet, name: str, whole: KeySet) -> tuple[KeySet, KeySet] | None:
    """The key and the list as they go together: without the key where it may be missing."""
    named = of(folded(name))
    if key.absent:
        others = KeySet(absent=whole.absent, every=Texts(without=named.within[0]), several=True)
        without = key_set.meet(listed, others)
        if without is not None:
            return key_set.ABSENT, without
    there = key_set.only_present(key)
    if there is None or whole.every is None:
        return None
    naming = KeySet(absent=False, every=whole.every, some=(named,), several=True)
    both = key_set.meet(listed, naming)
    return None if both is None else (there, both)


def with_listed(context: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """A request's keys, and beside them those that one of its lists names."""
    found = {key: list(values) for key, values in context.items()}
    there = {key.lower() for key in found}
    for roll in ROLLS:
        for key, values in list(found.items()):
            if key.lower() == roll.names.lower():
                missing = [name for name in values if f"{roll.family}{name}".lower() not in there]
                found |= {f"{roll.family}{name}": [_SOME_VALUE] for name in missing}
    return found
