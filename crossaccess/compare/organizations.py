"""An organization stands in two keys of a request: by its id, and at the start of each place in it.

IAM User Guide, "AWS global condition context keys": the places in `aws:PrincipalOrgPaths` begin with the id
in `aws:PrincipalOrgID`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from crossaccess.compare import key_set
from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.value_set import Values

_PAIRS: Final = (
    ("aws:principalorgid", "aws:principalorgpaths"),
    ("aws:resourceorgid", "aws:resourceorgpaths"),
)


def agreeing(sides: Mapping[str, KeySet]) -> Mapping[str, KeySet] | None:
    """The sides narrowed down to one organization where both keys are there; `None` where none fits."""
    found = dict(sides)
    for key, places in _PAIRS:
        one, many = found.get(key), found.get(places)
        if one is None or many is None or one.absent or many.absent or not _is_there(one, many):
            continue
        ids = list(dict.fromkeys(_ids(one.every))) or list(dict.fromkeys(_ids_of_places(many)))
        if not ids:
            # Patterns on both: which organizations both take cannot be told one by one.
            continue
        both = next((pair for name in ids if (pair := _of(name, one, many)) is not None), None)
        if both is None:
            return None
        found[key], found[places] = both
    return found


def _is_there(one: KeySet, many: KeySet) -> bool:
    return one.every is not None and many.every is not None


def _of(name: str, one: KeySet, many: KeySet) -> tuple[KeySet, KeySet] | None:
    """Both keys as they are in the requests of one organization."""
    ids = key_set.meet(one, present(of(literal(name))))
    places = key_set.meet(many, present(of(glob(f"{name}/*")), several=True))
    return None if ids is None or places is None else (ids, places)


def _ids(values: Values | None) -> Iterator[str]:
    """The ids of a set that is written with ids alone."""
    if not isinstance(values, Texts):
        return
    for group in values.within:
        if all(shape.is_literal for shape in group):
            yield from (shape.text for shape in group)
            return


def _ids_of_places(places: KeySet) -> Iterator[str]:
    """The ids that the places begin with; none where one of them leaves its id open."""
    sets = [values for values in (places.every, *places.some) if isinstance(values, Texts)]
    for values in sets:
        for group in values.within:
            ids = [shape.prefix.partition("/") for shape in group]
            if all(slash for _, slash, _ in ids):
                yield from (name for name, _, _ in ids)
                return
