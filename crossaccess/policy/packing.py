"""Statements packed into as few documents as hold them."""

import dataclasses
import json
from collections.abc import Hashable, Iterable, Sequence

from crossaccess.policy.document import Document, Statement
from crossaccess.policy.share import AXES, Axis, Part, statements_of
from crossaccess.policy.sizes import Limit, size_of

_COMMA = 1


def packed(parts: Sequence[Part], limit: Limit) -> tuple[tuple[Part, ...], ...]:
    """Put each part into the first document that has room for it.

    A part that no document can hold is split along its longest list, which allows the same as before. One
    that cannot be split far enough gets a document of its own, for whoever measures it to find.
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
    axis = _longest(part.statement)
    values = axis.entries(part.statement) or ()
    if len(values) < 2:
        yield part
        return
    number = 1
    taken: list[Hashable] = []
    left = room - _size(_piece(part, axis, (), number), limit)
    for value in values:
        needed = _written(value, limit) + _COMMA
        if taken and needed > left:
            yield _piece(part, axis, tuple(taken), number)
            number, taken = number + 1, []
            left = room - _size(_piece(part, axis, (), number), limit)
        taken.append(value)
        left -= needed
    yield _piece(part, axis, tuple(taken), number)


def _piece(part: Part, axis: Axis, entries: tuple[Hashable, ...], number: int) -> Part:
    """A piece of a part, with an id of its own: two can come to stand in one document."""
    statement = axis.with_entries(part.statement, entries)
    if statement.sid is not None and number > 1:
        statement = dataclasses.replace(statement, sid=f"{statement.sid}Part{number}")
    return dataclasses.replace(part, statement=statement)


def _written(value: Hashable, limit: Limit) -> int:
    text = json.dumps(value, ensure_ascii=False)
    return len(text.encode()) if limit.unit == "bytes" else len(text)


def _longest(statement: Statement) -> Axis:
    """The list that takes most room, of those of which one entry has to match."""
    return max(AXES, key=lambda axis: sum(len(str(one)) for one in axis.entries(statement) or ()))
