"""The `Principal` of a statement as sets of callers, by the way in which it names them.

The same rules as in `crossaccess.decide.principal`, for a whole class of callers at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crossaccess.compare.box import EVERYTHING, Box, Whole, complement
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION, CallerClass, roles_named
from crossaccess.compare.key_set import present
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.texts import of
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.principal import Entry, Named, Way, entry_of
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import Effect, PrincipalName, Statement

_USER_ID = "aws:userid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Callers whom an element takes in. `sure`: certainly; otherwise it may be that it does."""

    way: Way
    callers: Box
    sure: bool = True


def namings(statement: Statement, caller: CallerClass, whole: Whole, *, bounded: bool) -> tuple[Naming, ...]:
    """Whom the statement's `Principal` or `NotPrincipal` takes in.

    `bounded`: the callers have a permissions boundary. Surely taken in are those of a naming that is
    `sure`; what is not covered by any naming is surely left out.
    """
    if statement.principals is not None:
        refused = statement.effect is Effect.DENY
        return tuple(_listed(statement.principals, caller, refused=refused))
    listed = tuple(_listed(statement.not_principals or (), caller, refused=True))
    return tuple(_not_listed(listed, caller, whole, allows=statement.effect is Effect.ALLOW, bounded=bounded))


def speaks_to(statement: Statement, caller: CallerClass) -> bool:
    """Whether there is anything in a statement that callers of the class can take for themselves."""
    names = statement.principals
    return names is None or any(_may_mean(entry_of(name.type, name.value), caller) for name in names)


def said_to(statement: Statement, caller: CallerClass) -> Statement | None:
    """What a statement says that callers of the class can take for themselves; `None` where that is nothing.

    Statements that say the same to a class are equal, whoever else they name and whatever they are called.
    """
    if statement.principals is None:
        return replace(statement, sid=None)
    mine = tuple(name for name in statement.principals if _may_mean(entry_of(name.type, name.value), caller))
    return replace(statement, principals=mine, sid=None) if mine else None


def _may_mean(entry: Entry, caller: CallerClass) -> bool:
    if not caller.has_identity_side:
        return entry.names is Named.EVERYONE or _names_outsider(entry, caller)
    if entry.names in (Named.SERVICE, Named.PROVIDER):
        return False
    return not entry.account or entry.account == caller.account


def _listed(names: Iterable[PrincipalName], caller: CallerClass, *, refused: bool) -> Iterable[Naming]:
    for name in names:
        found = _naming(entry_of(name.type, name.value), caller, refused=refused)
        if found is not None:
            yield found


def _naming(entry: Entry, caller: CallerClass, *, refused: bool) -> Naming | None:
    match entry.names:
        case Named.EVERYONE:
            return Naming(way=Way.EVERYONE, callers=EVERYTHING)
        case _ if not caller.has_identity_side:
            return Naming(way=Way.NAMED, callers=EVERYTHING) if _names_outsider(entry, caller) else None
        case Named.ACCOUNT:
            same = entry.account == caller.account and entry.partition in ("", caller.partition)
            return Naming(way=Way.ACCOUNT, callers=EVERYTHING) if same else None
        case Named.CANONICAL:
            return Naming(way=Way.ACCOUNT, callers=EVERYTHING, sure=False)
        case Named.REFUSED:
            return Naming(way=Way.NAMED, callers=EVERYTHING, sure=False) if refused else None
        case Named.UNIQUE_ID:
            ids = of(literal(entry.value), glob(entry.value + ":*"))
            return Naming(way=Way.NAMED, callers=Box({_USER_ID: present(ids)}))
        case Named.ROLE:
            return _by_arn(entry, caller, Way.ROLE) if caller.kind is CallerKind.SESSION else None
        case Named.SESSION:
            return _by_session(entry, caller) if caller.kind is CallerKind.SESSION else None
        case _:
            return None if caller.kind is CallerKind.SESSION else _by_arn(entry, caller, Way.NAMED)


def _by_arn(entry: Entry, caller: CallerClass, way: Way) -> Naming | None:
    if caller.arn is not None:
        return Naming(way=way, callers=EVERYTHING) if caller.arn == entry.value else None
    if entry.account != caller.account or entry.partition != caller.partition:
        return None
    return Naming(way=way, callers=Box({PRINCIPAL_ARN: present(of(literal(entry.value)))}))


def _by_session(entry: Entry, caller: CallerClass) -> Naming | None:
    if (entry.account, entry.partition) != (caller.account, caller.partition):
        return None
    arn = parse_arn(entry.value)
    parts = [] if arn is None else arn.resource.split("/")
    if len(parts) != 3:
        return None
    roles = of(*roles_named(entry.partition, entry.account, entry.role_name))
    sides = {SESSION: present(of(literal(parts[2]))), PRINCIPAL_ARN: present(roles)}
    return Naming(way=Way.NAMED, callers=Box(sides))


def _names_outsider(entry: Entry, caller: CallerClass) -> bool:
    if entry.names is Named.SERVICE:
        return caller.kind is CallerKind.SERVICE and entry.value in ("*", caller.arn)
    return entry.names is Named.PROVIDER and entry.value == caller.arn


def _not_listed(
    listed: Sequence[Naming], caller: CallerClass, whole: Whole, *, allows: bool, bounded: bool
) -> Iterable[Naming]:
    everyone = any(one.way is Way.EVERYONE for one in listed)
    if allows or everyone or not caller.has_identity_side:
        yield from _surely(complement(_boxes(listed, sure=False), whole))
        yield from _maybe(complement(_boxes(listed, sure=True), whole))
        return
    if bounded:
        yield Naming(way=Way.EVERYONE, callers=EVERYTHING)
        return
    # Surely denied: who is not named at all. Surely not: of whom everything is listed.
    ways = {
        CallerKind.ROOT: (Way.ACCOUNT,),
        CallerKind.SESSION: (Way.ACCOUNT, Way.ROLE, Way.NAMED),
    }.get(caller.kind, (Way.ACCOUNT, Way.NAMED))
    by_way = [[one for one in listed if one.way is way] for way in ways]
    naming = by_way[-1]
    yield from _surely(complement(_boxes(naming, sure=False), whole))
    for ones in by_way:
        yield from _maybe(complement(_boxes(ones, sure=True), whole))


def _boxes(listed: Iterable[Naming], *, sure: bool) -> tuple[Box, ...]:
    return tuple(one.callers for one in listed if one.sure or not sure)


def _surely(boxes: Iterable[Box]) -> Iterable[Naming]:
    return (Naming(way=Way.EVERYONE, callers=box) for box in boxes)


def _maybe(boxes: Iterable[Box]) -> Iterable[Naming]:
    return (Naming(way=Way.EVERYONE, callers=box, sure=False) for box in boxes)
