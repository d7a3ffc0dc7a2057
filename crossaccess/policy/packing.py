"""Statements packed into as few documents as hold them."""

import dataclasses
import json
from collections.abc import Iterable, Sequence

from crossaccess.policy.document import Condition, Document, Statement
from crossaccess.policy.share import SHARED_KEYS, Part, statements_of
from crossaccess.policy.sizes import Limit, size_of

_COMMA = 1


def packed(parts: Sequence[Part], limit: Limit) -> tuple[tuple[Part, ...], ...]:
    """Put each part into the first document that has room for it.

    A part that no document can hold is split along its longest list, which allows the same as before. One
    that cannot be split far enough gets a document of its own, for `check_size` to find.
    """
    empty = size_of(Document(statements=()), limit)
    full = limit.maximum - empty + _COMMA
    documents: list[list[Part]] = []
    rooms: list[int] = []
    for part in _fitting(parts, full, limit):
        needed = _size(part, limit)
        place = next((number for number, room in enumerate(rooms) if room >= needed), None)
        if place is None:
            place = len(rooms)
            documents.append([])
            rooms.append(full)
        documents[place].append(part)
        rooms[place] -= needed
    return tuple(tuple(document) for document in documents)


def _size(part: Part, limit: Limit) -> int:
    """What a part adds to a document, with the comma that parts it from the one before."""
    (statement,) = statements_of([part])
    empty = size_of(Document(statements=()), limit)
    return size_of(Document(statements=(statement,)), limit) - empty + _COMMA


def _fitting(parts: Iterable[Part], room: int, limit: Limit) -> Iterable[Part]:
    for part in parts:
        if _size(part, limit) <= room:
            yield part
        else:
            yield from _split(part, room, limit)


def _split(part: Part, room: int, limit: Limit) -> Iterable[Part]:
    values = _longest(part.statement)
    if len(values) < 2:
        yield part
        return
    bare = _size(dataclasses.replace(part, statement=_with(part.statement, values, ())), limit)
    taken: list[str] = []
    left = room - bare
    for value in values:
        needed = _written(value, limit) + _COMMA
        if taken and needed > left:
            yield dataclasses.replace(part, statement=_with(part.statement, values, tuple(taken)))
            taken, left = [], room - bare
        taken.append(value)
        left -= needed
    yield dataclasses.replace(part, statement=_with(part.statement, values, tuple(taken)))


def _written(value: str, limit: Limit) -> int:
    text = json.dumps(value, ensure_ascii=False)
    return len(text.encode()) if limit.unit == "bytes" else len(text)


def _longest(statement: Statement) -> tuple[str, ...]:
    """The list that takes most room, of those of which one entry has to match."""
    lists = [statement.resources or ()]
    lists += [one.values for one in statement.conditions if one.key in SHARED_KEYS]
    return max(lists, key=lambda values: sum(map(len, values)))


def _with(statement: Statement, old: tuple[str, ...], new: tuple[str, ...]) -> Statement:
    """The statement with `new` in the place of its list `old`."""
    if statement.resources == old:
        return dataclasses.replace(statement, resources=new)
    conditions = tuple(
        Condition(operator=one.operator, key=one.key, values=new) if one.values == old else one
        for one in statement.conditions
    )
    return dataclasses.replace(statement, conditions=conditions)
